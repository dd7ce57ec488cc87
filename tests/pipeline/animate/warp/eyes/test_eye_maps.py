"""Which eyes can be moved, and how soft their photo is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, trace_contour
from pipeline.animate.warp.eyes.eye_maps import build_both_eyes, build_eye_maps, measure_softness
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.head_frame import measure_head
from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
SIGMAS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0)


def step_edge(sigma: float, size: int) -> Pixels:
    picture = np.zeros((size, size, 3), np.uint8)
    picture[:, size // 2 :] = 200
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma))


def test_open_eyes_may_shut(maps: WarpMaps) -> None:
    for eye in maps.eyes:
        assert eye is not None
        assert eye.blink == 1
        assert 0.25 < eye.contour.openness < 0.5
        left, top, right, bottom = eye.box
        assert 0 <= left < right <= maps.region.size[1]
        assert 0 <= top < bottom <= maps.region.size[0]
        assert left < eye.contour.centre[0] < right
        assert top < eye.contour.centre[1] < bottom
    right_eye, left_eye = maps.eyes
    assert right_eye is not None
    assert left_eye is not None
    assert right_eye.contour.centre[0] < left_eye.contour.centre[0]  # the person's right is at the picture's left


@pytest.fixture(scope="module")
def shut(render_photo: Callable[..., Pixels]) -> Pixels:
    return render_photo(blink_r=1, blink_l=1)


@pytest.fixture(scope="module")
def shut_maps(runtime: Runtime, finder: FaceFinder, shut: Pixels) -> WarpMaps:
    (face,) = finder.find(shut)
    return build_maps(runtime, shut, face)


def test_eyes_that_are_shut_already_have_nothing_to_shut(shut_maps: WarpMaps) -> None:
    for eye in shut_maps.eyes:
        assert eye is None or eye.blink < 0.3


def test_eyes_that_are_shut_already_are_not_drawn_over(
    shut_maps: WarpMaps, shut: Pixels, make_curves: Callable[..., dict[str, float]]
) -> None:
    renderer = OpenCvRenderer(shut_maps)
    almost_still, blinking = (
        renderer.render(make_curves(blink_r=1e-6)),
        renderer.render(make_curves(blink_r=1, blink_l=1)),
    )
    for eye in shut_maps.eyes:
        assert eye is not None
        left, top, right, bottom = eye.box
        change = np.abs(blinking.astype(int) - almost_still)[top:bottom, left:right]
        assert change.mean() < 1


def test_an_eye_outside_the_photo_is_none(photo: Pixels, face: Face, maps: WarpMaps) -> None:
    x = round(float(face.landmarks[33, 0]) - 60)
    beside = measure_head(face.landmarks - np.float32([x + 150, 0, 0]))
    assert build_eye_maps(photo, maps.alpha, trace_contour(beside.landmarks, RIGHT)) is None
    under = measure_head(face.landmarks + np.float32([0, 400, 0]))
    assert build_eye_maps(photo, maps.alpha, trace_contour(under.landmarks, LEFT)) is None


def test_a_tiny_eye_is_none(photo: Pixels, face: Face, maps: WarpMaps) -> None:
    scale = 3.9 / float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[133, :2]))
    tiny = measure_head((face.landmarks * scale).astype(np.float32) + np.float32([100, 100, 0]))
    assert build_eye_maps(photo, maps.alpha, trace_contour(tiny.landmarks, RIGHT)) is None
    larger = measure_head((face.landmarks * scale * 1.5).astype(np.float32) + np.float32([100, 100, 0]))
    assert build_eye_maps(photo, maps.alpha, trace_contour(larger.landmarks, RIGHT)) is not None


def test_an_eye_cut_by_the_border_is_whole_or_none(photo: Pixels, face: Face, maps: WarpMaps) -> None:
    """At every place of the border: a box inside the photo, or nothing."""
    x, y = face.landmarks[[33, 133], :2].mean(0)
    for at in np.linspace(-22, 22, 9):
        for cut in ((int(x + at), 0), (0, int(y + at))):
            part = np.ascontiguousarray(photo[cut[1] :, cut[0] :])
            head = measure_head(face.landmarks - np.float32([*cut, 0]))
            eye = build_eye_maps(
                part, np.ascontiguousarray(maps.alpha[cut[1] :, cut[0] :]), trace_contour(head.landmarks, RIGHT)
            )
            if eye is not None:
                assert eye.box[0] >= 0
                assert eye.box[1] >= 0
                assert eye.images.skin.shape[:2] == (eye.box[3] - eye.box[1], eye.box[2] - eye.box[0])
                assert all(np.isfinite(image).all() for image in vars(eye.images).values())


@pytest.mark.parametrize("size", [24, 40])
def test_softness_is_about_right_on_an_edge(size: int) -> None:
    found = [measure_softness(step_edge(sigma, size)) for sigma in SIGMAS]
    assert found == sorted(found)
    # an edge between two pixels is itself as soft as a blur of about 0.6
    for sigma, value in zip(SIGMAS, found, strict=True):
        assert value == pytest.approx(np.hypot(sigma, 0.6), rel=0.4)


@pytest.mark.parametrize("size", [80, 160])
def test_softness_does_not_hang_on_the_size_of_the_patch(size: int) -> None:
    for sigma in (0.5, 1.0, 2.0):
        assert measure_softness(step_edge(sigma, size)) == pytest.approx(np.hypot(sigma, 0.6), rel=0.4)


def test_softness_of_an_eye_grows_with_blur(photo: Pixels, maps: WarpMaps) -> None:
    eye = maps.eyes[0]
    assert eye is not None
    left, top, right, bottom = eye.box
    patch = photo[top:bottom, left:right]
    found = [measure_softness(np.asarray(cv2.GaussianBlur(patch, (0, 0), sigma))) for sigma in SIGMAS]
    assert found == sorted(found)
    assert eye.softness <= found[0]
    assert eye.softness == pytest.approx(measure_softness(patch))


@pytest.mark.parametrize("zoom", [2, 3, 4])
def test_softness_of_an_enlarged_eye_grows_with_it(photo: Pixels, maps: WarpMaps, zoom: int) -> None:
    eye = maps.eyes[0]
    assert eye is not None
    left, top, right, bottom = eye.box
    large = cv2.resize(photo[top:bottom, left:right], None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    assert measure_softness(np.asarray(large)) == pytest.approx(zoom * eye.softness, rel=0.4)


def test_a_flat_patch_has_a_bounded_softness() -> None:
    assert 0.3 <= measure_softness(np.full((30, 30, 3), 99, np.uint8)) <= 6


def test_both_eyes_are_measured_for_themselves(photo: Pixels, face: Face, maps: WarpMaps) -> None:
    """A wink on the photo: only the open eye may shut."""
    landmarks = face.landmarks.copy()
    for upper, lower in zip(RIGHT.upper[1:-1], RIGHT.lower[1:-1], strict=True):
        landmarks[upper] = landmarks[lower]
    head = replace(maps.head, landmarks=landmarks)
    right, left = build_both_eyes(photo, maps.alpha, head, None)
    assert right is None or right.blink == 0
    assert left is not None
    assert left.blink == 1
