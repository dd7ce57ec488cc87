"""Where settings come from, and what is said when some of them do not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skill.settings import Settings, WrongSettings, load

SECRET = "s" * 32
S3 = {"store": "s3", "s3_bucket": "photos", "s3_access_key": "id", "s3_secret_key": "hidden-key"}


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert (settings.port, settings.keep, settings.ticket_minutes) == (8080, 86400, 15)
    assert settings.address == "http://127.0.0.1:8080"


def test_given_goes_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ozhivi.toml"
    file.write_text('port = 1\nhost = "::1"\nkeep = "2h"\napi_keys = ["' + SECRET + '"]\n', encoding="utf-8")
    monkeypatch.setenv("OZHIVI_CONFIG", str(file))
    monkeypatch.setenv("OZHIVI_PORT", "2")
    monkeypatch.setenv("OZHIVI_SECRETS", f"{SECRET}, {'t' * 40}")
    settings = load({"host": "0.0.0.0"})
    assert (settings.host, settings.port, settings.keep) == ("0.0.0.0", 2, 7200)
    assert [len(secret.get_secret_value()) for secret in settings.secrets] == [32, 40]
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 3


@pytest.mark.parametrize(("text", "on"), [("1", True), ("0", False), ("true", True), ("no", False)])
def test_whether_the_service_renders_is_yes_or_no(text: str, on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WORKERS", text)
    assert load().workers is on


def test_a_number_of_workers_in_a_file_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ozhivi.toml").write_text("workers = 0", encoding="utf-8")
    monkeypatch.setenv("OZHIVI_CONFIG", str(tmp_path / "ozhivi.toml"))
    assert load().workers is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 1", "prot: there is no such setting; did you mean port?"),
        ("purple = 1", "purple: there is no such setting; all of them are described in docs/service.md"),
        ("port = ", "is no TOML file"),
    ],
)
def test_a_wrong_file_is_reported(text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ozhivi.toml"
    monkeypatch.setenv("OZHIVI_CONFIG", str(file))
    with pytest.raises(WrongSettings, match="can't read"):
        load()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings) as caught:
        load()
    assert words in str(caught.value)


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_CHILDERN", "strict")
    with pytest.raises(WrongSettings, match=r"^OZHIVI_CHILDERN: .* mean OZHIVI_CHILDREN\?$"):
        load()


def test_two_wrong_ones_are_both_named() -> None:
    with pytest.raises(WrongSettings, match=r"^OZHIVI_PORT: should be .*; OZHIVI_KEEP: should be "):
        load({"keep": "soon", "port": -1})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"store": "s3"}, "OZHIVI_S3_BUCKET: should be given, as OZHIVI_STORE is s3"),
        ({**S3, "s3_secret_key": ""}, "OZHIVI_S3_SECRET_KEY: should be given"),
        ({"s3_bucket": "photos"}, "OZHIVI_STORE: should be s3, as OZHIVI_S3_BUCKET is given"),
        ({"queue": "postgres"}, "OZHIVI_POSTGRES: should be given, as OZHIVI_QUEUE is postgres"),
        ({"postgres": "postgresql://u:hidden-key@h/d"}, "OZHIVI_QUEUE: should be postgres"),
        ({**S3, "s3_endpoint": "ceph:7480"}, "OZHIVI_S3_ENDPOINT: should be an address"),
        ({**S3, "s3_addressing": "both"}, "OZHIVI_S3_ADDRESSING: should be path, virtual or auto"),
        ({"store": "ftp"}, "OZHIVI_STORE: should be local or s3"),
        ({"oauth_client_id": "alice"}, "OZHIVI_OAUTH_CLIENT_SECRET: should be given, as OZHIVI_OAUTH_CLIENT_ID is"),
        ({"oauth_client_secret": SECRET}, "OZHIVI_OAUTH_CLIENT_ID: should be given, as OZHIVI_OAUTH_CLIENT_SECRET is"),
    ],
)
def test_what_does_not_fit_together_is_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        load(given)
    assert named in str(caught.value)
    assert "hidden-key" not in str(caught.value)


def test_the_settings_are_never_shown_with_their_secrets() -> None:
    settings = Settings(secrets=[SECRET], **S3)  # type: ignore[arg-type]
    assert SECRET not in repr(settings) and "hidden-key" not in repr(settings)


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").write_text(f"{'a' * 32}\n{'b' * 32}\n")
    (tmp_path / "postgres").write_text("postgresql://h/d\n")
    monkeypatch.setenv("OZHIVI_SECRETS_FILE", str(tmp_path / "secrets"))
    monkeypatch.setenv("OZHIVI_POSTGRES_FILE", str(tmp_path / "postgres"))
    settings = load({"queue": "postgres"})
    assert [one.get_secret_value() for one in settings.secrets] == ["a" * 32, "b" * 32]
    assert settings.postgres.get_secret_value() == "postgresql://h/d"
    monkeypatch.setenv("OZHIVI_SECRETS", "c" * 32)
    with pytest.raises(WrongSettings, match="OZHIVI_SECRETS_FILE: should not be given, as OZHIVI_SECRETS is"):
        load({"queue": "postgres"})
    monkeypatch.delenv("OZHIVI_SECRETS")
    monkeypatch.setenv("OZHIVI_POSTGRES_FILE", str(tmp_path / "nothing"))
    with pytest.raises(WrongSettings, match=r"OZHIVI_POSTGRES_FILE: can't read .*nothing"):
        load({"queue": "postgres"})
    monkeypatch.delenv("OZHIVI_POSTGRES_FILE")
    monkeypatch.setenv("OZHIVI_PORT_FILE", "x")
    with pytest.raises(WrongSettings, match="no such setting"):
        load()
