"""Enlargement: a small portrait becomes a larger, finer one of the same person, and its faces go with it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.gate import admit_everyone
from pipeline.limits import DEFAULT_LONG_SIDE
from pipeline.restore import enlarge
from pipeline.restore.enlarge import MAX_FACE, can_enlarge, enlarge_face, enlarge_photo
from pipeline.restore.restoration import restore_photo
from pipeline.run import Prepared, Wish, prepare
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.convert import build_weights
from weights.store import WeightStore


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    """With the extra, whose package has 43 MB."""
    build_weights(built_weights, extras=("enhance",))
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def prepared(runtime: Runtime) -> Prepared:
    """A portrait of 272 pixels whose face has 49, enlarged."""
    wish = Wish(restore="enlarge")
    return prepare(astronaut((272, 272)), wish, runtime=runtime, gate=admit_everyone)


def lanczos(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4))


def sharpness(pixels: Pixels) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.CV_64F).var())


def test_a_small_portrait_is_four_times_as_wide_and_finer(prepared: Prepared) -> None:
    assert prepared.restored == ("enlarge",)
    assert prepared.original.shape == (272, 272, 3) and prepared.pixels.shape == (1088, 1088, 3)
    plain = lanczos(prepared.original, (1088, 1088))
    x0, y0, x1, y1 = prepared.faces[0].box.astype(int)
    assert sharpness(prepared.pixels[y0:y1, x0:x1]) > 1.3 * sharpness(plain[y0:y1, x0:x1])


def test_it_is_the_same_picture(prepared: Prepared) -> None:
    """Seen small it is the photo as it came, and its colours are never the net's."""
    again = cv2.resize(prepared.pixels, (272, 272), interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - prepared.original).mean() < 3
    plain = lanczos(prepared.original, (1088, 1088))
    tints = [cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(int) for picture in (prepared.pixels, plain)]
    assert np.abs(tints[0] - tints[1]).mean() < 1.5
    assert np.array_equal(prepared.pixels[-60:, :60], plain[-60:, :60])  # far from the head nothing is drawn


def test_the_faces_lie_where_they_are_found_anew(prepared: Prepared, runtime: Runtime) -> None:
    (found, *_) = FaceFinder(runtime).find(prepared.pixels)
    face = prepared.admitted[0].face
    assert face is prepared.faces[0]
    away = np.abs(found.landmarks[:, :2] - face.landmarks[:, :2]).mean()
    assert away < 0.01 * (face.box[2] - face.box[0])


def test_what_makes_somebody_else_of_a_face_is_left_out(
    prepared: Prepared, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def paint(_runtime: Runtime, pixels: Pixels, area: tuple[slice, slice]) -> Pixels:
        seen = cv2.flip(pixels[area], 0)
        return lanczos(np.asarray(seen), (4 * seen.shape[1], 4 * seen.shape[0]))

    monkeypatch.setattr(enlarge, "_run", paint)
    monkeypatch.setattr(enlarge, "_PARTS", (1.0,))
    face = enlarge_face(prepared.faces[0], prepared.pixels.shape, prepared.original.shape)
    drawn = enlarge_photo(runtime, prepared.original, [face], DEFAULT_LONG_SIDE)
    assert np.array_equal(drawn, lanczos(prepared.original, (1088, 1088)))


def small(face: Face, width: float) -> Face:
    """The face, as wide as that."""
    share = width / float(face.box[2] - face.box[0])
    return enlarge_face(face, (1000, 1000), (round(1000 * share), round(1000 * share)))


def test_a_wide_face_a_full_frame_or_no_net_leave_the_photo_alone(prepared: Prepared, runtime: Runtime) -> None:
    face, pixels = prepared.faces[0], np.zeros((300, 300, 3), np.uint8)
    assert can_enlarge([small(face, 0.9 * MAX_FACE)], pixels.shape, DEFAULT_LONG_SIDE)
    assert not can_enlarge([small(face, 1.1 * MAX_FACE), small(face, 40)], pixels.shape, DEFAULT_LONG_SIDE)
    assert not can_enlarge([small(face, 40)], pixels.shape, 320)
    assert not can_enlarge([], pixels.shape, DEFAULT_LONG_SIDE)
    assert enlarge_photo(runtime, pixels, [], DEFAULT_LONG_SIDE) is pixels
    without = Runtime(_nothing)
    assert restore_photo(pixels, "enlarge", [small(face, 40)], without).parts == ()


def _nothing(name: str) -> None:
    raise LookupError(name)
