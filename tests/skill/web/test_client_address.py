"""The address of a sender, as proxies write it, and not as strangers do."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from structlog.testing import capture_logs

from skill.web.client_address import ClientAddresses

X, F = "X-Forwarded-For", "Forwarded"
PROXY = "127.0.0.1"


def find(*headers: tuple[str, str], behind_proxy: bool = True) -> str:
    request = make_mocked_request("GET", "/", headers=CIMultiDict(headers)).clone(remote=PROXY)
    return ClientAddresses(behind_proxy=behind_proxy).find(request)


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ([(X, "192.0.2.1")], "192.0.2.1"),
        ([(X, "8.8.8.8, 192.0.2.1")], "192.0.2.1"),
        ([(X, "8.8.8.8"), (X, "192.0.2.1")], "192.0.2.1"),
        ([(X, "8.8.8.8"), (X, "9.9.9.9,192.0.2.1 ")], "192.0.2.1"),
        ([(X, "192.0.2.1:54321")], "192.0.2.1"),
        ([(X, "2001:db8::1")], "2001:db8::1"),
        ([(X, "[2001:db8::1]:443")], "2001:db8::1"),
        ([(X, "[2001:DB8:0::1]")], "2001:db8::1"),
        ([(X, "::ffff:192.0.2.1")], "192.0.2.1"),
        ([(F, "for=192.0.2.1")], "192.0.2.1"),
        ([(F, 'proto=https;For="[2001:db8::1]:47011";by=203.0.113.43')], "2001:db8::1"),
        ([(F, "for=8.8.8.8, for=192.0.2.1;proto=https")], "192.0.2.1"),
        ([(F, "for=8.8.8.8"), (F, "for=192.0.2.1:80")], "192.0.2.1"),
        ([(F, 'for="8.8.8.8, for=192.0.2.1')], "192.0.2.1"),  # a quote that a stranger opened
        ([(F, "for=8.8.8.8"), (X, "192.0.2.1")], "192.0.2.1"),
    ],
)
def test_the_last_address_is_the_proxy_s_word(headers: list[tuple[str, str]], address: str) -> None:
    assert find(*headers) == address


def test_without_a_proxy_of_ours_headers_are_a_stranger_s_word() -> None:
    assert find((X, "192.0.2.1"), (F, "for=192.0.2.1"), behind_proxy=False) == PROXY


@pytest.mark.parametrize(
    "headers", [[], [(X, "")], [(X, "unknown")], [(X, "192.0.2.1, _hidden")], [(F, "by=192.0.2.1")], [(F, "for=_x")]]
)
def test_a_proxy_that_does_not_say_it_is_told_of(headers: list[tuple[str, str]]) -> None:
    with capture_logs() as lines:
        assert find(*headers) == PROXY
    assert [(line["event"], line["log_level"]) for line in lines] == [("no_client_address", "warning")]
    assert "192.0.2.1" not in str(lines)


def test_two_headers_that_disagree_are_told_of() -> None:
    with capture_logs() as lines:
        find((X, "192.0.2.1"), (F, "for=192.0.2.2"))
        find((X, "192.0.2.1"), (F, 'for="192.0.2.1:80"'))
    assert [line["event"] for line in lines] == ["two_client_addresses"]


def test_the_warning_comes_once_a_minute() -> None:
    addresses = ClientAddresses(behind_proxy=True)
    with capture_logs() as lines:
        for _ in range(50):
            addresses.find(make_mocked_request("GET", "/"))
    assert len(lines) == 1
