"""A photo in the current folder, and a pipeline that makes no picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill import local_render
from tests.skill.cli.fake_pipeline import FakePipeline


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setattr(local_render, "render_several", fake.render_several)
    monkeypatch.setattr(local_render, "open_runtime", lambda **_: None)
    return fake


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "granny.jpg").write_bytes(b"a photo")
    return "granny.jpg"
