"""Credentials by the settings: one for development is made once, the operator's is checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.credentials.certificate import make_development_pem
from skill.credentials.setup import open_credentials
from skill.credentials.signing import leave_unsigned
from skill.settings import Settings, WrongSettings


def test_one_for_development_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    open_credentials(settings)
    file = tmp_path / "data" / "credentials.pem"
    first = file.read_text(encoding="ascii")
    assert file.stat().st_mode & 0o077 == 0
    open_credentials(settings)
    assert file.read_text(encoding="ascii") == first


def test_the_operators_own_is_taken_or_refused(tmp_path: Path) -> None:
    own, other = tmp_path / "own.pem", tmp_path / "other.pem"
    for file in (own, other):
        file.write_text(make_development_pem(), encoding="ascii")

    def settings(key: Path) -> Settings:
        return Settings(data_dir=tmp_path / "data", credentials_certificate=own, credentials_key=key)

    open_credentials(settings(own))
    assert not (tmp_path / "data").exists()
    for wrong in (other, tmp_path / "missing"):
        with pytest.raises(WrongSettings, match="CREDENTIALS"):
            open_credentials(settings(wrong))


def test_there_are_none_where_the_operator_wants_none(tmp_path: Path) -> None:
    assert open_credentials(Settings(data_dir=tmp_path, credentials=False)) is leave_unsigned
