"""`ozhivi talk`: what the terminal shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console
from typer.testing import CliRunner

from skill.cli.main import app
from skill.dialog.replay.device import device
from skill.dialog.replay.player import Place, Remote
from skill.dialog.replay.script import Mode
from skill.dialog.replay.service_rig import open_stage
from skill.dialog.replay.terminal import Talk

pytestmark = pytest.mark.asyncio
SCREEN = Mode(screen=True)


async def said(*lines: str, place: Place | None = None, mode: Mode = SCREEN, kind: str = "alice", **given: bool) -> str:
    """What is shown for these lines."""
    out, left = StringIO(), iter(lines)

    def ask() -> str:
        return _next(left)

    async def run(at: Place) -> None:
        await Talk(at, device(kind, mode, **given), Console(file=out, width=160, no_color=True), ask).run()

    if place is not None:
        await run(place)
    else:
        async with open_stage() as stage:
            await run(stage)
    return out.getvalue()


def _next(lines: Iterator[str]) -> str:
    try:
        return next(lines)
    except StopIteration:
        raise EOFError from None  # as at the end of a file


async def test_from_hello_to_the_video_with_numbers_pressed() -> None:
    shown = await said("1", "1", "/фото smile", "готово?", "/готово", "готово?", "1", "/конец", "никогда")
    for piece in ("Алиса", " мс ", "1 Да", "1 Отправить фото → https://ozhivi.example/u/", "Откроется https://", "♪ "):
        assert piece in shown
    assert "Посмотреть видео" in shown
    assert "никогда" not in shown


async def test_a_speaker_and_everything_that_may_happen() -> None:
    shown = await said(
        "оживи фото", "да", "/фото", "/отказ no_face", "готово?", "/позже 90", "/полно", "/готово", "/вход", "/экран",
        "/заново", "", "/json", "помощь", "/что", "хватит", mode=Mode(),
    )  # fmt: skip
    for piece in (
        "Так и есть",
        "Не вышло: no job",
        "Теперь со входом",
        "Теперь с экраном",
        "Новая сессия",
        '"version"',
    ):
        assert piece in shown
    assert "разговор окончен" in shown


async def test_pushed_pages_and_salute() -> None:
    shown = await said("/согласие", "оживи фото", mode=Mode(signed_in=True), linking=True)
    assert "страница отправлена на телефон" in shown
    assert "Сбер" in await said("помощь", kind="salute")


async def test_a_server_and_its_wrong_secret() -> None:
    async with open_stage() as stage, aiohttp.ClientSession() as client:
        right = await said("/фото", "помощь", place=Remote(client, {"alice": f"{stage.address}/alice/{'s' * 32}"}))
        wrong = await said("помощь", place=Remote(client, {"alice": f"{stage.address}/alice/wrong"}))
    assert "настоящая служба" in right
    assert "Ответ 404. Неверный секрет или навык?" in wrong


async def test_the_command(tmp_path: Path) -> None:
    runner = CliRunner()
    done = await asyncio.to_thread(runner.invoke, app, ["talk", "--no-screen", "--json"], input="помощь\nхватит\n")
    assert done.exit_code == 0
    assert '"end_session"' in done.output
    async with open_stage() as stage:
        command = ["talk", "--url", stage.address, "--secret", "s" * 32]
        done = await asyncio.to_thread(runner.invoke, app, command, input="/конец\n")
        assert "дравствуйте" in done.output
        done = await asyncio.to_thread(
            runner.invoke, app, command[:3], input="/конец\n", env={"OZHIVI_DATA_DIR": str(tmp_path)}
        )
        assert "Ответ 404" in done.output
