from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.weights.file_server import FileServer, serve
from weights.download import download
from weights.errors import DownloadFailed

DATA = random.Random(7).randbytes(300_000)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serve(FileServer({"/a/net.pth": DATA})) as found:
        yield found


def bring(server: FileServer, folder: Path, size: int = len(DATA)) -> list[int]:
    steps: list[int] = []
    file = download(f"{server.url}/a/net.pth", folder / "net.pth", size, steps.append, pause=0.0)
    assert file.read_bytes() == DATA
    assert not (folder / "net.pth.part").exists()
    return steps


def test_a_file_arrives_and_progress_is_reported(server: FileServer, tmp_path: Path) -> None:
    steps = bring(server, tmp_path)
    assert steps == sorted(steps) and steps[-1] == len(DATA)
    assert server.requests == [("/a/net.pth", None)]


def test_what_is_there_is_not_asked_for(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(DATA)
    bring(server, tmp_path)
    assert server.requests == []


def test_after_a_cut_it_goes_on_from_there(server: FileServer, tmp_path: Path) -> None:
    server.cuts = [100_000, 50_000]
    bring(server, tmp_path)
    assert [wanted for _, wanted in server.requests] == [None, "bytes=100000-", "bytes=150000-"]


def test_another_process_goes_on_too(server: FileServer, tmp_path: Path) -> None:
    """The first one fails for good, five tries without a byte; what had arrived is kept."""
    server.cuts = [120_000, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed, match=r"net\.pth .* goes on from where it stopped"):
        bring(server, tmp_path)
    assert (tmp_path / "net.pth.part").read_bytes() == DATA[:120_000]
    server.requests.clear()
    bring(server, tmp_path)
    assert server.requests == [("/a/net.pth", "bytes=120000-")]


def test_a_server_that_knows_no_ranges_sends_all_again(server: FileServer, tmp_path: Path) -> None:
    server.ranges, server.cuts = False, [100_000]
    bring(server, tmp_path)
    assert len(server.requests) == 2


def test_a_file_that_is_not_there_is_not_asked_for_again(server: FileServer, tmp_path: Path) -> None:
    server.files.clear()
    with pytest.raises(DownloadFailed, match="HTTP 404"):
        bring(server, tmp_path)
    assert len(server.requests) == 1


def test_more_than_was_announced_is_refused(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="instead of 1000"):
        bring(server, tmp_path, size=1000)
    assert list(tmp_path.iterdir()) == []


def test_no_server_at_all(server: FileServer, tmp_path: Path) -> None:
    with serve(FileServer({})) as gone:
        pass
    with pytest.raises(DownloadFailed, match="--from"):
        bring(gone, tmp_path)
