"""Who is a minor: what must hold without photographs of children."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from filters.age_features import WIDTH, Look, see
from filters.minors import BARS, YOUNGER_THAN, ChildFilter, age_of
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut as portrait
from weights.errors import HashMismatch, MissingWeights, WeightsError
from weights.manifest import load_manifest
from weights.store import WeightStore


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=["CPUExecutionProvider"], threads=2)


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    return read_photo(portrait())


@pytest.fixture(scope="module")
def face(runtime: Runtime, astronaut: Pixels) -> Face:
    return FaceFinder(runtime).find(astronaut)[0]


@dataclass
class Answers:
    """A runtime whose classifier answers what the test says, and face-api's age too where it is given; the other
    nets are real."""

    real: Runtime
    logits: Float
    age: float | None = None
    asked: list[str] = field(default_factory=list)

    def session(self, name: str) -> Any:
        return self.real.session(name)

    def run(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(name)
        if name != "child":
            answers = self.real.run(name, feeds)
            if name == "face_age_gender" and self.age is not None:
                answers["age"] = np.full_like(answers["age"], self.age)
            return answers
        return {"logits": np.tile(self.logits, (len(feeds["features"]), 1))}


def logits(age: float, score: float) -> Float:
    """What a sure classifier says of a person of this age, with a chance of `score` to be a minor."""
    younger = np.where(np.array(YOUNGER_THAN) > age, 8.0, -8.0)
    return np.array([*younger, np.log(score / (1 - score))], np.float32)


def judged(runtime: Runtime, pixels: Pixels, face: Face, answer: Float, **options: Any) -> Any:
    return ChildFilter(Answers(runtime, answer), **options).judge(pixels, face)  # type: ignore[arg-type]


def test_an_adult_is_no_minor(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = ChildFilter(runtime).judge(astronaut, face)
    assert not reading.minor
    assert not reading.far_below
    assert not reading.old_photo
    assert reading.score < BARS["normal"].clear.sure
    assert reading.age > 21


def test_the_same_photo_reads_the_same(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    child = ChildFilter(runtime)
    assert child.judge(astronaut, face) == child.judge(astronaut, face)


def test_the_classifier_refuses_whom_the_nets_take_for_adults(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = judged(runtime, astronaut, face, logits(16, 0.99))
    assert reading.minor
    assert not reading.far_below


def test_far_below_counts_as_a_minor_whatever_the_score(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = judged(runtime, astronaut, face, logits(8, 0.001))
    assert reading.far_below
    assert reading.minor


def test_strict_refuses_more(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    between = logits(19, (BARS["strict"].clear.sure + BARS["normal"].clear.sure) / 2)
    assert not judged(runtime, astronaut, face, between).minor
    assert judged(runtime, astronaut, face, between, level="strict").minor


def test_in_doubt_the_nets_decide(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    bars = BARS["normal"].clear
    doubtful = Answers(runtime, logits(24, (bars.doubt + bars.sure) / 2))
    assert not ChildFilter(doubtful).judge(astronaut, face).minor  # type: ignore[arg-type]
    doubtful.age = bars.adult - 1
    assert ChildFilter(doubtful).judge(astronaut, face).minor  # type: ignore[arg-type]


def test_a_net_that_sees_a_child_is_heard(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = ChildFilter(Answers(runtime, logits(40, 0.001), age=9.0)).judge(astronaut, face)  # type: ignore[arg-type]
    assert reading.minor
    assert not reading.far_below  # the other net and the classifier see an adult


def test_a_nan_refuses(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    assert judged(runtime, astronaut, face, np.full(len(YOUNGER_THAN) + 1, np.nan, np.float32)).minor


def test_a_foreign_model_is_no_answer(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    with pytest.raises(ValueError, match="child"):
        judged(runtime, astronaut, face, np.zeros(3, np.float32))


def test_an_unknown_level_is_said_at_once(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="strict or normal"):
        ChildFilter(runtime, level="lenient")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("harm", "error"), [("remove", MissingWeights), ("break", HashMismatch)], ids=["missing", "broken"]
)
def test_without_its_model_nobody_is_judged(
    harm: str, error: type[WeightsError], tmp_path: Path, built_weights: WeightStore, astronaut: Pixels, face: Face
) -> None:
    own = tmp_path / "weights"
    own.mkdir()
    (own / "manifest.toml").write_bytes((load_manifest().folder / "manifest.toml").read_bytes())
    if harm == "break":
        whole = built_weights.path("child").read_bytes()
        (own / "child.onnx").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    store = WeightStore(built_weights.root, load_manifest(own / "manifest.toml"))
    with pytest.raises(error, match="child"):
        ChildFilter(Runtime(store.path)).judge(astronaut, face)


def test_all_looks_at_once_are_as_one_by_one(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    looks = [Look(astronaut, face, margin, mirror) for margin in (0.0, 0.1) for mirror in (False, True)]
    together = see(runtime, looks)
    assert together.features.shape == (4, WIDTH)
    alone = see(runtime, looks[2:3])
    assert np.allclose(together.features[2], alone.features[0], atol=1e-3)
    assert np.allclose(together.ages[2], alone.ages[0], atol=1e-2)
    assert (together.ages > 18).all()


@pytest.mark.parametrize(("age", "low", "high"), [(4, 0, 6), (11, 10, 12), (17, 16, 18), (35, 30, 40), (70, 55, 60)])
def test_the_age_lies_where_the_chance_crosses_one_half(age: float, low: float, high: float) -> None:
    assert low <= age_of(logits(age, 0.5)[:-1]) <= high


def test_chances_that_fall_again_still_give_an_age() -> None:
    answer = logits(17, 0.5)[:-1]
    answer[7:] = -3.0  # surely under 18, and not under 25
    assert 14 <= age_of(answer) <= 18
