from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from weights.errors import StoreFailed
from weights.hashing import sha256_of, stored_sha256


def test_a_file_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"a model")
    assert (
        sha256_of(tmp_path / "a.onnx") == stored_sha256(tmp_path / "a.onnx") == hashlib.sha256(b"a model").hexdigest()
    )


def test_what_is_not_there_has_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert stored_sha256(tmp_path / "none.onnx") is None
    assert stored_sha256(tmp_path / "file" / "below.onnx") is None
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "none.onnx")


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="can't be used"):
        stored_sha256(tmp_path)
