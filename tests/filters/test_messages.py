"""Messages for people: each cause has one, and each can be spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from filters.messages import CAUSES, find_message
from pipeline.errors import FaceError, Reason


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


def test_docs_say_what_a_person_hears() -> None:
    """docs/filters.md has each cause and each reason of the filters with its sentence."""
    text = (Path(__file__).parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")
    own = {cause: message[0] for cause in CAUSES if (message := find_message(cause))}
    own.pop("appeal")  # it has the sentence of its reason
    filters = ("low_quality", "hard_angle", "face_covered", "undetermined", "child", "public_figure")
    rows = {f"| | `{cause}` | {sentence} |" for cause, sentence in own.items()}
    rows |= {f"| `{reason}` | | {FaceError(Reason(reason)).sentence} |" for reason in filters}
    assert sorted(row for row in rows if row not in text) == []
    assert "| | `appeal` |" in text
