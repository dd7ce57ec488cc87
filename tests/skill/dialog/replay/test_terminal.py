"""`ozhivi talk`: what the terminal shows."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import aiohttp
import pytest
from rich.console import Console

from skill.dialog.replay.device import build_device
from skill.dialog.replay.player import Target
from skill.dialog.replay.remote import RemoteService, Server
from skill.dialog.replay.script import Mode
from skill.dialog.replay.service_rig import open_service_rig
from skill.dialog.replay.terminal import TerminalSession
from tests.skill.dialog.replay.script_fixture import server_of

pytestmark = pytest.mark.asyncio
SCREEN = Mode(screen=True)


async def run_lines(
    *lines: str, target: Target | None = None, mode: Mode = SCREEN, assistant: str = "alice", **device: bool
) -> str:
    """What is shown for these lines; without a target over a rig."""
    if target is None:
        async with open_service_rig() as rig:
            return await run_lines(*lines, target=rig, mode=mode, assistant=assistant, **device)
    out, left = StringIO(), iter(lines)
    console = Console(file=out, width=160, no_color=True)
    await TerminalSession(target, build_device(assistant, mode, **device), console, lambda: _next(left)).run()
    return out.getvalue()


def _next(lines: Iterator[str]) -> str:
    try:
        return next(lines)
    except StopIteration:
        raise EOFError from None  # as at the end of a file


async def test_from_hello_to_the_video_with_numbers_pressed() -> None:
    shown = await run_lines("1", "1", "/фото smile", "готово?", "/готово", "готово?", "1", "/конец", "никогда")
    for piece in ("Алиса", " мс ", "1 Да", "1 Отправить фото → https://ozhivi.example/u/", "Откроется https://", "♪ "):
        assert piece in shown
    assert "Посмотреть видео" in shown
    assert "никогда" not in shown


async def test_a_speaker_and_everything_that_may_happen() -> None:
    shown = await run_lines(
        "оживи фото", "да", "/фото", "/отказ no_face", "готово?", "/позже 90", "/полно", "/готово", "/вход", "/экран",
        "/заново", "", "/json", "помощь", "/что", "хватит", mode=Mode(),
    )  # fmt: skip
    for piece in (
        "Так и есть",
        "Сначала пришлите его: /фото.",
        "Теперь со входом",
        "Теперь с экраном",
        "Новая сессия",
        '"version"',
    ):
        assert piece in shown
    assert "разговор окончен" in shown


@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        (("/фото",), "Скажите «оживи фото», ответьте «да»"),
        (("оживи фото", "да", "/фото", "/фото"), "Скажите «новое фото», а потом напишите /фото."),
        (("/полно", "/полно", "оживи фото", "да", "/фото"), "Очередь уже полна."),
        (("/готово",), "Сначала пришлите его: /фото."),
        (("/сбой",), "Сначала пришлите его: /фото."),
        (("/отказ no_face",), "Сначала пришлите его: /фото."),
        (("/отказ",), "После /отказ нужен код, например /отказ no_face."),
        (("/позже abc",), "После /позже нужно число секунд, например /позже 3600"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
async def test_what_can_not_happen_is_answered_with_what_to_type(lines: tuple[str, ...], advice: str) -> None:
    for mode in (Mode(), SCREEN):
        shown = await run_lines(*lines, "помощь", mode=mode)
        assert advice in " ".join(shown.split())
        assert shown.count(" мс ") == 2 + sum(not line.startswith("/") for line in lines)  # it goes on


async def test_pushed_pages_and_salute() -> None:
    shown = await run_lines("/согласие", "оживи фото", mode=Mode(signed_in=True), linking=True)
    assert "страница отправлена на телефон" in shown
    assert "Сбер" in await run_lines("помощь", assistant="salute")


async def test_a_server_and_its_wrong_secret() -> None:
    async with open_service_rig() as rig, aiohttp.ClientSession() as client:
        right = await run_lines("/фото", "помощь", target=RemoteService(client, server_of(rig)))
        wrong = await run_lines("помощь", target=RemoteService(client, Server(rig.address, {"alice": "wrong"})))
    assert "настоящая служба" in right
    assert "Ответ 404. Неверный секрет или навык?" in wrong
