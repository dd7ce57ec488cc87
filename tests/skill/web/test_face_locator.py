"""Faces of a photo, found and drawn in this process."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from skill.demo_portrait import astronaut
from skill.web import face_locator
from skill.web.face_locator import FaceLocator, FaceOrder, answer_faces
from weights.store import WeightStore


def test_faces_are_numbered_from_the_left(tmp_path: Path, built_weights: WeightStore) -> None:
    portrait = Image.open(BytesIO(astronaut())).convert("RGB").crop((100, 0, 360, 300))
    both = Image.new("RGB", (520, 300))
    both.paste(portrait, (0, 0))
    both.paste(ImageOps.mirror(portrait), (260, 0))
    both.save(tmp_path / "two.png")
    steps: list[str] = []
    judged = iter([("child", ""), ("", "")])
    locator = FaceLocator(judge=lambda pixels, face: next(judged))
    found = locator(tmp_path / "two.png", 2560, on_step=lambda step, share: steps.append(step))
    assert steps == ["decode", "faces", "filters"]
    assert sorted(face.reason for face in found.faces) == ["", "child"]
    assert [face.number for face in found.faces] == [1, 2]
    left, right = found.faces
    assert 0.1 < left.left < left.left + left.width < 0.5 < right.left < 0.9
    assert 0.2 < left.top + left.height / 2 < 0.8
    assert Image.open(BytesIO(base64.b64decode(found.picture))).size == (520, 300)


def test_of_a_crowd_only_some_are_judged(
    tmp_path: Path, built_weights: WeightStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for the portraits does not wait for the filters of a hundred people: the job asks them again."""
    monkeypatch.setattr(face_locator, "_JUDGE_SECONDS", -1.0)
    (tmp_path / "photo").write_bytes(astronaut())
    (face,) = FaceLocator(judge=lambda pixels, face: ("child", ""))(tmp_path / "photo", 512).faces
    assert face.reason == ""


def test_a_process_answers_with_what_was_found_or_why_not(tmp_path: Path, built_weights: WeightStore) -> None:
    locator, steps = FaceLocator(), list[str]()
    (tmp_path / "good").write_bytes(astronaut())
    (tmp_path / "bad").write_bytes(b"no photo")
    found = answer_faces(locator, FaceOrder(tmp_path / "good", 512, 0), steps.append)
    assert [face["number"] for face in found["found"]["faces"]] == [1]
    assert steps == ["decode", "faces", "filters"]
    assert answer_faces(locator, FaceOrder(tmp_path / "bad", 512, 0), steps.append) == {"refused": "not_an_image"}
