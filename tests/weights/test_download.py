from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.weights.liveportrait_hub import Hub, serving
from weights.download import download
from weights.errors import DownloadFailed

DATA = random.Random(7).randbytes(300_000)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving(Hub({"/a/net.pth": DATA})) as found:
        yield found


def bring(hub: Hub, folder: Path, size: int = len(DATA)) -> list[int]:
    steps: list[int] = []
    file = download(f"{hub.url}/a/net.pth", folder / "net.pth", size, steps.append, pause=0.0)
    assert file.read_bytes() == DATA
    assert not (folder / "net.pth.part").exists()
    return steps


def test_a_file_arrives_and_progress_is_told(hub: Hub, tmp_path: Path) -> None:
    steps = bring(hub, tmp_path)
    assert steps == sorted(steps) and steps[-1] == len(DATA)
    assert hub.asked == [("/a/net.pth", None)]


def test_what_is_there_is_not_asked_for(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(DATA)
    bring(hub, tmp_path)
    assert hub.asked == []


def test_after_a_cut_it_goes_on_from_there(hub: Hub, tmp_path: Path) -> None:
    hub.cuts = [100_000, 50_000]
    bring(hub, tmp_path)
    assert [wanted for _, wanted in hub.asked] == [None, "bytes=100000-", "bytes=150000-"]


def test_another_process_goes_on_too(hub: Hub, tmp_path: Path) -> None:
    """The first one fails for good, five tries without a byte; what had arrived is kept."""
    hub.cuts = [120_000, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed, match=r"net\.pth .* goes on from where it stopped"):
        bring(hub, tmp_path)
    assert (tmp_path / "net.pth.part").read_bytes() == DATA[:120_000]
    hub.asked.clear()
    bring(hub, tmp_path)
    assert hub.asked == [("/a/net.pth", "bytes=120000-")]


def test_a_server_that_knows_no_ranges_sends_all_again(hub: Hub, tmp_path: Path) -> None:
    hub.ranges, hub.cuts = False, [100_000]
    bring(hub, tmp_path)
    assert len(hub.asked) == 2


def test_a_file_that_is_not_there_is_not_asked_for_again(hub: Hub, tmp_path: Path) -> None:
    hub.files.clear()
    with pytest.raises(DownloadFailed, match="HTTP 404"):
        bring(hub, tmp_path)
    assert len(hub.asked) == 1


def test_more_than_was_announced_is_refused(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="instead of 1000"):
        bring(hub, tmp_path, size=1000)
    assert list(tmp_path.iterdir()) == []


def test_no_server_at_all(hub: Hub, tmp_path: Path) -> None:
    with serving(Hub({})) as gone:
        pass
    with pytest.raises(DownloadFailed, match="--from"):
        bring(gone, tmp_path)
