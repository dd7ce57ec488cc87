"""A restoration among the movements of a wish."""

from __future__ import annotations

from skill.restore_words import RESTORED, UNRESTORED, restore_of
from skill.story_words import Movements, say_future, split_movements


def test_it_travels_with_movements_and_moves_nobody() -> None:
    assert [restore_of(one) for one in (RESTORED, UNRESTORED, "smile", "restore-magic")] == ["auto", "off", "", ""]
    assert split_movements(("smile", RESTORED)) == Movements("", ("smile",), "", "auto")
    assert split_movements((RESTORED, UNRESTORED)).restore == "off"
    assert split_movements((RESTORED,)).moves_nobody
    assert say_future(RESTORED) == ""
