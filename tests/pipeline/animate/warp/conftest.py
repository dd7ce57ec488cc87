"""One portrait with its maps, made once for all tests of the warp; and what the landmark net sees of a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pipeline.animate.warp import head_frame
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.head_frame import Grid, Head, measure_head
from pipeline.faces.finder import Face, FaceFinder
from pipeline.motion.channels import CHANNELS
from pipeline.runtime import Runtime
from weights.store import WeightStore

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="session")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="session")
def finder(runtime: Runtime) -> FaceFinder:
    return FaceFinder(runtime)


@pytest.fixture(scope="session")
def make_curves() -> Callable[..., dict[str, float]]:
    """Values of all curves, 0 where nothing is said."""

    def of(**curves: float) -> dict[str, float]:
        return {name: float(curves.get(name, 0.0)) for name in CHANNELS}

    return of


@pytest.fixture(scope="session")
def photo() -> Pixels:
    """The astronaut's head and shoulders, 320×300, a face of 92 px; the person touches the lower edge."""
    return np.ascontiguousarray(data.astronaut()[:300, 64:384])


@pytest.fixture(scope="session")
def face(finder: FaceFinder, photo: Pixels) -> Face:
    (only,) = finder.find(photo)
    return only


@pytest.fixture(scope="session")
def build_pixel_maps(runtime: Runtime) -> Callable[..., WarpMaps]:
    """`build_maps` on a grid of one cell a pixel, so that fields can be read at pixels."""

    def build(pixels: Pixels, face: Face, everyone: Sequence[Face] = ()) -> WarpMaps:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(head_frame, "FINEST_STEP", 1)
            return build_maps(runtime, pixels, face, everyone)

    return build


@pytest.fixture(scope="session")
def maps(build_pixel_maps: Callable[..., WarpMaps], photo: Pixels, face: Face) -> WarpMaps:
    return build_pixel_maps(photo, face)


@pytest.fixture(scope="session")
def head(maps: WarpMaps) -> Head:
    return maps.head


@pytest.fixture(scope="session")
def shut_head(head: Head) -> Head:
    """The astronaut's head with lips that are shut along a level line."""
    landmarks = head.landmarks.copy()
    middle = 0.5 * (landmarks[78, :2] + landmarks[308, :2])
    for side in ((78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308), (95, 88, 178, 87, 14, 317, 402, 318, 324)):
        along = (landmarks[list(side), :2] - middle) @ head.across
        landmarks[list(side), :2] = middle + along[:, None] * head.across
    return measure_head(landmarks)


@pytest.fixture(scope="session")
def grid(maps: WarpMaps) -> Grid:
    return maps.grid


@pytest.fixture(scope="session")
def renderer(maps: WarpMaps) -> OpenCvRenderer:
    return OpenCvRenderer(maps)


@pytest.fixture(scope="session")
def render_photo(
    renderer: OpenCvRenderer, maps: WarpMaps, photo: Pixels, make_curves: Callable[..., Mapping[str, float]]
) -> Callable[..., Pixels]:
    """The whole photo with the face at these curve values, each drawn once."""
    assert maps.pixels.shape == photo.shape  # the region is the whole photo

    @cache
    def render(**curves: float) -> Pixels:
        frame = renderer.render(make_curves(**curves))
        frame.setflags(write=False)
        return frame

    return render


@pytest.fixture(scope="session")
def find_face(render_photo: Callable[..., Pixels], finder: FaceFinder) -> Callable[..., Face]:
    """What the landmark net finds on the photo at these curve values, each looked at once."""

    @cache
    def look(**curves: float) -> Face:
        (found,) = finder.find(render_photo(**curves))
        return found

    return look


@pytest.fixture(scope="session")
def pair(photo: Pixels) -> Pixels:
    """Two people side by side whose shoulders meet: the astronaut and her mirror image."""
    return np.hstack([photo[:, ::-1], photo])


@pytest.fixture(scope="session")
def pair_faces(finder: FaceFinder, pair: Pixels) -> tuple[Face, Face]:
    left, right = sorted(finder.find(pair), key=lambda face: float(face.box[0]))
    return left, right


@pytest.fixture(scope="session")
def pair_maps(
    build_pixel_maps: Callable[..., WarpMaps], pair: Pixels, pair_faces: tuple[Face, Face]
) -> tuple[WarpMaps, WarpMaps]:
    left, right = (build_pixel_maps(pair, face, pair_faces) for face in pair_faces)
    return left, right


@pytest.fixture(scope="session")
def close_up(photo: Pixels) -> Pixels:
    """The head alone, doubled: eyes of 37 px."""
    return np.asarray(cv2.resize(photo[50:210, 70:250], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture(scope="session")
def close_face(finder: FaceFinder, close_up: Pixels) -> Face:
    (only,) = finder.find(close_up)
    return only
