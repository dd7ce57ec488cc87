"""What the store says of LivePortrait's models, and where its checkpoints are looked for. No torch needed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import weights.cli
from tests.weights.liveportrait_hub import Hub, serving
from weights.errors import CheckpointMissing, ExtraMissing, HashMismatch, LivePortraitMissing, StoreFailed
from weights.liveportrait import ADD, MODELS, Pack, Record, install, sources
from weights.store import WeightStore

NAMES = tuple(model.name for model in MODELS)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """As after `weights add`, but each model is a few bytes."""
    found = Pack(tmp_path)
    found.folder.mkdir()
    models = {}
    for model in MODELS:
        (found.folder / model.file).write_bytes(model.name.encode())
        models[model.name] = {"sha256": hashlib.sha256(model.name.encode()).hexdigest(), "figures": {}}
    record = Record(published=True, torch="2.13.0", sources={}, models=models)
    (found.folder / "pack.json").write_text(record.as_json(), encoding="utf-8")
    return found


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


def test_without_weights_the_one_command_is_told(tmp_path: Path) -> None:
    store = WeightStore(tmp_path)
    with pytest.raises(LivePortraitMissing, match="run `ozhivi weights add liveportrait`"):
        store.path("liveportrait_frame")
    assert str(store.liveportrait.state()) == f"not there – run `{ADD}`"


def test_a_store_gives_a_verified_file(pack: Pack, tmp_path: Path) -> None:
    store = WeightStore(tmp_path)
    assert store.path("liveportrait_motion") == pack.folder / "liveportrait_motion.onnx"
    assert pack.state().ready == NAMES
    assert str(pack.state()).startswith("official weights: appearance, appearance_fp16, motion, ")


def test_a_changed_or_lost_file_is_never_given(pack: Pack) -> None:
    (pack.folder / "liveportrait_frame.onnx").write_bytes(b"other")
    (pack.folder / "liveportrait_eyes.onnx").unlink()
    with pytest.raises(HashMismatch, match=ADD):
        pack.path("liveportrait_frame")
    with pytest.raises(LivePortraitMissing):
        pack.path("liveportrait_eyes")
    state = pack.state()
    assert (state.wrong, state.missing) == (("liveportrait_frame",), ("liveportrait_eyes",))
    assert f"missing or changed: liveportrait_frame, liveportrait_eyes – run `{ADD}`" in str(state)


def test_a_damaged_record_says_what_to_do(pack: Pack) -> None:
    (pack.folder / "pack.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreFailed, match="delete the folder"):
        pack.state()


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
    found = sources.gathered(tmp_path, tmp_path / "downloads", lambda step, done: None)
    assert {key: file.name for key, file in found.items()} == {k: c.name for k, c in sources.CHECKPOINTS.items()}


def test_a_folder_without_one_of_them(tmp_path: Path) -> None:
    with pytest.raises(CheckpointMissing, match=r"appearance_feature_extractor\.pth is not in"):
        sources.gathered(tmp_path, tmp_path / "downloads", lambda step, done: None)


def test_a_hub_is_asked_for_the_five_files(published: dict[str, bytes], tmp_path: Path) -> None:
    shares: list[float] = []
    with serving(Hub(published, cuts=[5000])) as hub:
        files = sources.gathered(f"{hub.url}/", tmp_path / "downloads", lambda step, done: shares.append(done))
    assert {path for path, _ in hub.asked} == set(published)
    assert shares == sorted(shares) and shares[-1] == 1.0
    hashes, official = sources.checked(files, trusted=False)
    assert official and len(hashes) == 5


def test_a_download_with_a_wrong_hash_is_deleted(published: dict[str, bytes], tmp_path: Path) -> None:
    """Else the next try would find it whole and never bring another one."""
    path = next(path for path in published if path.endswith("motion_extractor.pth"))
    wrong = {**published, path: published[path][::-1]}
    folder = tmp_path / "downloads"
    with serving(Hub(wrong)) as hub, pytest.raises(HashMismatch, match="was deleted"):
        sources.gathered(hub.url, folder, lambda step, done: None)
    assert [file.name for file in folder.iterdir()] == ["appearance_feature_extractor.pth"]
    with serving(Hub(published)) as hub:
        sources.gathered(hub.url, folder, lambda step, done: None)
    assert len(hub.asked) == 4


def test_a_file_of_another_origin_is_taken_only_when_trusted(published: dict[str, bytes], tmp_path: Path) -> None:
    for checkpoint in sources.CHECKPOINTS.values():
        (tmp_path / checkpoint.name).write_bytes(published[f"/{checkpoint.path}"])
    (tmp_path / "motion_extractor.pth").write_bytes(b"other")
    files = sources.gathered(tmp_path, tmp_path / "downloads", lambda step, done: None)
    with pytest.raises(HashMismatch, match=r"motion_extractor\.pth has a wrong hash.*--trust"):
        sources.checked(files, trusted=False)
    hashes, official = sources.checked(files, trusted=True)
    assert not official and hashes["motion_extractor.pth"] == hashlib.sha256(b"other").hexdigest()


def test_without_torch_nothing_is_downloaded(
    published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    with serving(Hub(published)) as hub, pytest.raises(ExtraMissing, match=r"pip install '\.\[export\]'"):
        install.add(tmp_path, hub.url, trusted=False, progress=lambda step, done: None)
    assert hub.asked == []


def test_too_full_a_disk_is_told_before_anything_is_brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_MADE", 10**18)
    monkeypatch.setattr(install, "find_spec", lambda name: object())
    with pytest.raises(StoreFailed, match="GB are needed"):
        install.add(tmp_path, tmp_path, trusted=False, progress=lambda step, done: None)


def test_only_liveportrait_can_be_added(tmp_path: Path) -> None:
    result = CliRunner().invoke(weights.cli.app, ["add", "stylegan", "--root", str(tmp_path)])
    assert result.exit_code == 2
    assert "only liveportrait can be added" in result.output


def test_a_source_is_an_address_or_a_folder() -> None:
    assert install.parsed("https://hub.example/x") == "https://hub.example/x"
    assert install.parsed("ftp/x") == Path("ftp/x")
    assert install.parsed(None) is None
