"""One eye of one frame: nothing at rest, a lid when it shuts, an iris that looks aside; glasses stay on the nose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp import formula
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.eyes.area import changed_box
from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, trace_contour
from pipeline.animate.warp.eyes.draw import draw_eye, lid_arc, lid_way
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.formula import LID_SAMPLES
from pipeline.animate.warp.texture import sample_texture
from pipeline.faces.finder import Face
from pipeline.image_ops import sample
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]
MakeCurves = Callable[..., Mapping[str, float]]


@pytest.fixture(scope="module")
def close_maps(runtime: Runtime, close_up: Pixels, close_face: Face) -> WarpMaps:
    return build_maps(runtime, close_up, close_face)


@pytest.fixture(scope="module", params=[0, 1], ids=["right", "left"])
def eye(request: pytest.FixtureRequest, close_maps: WarpMaps) -> EyeMaps:
    found = close_maps.eyes[request.param]
    assert found is not None
    return found


def source_of(eye: EyeMaps) -> Float:
    """The photo's own places over the eye's box."""
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    return np.stack([x, y], -1)


def aperture(eye: EyeMaps, source: Float, inset: float = 0.05) -> NDArray[np.bool_]:
    """Between the open lids."""
    u, v = eye.contour.local(source[..., 0], source[..., 1])
    width = eye.contour.width
    upper, lower = eye.contour.curve(eye.contour.upper, u), eye.contour.curve(eye.contour.lower, u)
    return np.asarray((v > upper + inset * width) & (v < lower - inset * width) & (np.abs(u) < 0.35 * width))


def test_a_lid_lags_behind_its_curve_and_shuts_at_its_end() -> None:
    ways = [lid_way(blink) for blink in np.linspace(0.0, 1.0, 101)]
    assert ways[0] == 0.0
    assert ways[-1] == 1.0
    assert min(np.diff(ways)) > 0.0
    assert lid_way(0.2) == pytest.approx(0.2, abs=0.005)
    assert 0.04 < 0.7 - lid_way(0.7) < 0.1  # filmed lids that have lost 0.7 of their opening: 0.6 to 0.65 of the way


@pytest.mark.parametrize("blink", [0.4, 0.55, 0.7])
def test_both_eyes_lose_the_same_share(blink: float) -> None:
    """One that is narrower on the photo, or turned away, shuts no sooner than the other."""
    shape, way = 1.0 - np.linspace(-1.0, 1.0, 41, dtype=np.float32) ** 2, lid_way(blink)
    narrow, wide = (float(np.average(lid_arc(shape * most, most, way), weights=shape)) for most in (0.15, 0.45))
    assert narrow == pytest.approx(wide, abs=0.01)
    assert lid_arc(shape, 1.0, way)[20] < 1.0 < lid_arc(shape, 1.0, way)[2]


def test_the_lash_line_of_a_half_shut_eye_lies_at_the_margin(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves
) -> None:
    """On filmed half-shut eyes the lid is as light 0.08 eye widths above the margin as higher up."""
    contour, source, way = eye.contour, source_of(eye), lid_way(0.6) * eye.blink
    picture = draw_eye(close_maps.texture, eye, way, make_curves(), source)[0].mean(-1)
    u, v = contour.local(source[..., 0], source[..., 1])
    opening = (contour.curve(contour.opening, u) / contour.width).astype(np.float32)
    moved = contour.curve(contour.travel, u) * way * lid_arc(opening, contour.openness, way)
    d = (v - contour.curve(contour.upper, u) - moved) / contour.width
    middle = np.abs(u) < 0.25 * contour.width
    lid, above, line = (
        float(picture[middle & (d > low) & (d < high)].mean())
        for low, high in ((-0.16, -0.12), (-0.09, -0.06), (-0.015, 0.03))
    )
    assert above > 0.85 * lid
    assert line < 0.7 * lid


def test_on_a_shut_eye_nothing_is_left_of_the_open_one_s_lashes(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves
) -> None:
    """They would draw a second, hard line along the margin."""
    bare = replace(eye, images=replace(eye.images, ratio=np.ones_like(eye.images.ratio)))
    source = source_of(eye)
    shut, half = (
        [draw_eye(close_maps.texture, one, blink, make_curves(), source)[0] for one in (eye, bare)]
        for blink in (1.0, 0.5)
    )
    assert np.abs(shut[0] - shut[1]).max() < 0.5
    assert np.abs(half[0] - half[1]).max() > 20.0


def test_at_rest_it_is_the_texture(close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves) -> None:
    source = source_of(eye)
    picture, window = draw_eye(close_maps.texture, eye, 0.0, make_curves(), source)
    assert picture.shape == (*source.shape[:2], 3)
    assert picture.dtype == window.dtype == np.float32
    np.testing.assert_allclose(picture, sample_texture(close_maps.texture, source), atol=1.5)


def test_it_counts_fully_at_the_eye_and_nothing_at_the_rim(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves
) -> None:
    source = source_of(eye)
    _, window = draw_eye(close_maps.texture, eye, 1.0, make_curves(), source)
    assert 0 <= window.min() <= window.max() <= 1
    assert window[aperture(eye, source)].min() > 0.99
    for rim in (window[0], window[-1], window[:, 0], window[:, -1]):
        assert rim.max() < 0.5
    u, v = eye.contour.local(source[..., 0], source[..., 1])
    assert window[np.abs(u) > 0.98 * eye.contour.width].max(initial=0) == 0
    assert window[np.abs(v) > 0.88 * eye.contour.width].max(initial=0) == 0


def test_a_shut_eye_shows_skin(close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves) -> None:
    """The middle of the upper lid's travel is skin: no white, no iris, no hole."""
    source = source_of(eye)
    picture, _ = draw_eye(close_maps.texture, eye, 1.0, make_curves(), source)
    left, top, right, bottom = eye.box
    photo = close_maps.pixels[top:bottom, left:right].astype(np.float32)
    u, v = eye.contour.local(source[..., 0], source[..., 1])
    width = eye.contour.width
    upper = eye.contour.curve(eye.contour.upper, u)
    lid = aperture(eye, source, 0.0) & (v < upper + 0.6 * eye.contour.curve(eye.contour.travel, u))
    above = (np.abs(u) < 0.3 * width) & (v < upper - 0.16 * width) & (v > upper - 0.26 * width)
    assert np.abs(picture[lid].mean(0) - photo[above].mean(0)).max() < 30
    assert picture[lid].std() < 0.7 * photo[aperture(eye, source, 0.0)].std()


