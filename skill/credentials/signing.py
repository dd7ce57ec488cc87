"""Signing of finished files. It happens outside the process that reads strangers' photos, which never sees the key."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog

from skill.credentials.certificate import Certificate
from skill.credentials.manifest import build_manifest

log: Final = structlog.get_logger(__name__)

Sign = Callable[[Path, str, Sequence[str]], bool]
"""(file, its format or name of `pipeline.limits.STILLS`, what was restored on its photo) → whether it has credentials
now; blocks, and changes the file in its place or leaves it."""

_TYPES: Final = {
    "mp4": "video/mp4", "gif": "image/gif", "webp": "image/webp", "jpg": "image/jpeg", "still": "image/jpeg",
    "png": "image/png",
}  # fmt: skip
"""Kind of file → its media type; "before", the photo as it came, is none of them, as no program made it."""
# nothing is fetched, from nobody: neither lists of trust nor revocations nor manifests of others
SETTINGS: Final[dict[str, Any]] = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_trust": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}


def leave_unsigned(file: Path, kind: str, restored: Sequence[str] = ()) -> bool:
    """A `Sign` that does nothing: the operator wants no credentials."""
    return False


class CredentialSigner:
    """Signs files with one certificate."""

    def __init__(self, certificate: Certificate) -> None:
        """`certificate`: with its key."""
        self._certificate = certificate

    def __call__(self, file: Path, kind: str, restored: Sequence[str] = ()) -> bool:
        """Give a file its credentials. A `Sign`; the file takes the place of the old one as a whole.

        A file that can't be signed stays as it is, with the word in its corner and the marks in its metadata; the log
        says why.
        """
        if kind not in _TYPES:
            return False
        try:
            self._sign(file, kind, restored)
        except Exception as error:  # noqa: BLE001  (of a native library, about bytes that a photo may have chosen)
            log.warning("credentials_failed", format=kind, error=type(error).__name__)
            return False
        return True

    def _sign(self, file: Path, kind: str, restored: Sequence[str]) -> None:
        import c2pa  # noqa: PLC0415  (a native library of 23 MB)

        chain, key, algorithm = self._certificate
        context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(algorithm.encode(), chain.encode(), key.encode(), None))
        builder = c2pa.Builder(json.dumps(build_manifest(kind, restored)), context=context)
        # a random name that nobody can have taken: the folder is that of a process which a photo may have taken over
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".credentials-")
        try:
            with file.open("rb") as source, os.fdopen(descriptor, "w+b") as target:
                builder.sign(signer, _TYPES[kind], source, target)
            Path(name).replace(file)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
