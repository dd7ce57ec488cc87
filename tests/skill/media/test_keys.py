from __future__ import annotations

import time

import pytest

from skill.media.keys import DAY, KEPT_DAYS, is_expired, new_key, parse_key, parse_live_key, served_type
from skill.media.store import MediaMissingError


@pytest.mark.parametrize("days", KEPT_DAYS)
def test_a_key_carries_its_end_and_its_type(days: int) -> None:
    key = new_key("video/mp4", days * DAY)
    assert key.startswith(f"d{days}-") and key.endswith(".mp4")
    facts = parse_live_key(key)
    assert facts.content_type == "video/mp4"
    assert facts.expires == pytest.approx(time.time() + days * DAY, abs=5)
    assert not is_expired(key)


def test_a_key_that_has_ended_is_missing() -> None:
    key = f"d1-{1000:013d}-{'0' * 32}.jpg"
    assert is_expired(key) and parse_key(key) is not None
    with pytest.raises(MediaMissingError):
        parse_live_key(key)


@pytest.mark.parametrize(
    "text", ["", "..", "d1-1-0.jpg", f"d3-{'9' * 13}-{'0' * 32}.jpg", f"d1-{'9' * 13}-{'0' * 32}.exe"]
)
def test_what_is_no_key_carries_nothing(text: str) -> None:
    assert parse_key(text) is None and not is_expired(text)
    with pytest.raises(MediaMissingError):
        parse_live_key(text)


def test_a_type_that_is_not_ours_is_served_as_unknown_bytes() -> None:
    assert served_type("image/JPEG; charset=x") == "image/jpeg"
    assert served_type("text/html") == "application/octet-stream"
