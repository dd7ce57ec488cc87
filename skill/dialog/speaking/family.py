"""Whose photo it is, and its deletion."""

from __future__ import annotations

from typing import Final

from skill.dialog.decision import Scene
from skill.dialog.numbers import Form, span
from skill.dialog.speaking.act import YES_NO, Act, Speech


def ask_mine(act: Act) -> Speech:
    return Speech((act.say("ask_mine", age=_age(act)),), YES_NO)


def ask_digits(act: Act) -> Speech:
    return Speech((act.say("ask_digits"),), ("Не помню",))


def wrong_digits(act: Act) -> Speech:
    return Speech((act.say("wrong_digits"),), ("Не помню",))


def locked(act: Act) -> Speech:
    return Speech((act.say("locked"),), YES_NO)


def not_yours(act: Act) -> Speech:
    return Speech((act.say("not_yours"),), YES_NO)


def ask_delete(act: Act) -> Speech:
    return Speech((act.say("ask_delete", age=_age(act)),), YES_NO)


def ask_delete_all(act: Act) -> Speech:
    return Speech((act.say("ask_delete_all"),), YES_NO)


def deleted(act: Act) -> Speech:
    return Speech((act.say("deleted"),), ("Оживи фото", "Хватит"))


def forgotten(act: Act) -> Speech:
    return Speech((act.say("forgotten"),), ("Оживи фото", "Хватит"))


def kept(act: Act) -> Speech:
    return Speech((act.say("kept"),), ("Готово?", "Оживи фото"))


def nothing_to_delete(act: Act) -> Speech:
    return Speech((act.say("nothing_to_delete"),), ("Оживи фото",))


def _age(act: Act) -> Form:
    job = act.decision.job
    return span(job.age if job else 1.0)


SCENES: Final = {
    Scene.ASK_MINE: ask_mine,
    Scene.ASK_DIGITS: ask_digits,
    Scene.WRONG_DIGITS: wrong_digits,
    Scene.LOCKED: locked,
    Scene.NOT_YOURS: not_yours,
    Scene.ASK_DELETE: ask_delete,
    Scene.ASK_DELETE_ALL: ask_delete_all,
    Scene.DELETED: deleted,
    Scene.FORGOTTEN: forgotten,
    Scene.KEPT: kept,
    Scene.NOTHING_TO_DELETE: nothing_to_delete,
}
