"""Speeches about the deletion of a photo, or of everything."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlg.builder import YES_NO, ResponseBuilder, Speech
from skill.dialog.policy.decision import ResponseKind


def ask_delete(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_delete", age=builder.photo_age()),), YES_NO)


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


SPEECHES: Final = {
    ResponseKind.ASK_DELETE: ask_delete,
    ResponseKind.ASK_DELETE_ALL: ask_delete_all,
    ResponseKind.DELETED: deleted,
    ResponseKind.FORGOTTEN: forgotten,
    ResponseKind.KEPT: kept,
    ResponseKind.NOTHING_TO_DELETE: nothing_to_delete,
}
