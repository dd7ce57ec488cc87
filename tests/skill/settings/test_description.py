from __future__ import annotations

from skill.settings import Settings, described, load

SECRET = "s" * 32


def test_every_setting_has_a_row() -> None:
    assert [name for name, _ in described(load())] == [f"OZHIVI_{name.upper()}" for name in Settings.model_fields]


def test_secrets_are_counted_and_not_shown() -> None:
    given = {"secrets": [SECRET], "api_keys": [], "postgres": f"postgresql://u:{SECRET}@h/d", "queue": "postgres"}
    rows = dict(described(load(given)))
    assert (rows["OZHIVI_SECRETS"], rows["OZHIVI_API_KEYS"], rows["OZHIVI_POSTGRES"]) == ("1 given", "none", "given")
    assert (rows["OZHIVI_ALICE_SECRETS"], rows["OZHIVI_OAUTH_CLIENT_SECRET"]) == ("made in data_dir", "none")
    assert SECRET not in str(rows)


def test_values_are_shown_as_they_are_given() -> None:
    rows = dict(described(load({"keep": "90m", "dev": True, "oauth_redirects": "https://a.ru/b, https://c.ru/d"})))
    assert (rows["OZHIVI_KEEP"], rows["OZHIVI_DEV"], rows["OZHIVI_RECORD"]) == ("5400", "true", "none")
    assert rows["OZHIVI_OAUTH_REDIRECTS"] == "https://a.ru/b, https://c.ru/d"
