"""Checkpoints are found in a folder or downloaded from a hub, and are the published ones or trusted."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.weights.file_server import FileServer, serve
from weights.errors import CheckpointMissing, HashMismatch
from weights.liveportrait import sources


@pytest.mark.parametrize("place", ["", "official", "pretrained", "below"])
def test_a_folder_may_be_laid_out_in_several_ways(place: str, tmp_path: Path) -> None:
    for checkpoint in sources.CHECKPOINTS.values():
        nested = {
            "": checkpoint.name,
            "official": checkpoint.path,
            "pretrained": f"pretrained_weights/{checkpoint.path}",
            "below": checkpoint.path.removeprefix("liveportrait/"),
        }[place]
        (tmp_path / nested).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / nested).write_bytes(b"")
    found = sources.gather_checkpoints(tmp_path, tmp_path / "downloads", lambda step, done: None)
    assert {key: file.name for key, file in found.items()} == {k: c.name for k, c in sources.CHECKPOINTS.items()}


def test_a_folder_without_one_of_them(tmp_path: Path) -> None:
    with pytest.raises(CheckpointMissing, match=r"appearance_feature_extractor\.pth is not in"):
        sources.gather_checkpoints(tmp_path, tmp_path / "downloads", lambda step, done: None)


def test_a_hub_is_asked_for_the_five_files(published: dict[str, bytes], tmp_path: Path) -> None:
    shares: list[float] = []
    with serve(FileServer(published, cuts=[5000])) as hub:
        files = sources.gather_checkpoints(
            f"{hub.url}/", tmp_path / "downloads", lambda step, done: shares.append(done)
        )
    assert {path for path, _ in hub.requests} == set(published)
    assert shares == sorted(shares) and shares[-1] == 1.0
    hashes, official = sources.verify_checkpoints(files, trusted=False)
    assert official and len(hashes) == 5


def test_a_download_with_a_wrong_hash_is_deleted(published: dict[str, bytes], tmp_path: Path) -> None:
    """Else the next try would find it whole and never bring another one."""
    path = next(path for path in published if path.endswith("motion_extractor.pth"))
    wrong = {**published, path: published[path][::-1]}
    folder = tmp_path / "downloads"
    with serve(FileServer(wrong)) as hub, pytest.raises(HashMismatch, match="was deleted"):
        sources.gather_checkpoints(hub.url, folder, lambda step, done: None)
    assert [file.name for file in folder.iterdir()] == ["appearance_feature_extractor.pth"]
    with serve(FileServer(published)) as hub:
        sources.gather_checkpoints(hub.url, folder, lambda step, done: None)
    assert len(hub.requests) == 4


def test_a_file_of_another_origin_is_taken_only_when_trusted(published: dict[str, bytes], tmp_path: Path) -> None:
    for checkpoint in sources.CHECKPOINTS.values():
        (tmp_path / checkpoint.name).write_bytes(published[f"/{checkpoint.path}"])
    (tmp_path / "motion_extractor.pth").write_bytes(b"other")
    files = sources.gather_checkpoints(tmp_path, tmp_path / "downloads", lambda step, done: None)
    with pytest.raises(HashMismatch, match=r"motion_extractor\.pth has a wrong hash.*--trust"):
        sources.verify_checkpoints(files, trusted=False)
    hashes, official = sources.verify_checkpoints(files, trusted=True)
    assert not official and hashes["motion_extractor.pth"] == hashlib.sha256(b"other").hexdigest()
