"""Debian's Firefox, driven by WebDriver BiDi, which it speaks itself."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
import pytest

from tests.debian import install_packages

FIREFOX: Final = Path("/usr/bin/firefox-esr")
_START_SECONDS: Final = 60.0
_QUIET: Final = (
    'user_pref("app.update.disabledForTesting", true);',
    'user_pref("browser.shell.checkDefaultBrowser", false);',
    'user_pref("datareporting.policy.dataSubmissionEnabled", false);',
    'user_pref("network.captive-portal-service.enabled", false);',
    'user_pref("network.connectivity-service.enabled", false);',
    'user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");',
    'user_pref("toolkit.telemetry.enabled", false);',
)
"""Firefox asks nobody but the page."""


def require_firefox() -> None:
    """Skip the test where Debian's Firefox is not there; it is installed if this machine is CI's or says so."""
    if FIREFOX.exists():
        return
    # the second plays H.264; its number is the release's
    install_packages(str(FIREFOX), "firefox-esr", "^libavcodec[0-9]+$")


class FirefoxError(Exception):
    """Firefox answered a command with an error."""


class FirefoxPage:
    """The one page of a Firefox."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._numbers, self._context = socket, count(1), ""

    async def open(self, address: str) -> None:
        """Load an address."""
        if not self._context:
            await self._ask("session.new", capabilities={})
            self._context = (await self._ask("browsingContext.getTree"))["contexts"][0]["context"]
            size = {"width": 390, "height": 844}
            await self._ask("browsingContext.setViewport", context=self._context, viewport=size)
        await self._ask("browsingContext.navigate", context=self._context, url=address, wait="complete")

    async def run(self, expression: str) -> Any:
        """The value of an expression in JavaScript: a string, a number or a truth value."""
        return (await self._evaluate(expression)).get("value")

    async def wait(self, expression: str, seconds: float = 60.0) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + seconds
        while not await self.run(f"Boolean({expression})"):
            assert time.monotonic() < until, f"never true: {expression}"
            await asyncio.sleep(0.1)

    async def click(self, selector: str) -> None:
        """Click what a CSS selector finds, as a person does: a press of the button over its middle."""
        element = await self._evaluate(f"document.querySelector({selector!r})")
        await self.run(f"document.querySelector({selector!r}).scrollIntoView({{ block: 'center' }})")
        origin = {"type": "element", "element": {"sharedId": element["sharedId"]}}
        press = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._ask(
            "input.performActions",
            context=self._context,
            actions=[{"type": "pointer", "id": "mouse", "actions": press}],
        )

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        await self._ask(
            "input.performActions", context=self._context, actions=[{"type": "key", "id": "keyboard", "actions": keys}]
        )

    async def choose_file(self, selector: str, file: Path) -> None:
        """Choose a file in an input."""
        element = await self._evaluate(f"document.querySelector({selector!r})")
        shared = {"sharedId": element["sharedId"]}
        await self._ask("input.setFiles", context=self._context, element=shared, files=[str(file)])

    async def screenshot(self) -> bytes:
        """The whole page as a PNG."""
        shot = await self._ask("browsingContext.captureScreenshot", context=self._context, origin="document")
        return base64.b64decode(shot["data"])

    async def _evaluate(self, expression: str) -> dict[str, Any]:
        target = {"context": self._context}
        answer = await self._ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] != "success":
            raise FirefoxError(answer["exceptionDetails"]["text"])
        result: dict[str, Any] = answer["result"]
        return result

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json(timeout=_START_SECONDS)
            if answer.get("id") != number:
                continue
            if answer["type"] == "error":
                raise FirefoxError(f"{method}: {answer['message']}")
            result: dict[str, Any] = answer["result"]
            return result


@asynccontextmanager
async def open_firefox() -> AsyncIterator[FirefoxPage]:
    """A headless Firefox with a profile of its own, for the block."""
    with TemporaryDirectory(prefix="firefox-") as profile:
        (Path(profile) / "user.js").write_text("\n".join(_QUIET), encoding="ascii")
        command = [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "HOME": profile}
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                address = await _find_address(process)
            async with aiohttp.ClientSession() as session, session.ws_connect(f"{address}/session") as socket:
                yield FirefoxPage(socket)
        finally:
            process.terminate()
            await process.communicate()


async def _find_address(process: asyncio.subprocess.Process) -> str:
    """The address of the driver, which Firefox prints."""
    assert process.stderr is not None
    async for line in process.stderr:
        if found := re.search(rb"ws://[^\s/]+", line):
            return found[0].decode("ascii")
    pytest.fail("Firefox has ended")
