"""`ozhivi serve` with a small conversation behind its webhook."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from skill.app import serve
from skill.components import build_components
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.types import Dialog, Reply, Turn
from skill.logs import configure
from skill.secrets import signing_secrets
from skill.settings import load


class Repeats:
    async def answer(self, turn: Turn) -> Reply:
        return Reply(turn.text or "Здравствуйте! Скажите: «оживи фото».", state={"number": turn.number})


async def open_dialog(_: DialogDependencies) -> Dialog:
    return Repeats()


def main() -> None:
    settings = load({"port": 0})
    configure(settings.log_level)
    components = replace(build_components(settings, signing_secrets(settings)), open_dialog=open_dialog)

    def announce(address: str) -> None:
        sys.stderr.write(f"open: {address}\n")
        sys.stderr.flush()

    asyncio.run(serve(settings, announce, components))


if __name__ == "__main__":
    main()
