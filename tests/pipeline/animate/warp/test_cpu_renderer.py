"""RenderPhoto frames do what the curves say, measured by the landmark net; the wall stands; rest is the photo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.displacement import forward_field
from pipeline.animate.warp.eyes.draw import draw_eye
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.faces.finder import Face
from pipeline.image_ops import ellipse_kernel
from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
MakeCurves = Callable[..., Mapping[str, float]]
FindFace = Callable[..., Face]
RenderPhoto = Callable[..., Pixels]

RIGHT_LIDS, LEFT_LIDS = ((160, 159, 158), (144, 145, 153)), ((385, 386, 387), (380, 374, 373))
RIGHT_CORNERS, LEFT_CORNERS = (33, 133), (362, 263)
FULL = {name: 0.7 * high for name, (_, high) in LIMITS.items()}
HARDLY = {name: 1e-3 * high for name, (_, high) in LIMITS.items()}


def between(face: Face, one: int, other: int) -> float:
    return float(np.linalg.norm(face.landmarks[one, :2] - face.landmarks[other, :2]))


def openness(face: Face, lids: tuple[tuple[int, ...], tuple[int, ...]], corners: tuple[int, int]) -> float:
    """The eye's aspect ratio."""
    return float(np.mean([between(face, a, b) for a, b in zip(*lids, strict=True)])) / between(face, *corners)


def right_eye(face: Face) -> float:
    return openness(face, RIGHT_LIDS, RIGHT_CORNERS)


def left_eye(face: Face) -> float:
    return openness(face, LEFT_LIDS, LEFT_CORNERS)


def below(face: Face, points: tuple[int, ...], reference: tuple[int, ...]) -> float:
    """How far points lie below a reference along the face, in face widths."""
    across = face.landmarks[263, :2] - face.landmarks[33, :2]
    down = np.array([-across[1], across[0]]) / np.linalg.norm(across)
    way = face.landmarks[list(points), :2].mean(0) - face.landmarks[list(reference), :2].mean(0)
    return float(way @ down) / between(face, 234, 454)


def iris(face: Face, axis: int) -> float:
    """Mean place of both irises between the eyes' corners, in eye widths, to the right or down."""
    places = []
    for centre, corners in ((468, RIGHT_CORNERS), (473, LEFT_CORNERS)):
        first, last = face.landmarks[list(corners), :2]
        along = (last - first) / np.linalg.norm(last - first)
        axes = along, np.array([-along[1], along[0]])
        places.append((face.landmarks[centre, :2] - (first + last) / 2) @ axes[axis] / np.linalg.norm(last - first))
    return float(np.mean(places))


def difference(frame: Pixels, photo: Pixels) -> NDArray[np.int_]:
    return np.asarray(np.abs(frame.astype(int) - photo).max(-1))


def test_at_rest_it_is_the_photo(render_photo: RenderPhoto, photo: Pixels) -> None:
    np.testing.assert_array_equal(render_photo(), photo)


def test_hardly_a_motion_is_hardly_a_change(render_photo: RenderPhoto, maps: WarpMaps, photo: Pixels) -> None:
    change = difference(render_photo(**HARDLY), photo)
    assert change.mean() < 1
    assert np.percentile(change, 99) <= 8


def test_hardly_a_motion_does_not_change_the_person(render_photo: RenderPhoto, maps: WarpMaps, photo: Pixels) -> None:
    person = cv2.erode(maps.alpha, np.ones((9, 9))) > 0.99
    assert np.percentile(difference(render_photo(**HARDLY), photo)[person], 99) <= 2


def test_hardly_a_motion_does_not_change_the_wall(render_photo: RenderPhoto, maps: WarpMaps, photo: Pixels) -> None:
    assert difference(render_photo(**HARDLY), photo)[maps.alpha < 0.02].max() <= 2


