from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from skill.secrets import identity_secret, path_secrets, require_shared_secrets, signing_secrets
from skill.settings import WrongSettings, load

SECRET = "s" * 32


def test_a_secret_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data"})
    (made,) = signing_secrets(settings)
    assert len(made) == 64
    assert signing_secrets(settings) == (made,)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "data").iterdir()] == [("secret", 0o600)]
    assert signing_secrets(load({"data_dir": tmp_path, "secrets": [SECRET]})) == (SECRET,)


@pytest.mark.parametrize(("mode", "after"), [(0o755, 0o700), (0o770, 0o700), (0o700, 0o700), (0o1777, 0o1777)])
def test_a_folder_that_others_may_enter_is_closed(tmp_path: Path, mode: int, after: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    signing_secrets(load({"data_dir": folder}))
    assert folder.stat().st_mode & 0o7777 == after


def test_a_folder_that_can_t_be_closed_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    tmp_path.chmod(0o750)
    monkeypatch.setattr(Path, "chmod", refuse)
    with capture_logs() as lines:
        signing_secrets(load({"data_dir": tmp_path}))
    assert [(line["event"], line["mode"]) for line in lines] == [("data_folder_open", "0750")]


def test_each_assistant_has_its_own(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data", "salute_secrets": [SECRET]})
    (alice,) = path_secrets(settings, "alice")
    assert path_secrets(settings, "alice") == (alice,)
    assert path_secrets(settings, "salute") == (SECRET,)
    assert alice not in signing_secrets(settings)


def test_a_damaged_secret_and_a_wrong_folder_are_reported(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("", encoding="ascii")
    with pytest.raises(WrongSettings, match="damaged"):
        signing_secrets(load({"data_dir": tmp_path}))
    with pytest.raises(WrongSettings, match="DATA_DIR: can't write"):
        signing_secrets(load({"data_dir": tmp_path / "secret" / "below"}))


def test_who_people_are_outlives_every_rotation(tmp_path: Path) -> None:
    def identity(*signing: str) -> str:
        return identity_secret(load({"data_dir": tmp_path / "data", "secrets": list(signing)}))

    new = "n" * 32
    assert identity(new, SECRET) == SECRET  # what exists under the oldest of before the update is found
    assert identity(new) == identity() == SECRET
    assert (tmp_path / "data" / "identity-secret").stat().st_mode & 0o777 == 0o600


def test_a_damaged_identity_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "identity-secret").write_bytes(b"\xff")
    with pytest.raises(WrongSettings, match="restore it from a backup"):
        identity_secret(load({"data_dir": tmp_path}))


def test_the_identity_secret_that_is_given_is_the_one(tmp_path: Path) -> None:
    given = load({"data_dir": tmp_path, "identity_secret": SECRET})
    assert identity_secret(given) == SECRET
    (tmp_path / "identity-secret").write_text("o" * 64)
    with pytest.raises(WrongSettings, match="OZHIVI_IDENTITY_SECRET: should be that of"):
        identity_secret(given)
    (tmp_path / "identity-secret").write_text(f"{SECRET}\n")
    assert identity_secret(given) == SECRET


def test_a_node_among_others_has_no_secrets_of_its_own(tmp_path: Path) -> None:
    shared = {"data_dir": tmp_path, "queue": "postgres", "postgres": "postgresql://h/d"}
    shared |= {"secrets": SECRET, "identity_secret": SECRET}
    require_shared_secrets(load(shared))
    require_shared_secrets(load({"data_dir": tmp_path}))
    assert path_secrets(load(shared), "alice") == ()
    for name in ("secrets", "identity_secret"):
        with pytest.raises(WrongSettings, match=f"OZHIVI_{name.upper()}: should be given"):
            require_shared_secrets(load({**shared, name: None if name == "identity_secret" else ()}))
    (tmp_path / "alice-secret").write_text("a" * 64)  # which an assistant's console may hold
    with pytest.raises(WrongSettings, match=r"OZHIVI_ALICE_SECRETS: should be given.*alice-secret"):
        require_shared_secrets(load(shared))
