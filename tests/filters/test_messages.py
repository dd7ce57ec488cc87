"""Messages for people: each cause has one, and each can be spoken."""

from __future__ import annotations

import pytest

from filters.messages import find_message


@pytest.mark.parametrize("cause", [
    "blur", "dark", "burnt", "pale", "noise", "mosaic", "profile", "bowed", "tilt", "dark_glasses", "mask", "hand",
    "eyes", "mouth", "drawing", "statue", "cut",
])  # fmt: skip
def test_every_cause_has_a_message_that_can_be_spoken(cause: str) -> None:
    message = find_message(cause)
    assert message is not None
    for text in message:
        assert text[0].isupper()
        assert text.endswith(".")
        assert not set(text) & set("0123456789()/«»")
        assert len(text) < 90


def test_a_cause_without_a_message_leaves_it_to_the_reason() -> None:
    assert find_message("nothing") is None
