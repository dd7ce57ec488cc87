"""Settings of account linking: on as a whole or not at all, never sending people to just anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skill.oauth.service import client_of
from skill.settings import WrongSettings, described, load
from tests.skill.oauth.linked import NAME, REDIRECT, SECRET


def test_off_unless_it_is_set(tmp_path: Path) -> None:
    assert client_of(load({"data_dir": tmp_path})) is None


def test_the_environment_sets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_OAUTH_CLIENT_ID", NAME)
    monkeypatch.setenv("OZHIVI_OAUTH_CLIENT_SECRET", SECRET)
    client = client_of(load({"data_dir": tmp_path}))
    assert client is not None
    assert (client.name, client.secret, tuple(client.redirects)) == (NAME, SECRET, (REDIRECT,))
    monkeypatch.setenv("OZHIVI_OAUTH_REDIRECTS", f"{REDIRECT}, https://example.ru/back")
    client = client_of(load({"data_dir": tmp_path}))
    assert client is not None
    assert tuple(client.redirects) == (REDIRECT, "https://example.ru/back")


@pytest.mark.parametrize(
    "given",
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
def test_half_a_client_and_strange_addresses_are_refused(tmp_path: Path, given: dict[str, Any]) -> None:
    with pytest.raises(WrongSettings) as caught:
        load({"data_dir": tmp_path, **given})
    assert SECRET not in str(caught.value)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    given = {"oauth_client_id": NAME, "oauth_client_secret": SECRET, "alice_image_token": SECRET}
    rows = dict(described(load({"data_dir": tmp_path, **given})))
    assert (rows["OZHIVI_OAUTH_CLIENT_SECRET"], rows["OZHIVI_ALICE_IMAGE_TOKEN"]) == ("given", "given")
    assert SECRET not in str(rows)
