from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from filters.embeddings.base import Likeness, Rule
from filters.embeddings.open_pack import OpenAnalyser
from filters.gallery import Gallery
from filters.public_figure import PublicFigureFilter
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def portrait(runtime: Runtime) -> tuple[Pixels, Face]:
    pixels = read_photo(astronaut(), long_side=1024)
    return pixels, FaceFinder(runtime).find(pixels)[0]


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    opened = Gallery(tmp_path / "gallery.db", OpenAnalyser.pack, OpenAnalyser.sizes)
    yield opened
    opened.close()


def damaged(pixels: Pixels, how: str) -> Pixels:
    rng = np.random.default_rng(0)
    match how:
        case "mirrored":
            return np.ascontiguousarray(pixels[:, ::-1])
        case "small":
            return np.asarray(cv2.resize(pixels, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA), np.uint8)
        case "grey and grainy":
            grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
            grain = cv2.GaussianBlur(rng.normal(0, 25, grey.shape).astype(np.float32), None, 1.0)
            return np.repeat(np.clip(grey + grain, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
        case "turned":
            height, width = pixels.shape[:2]
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), 12, 1.0)
            return np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    raise ValueError(how)


@pytest.mark.parametrize("how", ["mirrored", "small", "grey and grainy", "turned"])
def test_somebody_of_the_gallery_is_found_on_another_picture(
    runtime: Runtime, portrait: tuple[Pixels, Face], gallery: Gallery, how: str
) -> None:
    analyser = OpenAnalyser(runtime)
    gallery.add("Айлин", [analyser.of(*portrait)])
    pixels = damaged(portrait[0], how)
    reading = PublicFigureFilter(analyser, gallery).judge(pixels, FaceFinder(runtime).find(pixels)[0])
    assert reading.reason is Reason.PUBLIC_FIGURE
    assert reading.name == "Айлин"
    assert reading.distance < OpenAnalyser.rule.same


def test_an_empty_gallery_refuses_nobody(runtime: Runtime, portrait: tuple[Pixels, Face], gallery: Gallery) -> None:
    reading = PublicFigureFilter(OpenAnalyser(runtime), gallery).judge(*portrait)
    assert (reading.reason, reading.name) == (None, "")


def test_damage_shows_in_legible(runtime: Runtime, portrait: tuple[Pixels, Face]) -> None:
    analyser = OpenAnalyser(runtime)
    pixels, face = portrait
    clear = analyser.of(pixels, face).legible
    lost = cv2.blur(damaged(pixels, "grey and grainy"), (25, 25))
    assert clear > 0.9
    assert analyser.of(np.asarray(lost, np.uint8), face).legible < clear


class Told:
    """An analyser that says what it is told; `apart`: from the one in the gallery, by the rule."""

    pack, sizes = "told", (4,)
    rule = Rule(weights=(1.0,), same=0.7, same_small=0.6, open_small=0.85, open_damaged=1.0)

    def __init__(self, apart: float, *, width: float, legible: float) -> None:
        angle = 2 * np.arcsin(apart / 2)
        vector = np.array([np.cos(angle), np.sin(angle), 0, 0], np.float32)
        self._likeness = Likeness((vector,), legible, width)

    def of(self, pixels: Pixels, face: Face) -> Likeness:
        return self._likeness

    def ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        return ()


@pytest.mark.parametrize(
    ("apart", "width", "legible", "reason"),
    [
        (0.69, 200, 1.0, Reason.PUBLIC_FIGURE),
        (0.71, 200, 1.0, None),
        (0.59, 50, 1.0, Reason.PUBLIC_FIGURE),
        (0.61, 50, 1.0, Reason.UNDETERMINED),  # too small to tell
        (0.84, 50, 1.0, Reason.UNDETERMINED),
        (0.86, 50, 1.0, None),
        (0.69, 200, 0.5, Reason.PUBLIC_FIGURE),
        (0.95, 200, 0.5, Reason.UNDETERMINED),  # too damaged to tell
        (1.05, 200, 0.5, None),
        (0.95, 200, 0.7, None),
    ],
)
def test_the_decision_knows_what_can_be_told(
    portrait: tuple[Pixels, Face], tmp_path: Path, apart: float, width: float, legible: float, reason: Reason | None
) -> None:
    gallery = Gallery(tmp_path / "gallery.db", Told.pack, Told.sizes)
    gallery.add("Анна", [Likeness((np.array([1, 0, 0, 0], np.float32),), 1.0, 200.0)])
    judge = PublicFigureFilter(Told(apart, width=width, legible=legible), gallery)
    reading = judge.judge(*portrait)
    assert reading.reason is reason
    assert reading.distance == pytest.approx(apart, abs=2e-3)
    gallery.close()
