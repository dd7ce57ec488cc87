"""Terminal session of `ozhivi talk`: a conversation by keyboard, with what an assistant would say and show."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import aiohttp
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from skill.dialog.limits import compact_json, strip_markup
from skill.dialog.replay.answer import Answer, AnswerButton
from skill.dialog.replay.device import Device
from skill.dialog.replay.events import RigUser, apply_event
from skill.dialog.replay.player import Target
from skill.dialog.replay.remote import RemoteService, Server
from skill.dialog.replay.script import ScriptError
from skill.dialog.replay.service_rig import ServiceRig, open_service_rig
from skill.dialog.replay.terminal_commands import COMMANDS, CommandError, parse_command
from skill.jobs.queue_limits import QueueError
from skill.ticket_model import TicketError

_HELP: Final = """Говорите, как с колонкой; пустая строка — запуск навыка. Номер нажимает кнопку. Ещё можно:
  /фото [ЖЕСТ]   прислать фото по последней ссылке или коду   /готово   видео готово
  /отказ КОД     no_face, several_faces, child.appeal, …      /сбой     видео сломалось
  /позже СЕК     пройдёт время                                /полно    очередь полна
  /заново        новая сессия      /экран, /вход   переключить устройство      /json   показать сообщения
  /конец         уйти"""
_REMOTE: Final = "Здесь настоящая служба: пришлите фото по ссылке или коду, она сделает видео сама."
_NO_TICKET: Final = "По этой ссылке или коду фото больше не примут. Скажите «новое фото», а потом напишите /фото."
_QUEUE_FULL: Final = "Очередь уже полна. Закончите то, что ждёт, командой /готово или /сбой, или начните с /заново."


@dataclass
class TerminalSession:
    """One person's conversation in the terminal."""

    target: Target
    """The service that answers."""
    device: Device
    """The person's device."""
    console: Console
    """Terminal that the answers are printed to."""
    read_line: Callable[[], str]
    """Reads the person's next line; raises EOFError at the end."""
    shows_json: bool = False
    """Whether messages are shown as JSON."""
    answer: Answer = field(default_factory=Answer)
    """The last answer."""
    user: RigUser | None = None
    """The person as the rig knows them; None at a running server."""

    def __post_init__(self) -> None:
        if isinstance(self.target, ServiceRig):
            self.user = RigUser(self.target, self.device)

    async def run(self) -> None:
        """Converse until the person leaves."""
        self._print(_HELP)
        await self._send(self.device.utterance(""))
        while True:
            try:
                line = (await asyncio.to_thread(self.read_line)).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line in ("/конец", "/выход"):
                return
            await self._handle(line)

    async def _handle(self, line: str) -> None:
        if line.partition(" ")[0] in COMMANDS:
            await self._run_command(line)
        elif line.startswith("/"):
            self._switch(line)
        elif line.isdecimal() and 0 < int(line) <= len(self.answer.buttons):
            await self._press(self.answer.buttons[int(line) - 1])
        else:
            await self._send(self.device.utterance(line))

    async def _press(self, button: AnswerButton) -> None:
        if button.url:
            self._print(f"Откроется {button.url}")
        else:
            await self._send(self.device.press(button))

    async def _run_command(self, line: str) -> None:
        if self.user is None:
            self._print(_REMOTE)
            return
        try:
            await apply_event(parse_command(line), self.user)
        except CommandError as error:
            self._print(str(error))
        except ScriptError:
            self._print(COMMANDS[line.partition(" ")[0]].impossible)
        except TicketError:
            self._print(_NO_TICKET)
        except QueueError:
            self._print(_QUEUE_FULL)
        else:
            self._print("Так и есть. Спросите: «Готово?»")

    def _switch(self, word: str) -> None:
        mode = self.device.mode
        match word:
            case "/json":
                self.shows_json = not self.shows_json
            case "/экран":
                self.device.mode = replace(mode, screen=not mode.screen)
                self._print("Теперь с экраном." if not mode.screen else "Теперь без экрана.")
            case "/вход":
                self.device.mode = replace(mode, signed_in=not mode.signed_in)
                self._print("Теперь со входом." if not mode.signed_in else "Теперь без входа.")
            case "/заново":
                self.device.new_session()
                self._print("Новая сессия.")
            case _:
                self._print(_HELP)

    async def _send(self, message: dict[str, Any]) -> None:
        began = time.perf_counter()
        status, body = await self.target.post(self.device.assistant, compact_json(message).encode())
        milliseconds = 1000 * (time.perf_counter() - began)
        if self.shows_json:
            self._print_json(message)
        if status != 200 or not body:
            self._print(f"Ответ {status}." + (" Неверный секрет или навык?" if status == 404 else ""))
            return
        if self.shows_json:
            self._print_json(json.loads(body))
        fault = self.device.check(body, message)
        self.answer = self.device.receive(body)
        if self.user:
            self.user.receive(self.answer)
        self._print_answer(milliseconds, fault)
        if self.answer.end:
            self.device.new_session()

    def _print_answer(self, milliseconds: float, fault: str) -> None:
        answer, console = self.answer, self.console
        title = "Алиса" if self.device.assistant == "alice" else "Сбер"
        subtitle = f"{milliseconds:.0f} мс"
        console.print(
            Panel(Text(answer.text), title=title, title_align="left", subtitle=subtitle, subtitle_align="right")
        )
        if answer.tts and strip_markup(answer.tts) != answer.text:
            console.print(Text(f"  ♪ {answer.tts}", style="dim italic"))
        if answer.card:
            console.print(Text(f"  ▣ карточка {answer.card}" + (f" → {answer.card_url}" if answer.card_url else "")))
        for number, button in enumerate(answer.buttons, 1):
            link = f" [blue]→ {escape(button.url)}[/]" if button.url else ""
            console.print(f"  [bold cyan]{number}[/] {escape(button.title)}{link}")
        for what, true in (("страница отправлена на телефон", answer.linking), ("разговор окончен", answer.end)):
            if true:
                console.print(Text(f"  ({what})", style="dim"))
        if fault:
            console.print(Text(f"  ассистент такого не примет: {fault}", style="bold red"))

    def _print_json(self, message: dict[str, Any]) -> None:
        self.console.print(Syntax(json.dumps(message, ensure_ascii=False, indent=2), "json", word_wrap=True))

    def _print(self, text: str) -> None:
        self.console.print(Text(text, style="dim"))


async def talk(
    device: Device,
    *,
    server: Server | None = None,
    shows_json: bool = False,
    console: Console | None = None,
) -> None:
    """Converse in the terminal.

    Args:
        device: the person's device.
        server: to be talked to; None: a rig is opened, with photos and videos by hand.
        shows_json: whether messages are shown as JSON.
        console: terminal to print to; None: standard output.
    """
    console = console or Console(highlight=False)
    read_line = partial(console.input, "[bold green]› [/]")
    if server is None:
        async with open_service_rig() as rig:
            await TerminalSession(rig, device, console, read_line, shows_json).run()
        return
    async with aiohttp.ClientSession() as client:
        await TerminalSession(RemoteService(client, server), device, console, read_line, shows_json).run()
