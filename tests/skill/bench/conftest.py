"""A small film with known curves: the demo portrait's head, moved by the warp itself and written as a video; and one
measurement of the demo portrait's clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data
from typer.testing import CliRunner, Result

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import build_maps
from pipeline.faces.finder import FaceFinder
from pipeline.motion.channels import CHANNELS
from pipeline.output.mp4 import Mp4Writer
from pipeline.runtime import Runtime
from skill.bench.clip import ClipFigures, measure_clip
from skill.bench.truth.comparison import Comparison, compare_footage
from skill.bench.truth.footage import Footage, read_footage
from skill.cli.main import app
from weights.store import WeightStore

FILMED = (
    {}, {}, {}, {"blink_r": 0.5, "blink_l": 0.5}, {"blink_r": 1.0, "blink_l": 1.0}, {"blink_l": 1.0}, {"smile": 1.0},
    {"brow": 1.0}, {"yaw": 6.0}, {"gaze_x": 0.1}, {},
)  # fmt: skip
"""Curves of the film's frames; what is not said is 0."""
STILL, HALF, SHUT, WINK, SMILE, BROW, TURN, GAZE = 0, 3, 4, 5, 6, 7, 8, 9


@pytest.fixture(scope="session")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="session")
def portrait() -> NDArray[np.uint8]:
    """The astronaut's head, three times enlarged: 480×480, eyes of some 55 pixels."""
    head = np.ascontiguousarray(data.astronaut()[40:220, 134:314])
    return np.asarray(cv2.resize(head, (480, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture(scope="session")
def film(runtime: Runtime, portrait: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the film."""
    (face,) = FaceFinder(runtime).find(portrait)
    maps = build_maps(runtime, portrait, face)
    renderer = OpenCvRenderer(maps)
    folder = tmp_path_factory.mktemp("film")
    writer = Mp4Writer(folder / "film.mp4", 25, (480, 480), crf=12, preset="fast", threads=2)
    for curves in FILMED:
        frame = portrait.copy()
        frame[maps.region.slices] = renderer.render({name: float(curves.get(name, 0.0)) for name in CHANNELS})
        writer.write(frame)
    writer.finish()
    return folder


@pytest.fixture(scope="session")
def footage(film: Path, runtime: Runtime) -> Footage:
    return read_footage(film / "film.mp4", runtime)


@pytest.fixture(scope="session")
def comparisons(footage: Footage, runtime: Runtime) -> dict[int, Comparison]:
    """Comparisons by the index of the frame."""
    return {one.frame: one for one in compare_footage(footage, runtime)}


@dataclass(frozen=True, slots=True)
class MeasuredClip:
    """What `ozhivi bench` said, wrote and had measured."""

    result: Result
    markdown: str
    figures: ClipFigures


@pytest.fixture(scope="session")
def measured_clip(built_weights: WeightStore, tmp_path_factory: pytest.TempPathFactory) -> MeasuredClip:
    """The demo portrait's clip of 2 s and 320 px, measured once."""
    out, kept = tmp_path_factory.mktemp("clip") / "clip.md", list[ClipFigures]()

    def measure(*photo: Any, **options: Any) -> ClipFigures:
        kept.append(measure_clip(*photo, **options))
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skill.bench.clip.measure_clip", measure)
        words = ["bench", "--runs", "1", "--seconds", "2", "--long-side", "320", "--markdown", str(out)]
        result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return MeasuredClip(result, out.read_text(encoding="utf-8"), kept[0])
