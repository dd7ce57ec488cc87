"""Who is let in: the secrets of the webhooks' paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill.cli.main import app
from skill.dialog.assistants import build_endpoints, console_addresses
from skill.secrets import identity_secret, path_secrets
from skill.settings import WrongSettings, described, load
from tests.skill.dialog.webhook_fixture import OLD_SECRET, SECRET


def test_secrets_are_made_once_and_apart(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path})
    identity_secret(settings)
    (alice,), (salute,) = path_secrets(settings, "alice"), path_secrets(settings, "salute")
    assert len(alice) == 64
    assert alice != salute
    assert path_secrets(settings, "alice") == (alice,)
    assert (tmp_path / "alice-secret").stat().st_mode & 0o777 == 0o600


def test_both_given_secrets_open_and_no_other(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path, "alice_secrets": f"{SECRET},{OLD_SECRET}"})
    endpoints = build_endpoints(settings, identity_secret(settings))
    alice, salute = endpoints["alice"], endpoints["salute"]
    assert alice.accepts(SECRET)
    assert alice.accepts(OLD_SECRET)
    for wrong in ("", SECRET[:-1], SECRET + "n", "я" * 32, "\ud800"):
        assert not alice.accepts(wrong)
    assert not salute.accepts(SECRET)
    assert SECRET not in repr(alice)
    assert not any(SECRET in value for _, value in described(settings))


@pytest.mark.parametrize("secret", ["n" * 31, "n" * 31 + "/", "я" * 32])
def test_what_does_not_fit_into_a_path_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(WrongSettings, match="ALICE_SECRETS"):
        load({"data_dir": tmp_path, "alice_secrets": secret})


def test_the_address_for_the_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load({"data_dir": tmp_path, "alice_secrets": SECRET, "public_url": "https://photo.example.ru"})
    assert console_addresses(settings, "alice") == (f"https://photo.example.ru/alice/{SECRET}",)
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path / "data"))
    shown = CliRunner().invoke(app, ["alice-url"])
    assert shown.exit_code == 0
    made = (tmp_path / "data" / "alice-secret").read_text(encoding="ascii")
    assert f"/alice/{made}" in shown.output
    assert "/salute/" in CliRunner().invoke(app, ["alice-url", "--salute"]).output
