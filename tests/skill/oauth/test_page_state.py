"""The state of an open page as text."""

from __future__ import annotations

from skill.oauth.authorization_request import AuthorizationRequest
from skill.oauth.linked_accounts import new_account
from skill.oauth.page_state import SECONDS, PageState, PageStateCodec
from tests.fake_clock import FakeClock
from tests.skill.oauth.linking_fixture import (
    CHALLENGE,
    REDIRECT,
)


def test_a_visit_comes_back_as_it_was_and_only_from_us() -> None:
    clock = FakeClock()
    codec = PageStateCodec(b"secret", clock)
    visit = PageState(new_account(), AuthorizationRequest(REDIRECT, "x" * 2048, "photo", CHALLENGE))
    written = codec.encode(visit)
    assert visit.account not in written
    assert codec.decode(written) == visit
    assert PageStateCodec(b"another", clock).decode(written) is None
    for spoilt in ("", "?", "ю", written[:-4], written[4:], written.swapcase()):
        assert codec.decode(spoilt) is None
    clock.now += SECONDS
    assert codec.decode(written) is None
