"""Account linking as a whole: its settings, and the accounts of a user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skill.database.database import Database
from skill.oauth.authorization_request import AuthorizationRequest
from skill.oauth.linked_accounts import LinkedAccounts
from skill.oauth.service import LINKING, AccountLinking, build_linking, oauth_client
from skill.settings import WrongSettings, described, load
from tests.fake_clock import FakeClock
from tests.skill.oauth.linking_fixture import (
    CLIENT,
    NAME,
    REDIRECT,
    SECRET,
    authorization_query,
    linking_service,
)

REQUEST = AuthorizationRequest(REDIRECT, "state", "photo")


def test_off_unless_it_is_set(tmp_path: Path) -> None:
    assert oauth_client(load({"data_dir": tmp_path})) is None


def test_the_environment_sets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_OAUTH_CLIENT_ID", NAME)
    monkeypatch.setenv("OZHIVI_OAUTH_CLIENT_SECRET", SECRET)
    client = oauth_client(load({"data_dir": tmp_path}))
    assert client is not None
    assert (client.name, client.secret, tuple(client.redirects)) == (NAME, SECRET, (REDIRECT,))
    monkeypatch.setenv("OZHIVI_OAUTH_REDIRECTS", f"{REDIRECT}, https://example.ru/back")
    client = oauth_client(load({"data_dir": tmp_path}))
    assert client is not None
    assert tuple(client.redirects) == (REDIRECT, "https://example.ru/back")


@pytest.mark.parametrize(
    "chosen",
    [
        {"oauth_client_id": NAME},
        {"oauth_client_secret": SECRET},
        {"oauth_client_id": NAME, "oauth_client_secret": "short"},
        {"oauth_client_id": "two words", "oauth_client_secret": SECRET},
        {"oauth_redirects": ()},
        {"oauth_redirects": ("http://example.ru/back",)},
        {"oauth_redirects": ("https://example.ru",)},
        {"oauth_redirects": ("https://user@example.ru/back",)},
        {"oauth_redirects": ("https://example.ru/back#part",)},
        {"oauth_redirects": ("javascript:alert(1)",)},
        {"alice_images_url": "dialogs.yandex.net"},
    ],
)
def test_half_a_client_and_strange_addresses_are_refused(tmp_path: Path, chosen: dict[str, Any]) -> None:
    with pytest.raises(WrongSettings) as caught:
        load({"data_dir": tmp_path, **chosen})
    assert SECRET not in str(caught.value)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    chosen = {"oauth_client_id": NAME, "oauth_client_secret": SECRET, "alice_image_token": SECRET}
    rows = dict(described(load({"data_dir": tmp_path, **chosen})))
    assert (rows["OZHIVI_OAUTH_CLIENT_SECRET"], rows["OZHIVI_ALICE_IMAGE_TOKEN"]) == ("given", "given")
    assert SECRET not in str(rows)


@pytest.mark.asyncio
async def test_without_a_client_there_is_no_linking(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data", oauth_client_id="", oauth_client_secret=None) as s:
        assert (await s.client.get("/oauth/authorize", params=authorization_query())).status == 404
        assert (await s.client.post("/oauth/token")).status == 404
        assert LINKING not in s.client.app


@pytest.mark.asyncio
async def test_a_user_keeps_all_identities_that_came_with_turns(database: Database, clock: FakeClock) -> None:
    linking = build_linking(database, CLIENT, "old" * 20)
    assert await linking.accounts("user-1") == ()
    assert await linking.accounts("user-1", "linked-a") == ("linked-a",)
    clock.now += 1
    assert await linking.accounts("user-1", "linked-b") == ("linked-b", "linked-a")
    assert await linking.accounts("user-1") == ("linked-b", "linked-a")
    assert await linking.linked_accounts.users("linked-a") == ("user-1",)
    assert await linking.accounts("user-2") == ()


async def _token(linking: AccountLinking, account: str) -> str:
    return (await linking.tokens.exchange(await linking.tokens.issue_code(account, REQUEST))).access


@pytest.mark.asyncio
async def test_who_wants_to_be_forgotten_is(database: Database, clock: FakeClock) -> None:
    linking = build_linking(database, CLIENT, "old" * 20)
    mine, other = await _token(linking, "linked-a"), await _token(linking, "linked-b")
    await linking.accounts("user-1", "linked-a")
    assert await linking.forget("user-1") == 2
    assert await linking.accounts("user-1") == ()
    assert await linking.tokens.account_of(mine) is None
    assert await linking.tokens.account_of(other) == "linked-b"
    assert isinstance(linking.linked_accounts, LinkedAccounts)
