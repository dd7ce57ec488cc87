"""The open pack: its vectors are of unit length, and damage shows in the clarity."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from filters.embeddings.open_pack import OpenAnalyser
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from tests.filters.damaged_photos import damage_photo
from weights.store import WeightStore


@pytest.fixture(scope="module")
def analyser(built_weights: WeightStore) -> OpenAnalyser:
    return OpenAnalyser(Runtime(built_weights.path))


@pytest.fixture(scope="module")
def portrait(built_weights: WeightStore) -> tuple[Pixels, Face]:
    pixels = read_photo(astronaut(), long_side=1024)
    return pixels, FaceFinder(Runtime(built_weights.path)).find(pixels)[0]


def test_an_embedding_has_the_sizes_of_its_pack(analyser: OpenAnalyser, portrait: tuple[Pixels, Face]) -> None:
    embedding = analyser.embed(*portrait)
    assert tuple(len(vector) for vector in embedding.vectors) == analyser.sizes
    assert [float(np.linalg.norm(vector)) for vector in embedding.vectors] == pytest.approx([1, 1], abs=1e-5)
    assert embedding.width > 50


def test_the_filter_of_minors_reads_its_ages(analyser: OpenAnalyser, portrait: tuple[Pixels, Face]) -> None:
    assert analyser.read_ages(*portrait) == ()


def test_damage_shows_in_the_clarity(analyser: OpenAnalyser, portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    clear = analyser.embed(pixels, face).clarity
    lost = cv2.blur(damage_photo(pixels, "grey and grainy"), (25, 25))
    assert clear > 0.9
    assert analyser.embed(np.asarray(lost, np.uint8), face).clarity < clear
