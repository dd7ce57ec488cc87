"""Secrets of the service: those of the settings, else of the data folder's own, made on first use.

Secrets that sign may be rotated. The identity secret never changes: pseudonyms, codes and what is sealed are found
again under it alone.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from pydantic import SecretStr

from skill.credentials.certificate import make_development_pem
from skill.settings import Settings, WrongSettings

log: Final = structlog.get_logger(__name__)

_SIGNING: Final = "secret"  # files of the data folder
_IDENTITY: Final = "identity-secret"
_SHORTEST: Final = 32  # characters; a shorter file is damaged


def signing_secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets that sign links, ids and tickets, the newest first; the data folder is made (0700) where it is not.

    Raises:
        WrongSettings: the data folder can't be used.
    """
    return _chosen_or_own(settings, settings.secrets, _SIGNING)


def identity_secret(settings: Settings) -> str:
    """The secret of people's pseudonyms and of what is stored of them; the data folder holds it for good.

    It is the one that was given. Else it is made on first use from the oldest secret that signs: data of before stays
    readable, and a service whose folder is new each time knows its people again as long as `OZHIVI_SECRETS` stays the
    same.

    Raises:
        WrongSettings: the data folder can't be used, or its identity secret is damaged.
    """
    path = settings.data_dir / _IDENTITY
    if settings.identity_secret is not None:
        chosen = settings.identity_secret.get_secret_value()
        with _usable(settings.data_dir):
            if path.exists() and path.read_text(encoding="utf-8", errors="replace").strip() != chosen:
                raise WrongSettings(f"OZHIVI_IDENTITY_SECRET: should be that of {path}, under which people are known")
        return chosen
    oldest = signing_secrets(settings)[-1]
    with _usable(settings.data_dir):
        return _own_secret(path, oldest, loss="restore it from a backup")


def require_shared_secrets(settings: Settings) -> None:
    """Refuse to be one of several nodes with secrets of its own: what one gives out would be nothing to the others.

    Raises:
        WrongSettings: the state is in PostgreSQL, and a secret is not given; the message names the file that holds
            the one which this node has made for itself.
    """
    if settings.queue != "postgres":
        return
    needed = {"secrets": _SIGNING, "identity_secret": _IDENTITY}
    webhooks = {"alice_secrets": "alice-secret", "salute_secrets": "salute-secret"}
    for name, file in {**needed, **webhooks}.items():
        path = settings.data_dir / file
        if not getattr(settings, name) and (name in needed or path.exists()):
            has = f"; this one has made the one in {path}" if path.exists() else " (openssl rand -hex 32)"
            raise WrongSettings(f"OZHIVI_{name.upper()}: should be given, as all nodes share PostgreSQL{has}")


def path_secrets(settings: Settings, assistant: str) -> tuple[str, ...]:
    """The secrets of a webhook's path, the newest first; none where nodes share PostgreSQL and none was given: the
    webhook opens for nobody.

    Args:
        settings: of the service.
        assistant: "alice" or "salute".

    Raises:
        WrongSettings: the data folder can't be used.
    """
    chosen = {"alice": settings.alice_secrets, "salute": settings.salute_secrets}[assistant]
    if settings.queue == "postgres":
        return tuple(one.get_secret_value() for one in chosen)
    return _chosen_or_own(settings, chosen, f"{assistant}-secret")


def development_credentials(settings: Settings) -> str:
    """Certificate and key for development, PEM, that sign content credentials where the operator has no others.

    Raises:
        WrongSettings: the data folder can't be used, or its file is damaged.
    """
    signing_secrets(settings)
    with _usable(settings.data_dir):
        loss = "delete it, another one is made"
        return _own_secret(settings.data_dir / "credentials.pem", make_development_pem(), loss=loss)


def _chosen_or_own(settings: Settings, chosen: tuple[SecretStr, ...], file: str) -> tuple[str, ...]:
    folder = settings.data_dir
    with _usable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _close_to_others(folder)
        return tuple(one.get_secret_value() for one in chosen) or (_own_secret(folder / file),)


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    """Turn an OSError about the data folder into WrongSettings."""
    try:
        yield
    except OSError as error:
        raise WrongSettings(f"OZHIVI_DATA_DIR: can't write to {folder}: {error.strerror}") from None


def _close_to_others(folder: Path) -> None:
    """Let nobody else look into a folder that others may enter; a folder that they may write to as well (/tmp, with the
    sticky bit) is somebody's choice, and is left alone."""
    found = folder.stat()
    if not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or found.st_mode & stat.S_ISVTX:
        return
    try:
        folder.chmod(0o700)
    except PermissionError:  # another user's, or of a system that gives it to a group
        log.warning("data_folder_open", mode=f"{stat.S_IMODE(found.st_mode):04o}")


def _own_secret(path: Path, first: str = "", *, loss: str = "delete it, links given out so far stop working") -> str:
    """The secret in this file; made on first use, linked into place so that two services agree on one.

    Args:
        path: of the file.
        first: what a new file holds; empty for a random secret.
        loss: what to do about a damaged file.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(first or secrets.token_hex(32))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other service was first: its secret is the one
        finally:
            draft.unlink()
    secret = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(secret) < _SHORTEST:
        raise WrongSettings(f"OZHIVI_DATA_DIR: {path} is damaged: {loss}")
    return secret
