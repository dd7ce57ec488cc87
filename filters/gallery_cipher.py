"""Encryption of what a gallery tells of people, with a key of the operator: AES-SIV, which is authenticated.

Equal values have equal ciphertexts, so that a name is found again; each name is there once.
"""

# ruff: noqa: PLC0415  (the library of ciphers comes where there is a key)

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from filters.errors import GalleryError, GalleryKeyError

_PROOF: Final = b"ozhivi gallery"  # encrypted in the file, it tells the right key from others


class GalleryCipher:
    """Encrypts and decrypts values of a gallery.

    Args:
        key: The operator's secret, at least 32 random characters: it is not stretched as a password is.
    """

    def __init__(self, key: str) -> None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        self._wrong = InvalidTag
        self._siv = AESSIV(HKDF(SHA256(), length=64, salt=None, info=_PROOF).derive(key.encode()))

    def encrypt(self, value: bytes, purpose: str) -> bytes:
        """The value, 16 bytes longer; it can be decrypted for the same purpose only ("name", "first", …)."""
        return self._siv.encrypt(value, [purpose.encode()])

    def decrypt(self, value: bytes, purpose: str) -> bytes:
        """The value that was encrypted. Raises GalleryKeyError where it was with another key, or was changed."""
        try:
            return self._siv.decrypt(value, [purpose.encode()])
        except self._wrong:
            raise GalleryKeyError(
                "the gallery is encrypted with another key, or damaged: give the key that it was encrypted with"
            ) from None


def is_encrypted(connection: sqlite3.Connection) -> bool:
    """Whether an open gallery is encrypted; one that an older version made has no such table."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'encryption'").fetchone()
    return bool(tables and connection.execute("SELECT count(*) FROM encryption").fetchone()[0])


def open_cipher(connection: sqlite3.Connection, key: str) -> GalleryCipher | None:
    """The cipher of an open gallery; None for one that is not encrypted. An empty gallery becomes what the key says.

    Args:
        connection: To the gallery's file.
        key: The operator's secret; "" for none.

    Raises:
        GalleryKeyError: The key is missing, is another one, or the gallery holds people and is not encrypted.
    """
    if not is_encrypted(connection):
        if key and connection.execute("SELECT count(*) FROM people").fetchone()[0]:
            raise GalleryKeyError(
                "a key is given, but the gallery is not encrypted: `ozhivi gallery encrypt` does it with that key"
            )
        return GalleryCipher(key) if key else None
    if not key:
        raise GalleryKeyError("the gallery is encrypted, and no key is given: give the key that it was encrypted with")
    cipher = GalleryCipher(key)
    cipher.decrypt(connection.execute("SELECT proof FROM encryption").fetchone()[0], "proof")
    return cipher


def mark_encrypted(connection: sqlite3.Connection, cipher: GalleryCipher) -> None:
    """Write into an open gallery that it is encrypted, and with which key."""
    connection.execute("INSERT INTO encryption VALUES (?)", (cipher.encrypt(_PROOF, "proof"),))


def encrypt_gallery(path: Path, key: str) -> None:
    """Encrypt the gallery of a file with a key; whoever has it open is to open it anew with that key.

    Raises:
        GalleryError: The file is not there, is no gallery, or is encrypted already.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as gallery:
            gallery.execute("PRAGMA secure_delete=ON").close()
            if is_encrypted(gallery):
                raise GalleryKeyError("the gallery is encrypted already")
            _encrypt_rows(gallery, GalleryCipher(key))
            # nothing of what was plain stays in free pages or in the write-ahead log
            gallery.execute("VACUUM").close()
            gallery.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    except sqlite3.Error as error:
        raise GalleryError(
            f"can't encrypt the gallery ({type(error).__name__}): check the path and its rights"
        ) from None


def _encrypt_rows(gallery: sqlite3.Connection, cipher: GalleryCipher) -> None:
    """Encrypt every name and embedding, in one transaction."""
    gallery.execute("BEGIN IMMEDIATE")
    gallery.execute("CREATE TABLE IF NOT EXISTS encryption (proof BLOB NOT NULL)")
    mark_encrypted(gallery, cipher)
    for number, name in gallery.execute("SELECT id, name FROM people").fetchall():
        gallery.execute("UPDATE people SET name = ? WHERE id = ?", (cipher.encrypt(name.encode(), "name"), number))
    for (number,) in gallery.execute("SELECT id FROM faces").fetchall():
        first, rest = gallery.execute("SELECT first, rest FROM faces WHERE id = ?", (number,)).fetchone()
        hidden = cipher.encrypt(first, "first"), cipher.encrypt(rest, "rest")
        gallery.execute("UPDATE faces SET first = ?, rest = ? WHERE id = ?", (*hidden, number))
    gallery.execute("UPDATE gallery SET change = change + 1")
    gallery.execute("COMMIT")
