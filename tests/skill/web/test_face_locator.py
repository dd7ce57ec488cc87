"""Faces of a photo, found and drawn in this process."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from skill.demo_portrait import astronaut
from skill.web.face_locator import FaceLocator, FaceOrder, answer_faces
from weights.store import WeightStore


def test_faces_are_numbered_from_the_left(tmp_path: Path, built_weights: WeightStore) -> None:
    portrait = Image.open(BytesIO(astronaut())).convert("RGB").crop((100, 0, 360, 300))
    both = Image.new("RGB", (520, 300))
    both.paste(portrait, (0, 0))
    both.paste(ImageOps.mirror(portrait), (260, 0))
    both.save(tmp_path / "two.png")
    steps: list[str] = []
    found = FaceLocator()(tmp_path / "two.png", 2560, on_step=lambda step, share: steps.append(step))
    assert steps == ["decode", "faces"]
    assert [face.number for face in found.faces] == [1, 2]
    left, right = found.faces
    assert 0.1 < left.left < left.left + left.width < 0.5 < right.left < 0.9
    assert 0.2 < left.top + left.height / 2 < 0.8
    assert Image.open(BytesIO(base64.b64decode(found.picture))).size == (520, 300)


def test_a_process_answers_with_what_was_found_or_why_not(tmp_path: Path, built_weights: WeightStore) -> None:
    locator, steps = FaceLocator(), list[str]()
    (tmp_path / "good").write_bytes(astronaut())
    (tmp_path / "bad").write_bytes(b"no photo")
    found = answer_faces(locator, FaceOrder(tmp_path / "good", 512, 0), steps.append)
    assert [face["number"] for face in found["found"]["faces"]] == [1]
    assert steps == ["decode", "faces"]
    assert answer_faces(locator, FaceOrder(tmp_path / "bad", 512, 0), steps.append) == {"refused": "not_an_image"}
