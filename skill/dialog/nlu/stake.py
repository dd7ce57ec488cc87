"""Kinds of questions that the skill asks, by what hangs on the answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Stake(StrEnum):
    """Kinds of yes-or-no questions, by what a wrong yes would do."""

    OFFER = "offer"
    """«Отправим фото?», «Сделать ещё?»: nothing that can't be undone, so light words agree as well."""

    CONSENT = "consent"
    """«Согласны с правилами?»: a consent is recorded."""

    DELETION = "deletion"
    """«Удалить?»: photos and videos are lost."""

    AGE = "age"
    """«Всем есть восемнадцать?»: a photo that may be a child's is animated."""

    OWNER = "owner"
    """«Это были вы?»: somebody's video is shown."""

    FACE = "face"
    """«Кого оживить?»: a yes names nobody."""

    ANY = "yes_no"
    """A question that is not known: only what agrees to all of them."""


GRAVE: Final = frozenset({Stake.CONSENT, Stake.DELETION, Stake.AGE, Stake.OWNER})
"""Questions where a wrong answer does harm."""


def stake_of(expecting: str) -> Stake:
    """The stake of a question by its name: an unknown one is answered with care, none at all lightly."""
    if not expecting:
        return Stake.OFFER
    return Stake(expecting) if expecting in set(Stake) else Stake.ANY