@pytest.mark.parametrize("name", CHANNELS)
def test_every_curve_changes_the_frame(render_photo: RenderPhoto, photo: Pixels, name: str) -> None:
    change = difference(render_photo(**{name: FULL[name]}), photo)
    assert (change > 8).sum() > 100


@pytest.mark.parametrize("curves", [{}, FULL, {"yaw": -8}, {"breath": 1}, {"blink_l": 1}], ids=str)
def test_away_from_the_person_the_photo_stands(
    render_photo: RenderPhoto, maps: WarpMaps, photo: Pixels, make_curves: MakeCurves, curves: dict[str, float]
) -> None:
    field = forward_field(maps, make_curves(**curves))[maps.alpha > 0]
    reach = float(np.hypot(field[:, 0], field[:, 1]).max()) + 0.06 * maps.head.width
    away = cv2.dilate((maps.alpha > 0).astype(np.uint8), ellipse_kernel(int(np.ceil(reach)))) == 0
    assert away.mean() > 0.15
    np.testing.assert_array_equal(render_photo(**curves)[away], photo[away])


@pytest.mark.parametrize("value", [-5, 5])
@pytest.mark.parametrize("name", ["yaw", "pitch", "roll"])
def test_the_head_turns_by_its_curves(find_face: FindFace, name: str, value: float) -> None:
    """By half to one and a half times of it, and hardly about the other axes."""
    rest, turned = find_face().pose, find_face(**{name: value}).pose
    for axis in ("yaw", "pitch", "roll"):
        change = getattr(turned, axis) - getattr(rest, axis)
        if axis == name:
            assert 0.5 < change / value < 1.5
        else:
            assert abs(change) < 1.6


def test_a_turned_head_keeps_its_face(find_face: FindFace) -> None:
    rest, turned = find_face(), find_face(yaw=6, pitch=2)
    assert between(turned, 61, 291) == pytest.approx(between(rest, 61, 291), rel=0.06)
    assert right_eye(turned) == pytest.approx(right_eye(rest), rel=0.12)
    assert turned.presence > 0.9


def test_a_smile_widens_the_mouth_and_lifts_its_corners(find_face: FindFace) -> None:
    rest, smiling = find_face(), find_face(smile=1)
    assert 1.12 < between(smiling, 61, 291) / between(rest, 61, 291) < 1.26
    assert below(smiling, (61, 291), (33, 263)) < below(rest, (61, 291), (33, 263)) - 0.01
    half = between(find_face(smile=0.5), 61, 291)
    assert between(rest, 61, 291) < half < between(smiling, 61, 291)


def test_brows_rise(find_face: FindFace) -> None:
    rest, raised = find_face(), find_face(brow=1)
    brows, corners = (105, 334, 66, 296), (33, 133, 362, 263)
    assert below(raised, brows, corners) < below(rest, brows, corners) - 0.015
    assert below(find_face(brow=-0.5), brows, corners) > below(rest, brows, corners) + 0.004


def test_a_blink_shuts_both_eyes(find_face: FindFace) -> None:
    rest, shut = find_face(), find_face(blink_r=1, blink_l=1)
    assert right_eye(shut) < 0.5 * right_eye(rest)
    assert left_eye(shut) < 0.5 * left_eye(rest)


@pytest.mark.parametrize("side", ["r", "l"])
def test_a_wink_shuts_one(
    find_face: FindFace, render_photo: RenderPhoto, maps: WarpMaps, photo: Pixels, side: str
) -> None:
    rest, winking = find_face(), find_face(**{f"blink_{side}": 1})
    winks, stays = (right_eye, left_eye) if side == "r" else (left_eye, right_eye)
    assert winks(winking) < 0.5 * winks(rest)
    assert stays(winking) > 0.85 * stays(rest)
    # the person's right eye is at the picture's left
    change = difference(render_photo(**{f"blink_{side}": 1}), render_photo(blink_r=1e-6))
    eyes = [eye.box for eye in maps.eyes if eye is not None]
    here, there = (change[top:bottom, left:right] for left, top, right, bottom in (eyes if side == "r" else eyes[::-1]))
    assert here.max() > 60
    assert there.max() <= 2


