"""Settings: where they come from, what is told when one is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.settings import Settings, WrongSettings, described, load, prepare

SECRET = "s" * 32


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", *(field.upper() for field in Settings.model_fields)):
        monkeypatch.delenv(f"OZHIVI_{name}", raising=False)


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


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "http", "valid integer"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("KEEP", "soon", "valid number"),
        ("KEEP", "3s", "greater than or equal to 60"),
        ("PUBLIC_URL", "photo.example.ru", "https://photo.example.ru"),
        ("PUBLIC_URL", "https://u:p@photo.example.ru", "an address"),
        ("WORKERS", "4", "less than or equal to 1"),
        ("LOG_LEVEL", "loud", "'info'"),
        ("SECRETS", "short-secret", "32 characters"),
    ],
)
def test_a_wrong_one_is_one_line_with_its_name(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"OZHIVI_{name}", value)
    with pytest.raises(WrongSettings) as told:
        load()
    assert f"OZHIVI_{name}: should be" in str(told.value)
    assert words in str(told.value)
    assert "\n" not in str(told.value)
    assert "short-secret" not in str(told.value)


@pytest.mark.parametrize(("text", "words"), [("prot = 1", "prot: there is no such setting"), ("port = ", "no TOML")])
def test_a_wrong_file_is_told(text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ozhivi.toml"
    monkeypatch.setenv("OZHIVI_CONFIG", str(file))
    with pytest.raises(WrongSettings, match="can't read"):
        load()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings, match=words):
        load()


def test_secrets_are_never_shown() -> None:
    shown = dict(described(load({"secrets": [SECRET], "api_keys": []})))
    assert shown["OZHIVI_SECRETS"] == "1 given"
    assert SECRET not in str(shown)
    assert SECRET not in repr(load({"secrets": [SECRET]}))


def test_a_secret_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data"})
    (made,) = prepare(settings)
    assert len(made) == 64
    assert prepare(settings) == (made,)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "data").iterdir()] == [("secret", 0o600)]
    assert prepare(load({"data_dir": tmp_path, "secrets": [SECRET]})) == (SECRET,)


def test_a_damaged_secret_and_a_wrong_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("", encoding="ascii")
    with pytest.raises(WrongSettings, match="damaged"):
        prepare(load({"data_dir": tmp_path}))
    with pytest.raises(WrongSettings, match="DATA_DIR: can't write"):
        prepare(load({"data_dir": tmp_path / "secret" / "below"}))
