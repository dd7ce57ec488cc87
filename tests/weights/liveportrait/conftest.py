"""Small files that are taken for the published checkpoints."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from weights.liveportrait import sources


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Small files that are taken for the published ones: path at the hub → bytes."""
    payloads = {key: key.encode() * 1000 for key in sources.CHECKPOINTS}
    changed = {
        key: replace(checkpoint, size=len(payloads[key]), sha256=hashlib.sha256(payloads[key]).hexdigest())
        for key, checkpoint in sources.CHECKPOINTS.items()
    }
    monkeypatch.setattr(sources, "CHECKPOINTS", changed)
    return {f"/{checkpoint.path}": payloads[key] for key, checkpoint in changed.items()}
