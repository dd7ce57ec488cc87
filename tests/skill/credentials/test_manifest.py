"""The statement of the credentials."""

from __future__ import annotations

from skill.credentials.manifest import build_manifest


def test_a_poster_is_called_a_still() -> None:
    said = [build_manifest(name)["assertions"][0]["data"]["actions"][1]["description"] for name in ("mp4", "jpg")]
    assert "set in motion" in said[0] and "still" in said[1]
