"""Sealing of texts that must be said again: at rest they can't be read without the service's own secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_NONCE, _TAG = 16, 16


class Seal:
    """HMAC-SHA-256 as the tag, SHAKE-256 over key and nonce as the pad; a nonce is never used twice."""

    def __init__(self, secret: bytes) -> None:
        self._pad = hmac.digest(secret, b"ozhivi dialog pad", "sha256")
        self._tag = hmac.digest(secret, b"ozhivi dialog tag", "sha256")

    def close(self, text: str) -> bytes:
        """The text, encrypted and authenticated; the same text is sealed differently each time."""
        nonce = secrets.token_bytes(_NONCE)
        hidden = nonce + self._under(nonce, text.encode())
        return hidden + hmac.digest(self._tag, hidden, "sha256")[:_TAG]

    def open(self, sealed: bytes) -> str | None:
        """The text; None where it was sealed with another secret, or is damaged."""
        hidden, tag = sealed[:-_TAG], sealed[-_TAG:]
        if not hmac.compare_digest(tag, hmac.digest(self._tag, hidden, "sha256")[:_TAG]):
            return None
        return self._under(hidden[:_NONCE], hidden[_NONCE:]).decode()

    def _under(self, nonce: bytes, text: bytes) -> bytes:
        pad = hashlib.shake_256(self._pad + nonce).digest(len(text))
        return bytes(one ^ other for one, other in zip(text, pad, strict=True))