def test_half_a_blink_is_half_shut(find_face: FindFace) -> None:
    rest, half, shut = (right_eye(find_face(blink_r=value, blink_l=value)) for value in (0, 0.5, 1))
    assert shut + 0.2 * (rest - shut) < half < rest - 0.15 * (rest - shut)


@pytest.mark.parametrize(("name", "axis", "value"), [("gaze_x", 0, 0.1), ("gaze_y", 1, 0.06)])
def test_eyes_look_to_the_side_of_the_gaze(find_face: FindFace, name: str, axis: int, value: float) -> None:
    rest, there, back = (iris(find_face(**{name: share * value}), axis) for share in (0, 1, -1))
    least = 0.25 * value if axis == 0 else 0.1 * value
    assert there - rest > least
    assert back - rest < -least


def test_wide_eyes_are_wider(find_face: FindFace) -> None:
    rest, wide = find_face(), find_face(widen=1)
    assert 1.03 < right_eye(wide) / right_eye(rest) < 1.4
    assert 1.03 < left_eye(wide) / left_eye(rest) < 1.4


def test_breath_moves_the_shoulders_and_not_the_bottom_row(render_photo: RenderPhoto, photo: Pixels) -> None:
    still, breathing = render_photo(breath=1e-6), render_photo(breath=1)
    change = difference(breathing, still)
    assert change[200:280].mean() > 2
    assert change[-1].max() <= 2
    # upwards: what is there now was lower before
    part = np.s_[200:270, 30:250]
    down, up = (float(np.abs(np.roll(still, shift, 0)[part].astype(int) - breathing[part]).mean()) for shift in (1, -1))
    assert up < down


def test_sway_moves_the_head(find_face: FindFace) -> None:
    rest, swayed = find_face(), find_face(sway_x=0.04, sway_y=-0.03)
    way = (swayed.landmarks[[33, 263, 1], :2] - rest.landmarks[[33, 263, 1], :2]).mean(0) / between(rest, 234, 454)
    np.testing.assert_allclose(way, [0.04, -0.03], atol=0.012)


def test_frames_are_as_sharp_as_the_photo(render_photo: RenderPhoto, face: Face, photo: Pixels) -> None:
    mask = cv2.fillConvexPoly(
        np.zeros(photo.shape[:2], np.uint8), cv2.convexHull(face.landmarks[:, :2].astype(np.int32)), 1
    )
    inside = cv2.erode(mask, np.ones((15, 15))) > 0

    def sharpness(frame: Pixels) -> float:
        return float(cv2.Laplacian(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.CV_32F)[inside].var())

    moved = np.mean([sharpness(render_photo(yaw=value)) for value in (-3, -2, -1, 1, 2, 3)])
    assert 0.8 < moved / sharpness(photo) < 1.2


