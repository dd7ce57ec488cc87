"""Whose photo it is, and its deletion."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.policy.decision import ResponseKind
from skill.russian import Form, span


def ask_mine(act: ResponseBuilder) -> Speech:
    return Speech((act.say("ask_mine", age=_age(act)),), YES_NO)


def ask_digits(act: ResponseBuilder) -> Speech:
    return Speech((act.say("ask_digits"),), ("Не помню",))


def wrong_digits(act: ResponseBuilder) -> Speech:
    return Speech((act.say("wrong_digits"),), ("Не помню",))


def locked(act: ResponseBuilder) -> Speech:
    return Speech((act.say("locked"),), YES_NO)


def not_yours(act: ResponseBuilder) -> Speech:
    return Speech((act.say("not_yours"),), YES_NO)


def ask_delete(act: ResponseBuilder) -> Speech:
    return Speech((act.say("ask_delete", age=_age(act)),), YES_NO)


def ask_delete_all(act: ResponseBuilder) -> Speech:
    return Speech((act.say("ask_delete_all"),), YES_NO)


def deleted(act: ResponseBuilder) -> Speech:
    return Speech((act.say("deleted"),), ("Оживи фото", "Хватит"))


def forgotten(act: ResponseBuilder) -> Speech:
    return Speech((act.say("forgotten"),), ("Оживи фото", "Хватит"))


def kept(act: ResponseBuilder) -> Speech:
    return Speech((act.say("kept"),), ("Готово?", "Оживи фото"))


def nothing_to_delete(act: ResponseBuilder) -> Speech:
    return Speech((act.say("nothing_to_delete"),), ("Оживи фото",))


def _age(act: ResponseBuilder) -> Form:
    job = act.decision.job
    return span(job.age if job else 1.0)


SCENES: Final = {
    ResponseKind.ASK_MINE: ask_mine,
    ResponseKind.ASK_DIGITS: ask_digits,
    ResponseKind.WRONG_DIGITS: wrong_digits,
    ResponseKind.LOCKED: locked,
    ResponseKind.NOT_YOURS: not_yours,
    ResponseKind.ASK_DELETE: ask_delete,
    ResponseKind.ASK_DELETE_ALL: ask_delete_all,
    ResponseKind.DELETED: deleted,
    ResponseKind.FORGOTTEN: forgotten,
    ResponseKind.KEPT: kept,
    ResponseKind.NOTHING_TO_DELETE: nothing_to_delete,
}
