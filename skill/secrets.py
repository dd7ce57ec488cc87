"""Secrets of the service: those of the settings, else one of the data folder's own, made on first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from skill.settings import Settings, WrongSettings

_SHORTEST: Final = 32  # characters; a shorter file is damaged


def signing_secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets that sign links, ids and tickets, the newest first; the data folder is made (0700) where it is not.

    Raises:
        WrongSettings: the data folder can't be used.
    """
    return _chosen_or_own(settings, settings.secrets, "secret")


def path_secrets(settings: Settings, assistant: str) -> tuple[str, ...]:
    """The secrets of a webhook's path, the newest first.

    Args:
        settings: of the service.
        assistant: "alice" or "salute".

    Raises:
        WrongSettings: the data folder can't be used.
    """
    chosen = {"alice": settings.alice_secrets, "salute": settings.salute_secrets}[assistant]
    return _chosen_or_own(settings, chosen, f"{assistant}-secret")


def _chosen_or_own(settings: Settings, chosen: tuple[SecretStr, ...], file: str) -> tuple[str, ...]:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tuple(one.get_secret_value() for one in chosen) or (_own_secret(folder / file),)
    except OSError as error:
        raise WrongSettings(f"OZHIVI_DATA_DIR: can't write to {folder}: {error.strerror}") from None


def _own_secret(path: Path) -> str:
    """The secret in this file; made on first use, linked into place so that two services agree on one."""
    if not path.exists():
        draft = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other service was first: its secret is the one
        finally:
            draft.unlink()
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < _SHORTEST:
        raise WrongSettings(f"OZHIVI_DATA_DIR: {path} is damaged: delete it, links given out so far stop working")
    return secret
