"""`ozhivi talk`: a conversation in the terminal, with what an assistant would say and show."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
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
from skill.dialog.replay.answer import Heard, Pressable
from skill.dialog.replay.device import Device
from skill.dialog.replay.events import Person, happens
from skill.dialog.replay.player import Place, Remote
from skill.dialog.replay.script import Event, ScriptError
from skill.dialog.replay.service_rig import Stage, open_stage

_HELP: Final = """Говорите, как с колонкой; пустая строка – запуск навыка. Номер нажимает кнопку. Ещё можно:
  /фото [ЖЕСТ]   прислать фото по последней ссылке или коду   /готово   видео готово
  /отказ КОД     no_face, several_faces, child.appeal, …      /сбой     видео сломалось
  /позже СЕК     пройдёт время                                /полно    очередь полна
  /заново        новая сессия      /экран, /вход   переключить устройство      /json   показать сообщения
  /конец         уйти"""
# a word of the terminal → the event on the stage, and which of its fields the rest of the line is
_EVENTS: Final = {
    "/фото": ("photo", "gestures"),
    "/готово": ("done", ""),
    "/отказ": ("refused", "reason"),
    "/сбой": ("failed", ""),
    "/позже": ("later", "seconds"),
    "/полно": ("full", ""),
    "/согласие": ("agreed", ""),
    "/семья": ("family", "what"),
}


@dataclass
class Talk:
    """`ask`: the next line of the person, raises EOFError at the end. `shown`: whether messages are shown as JSON."""

    place: Place
    device: Device
    console: Console
    ask: Callable[[], str]
    shown: bool = False
    heard: Heard = field(default_factory=Heard)
    person: Person | None = None

    def __post_init__(self) -> None:
        if isinstance(self.place, Stage):
            self.person = Person(self.place, self.device)

    async def run(self) -> None:
        """Until the person leaves."""
        self._tell(_HELP)
        await self._turn(self.device.said(""))
        while True:
            try:
                line = (await asyncio.to_thread(self.ask)).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line in ("/конец", "/выход"):
                return
            await self._line(line)

    async def _line(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word in _EVENTS:
            await self._happens(word, rest.strip())
        elif word.startswith("/"):
            self._switch(word)
        elif line.isdecimal() and 0 < int(line) <= len(self.heard.buttons):
            await self._press(self.heard.buttons[int(line) - 1])
        else:
            await self._turn(self.device.said(line))

    async def _press(self, button: Pressable) -> None:
        if button.url:
            self._tell(f"Откроется {button.url}")
        else:
            await self._turn(self.device.pressed(button))

    async def _happens(self, word: str, rest: str) -> None:
        name, taken = _EVENTS[word]
        if self.person is None:
            self._tell("Здесь настоящая служба: пришлите фото по ссылке или коду, она сделает видео сама.")
            return
        values: dict[str, Any] = {"gestures": tuple(rest.split())} if taken == "gestures" else {taken: rest}
        try:
            await happens(Event.model_validate({"do": name} | (values if taken and rest else {})), self.person)
        except (ScriptError, ValueError) as error:
            self._tell(f"Не вышло: {error}")
            return
        self._tell("Так и есть. Спросите: «Готово?»")

    def _switch(self, word: str) -> None:
        mode = self.device.mode
        match word:
            case "/json":
                self.shown = not self.shown
            case "/экран":
                self.device.mode = replace(mode, screen=not mode.screen)
                self._tell("Теперь с экраном." if not mode.screen else "Теперь без экрана.")
            case "/вход":
                self.device.mode = replace(mode, signed_in=not mode.signed_in)
                self._tell("Теперь со входом." if not mode.signed_in else "Теперь без входа.")
            case "/заново":
                self.device.new_session()
                self._tell("Новая сессия.")
            case _:
                self._tell(_HELP)

    async def _turn(self, message: dict[str, Any]) -> None:
        began = time.perf_counter()
        status, answer = await self.place.post(self.device.assistant, compact_json(message).encode())
        spent = 1000 * (time.perf_counter() - began)
        if self.shown:
            self._json(message)
        if status != 200 or not answer:
            self._tell(f"Ответ {status}." + (" Неверный секрет или навык?" if status == 404 else ""))
            return
        if self.shown:
            self._json(json.loads(answer))
        wrong = self.device.check(answer, message)
        self.heard = self.device.hears(answer)
        if self.person:
            self.person.hears(self.heard)
        self._show(spent, wrong)
        if self.heard.end:
            self.device.new_session()

    def _show(self, spent: float, wrong: str) -> None:
        heard = self.heard
        self.console.print(Panel(Text(heard.text), title="Алиса" if self.device.assistant == "alice" else "Сбер",
                                 title_align="left", subtitle=f"{spent:.0f} мс", subtitle_align="right"))  # fmt: skip
        if heard.tts and strip_markup(heard.tts) != heard.text:
            self.console.print(Text(f"  ♪ {heard.tts}", style="dim italic"))
        if heard.card:
            self.console.print(Text(f"  ▣ карточка {heard.card}" + (f" → {heard.card_url}" if heard.card_url else "")))
        for number, button in enumerate(heard.buttons, 1):
            link = f" [blue]→ {escape(button.url)}[/]" if button.url else ""
            self.console.print(f"  [bold cyan]{number}[/] {escape(button.title)}{link}")
        for what, there in (("страница отправлена на телефон", heard.linking), ("разговор окончен", heard.end)):
            if there:
                self.console.print(Text(f"  ({what})", style="dim"))
        if wrong:
            self.console.print(Text(f"  ассистент такого не примет: {wrong}", style="bold red"))

    def _json(self, message: dict[str, Any]) -> None:
        self.console.print(Syntax(json.dumps(message, ensure_ascii=False, indent=2), "json", word_wrap=True))

    def _tell(self, text: str) -> None:
        self.console.print(Text(text, style="dim"))


async def talk(
    device: Device, *, hooks: Mapping[str, str] | None = None, shown: bool = False, console: Console | None = None
) -> None:
    """In this process, with photos and videos by hand; or at a server's `hooks`, by assistant."""
    console = console or Console(highlight=False)
    ask = partial(console.input, "[bold green]› [/]")
    if hooks is None:
        async with open_stage() as stage:
            await Talk(stage, device, console, ask, shown).run()
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        await Talk(Remote(client, hooks), device, console, ask, shown).run()
