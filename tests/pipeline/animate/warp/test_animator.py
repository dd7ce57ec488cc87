"""Whole frames in order: the photo first, a loop that closes, several people each by their own motion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.animator import WarpAnimator, choose_renderer
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.faces.finder import Face, FaceFinder
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion
from pipeline.runtime import CPU, Runtime
from weights.store import WeightStore

Pixels = NDArray[np.uint8]


def motion(length: int = 2, **curves: Sequence[float]) -> Motion:
    """A motion with these curves, the rest still."""
    still = np.zeros(length, np.float32)
    return Motion("test", 25, {name: np.float32(curves.get(name, still)) for name in CHANNELS})


@pytest.fixture(scope="module")
def on_cpu(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=[CPU])


@pytest.fixture(scope="module")
def animator(on_cpu: Runtime) -> WarpAnimator:
    return WarpAnimator(on_cpu)


@dataclass
class FakeRenderer:
    """Frames that tell which yaw they were batch_sizes for."""

    maps: WarpMaps
    batch_size: int = 3
    batch_sizes: list[int] = field(default_factory=list)

    def draw_batch(self, frame_values: Sequence[Mapping[str, float]], out: Sequence[Pixels]) -> None:
        for frame, drawn in zip(out, self.render_batch(frame_values), strict=True):
            frame[:] = drawn

    def render_batch(self, frame_values: Sequence[Mapping[str, float]]) -> list[Pixels]:
        self.batch_sizes.append(len(frame_values))
        return [np.full_like(self.maps.pixels, round(values["yaw"] * 10)) for values in frame_values]


@pytest.mark.parametrize("length", [1, 2, 3, 7, 40])
def test_every_frame_once_and_in_order(on_cpu: Runtime, photo: Pixels, maps: WarpMaps, length: int) -> None:
    renderers: list[FakeRenderer] = []

    def fake(_: Runtime, maps: WarpMaps) -> FakeRenderer:
        renderers.append(FakeRenderer(maps))
        return renderers[-1]

    ramp = np.arange(length) / 10
    frames = list(WarpAnimator(on_cpu, fake).render(photo, [maps], [motion(length, yaw=ramp)]))
    assert [int(frame[0, 0, 0]) for frame in frames] == list(range(length))
    assert sum(renderers[0].batch_sizes) == length
    assert max(renderers[0].batch_sizes) <= 3
    assert 0 not in renderers[0].batch_sizes


def test_frames_can_be_left_half_way(on_cpu: Runtime, photo: Pixels, maps: WarpMaps) -> None:
    """Who stops looking does not wait for the rest."""
    renderers: list[FakeRenderer] = []

    def fake(_: Runtime, maps: WarpMaps) -> FakeRenderer:
        renderers.append(FakeRenderer(maps, batch_size=1))
        return renderers[-1]

    frames = WarpAnimator(on_cpu, fake).render(photo, [maps], [motion(100)])
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert sum(renderers[0].batch_sizes) < 20


def test_on_a_cpu_opencv_draws(on_cpu: Runtime, maps: WarpMaps) -> None:
    assert isinstance(choose_renderer(on_cpu, maps), OpenCvRenderer)


def test_a_loop_begins_with_the_photo_and_closes(animator: WarpAnimator, photo: Pixels, face: Face) -> None:
    length = 24
    clock = np.arange(length) / length * 2 * np.pi
    swing, rise = np.sin(clock), (1 - np.cos(clock)) / 2
    still = photo.copy()
    frames = list(
        animator.animate(
            photo, [face], [motion(length, yaw=6 * swing, roll=2 * swing, smile=rise, breath=rise, gaze_x=0.1 * swing)]
        )
    )
    assert len(frames) == length
    np.testing.assert_array_equal(frames[0], photo)
    np.testing.assert_array_equal(photo, still)
    for frame in frames:
        assert frame.shape == photo.shape
        assert frame.dtype == np.uint8
    steps = [np.abs(b.astype(int) - a).mean() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert steps[-1] < 1.5 * max(steps[:-1])
    assert min(steps) > 0.3  # it never stops


def test_a_still_motion_is_a_still_photo(animator: WarpAnimator, photo: Pixels, maps: WarpMaps) -> None:
    for frame in animator.render(photo, [maps], [motion(3)]):
        np.testing.assert_array_equal(frame, photo)


def test_frames_are_the_callers_own(animator: WarpAnimator, photo: Pixels, maps: WarpMaps) -> None:
    """Writing on one frame spoils neither the photo nor the next."""
    before = photo.copy()
    for frame in animator.render(photo, [maps], [motion(3)]):
        frame[:] = 0
    np.testing.assert_array_equal(photo, before)
    np.testing.assert_array_equal(maps.pixels, before)


@pytest.mark.parametrize(("faces", "lengths"), [(0, ()), (1, ()), (1, (2, 2)), (2, (2, 3))])
def test_what_does_not_fit_is_refused_at_once(
    animator: WarpAnimator, photo: Pixels, face: Face, faces: int, lengths: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="one motion of the same length for each face"):
        animator.animate(photo, [face] * faces, [motion(length) for length in lengths])


def change(frame: Pixels, photo: Pixels) -> NDArray[np.int_]:
    return np.asarray(np.abs(frame.astype(int) - photo).max(-1))


def oval(face: Face, photo: Pixels) -> NDArray[np.bool_]:
    return polygon_mask((photo.shape[0], photo.shape[1]), face.landmarks[list(OVAL), :2]) > 0


TURN = {"yaw": (0, 7), "roll": (0, 3), "smile": (0, 1), "blink_l": (0, 1), "brow": (0, 1), "breath": (0, 1)}


@pytest.mark.parametrize("index", [0, 1], ids=["left", "right"])
def test_the_other_ones_face_stays_still(
    animator: WarpAnimator,
    pair: Pixels,
    pair_faces: tuple[Face, Face],
    pair_maps: tuple[WarpMaps, WarpMaps],
    index: int,
) -> None:
    _, frame = animator.render(pair, [pair_maps[index]], [motion(**TURN)])
    moved = change(frame, pair)
    assert moved[oval(pair_faces[1 - index], pair)].max() == 0
    assert moved[oval(pair_faces[index], pair)].mean() > 5


@pytest.mark.parametrize("index", [0, 1], ids=["left", "right"])
def test_the_other_ones_half_stays_still(
    animator: WarpAnimator, pair: Pixels, pair_maps: tuple[WarpMaps, WarpMaps], index: int
) -> None:
    _, frame = animator.render(pair, [pair_maps[index]], [motion(**TURN)])
    moved = change(frame, pair)
    assert (moved[:, 320:] if index == 0 else moved[:, :320]).max() == 0


def test_both_move_each_by_its_own_motion(
    animator: WarpAnimator,
    finder: FaceFinder,
    pair: Pixels,
    pair_faces: tuple[Face, Face],
    pair_maps: tuple[WarpMaps, WarpMaps],
) -> None:
    first, frame = animator.render(pair, pair_maps, [motion(yaw=(0, 6)), motion(yaw=(0, -6), roll=(0, 4))])
    np.testing.assert_array_equal(first, pair)
    left, right = sorted(finder.find(frame), key=lambda face: float(face.box[0]))
    assert 3 < left.pose.yaw - pair_faces[0].pose.yaw < 9
    assert -9 < right.pose.yaw - pair_faces[1].pose.yaw < -3
    assert abs(left.pose.roll - pair_faces[0].pose.roll) < 1.5
    assert 2 < right.pose.roll - pair_faces[1].pose.roll < 6


def test_one_in_motion_is_not_spoilt_by_the_other(
    animator: WarpAnimator, pair: Pixels, pair_maps: tuple[WarpMaps, WarpMaps]
) -> None:
    """Left half: as when the left one moves alone. Right half: as when the right one does."""
    still, turn = motion(yaw=(0, 0.01)), motion(**TURN)
    _, alone = animator.render(pair, [pair_maps[0]], [turn])
    _, both = animator.render(pair, pair_maps, [turn, still])
    np.testing.assert_array_equal(both[:, :320], alone[:, :320])


def test_everyone_keeps_her_face(animator: WarpAnimator, pair: Pixels, pair_faces: tuple[Face, Face]) -> None:
    """Given all faces found, a person who is not animated keeps her face."""
    left, right = pair_faces
    _, frame = animator.animate(pair, [left], [motion(**TURN)], everyone=pair_faces)
    assert change(frame, pair)[oval(right, pair)].max() == 0


def test_one_face_is_drawn_into_the_frame_itself(on_cpu: Runtime, photo: Pixels, maps: WarpMaps) -> None:
    """A frame of the region of its own would be two copies more of most of the picture."""
    given: list[Pixels] = []

    class Watched(FakeRenderer):
        def draw_batch(self, frame_values: Sequence[Mapping[str, float]], out: Sequence[Pixels]) -> None:
            given.extend(out)

    frames = list(WarpAnimator(on_cpu, lambda _, maps: Watched(maps)).render(photo, [maps], [motion(4)]))
    assert len(given) == len(frames) == 4
    assert all(any(np.shares_memory(view, frame) for view in given) for frame in frames)
