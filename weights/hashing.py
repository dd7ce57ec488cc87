"""The hash by which a model's file is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from weights.errors import StoreFailed


def sha256_of(path: Path) -> str:
    """The sha256 of a file in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored_sha256(path: Path) -> str | None:
    """The sha256 of a file of the store in hex, None where there is none. Raises StoreFailed when it can't be read."""
    try:
        return sha256_of(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreFailed(path, error.strerror or str(error)) from error