def test_grey_photos_stay_grey(runtime: Runtime, photo: Pixels, face: Face, make_curves: MakeCurves) -> None:
    grey = np.repeat(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    renderer = OpenCvRenderer(build_maps(runtime, grey, face))
    for curves in (FULL, {"blink_r": 1, "blink_l": 1, "smile": 1}, {"yaw": -8, "brow": 1}):
        frame = renderer.render(make_curves(**curves)).astype(int)
        assert (frame.max(-1) - frame.min(-1)).max() <= 2


def test_light_changes_by_its_maps(runtime: Runtime, photo: Pixels, face: Face, make_curves: MakeCurves) -> None:
    """Expressions, sin yaw and sin pitch times their gains, on a face of one grey."""
    maps = build_maps(runtime, np.full_like(photo, 120), face)
    gains = {"smile": 0.1, "brow": -0.2, "frown": 0.15, "squint": -0.1, "yaw": -0.8, "pitch": 0.9}
    shade = np.stack([np.full(maps.grid.size, gain, np.float32) for gain in gains.values()])
    renderer = OpenCvRenderer(replace(maps, shade=shade, alpha=np.ones_like(maps.alpha)))
    x, y = face.landmarks[4, :2].astype(int)
    turns = {"yaw": np.sin(np.deg2rad(10)), "pitch": np.sin(np.deg2rad(6))}
    for name, value in {"smile": 1, "brow": 1, "frown": 1, "squint": 1, "yaw": 10, "pitch": 6}.items():
        curves, share = make_curves(**{name: value}), turns.get(name, 1.0)
        wanted = 120 * (1 + share * gains[name])
        np.testing.assert_allclose(renderer.render(curves)[y - 5 : y + 6, x - 5 : x + 6], wanted, atol=1.5)


def test_small_steps_make_small_changes(render_photo: RenderPhoto) -> None:
    """No jumps along a turn with a blink in it."""
    shares = np.linspace(0.02, 1, 25)
    frames = [
        render_photo(yaw=5 * share, smile=share, blink_r=share, blink_l=share, roll=2 * share) for share in shares
    ]
    steps = [difference(b, a).mean() for a, b in pairwise(frames)]
    assert max(steps) < 2.5 * float(np.median(steps))


def test_threads_may_share_a_renderer(renderer: OpenCvRenderer, make_curves: MakeCurves) -> None:
    frame_values = [make_curves(yaw=value, blink_r=abs(value) / 8) for value in range(-4, 5)]
    alone = renderer.render_batch(frame_values)
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(alone, pool.map(renderer.render, frame_values), strict=True):
            np.testing.assert_array_equal(one, other)


def test_rendering_leaves_the_maps_alone(
    maps: WarpMaps, renderer: OpenCvRenderer, photo: Pixels, make_curves: MakeCurves
) -> None:
    texture, background = maps.texture.copy(), maps.background.copy()
    renderer.render(make_curves(**FULL))
    np.testing.assert_array_equal(maps.pixels, photo)
    np.testing.assert_array_equal(maps.texture, texture)
    np.testing.assert_array_equal(maps.background, background)


def test_frames_are_drawn_into_what_is_given(maps: WarpMaps, renderer: OpenCvRenderer, make_curves: MakeCurves) -> None:
    values = [make_curves(yaw=3, smile=1), make_curves()]
    out = [maps.pixels.copy(), maps.pixels.copy()]
    renderer.draw_batch(values, out)
    for drawn, rendered in zip(out, renderer.render_batch(values), strict=True):
        np.testing.assert_array_equal(drawn, rendered)


def test_no_product_of_bytes_is_rounded_twice() -> None:
    """So a person without light over the wall, composed of bytes, is what floats rounded once would be."""
    one, other = np.meshgrid(np.arange(256), np.arange(256))
    product = cv2.multiply(one.astype(np.uint8), other.astype(np.uint8), scale=1.0 / 255.0)
    np.testing.assert_array_equal(product, (one * other + 127) // 255)


def test_eyes_are_drawn_only_where_they_are_seen(
    maps: WarpMaps, renderer: OpenCvRenderer, make_curves: MakeCurves, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = make_curves(yaw=4, roll=3, blink_r=0.6, blink_l=0.6, gaze_x=0.05)
    drawn: list[int] = []

    def draw(*given: object) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        picture, window = draw_eye(*given)  # type: ignore[arg-type]
        drawn.append(window.size)
        return picture, window

    monkeypatch.setattr("pipeline.animate.warp.cpu_renderer.draw_eye", draw)
    narrow = renderer.render(values)
    pixels = sum(drawn)
    monkeypatch.setattr(OpenCvRenderer, "_narrow", lambda self, area, shown: area)
    np.testing.assert_array_equal(narrow, renderer.render(values))
    assert pixels < 0.9 * (sum(drawn) - pixels)