def test_the_lid_comes_down_step_by_step(close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves) -> None:
    source = source_of(eye)
    inside = aperture(eye, source, 0.0)
    open_eye = draw_eye(close_maps.texture, eye, 0.0, make_curves(), source)[0]
    frames = [draw_eye(close_maps.texture, eye, blink, make_curves(), source)[0] for blink in np.linspace(0.1, 1, 10)]
    changed = [(np.abs(frame - open_eye).max(-1) > 12)[inside].mean() for frame in frames]
    assert changed[0] < 0.6
    assert changed[-1] > 0.8
    # no jumps between neighbouring frames, none at the start
    steps = [np.abs(b - a).mean() for a, b in zip([open_eye, *frames], frames, strict=False)]
    assert max(steps) < 3 * float(np.median(steps))


def test_a_half_shut_eye_is_seen_below_its_lashes(close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves) -> None:
    source, way = source_of(eye), lid_way(0.5) * eye.blink
    u, v = eye.contour.local(source[..., 0], source[..., 1])
    margin = eye.contour.curve(eye.contour.upper, u) + way * eye.contour.curve(eye.contour.travel, u)
    seen = aperture(eye, source, 0.02) & (v > margin + 0.06 * eye.contour.width)
    rest, half = (draw_eye(close_maps.texture, eye, blink, make_curves(), source)[0] for blink in (0.0, way))
    assert seen.sum() > 20
    assert half[seen].mean() > 0.82 * rest[seen].mean()  # neither lashes nor their shadow make it a grey slit


