"""What the store says of LivePortrait's models."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from weights.errors import HashMismatch, LivePortraitMissing, StoreFailed
from weights.liveportrait import ADD, MODELS, Pack, PackRecord
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
    record = PackRecord(published=True, torch="2.13.0", sources={}, models=models)
    (found.folder / "pack.json").write_text(record.to_json(), encoding="utf-8")
    return found


def test_without_weights_the_message_has_the_command(tmp_path: Path) -> None:
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


def test_what_is_odd_about_the_weights_is_said(pack: Pack) -> None:
    assert pack.state().oddities == () and "odd" not in str(pack.state())
    record = json.loads((pack.folder / "pack.json").read_text(encoding="utf-8"))
    (pack.folder / "pack.json").write_text(json.dumps({**record, "oddities": ["the scale is 3"]}), encoding="utf-8")
    assert str(pack.state()).endswith("; odd: the scale is 3")
    del record["oddities"]  # as older records are
    (pack.folder / "pack.json").write_text(json.dumps(record), encoding="utf-8")
    assert pack.state().oddities == ()


def test_a_damaged_record_says_what_to_do(pack: Pack) -> None:
    (pack.folder / "pack.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreFailed, match="delete the folder"):
        pack.state()
