"""The filter of public figures: the same person on other pictures, and faces of which it can't be told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from filters.embeddings.base import FaceEmbedding, MatchRule
from filters.embeddings.open_pack import OpenAnalyser
from filters.face_features import FaceFeatures
from filters.gallery import Gallery
from filters.public_figure import PublicFigureFilter
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from tests.filters.damaged_photos import damage_photo
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


@pytest.mark.parametrize("how", ["mirrored", "small", "grey and grainy", "turned"])
def test_somebody_of_the_gallery_is_found_on_another_picture(
    runtime: Runtime, portrait: tuple[Pixels, Face], gallery: Gallery, how: str
) -> None:
    analyser = OpenAnalyser(runtime)
    gallery.add("Айлин", [analyser.embed(*portrait)])
    pixels = damage_photo(portrait[0], how)
    reading = PublicFigureFilter(analyser, gallery).judge(pixels, FaceFinder(runtime).find(pixels)[0])
    assert reading.reason is Reason.PUBLIC_FIGURE
    assert reading.name == "Айлин"
    assert reading.distance < OpenAnalyser.rule.same


def test_an_empty_gallery_refuses_nobody(runtime: Runtime, portrait: tuple[Pixels, Face], gallery: Gallery) -> None:
    reading = PublicFigureFilter(OpenAnalyser(runtime), gallery).judge(*portrait)
    assert (reading.reason, reading.name) == (None, "")


class DistantAnalyser:
    """An analyser to which every face is `apart` from the one in the gallery, by the rule."""

    pack, sizes = "distant", (4,)
    rule = MatchRule(
        weights=(1.0,), same=0.7, same_small=0.6, unsure=0.78, unsure_step=0.05, unsure_soft=0.9, unsure_damaged=1.0
    )

    def __init__(self, apart: float, *, width: float, clarity: float) -> None:
        angle = 2 * np.arcsin(apart / 2)
        vector = np.array([np.cos(angle), np.sin(angle), 0, 0], np.float32)
        self._embedding = FaceEmbedding((vector,), clarity, width)

    def embed(self, pixels: Pixels, face: Face, features: FaceFeatures | None = None) -> FaceEmbedding:
        return self._embedding

    def read_ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        return ()


@pytest.fixture
def gallery_of_one(tmp_path: Path) -> Iterator[Gallery]:
    opened = Gallery(tmp_path / "one.db", DistantAnalyser.pack, DistantAnalyser.sizes)
    opened.add("Анна", [FaceEmbedding((np.array([1, 0, 0, 0], np.float32),), 1.0, 200.0)])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("apart", "width", "clarity", "reason"),
    [
        (0.69, 200, 1.0, Reason.PUBLIC_FIGURE),
        (0.71, 200, 1.0, Reason.UNDETERMINED),  # of a gallery of one
        (0.79, 200, 1.0, None),
        (0.59, 50, 1.0, Reason.PUBLIC_FIGURE),
        (0.61, 50, 1.0, Reason.UNDETERMINED),  # too small to tell
        (0.79, 50, 1.0, None),
        (0.69, 200, 0.5, Reason.PUBLIC_FIGURE),
        (0.95, 200, 0.5, Reason.UNDETERMINED),  # too damaged to tell
        (1.05, 200, 0.5, None),
        (0.95, 200, 0.7, None),
    ],
)
def test_a_face_that_is_too_small_or_damaged_is_undetermined(
    portrait: tuple[Pixels, Face],
    gallery_of_one: Gallery,
    apart: float,
    width: float,
    clarity: float,
    reason: Reason | None,
) -> None:
    judge = PublicFigureFilter(DistantAnalyser(apart, width=width, clarity=clarity), gallery_of_one)
    reading = judge.judge(*portrait)
    assert reading.reason is reason
    assert reading.distance == pytest.approx(apart, abs=2e-3)


def test_a_soft_face_can_not_be_told(portrait: tuple[Pixels, Face], gallery_of_one: Gallery) -> None:
    pixels, face = portrait
    width = float(face.box[2] - face.box[0])
    soft = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.025 * width), np.uint8)
    figures = PublicFigureFilter(DistantAnalyser(0.85, width=200, clarity=1.0), gallery_of_one)
    assert figures.judge(pixels, face).reason is None
    assert figures.judge(soft, face).reason is Reason.UNDETERMINED


def test_of_many_a_stranger_is_not_unsure() -> None:
    """The nearer bound keeps strangers from being refused for being a little like one of many."""
    rule = OpenAnalyser.rule
    bounds = [rule.unsure_among(photos) for photos in (0, 1, 10, 1000, 100_000)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] == bounds[1] == rule.unsure
    assert bounds[-1] == bounds[-2] == rule.same
