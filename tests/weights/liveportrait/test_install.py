"""What stops an installation before anything is brought. No torch needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.weights.file_server import FileServer, serve
from weights.errors import ExtraMissing, StoreFailed
from weights.liveportrait import install


def test_without_torch_nothing_is_downloaded(
    published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    with serve(FileServer(published)) as hub, pytest.raises(ExtraMissing, match=r"pip install '\.\[export\]'"):
        install.install(tmp_path, hub.url, trusted=False, progress=lambda step, done: None)
    assert hub.requests == []


def test_too_full_a_disk_is_refused_before_any_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_MODEL_BYTES", 10**18)
    monkeypatch.setattr(install, "find_spec", lambda name: object())
    with pytest.raises(StoreFailed, match="GB are needed"):
        install.install(tmp_path, tmp_path, trusted=False, progress=lambda step, done: None)


def test_a_source_is_an_address_or_a_folder() -> None:
    assert install.parse_source("https://hub.example/x") == "https://hub.example/x"
    assert install.parse_source("ftp/x") == Path("ftp/x")
    assert install.parse_source(None) is None
