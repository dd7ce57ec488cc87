"""Accounts that nobody has yet."""

from __future__ import annotations

from skill.oauth.authorization_request import Client
from skill.oauth.linked_accounts import new_account


def test_no_two_people_are_the_same() -> None:
    assert len({new_account() for _ in range(100)}) == 100
    assert Client("n", "s" * 32, ()).name == "n"
