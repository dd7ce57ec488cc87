"""`ozhivi serve` with a small conversation behind its webhook."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web

from skill.app import serve
from skill.components import real_parts
from skill.dialog.types import Dialog, Reply, Turn
from skill.logs import configure
from skill.secrets import signing_secrets
from skill.settings import load


class Repeats:
    async def answer(self, turn: Turn) -> Reply:
        return Reply(turn.text or "Здравствуйте! Скажите: «оживи фото».", state={"number": turn.number})


@asynccontextmanager
async def open_dialog(_: web.Application) -> AsyncIterator[Dialog]:
    yield Repeats()


def main() -> None:
    settings = load({"port": 0})
    configure(settings.log_level)
    parts = replace(real_parts(settings, signing_secrets(settings)), open_dialog=open_dialog)

    def announce(address: str) -> None:
        sys.stderr.write(f"open: {address}\n")
        sys.stderr.flush()

    asyncio.run(serve(settings, announce, parts))


if __name__ == "__main__":
    main()
