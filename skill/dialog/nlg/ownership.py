"""Speeches about whose photo it is."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.policy.decision import ResponseKind


def ask_mine(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_mine", age=builder.photo_age()),), YES_NO)


def ask_digits(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_digits"),), ("Не помню",))


def wrong_digits(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("wrong_digits"),), ("Не помню",))


def locked(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("locked"),), YES_NO)


def not_yours(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("not_yours"),), YES_NO)


SPEECHES: Final = {
    ResponseKind.ASK_MINE: ask_mine,
    ResponseKind.ASK_DIGITS: ask_digits,
    ResponseKind.WRONG_DIGITS: wrong_digits,
    ResponseKind.LOCKED: locked,
    ResponseKind.NOT_YOURS: not_yours,
}
