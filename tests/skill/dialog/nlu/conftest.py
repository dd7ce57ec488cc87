"""Vectors of phrases, each computed once for all tests: the tables are read after every question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skill.dialog.nlu import sentence_encoder


@pytest.fixture(scope="session", autouse=True)
def kept_vectors() -> Iterator[None]:
    """Many more are kept than while the service runs; 2 KiB each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_encoder, "_MOST_RECENT", 16384)
        yield
