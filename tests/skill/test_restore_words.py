"""A restoration among the movements of a wish."""

from __future__ import annotations

from skill.restore_words import RESTORED, UNRESTORED, movement_of, restore_of, with_restoration, without_part
from skill.story_words import Movements, say_future, split_movements


def test_it_travels_with_movements_and_moves_nobody() -> None:
    assert [restore_of(one) for one in (RESTORED, UNRESTORED, "smile", "restore-magic")] == ["auto", "off", "", ""]
    assert split_movements(("smile", RESTORED)) == Movements("", ("smile",), "", "auto")
    assert split_movements((RESTORED, UNRESTORED)).restore == "off"
    assert split_movements((RESTORED,)).moves_nobody
    assert say_future(RESTORED) == ""


def test_words_of_a_restoration_are_put_together_and_taken_away() -> None:
    both = with_restoration("auto", "colour")
    assert both == "auto,colour" == restore_of(movement_of(both)) and "," not in movement_of(both)
    assert with_restoration("off", "off") == "off" == without_part("colour", "colour")
    assert without_part(both, "colour") == "auto"
