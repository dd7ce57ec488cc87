"""The page's process with the real models: faces, previews, and no preview of who is refused."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from pipeline.errors import FaceError, Reason
from pipeline.gate import admit_everyone
from skill.demo_portrait import astronaut
from skill.filter_setup import FilterGate
from skill.sandbox.messages import Answer
from skill.settings import load
from skill.web.face_locator import FaceOrder
from skill.web.photo_process import photo_entry, serve_photos
from skill.web.preview_renderer import PreviewOrder
from weights.store import WeightStore


@pytest.fixture(scope="module")
def answer(built_weights: WeightStore) -> Answer:
    return serve_photos(load().photo)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photo").write_bytes(astronaut())
    return tmp_path / "photo"


def test_a_process_finds_faces_and_makes_previews(answer: Answer, photo: Path) -> None:
    found = answer(FaceOrder(photo, 320, 0), lambda value: None)
    assert [face["reason"] for face in found["found"]["faces"]] == [""]
    reported: list[Any] = []
    assert answer(PreviewOrder(photo, 0, ("gesture:nod",)), reported.append) == {"made": 1}
    steps = [one for one in reported if isinstance(one, str)]
    assert list(dict.fromkeys(steps)) == ["decode", "faces", "filters"]
    still, clip = (one for one in reported if not isinstance(one, str))
    assert Image.open(BytesIO(base64.b64decode(still["still"]))).size == (180, 180)
    assert clip["movement"] == "gesture:nod" and base64.b64decode(clip["clip"])[4:8] == b"ftyp"


def test_who_is_refused_has_no_preview(answer: Answer, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise FaceError(Reason.CHILD, cause="appeal")

    monkeypatch.setattr(FilterGate, "__call__", refuse)
    reported: list[Any] = []
    order = PreviewOrder(photo, 0, ("gesture:nod",))
    assert answer(order, reported.append) == {"refused": "child", "cause": "appeal"}
    assert all(isinstance(one, str) for one in reported)


def test_of_several_people_the_first_who_passes_is_shown(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portrait = Image.open(BytesIO(astronaut())).convert("RGB").crop((140, 0, 300, 200))
    both = Image.new("RGB", (320, 200))
    both.paste(portrait, (0, 0))
    both.paste(ImageOps.mirror(portrait), (160, 0))
    both.save(tmp_path / "two.png")
    asked: list[Any] = []

    def admit_the_second(gate: FilterGate, pixels: Any, faces: Any, wish: Any) -> Any:
        asked.append([float(face.box[0]) < 160 for face in faces])
        if len(asked) == 1:
            raise FaceError(Reason.CHILD)
        return admit_everyone(pixels, faces, wish)

    monkeypatch.setattr(FilterGate, "__call__", admit_the_second)
    assert answer(PreviewOrder(tmp_path / "two.png", 0, ("gesture:nod",)), lambda value: None) == {"made": 1}
    assert sorted(asked) == [[False], [True]]
    asked[:] = ["nobody more is refused"]
    for face, left in (("1", True), ("2", False)):  # the one who is meant
        order = PreviewOrder(tmp_path / "two.png", 0, (), face=face)
        assert answer(order, lambda value: None) == {"made": 0}
        assert asked.pop() == [left]


def test_its_files_are_models_and_gallery() -> None:
    assert photo_entry(load().photo).access == "skill.render_access:find_access"
