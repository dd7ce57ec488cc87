"""Fallback replies, which need no conversation: time is up, something broke, nothing was understood."""

from __future__ import annotations

from dataclasses import replace

from skill.dialog.nlg.stress import spoken
from skill.dialog.types import Button, Kind, Reply, Turn


def _say(text: str) -> Reply:
    form = spoken(text)
    return Reply(form.text, form.tts if form.tts != form.text else "")


PONG = _say("На месте.")
UNCLEAR = _say("Не получилось расслышать. Повторите, пожалуйста.")
_LATE = _say("Секунду, я ещё думаю. Спросите: «Готово?»")
_LATE_START = _say("Здравствуйте! Я оживляю портреты. Секунду, я ещё думаю. Спросите: «Готово?»")
_LATE_LINKED = _say("Спасибо, телефон подключён. Секунду, я ещё думаю. Спросите: «Готово?»")
_BROKEN = _say("Что-то у меня не получилось. Попробуйте ещё раз или скажите «помощь».")
_AGAIN = (Button("Готово?"), Button("Помощь"))
_HELP = (Button("Помощь"),)


def late(turn: Turn) -> Reply:
    """The reply when time is up and the work goes on. The session's state is sent back, else it would be lost."""
    from_start = turn.new and not turn.text
    reply = _LATE_LINKED if turn.kind is Kind.LINKED else _LATE_START if from_start else _LATE
    return replace(reply, buttons=_AGAIN, state=turn.state)


def broken(turn: Turn) -> Reply:
    """The reply when something of ours broke: nothing is promised."""
    return replace(_BROKEN, buttons=_HELP, state=turn.state)


def late_texts() -> frozenset[str]:
    """Texts of all replies of `late`, to recognise them by."""
    return frozenset(reply.text for reply in (_LATE, _LATE_START, _LATE_LINKED))