def test_the_slit_of_a_shutting_eye_gets_darker(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(eye)
    blinks = (0.15, 0.4, 0.6)
    shaded = [draw_eye(close_maps.texture, eye, blink, make_curves(), source)[0] for blink in blinks]
    monkeypatch.setattr(formula, "BALL_DIM", (*formula.BALL_DIM[:2], 0.0))
    light = [draw_eye(close_maps.texture, eye, blink, make_curves(), source)[0] for blink in blinks]
    seen = aperture(eye, source)
    least = [
        float(np.percentile((one[seen] + 1.0) / (two[seen] + 1.0), 2)) for one, two in zip(shaded, light, strict=True)
    ]  # the eyeball; skin stays as it is
    assert least[0] == 1.0
    assert 0.7 < least[2] < least[1] - 0.02 < 0.98


@pytest.mark.parametrize(("name", "axis"), [("gaze_x", 0), ("gaze_y", 1)])
def test_the_iris_moves_to_the_side_of_the_gaze(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves, name: str, axis: int
) -> None:
    """The dark disc's middle, measured on the picture itself."""
    source = source_of(eye)
    inside = aperture(eye, source, 0.02)

    def middle(value: float) -> float:
        picture = draw_eye(close_maps.texture, eye, 0.0, make_curves(**{name: value}), source)[0].mean(-1)
        dark = np.clip(np.percentile(picture[inside], 60) - picture, 0, None) * inside
        return float((source[..., axis] * dark).sum() / dark.sum())

    limit = 0.08 if name == "gaze_x" else 0.06
    wanted = limit * eye.contour.width
    least = 0.35 if name == "gaze_x" else 0.1  # the lids stay and hide what goes under them
    assert middle(limit) - middle(0) > least * wanted
    assert middle(-limit) - middle(0) < -least * wanted


def test_nothing_breaks_far_outside_the_box(close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves) -> None:
    far = source_of(eye) + np.float32([5000, -5000])
    picture, window = draw_eye(close_maps.texture, eye, 0.7, make_curves(gaze_x=0.1), far)
    assert np.isfinite(picture).all()
    assert window.max() == 0


def glasses(close_up: Pixels, close_face: Face, half_height: float) -> tuple[Pixels, NDArray[np.bool_]]:
    """Dark rims around both eyes, 0.03 eye widths thick; and where they are."""
    rim = np.zeros(close_up.shape[:2], np.uint8)
    for landmarks in (RIGHT, LEFT):
        contour = trace_contour(close_face.landmarks, landmarks)
        tilt = float(np.degrees(np.arctan2(contour.axis_u[1], contour.axis_u[0])))
        axes = round(0.85 * contour.width), round(half_height * contour.width)
        thick = max(1, round(0.03 * contour.width))
        cv2.ellipse(rim, contour.centre.astype(int).tolist(), axes, tilt, 0, 360, 255, thick)
    share = cv2.GaussianBlur(rim, (0, 0), 0.4)[..., None] / 255.0  # as soft as a camera's picture of a thin line
    picture = close_up * (1.0 - share) + np.array((30, 25, 20)) * share
    return picture.round().astype(np.uint8), rim > 0


@pytest.mark.parametrize("half_height", [0.62, 0.45])  # from the eye's middle, in eye widths
def test_a_blink_leaves_glasses_where_they_are(
    runtime: Runtime, close_up: Pixels, close_face: Face, make_curves: MakeCurves, half_height: float
) -> None:
    picture, rim = glasses(close_up, close_face, half_height)
    maps = build_maps(runtime, picture, close_face)
    if all(eye is None or eye.blink == 0 for eye in maps.eyes):
        return  # no blink at all is an honest way out
    frame = OpenCvRenderer(maps).render(make_curves(blink_r=1, blink_l=1))
    assert (frame[rim].mean(-1) > 90).mean() < 0.02  # the rim's paint is 25, the skin 180
    change = np.abs(frame.astype(int) - picture).max(-1)
    assert change[rim].mean() < 25
    for eye in maps.eyes:
        assert eye is not None
        left, top, right, bottom = eye.box
        assert change[top:bottom, left:right][aperture(eye, source_of(eye))].mean() > 25


def test_an_eye_without_a_blink_looks_up_three_curves(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[tuple[int, ...]] = []

    def count(image: Float, x: Float, y: Float) -> Float:
        looked_up.append(image.shape)
        return np.asarray(sample(image, x, y), np.float32)

    monkeypatch.setattr("pipeline.animate.warp.eyes.draw.sample", count)
    for blink, curves in ((0.0, 1), (0.5, 2)):
        looked_up.clear()
        draw_eye(close_maps.texture, eye, blink, make_curves(gaze_x=0.05), source_of(eye))
        assert looked_up.count((2, LID_SAMPLES, 3)) == curves


@pytest.mark.parametrize(
    "curves",
    [{"gaze_x": 0.15, "gaze_y": -0.06}, {"smile": 1.0, "squint": 1.0}, {"yaw": 8.0, "squint": 1.0, "gaze_x": -0.1}],
    ids=str,
)
def test_outside_the_changed_box_an_open_eye_shows_the_texture(
    close_maps: WarpMaps, eye: EyeMaps, make_curves: MakeCurves, curves: dict[str, float]
) -> None:
    values = make_curves(**curves)
    source = source_of(eye)
    drawn, _ = draw_eye(close_maps.texture, eye, 0.0, values, source)
    change = np.abs(drawn - sample_texture(close_maps.texture, source)).max(-1)
    left, top, right, bottom = np.array(changed_box(eye, 0.0, values)) - np.array(eye.box[:2] * 2)
    inside = np.zeros(change.shape, bool)
    inside[top:bottom, left:right] = True
    assert change[inside].max() > 5
    assert change[~inside].max() <= 1  # a rounded byte
    assert inside.mean() < 0.6


def test_a_blink_changes_the_whole_box(eye: EyeMaps, make_curves: MakeCurves) -> None:
    assert changed_box(eye, 0.1, make_curves()) == eye.box
