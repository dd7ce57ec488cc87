"""Requests for authorization: what is granted, what the client is told, what is told to nobody but the person."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from skill.oauth.authorization_request import Asked, AskedWronglyError, Client, StrangeClientError, back, read
from skill.oauth.linked_accounts import SECONDS, Passes, Visit, new_account
from tests.fake_clock import FakeClock
from tests.skill.oauth.linked import CHALLENGE, CLIENT, OTHER, REDIRECT, asking, values


def test_what_is_asked_rightly() -> None:
    query = urlencode(asking(scope="photo", code_challenge=CHALLENGE, code_challenge_method="S256"))
    assert read(query, CLIENT) == Asked(REDIRECT, "their state/+&", "photo", CHALLENGE)
    assert read(urlencode(asking(state="")), CLIENT) == Asked(REDIRECT)


def test_without_an_address_the_first_of_the_list_counts() -> None:
    assert read(urlencode(asking(redirect_uri="", state="")), CLIENT) == Asked(REDIRECT)
    assert read(urlencode(asking(redirect_uri=OTHER, state="")), CLIENT) == Asked(OTHER)


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": ""},
        {"client_id": "alicе"},  # a Cyrillic letter
        {"redirect_uri": "https://social.yandex.net/broker/redirect/"},
        {"redirect_uri": "https://social.yandex.net.evil.example/broker/redirect"},
        {"redirect_uri": REDIRECT + "?a=1"},
        {"redirect_uri": "http://social.yandex.net/broker/redirect"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_strangers_are_sent_nowhere(more: dict[str, str]) -> None:
    with pytest.raises(StrangeClientError):
        read(urlencode(asking(**more)), CLIENT)


@pytest.mark.parametrize("query", ["&client_id=alice", "&redirect_uri=https://evil.example", "&x=" + "y" * 9000])
def test_nothing_comes_twice(query: str) -> None:
    with pytest.raises(StrangeClientError):
        read(urlencode(asking()) + query, CLIENT)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": 'quoted"'}, "invalid_scope"),
        ({"scope": "two  spaces"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_mistakes_go_back_with_the_state(more: dict[str, str], error: str) -> None:
    with pytest.raises(AskedWronglyError) as caught:
        read(urlencode(asking(state="abc&d", **more)), CLIENT)
    assert caught.value.location.startswith(REDIRECT + "?")
    told = values(caught.value.location)
    assert (told["error"], told["state"]) == (error, "abc&d")


@pytest.mark.parametrize("state", ["ю", "a\nb", "x" * 2049])
def test_a_state_that_no_client_makes_is_not_sent_back(state: str) -> None:
    with pytest.raises(AskedWronglyError) as caught:
        read(urlencode(asking(state=state)), CLIENT)
    assert values(caught.value.location) == {"error": "invalid_request", "error_description": "state"}


def test_the_query_of_an_address_is_kept() -> None:
    assert back(OTHER, {"code": "a b", "state": ""}) == OTHER + "&code=a+b"


def test_a_visit_comes_back_as_it_was_and_only_from_us() -> None:
    clock = FakeClock()
    passes = Passes(b"secret", clock)
    visit = Visit(new_account(), Asked(REDIRECT, "x" * 2048, "photo", CHALLENGE))
    written = passes.write(visit)
    assert visit.account not in written
    assert passes.read(written) == visit
    assert Passes(b"another", clock).read(written) is None
    for spoilt in ("", "?", "ю", written[:-4], written[4:], written.swapcase()):
        assert passes.read(spoilt) is None
    clock.now += SECONDS
    assert passes.read(written) is None


def test_no_two_people_are_the_same() -> None:
    assert len({new_account() for _ in range(100)}) == 100
    assert Client("n", "s" * 32, ()).name == "n"
