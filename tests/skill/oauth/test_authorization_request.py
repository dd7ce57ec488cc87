"""Requests for authorization: what is granted, what the client is told, what is told to nobody but the person."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from skill.oauth.authorization_request import (
    AuthorizationRequest,
    InvalidRequestError,
    UnknownClientError,
    add_query,
    parse_authorization_request,
)
from tests.skill.oauth.linking_fixture import CHALLENGE, CLIENT, OTHER, REDIRECT, authorization_query, query_values


def parse(query: str) -> AuthorizationRequest:
    return parse_authorization_request(query, CLIENT)


def test_what_is_asked_rightly() -> None:
    query = urlencode(authorization_query(scope="photo", code_challenge=CHALLENGE, code_challenge_method="S256"))
    assert parse(query) == AuthorizationRequest(REDIRECT, "their state/+&", "photo", CHALLENGE)
    assert parse(urlencode(authorization_query(state=""))) == AuthorizationRequest(REDIRECT)


def test_without_an_address_the_first_of_the_list_counts() -> None:
    assert parse(urlencode(authorization_query(redirect_uri="", state=""))) == AuthorizationRequest(REDIRECT)
    assert parse(urlencode(authorization_query(redirect_uri=OTHER, state=""))) == AuthorizationRequest(OTHER)


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
    with pytest.raises(UnknownClientError):
        parse(urlencode(authorization_query(**more)))


@pytest.mark.parametrize("query", ["&client_id=alice", "&redirect_uri=https://evil.example", "&x=" + "y" * 9000])
def test_nothing_comes_twice(query: str) -> None:
    with pytest.raises(UnknownClientError):
        parse(urlencode(authorization_query()) + query)


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
    with pytest.raises(InvalidRequestError) as caught:
        parse(urlencode(authorization_query(state="abc&d", **more)))
    assert caught.value.location.startswith(REDIRECT + "?")
    parameters = query_values(caught.value.location)
    assert (parameters["error"], parameters["state"]) == (error, "abc&d")


@pytest.mark.parametrize("state", ["ю", "a\nb", "x" * 2049])
def test_a_state_that_no_client_makes_is_not_sent_back(state: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse(urlencode(authorization_query(state=state)))
    assert query_values(caught.value.location) == {"error": "invalid_request", "error_description": "state"}


def test_the_query_of_an_address_is_kept() -> None:
    assert add_query(OTHER, {"code": "a b", "state": ""}) == OTHER + "&code=a+b"
