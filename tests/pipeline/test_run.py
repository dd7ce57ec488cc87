"""The whole way of a photo with an animator of three lines and faces that are known beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from inspect import Parameter, signature
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from pipeline.animate.base import Animator
from pipeline.arrays import Pixels
from pipeline.camera import view
from pipeline.errors import AnimationError, FaceError, MotionError, PhotoError, Reason
from pipeline.faces import finder as face_module
from pipeline.faces import print_choice
from pipeline.faces.finder import Face, HiddenFace, Pose
from pipeline.gate import AdmittedFace, Consent, admit_everyone
from pipeline.motion.curves import Motion
from pipeline.progress import Step
from pipeline.run import Prepared, Wish, prepare, run
from pipeline.runtime import Runtime
from weights.store import WeightStore

RUNTIME = cast(Runtime, None)  # no model is asked for
STEPS = [step for step in Step if step is not Step.RESTORE]
"""Of a run without a restoration, in their order."""


def face_at(left: float) -> Face:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, 0] = np.linspace(left, left + 80, 478)
    landmarks[:, 1] = np.linspace(40, 140, 478)
    landmarks[234, 0], landmarks[454, 0] = left, left + 80
    return Face(np.array([left, 40, left + 80, 140], np.float32), landmarks, Pose(0, 0, 0), 1.0, 1.0)


def photo(width: int = 320, height: int = 200) -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(noise).resize((width, height)).save(file, "PNG")
    return file.getvalue()


class FakeFinder:
    found: tuple[Face, ...] = ()

    def __init__(self, runtime: Runtime) -> None: ...

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        return self.found

    def find_through_grain(self, pixels: Pixels) -> tuple[Face, ...]:
        return ()

    def find_hidden(self, pixels: Pixels) -> tuple[HiddenFace, ...]:
        return (HiddenFace(face_at(30), False), HiddenFace(face_at(200), False))


class Slider(Animator):
    """Shifts each face to the side by its yaw, ten pixels a degree."""

    name = "slider"
    amount = 10.0

    def __init__(self) -> None:
        self.motions: list[Motion] = []
        self.faces: list[Face] = []
        self.prepared = 0

    def prepare(self, pixels: Pixels, faces: Sequence[Face], *, everyone: Sequence[Face] = ()) -> SlidingFaces:
        self.faces, self.prepared = list(faces), self.prepared + 1
        return SlidingFaces(self, pixels)


class SlidingFaces:
    def __init__(self, slider: Slider, pixels: Pixels) -> None:
        self.slider, self.pixels = slider, pixels

    def animate(self, motions: Sequence[Motion]) -> Iterator[Pixels]:
        self.slider.motions = list(motions)
        for index in range(len(motions[0])):
            frame = self.pixels.copy()
            for face, motion in zip(self.slider.faces, motions, strict=True):
                x0, y0, x1, y1 = (int(value) for value in face.box)
                shift = round(self.slider.amount * float(motion.curves["yaw"][index]))
                frame[y0:y1, x0:x1] = np.roll(self.pixels[y0:y1, x0:x1], shift, axis=1)
            yield frame


@pytest.fixture
def two_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_module, "FaceFinder", FakeFinder)
    monkeypatch.setattr(FakeFinder, "found", (face_at(30), face_at(200)))


def test_a_photo_goes_all_the_way(two_faces: None, tmp_path: Path) -> None:
    reported: list[tuple[str, float]] = []
    animator = Slider()
    result = run(
        photo(),
        Wish(face="all", seconds=2, seed=5),
        tmp_path / "clip.mp4",
        runtime=RUNTIME,
        gate=admit_everyone,
        on_step=lambda step, share: reported.append((step, share)),
        animator=animator,
    )
    assert result.clip.files["mp4"] == tmp_path / "clip.mp4"
    assert (result.clip.frames, result.clip.size) == (50, (320, 200))
    assert result.chosen == result.faces
    assert set(result.timings) == set(STEPS)
    steps = list(dict.fromkeys(step for step, _ in reported))
    assert steps == STEPS
    assert all(0 <= share <= 1 for _, share in reported)
    assert {step for step, share in reported if share == 1} == set(STEPS)
    first, second = animator.motions
    assert not np.allclose(first.curves["yaw"], second.curves["yaw"])  # nobody moves in step


def test_one_face_is_chosen(two_faces: None, tmp_path: Path) -> None:
    animator = Slider()
    result = run(
        photo(),
        Wish(face="right", seconds=2),
        tmp_path / "clip",
        runtime=RUNTIME,
        gate=admit_everyone,
        animator=animator,
    )
    assert animator.faces == [FakeFinder.found[1]] == list(result.chosen)
    assert len(result.faces) == 2


def test_roles_choose_their_faces_and_move_them(two_faces: None) -> None:
    def motions(**fields: Any) -> list[tuple[float, str]]:
        animator = Slider()
        wish = Wish(seconds=2, **fields)
        list(prepare(photo(), wish, runtime=RUNTIME, gate=admit_everyone, animator=animator).draw(wish))
        places = [float(face.box[0]) for face in animator.faces]
        return sorted(zip(places, [one.name for one in animator.motions], strict=True))

    assert motions(gestures=("right-1@smile", "1@doze")) == [(30.0, "doze"), (200.0, "smile")]
    assert motions(gestures=("2@nod",)) == [(200.0, "nod")]
    assert motions(gestures=("2@nod",), face="all") == [(30.0, "idle"), (200.0, "nod")]
    with pytest.raises(FaceError) as caught:
        motions(gestures=("3@nod",))
    assert (caught.value.reason, caught.value.cause) == (Reason.SEVERAL_FACES, "of_2")


def test_what_can_not_be_done_leaves_no_file(two_faces: None, tmp_path: Path) -> None:
    def refused(error: type[Exception], source: bytes, wish: Wish, animator: Slider) -> Exception:
        with pytest.raises(error) as caught:
            run(source, wish, tmp_path / "clip.mp4", runtime=RUNTIME, gate=admit_everyone, animator=animator)
        assert list(tmp_path.iterdir()) == []
        return caught.value

    frozen = Slider()
    frozen.amount = 0.0
    still = refused(AnimationError, photo(), Wish(face="left", seconds=2), frozen)
    assert isinstance(still, AnimationError)
    assert still.reason is Reason.NOTHING_MOVED
    refused(FaceError, photo(), Wish(seconds=2), Slider())  # several, and none is named
    refused(PhotoError, b"no picture", Wish(), Slider())
    refused(MotionError, photo(), Wish(motion="dance", face="left"), Slider())


@pytest.mark.parametrize(
    ("cause", "reason"), [("mask", Reason.FACE_COVERED), ("mouth", Reason.NO_FACE), (None, Reason.NO_FACE)]
)
def test_a_face_behind_a_mask_is_no_face_that_is_missing(
    two_faces: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    built_weights: WeightStore,
    cause: str | None,
    reason: Reason,
) -> None:
    """Whatever the gate says of a place that may be a face, it is not animated."""

    def gate(pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        if cause is None or faces[0].box[0] < 100:
            return admit_everyone(pixels, faces, wish)
        raise FaceError(Reason.FACE_COVERED, cause=cause)

    monkeypatch.setattr(FakeFinder, "found", ())
    runtime = Runtime(built_weights.path)  # the photo of noise shows nobody
    with pytest.raises(FaceError) as refused:
        run(photo(), Wish(seconds=2), tmp_path / "clip", runtime=runtime, gate=gate, animator=Slider())
    assert refused.value.reason is reason
    assert list(tmp_path.iterdir()) == []


def test_several_clips_need_one_preparation(two_faces: None, tmp_path: Path) -> None:
    asked: list[int] = []

    def gate(pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        asked.append(len(faces))
        return admit_everyone(pixels, faces, wish)

    animator, wish = Slider(), Wish(face="all", seconds=2)
    prepared = prepare(photo(), wish, runtime=RUNTIME, gate=gate, animator=animator)
    first = prepared.render(wish, tmp_path / "first")
    second = prepared.render(replace(wish, motion="idle", seed=3), tmp_path / "second")
    assert (asked, animator.prepared) == ([2], 1)
    assert set(prepared.timings) | set(first.timings) == set(STEPS) and not set(prepared.timings) & set(second.timings)
    alone = run(
        photo(), replace(wish, motion="idle", seed=3), tmp_path / "alone", runtime=RUNTIME, gate=admit_everyone,
        animator=Slider(),
    )  # fmt: skip
    assert second.clip.files["mp4"].read_bytes() == alone.clip.files["mp4"].read_bytes()
    other = Slider()
    prepared.with_animator(other).render(wish, tmp_path / "other")
    assert (asked, other.prepared, animator.prepared) == ([2], 1, 1)


def test_a_camera_moves_what_has_been_checked(two_faces: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "person_mask", lambda runtime, pixels: np.zeros(pixels.shape[:2], np.float32))
    still, push = Wish(face="all", seconds=2), Wish(face="all", seconds=2, camera="push")
    prepared = prepare(photo(), still, runtime=RUNTIME, gate=admit_everyone, animator=Slider())
    before, after = list(prepared.draw(still)), list(prepared.draw(push))
    assert np.array_equal(before[0], after[0]) and not np.array_equal(before[25], after[25])
    figures = [prepared.render(wish, tmp_path / wish.camera).figures for wish in (still, push)]
    assert figures[0] == figures[1]  # the camera's movement is none of the face
    frozen = Slider()
    frozen.amount = 0.0
    with pytest.raises(AnimationError):
        prepared.with_animator(frozen).render(push, tmp_path / "frozen")


@pytest.mark.parametrize(
    "changed", [{"face": "1"}, {"adult": True}, {"archive": True}, {"turn": 90}, {"long_side": 99}]
)
def test_a_preparation_is_for_its_faces_and_consents_alone(
    two_faces: None, tmp_path: Path, changed: dict[str, Any]
) -> None:
    wish = Wish(face="all", seconds=2)
    prepared = prepare(photo(), wish, runtime=RUNTIME, gate=admit_everyone, animator=Slider())
    with pytest.raises(ValueError, match="another wish"):
        prepared.render(replace(wish, **changed), tmp_path / "clip")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_prepared_without_the_gate(two_faces: None) -> None:
    def gate(pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        raise FaceError(Reason.CHILD)

    with pytest.raises(FaceError):
        prepare(photo(), Wish(face="all"), runtime=RUNTIME, gate=gate, animator=Slider())
    assert signature(Prepared).parameters["gate"].default is Parameter.empty


def test_a_print_is_straightened_and_its_faces_keep_the_numbers_of_the_whole_photo(
    two_faces: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edges = np.array([[150, 10], [310, 10], [310, 190], [150, 190]], np.float32)
    monkeypatch.setattr(print_choice, "find_prints", lambda pixels, boxes: (edges,) if len(boxes) == 2 else ())
    whole = FakeFinder.found
    moved = replace(face_at(50), landmarks=face_at(50).landmarks - np.float32([0, 10, 0]))
    monkeypatch.setattr(FakeFinder, "find", lambda _, pixels: whole if pixels.shape[1] == 320 else (moved,))

    def prepared(wish: Wish) -> Prepared:
        return prepare(photo(), wish, runtime=RUNTIME, gate=admit_everyone, animator=Slider())

    wish = Wish(gestures=("2@smile",), seconds=2)
    one = prepared(wish)
    stills = one.write_stills(tmp_path / "clip")
    sizes = {name: Image.open(BytesIO(file.read_bytes())).size for name, file in stills.items()}
    assert sizes == {"still": (160, 180), "before": (320, 200)}
    assert one.people == 2
    result = one.render(wish, tmp_path / "clip")
    assert (result.clip.size, result.numbers, result.straightened) == ((160, 180), (2,), True)
    for other in (Wish(face="1"), Wish(face="all"), Wish(face="2", straighten=False)):
        assert prepared(other).pixels.shape == (200, 320, 3), other
