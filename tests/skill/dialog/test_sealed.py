"""A sealed text: unreadable, unlike the same one sealed again, and damage is noticed."""

from __future__ import annotations

from skill.dialog.sealed import Seal

SECRET = b"a secret of this service"


def test_a_seal_tells_damage() -> None:
    seal = Seal(SECRET)
    closed = seal.close("token 524871")
    assert seal.open(closed) == "token 524871"
    assert seal.close("token 524871") != closed
    assert seal.open(closed[:-1] + bytes([closed[-1] ^ 1])) is None
    assert seal.open(b"") is None
    assert b"524871" not in closed
    assert Seal(b"another secret").open(closed) is None
