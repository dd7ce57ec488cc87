"""A job's public id: the queue's id, which is in our log, and a signature, which is not."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

_LENGTH = 22  # 128 bit in base64


class Names:
    """Who knows a public id may look at the job and delete it; who reads our log knows none.

    `secrets`: the first signs, all are accepted.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [hmac.digest(secret.encode(), b"ozhivi job names", "sha256") for secret in secrets]

    def public(self, job: str) -> str:
        return job + _signature(self._keys[0], job)

    def job(self, public: str) -> str | None:
        """The queue's id, or None where the signature is wrong; in constant time."""
        job, given = public[:-_LENGTH], public[-_LENGTH:]
        fits = [hmac.compare_digest(given.encode(), _signature(key, job).encode()) for key in self._keys]
        return job if any(fits) else None


def _signature(key: bytes, job: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, job.encode(), "sha256")).decode()[:_LENGTH]
