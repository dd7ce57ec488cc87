"""Every message about a wrong setting is one plain line with its name and what is allowed."""

from __future__ import annotations

import re

import pytest

from skill.settings import Settings, WrongSettings, load
from skill.settings.messages import allowed


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "http", "a whole number from 0 to 65535"),
        ("PORT", "70000", "a whole number from 0 to 65535"),
        ("LEASE", "soon", "a number from 3 to 600"),
        ("KEEP", "soon", "a time from 1m to 30d, such as 90m or 24h"),
        ("KEEP", "3s", "a time from 1m to 30d"),
        ("PUBLIC_URL", "photo.example.ru", "https://photo.example.ru"),
        ("PUBLIC_URL", "https://u:p@photo.example.ru", "an address"),
        ("WORKERS", "4", "true or false (1 or 0, yes or no)"),
        ("LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("STORE", "ftp", "local or s3"),
        ("SECRETS", "short-secret", "32 characters"),
        ("ALICE_SECRETS", "a secret with spaces in it, which is long", "letters, digits"),
        ("OAUTH_CLIENT_SECRET", "short-secret", "32 characters"),
        ("OAUTH_REDIRECTS", "https://example.ru/back#part", "without a fragment"),
        ("FACES", "closed", "open, or insightface:/path/to/pack"),
        ("SKILL_NAME", "x", "2 to 60 characters"),
    ],
)
def test_a_wrong_one_is_one_line_with_its_name(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"OZHIVI_{name}", value)
    with pytest.raises(WrongSettings) as caught:
        load()
    assert str(caught.value).startswith(f"OZHIVI_{name}: should be ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "short-secret" not in str(caught.value)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_no_value_of_the_environment_has_a_message_of_a_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"OZHIVI_{name.upper()}", "{\x01 [")
    try:
        load()
    except WrongSettings as error:
        assert re.fullmatch(r"OZHIVI_[A-Z0-9_]+: should be [ -~…]+", str(error))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_of_every_setting_something_is_allowed(name: str) -> None:
    assert re.fullmatch(r"[ -~…]{4,}", allowed(Settings.model_fields[name]))
