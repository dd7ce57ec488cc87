"""Fallback replies, which need no conversation: time is up, something broke, nothing was understood."""

from __future__ import annotations

from dataclasses import replace

from skill.dialog.types import Button, Kind, Reply, Turn

PONG = Reply("На месте.")
UNCLEAR = Reply("Не получилось расслышать. Повторите, пожалуйста.")
_LATE = Reply("Секунду, я ещё думаю. Спросите: «готово?»", "Сек+унду, я ещё думаю. sil <[200]> Спросите: гот+ово?")
_LATE_START = Reply(
    "Здравствуйте! Я оживляю портреты. Секунду, я ещё думаю. Спросите: «готово?»",
    "Здравствуйте! Я оживляю портреты. Сек+унду, я ещё думаю. sil <[200]> Спросите: гот+ово?",
)
_LATE_LINKED = Reply(
    "Спасибо, аккаунт связан. Секунду, я ещё думаю. Спросите: «готово?»",
    "Спасибо, аккаунт связан. Сек+унду, я ещё думаю. sil <[200]> Спросите: гот+ово?",
)
_BROKEN = Reply("Что-то у меня не получилось. Попробуйте ещё раз или скажите «помощь».")
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
