"""Speeches about whose photo it is, and about its deletion."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.policy.decision import ResponseKind
from skill.russian import Form, span


def ask_mine(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_mine", age=_age(builder)),), YES_NO)


def ask_digits(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_digits"),), ("Не помню",))


def wrong_digits(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("wrong_digits"),), ("Не помню",))


def locked(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("locked"),), YES_NO)


def not_yours(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("not_yours"),), YES_NO)


def ask_delete(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_delete", age=_age(builder)),), YES_NO)


def ask_delete_all(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_delete_all"),), YES_NO)


def deleted(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("deleted"),), ("Оживи фото", "Хватит"))


def forgotten(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("forgotten"),), ("Оживи фото", "Хватит"))


def kept(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("kept"),), ("Готово?", "Оживи фото"))


def nothing_to_delete(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("nothing_to_delete"),), ("Оживи фото",))


def _age(builder: ResponseBuilder) -> Form:
    """The time since the photo came, not since its newest wish."""
    job = builder.decision.job
    return span(builder.facts.same_photo(job)[-1].age if job else 1.0)


SPEECHES: Final = {
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
