"""The filter of minors, as far as it can be tested without photographs of children."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from filters.minors import LIMITS, YOUNGER_THAN, MinorFilter, estimate_age
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
class ScriptedRuntime:
    """A runtime whose classifier answers as a test wants; the other nets are real."""

    real: Runtime
    logits: Float
    """The answer of the classifier, (outputs,)."""
    age: float | None = None
    """Years that face-api answers; None: those that it reads."""
    other_age: int | None = None
    """Years that HSE's net answers; None: those that it reads."""
    looks: int = 0
    """How often the classifier was asked."""

    def session(self, name: str) -> Any:
        return self.real.session(name)

    def run(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
        if name != "child":
            answers = self.real.run(name, feeds)
            if name == "face_age_gender" and self.age is not None:
                answers["age"] = np.full_like(answers["age"], self.age)
            if name == "face_age_embedding" and self.other_age is not None:
                distribution = answers["age_pred_Softmax_o"]
                answers["age_pred_Softmax_o"] = np.zeros_like(distribution)
                answers["age_pred_Softmax_o"][:, self.other_age - 1] = 1.0
            return answers
        self.looks += 1
        return {"logits": np.tile(self.logits, (len(feeds["features"]), 1))}


def logits(age: float, score: float) -> Float:
    """The answer of a sure classifier on a person of this age, with a chance of `score` to be a minor."""
    younger = np.where(np.array(YOUNGER_THAN) > age, 8.0, -8.0)
    return np.array([*younger, np.log(score / (1 - score))], np.float32)


def judge_with(runtime: Runtime, pixels: Pixels, face: Face, answer: Float, **options: Any) -> Any:
    return MinorFilter(ScriptedRuntime(runtime, answer), **options).judge(pixels, face)  # type: ignore[arg-type]


def test_an_adult_is_no_minor(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = MinorFilter(runtime).judge(astronaut, face)
    assert not reading.is_minor
    assert not reading.far_below_age
    assert not reading.is_old_photo
    assert reading.score < LIMITS["normal"].doubt
    assert reading.age > 21


def test_the_same_photo_reads_the_same(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    child = MinorFilter(runtime)
    assert child.judge(astronaut, face) == child.judge(astronaut, face)


def test_the_classifier_refuses_whom_the_nets_take_for_adults(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = judge_with(runtime, astronaut, face, logits(16, 0.99))
    assert reading.is_minor
    assert not reading.far_below_age


@pytest.mark.parametrize(
    ("age", "score", "net", "far_below"),
    [
        (8, 0.95, 9.0, True),  # classifier and nets agree
        (8, 0.95, 30.0, False),  # a net reads an adult
        (30, 0.95, 9.0, False),  # the classifier does
        (8, 0.5, 9.0, False),  # it is not sure
    ],
)
def test_far_below_age_never_rests_on_one_reading(
    runtime: Runtime, astronaut: Pixels, face: Face, age: float, score: float, net: float, far_below: bool
) -> None:
    scripted = ScriptedRuntime(runtime, logits(age, score), age=net, other_age=12)
    reading = MinorFilter(scripted).judge(astronaut, face)  # type: ignore[arg-type]
    assert (reading.is_minor, reading.far_below_age) == (True, far_below)


@pytest.mark.parametrize(
    ("score", "under_14", "years", "is_minor"),
    [
        (0.3, 0.03, 22, False),  # a young adult
        (0.3, 0.03, 19, True),
        (0.3, 0.1, 22, True),  # may be a child
        (0.3, 0.001, 16, False),
        (0.6, 0.001, 40, True),
        (0.05, 0.1, 15, False),
    ],
)
def test_in_doubt_it_counts_what_speaks_for_a_young_adult(
    runtime: Runtime, astronaut: Pixels, face: Face, score: float, under_14: float, years: int, is_minor: bool
) -> None:
    answer = logits(19, score)
    answer[YOUNGER_THAN.index(14)] = np.log(under_14 / (1 - under_14))
    scripted = ScriptedRuntime(runtime, answer, age=float(years), other_age=years)
    assert MinorFilter(scripted).judge(astronaut, face).is_minor is is_minor  # type: ignore[arg-type]


def test_strict_refuses_more(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    between = logits(19, (LIMITS["strict"].doubt + LIMITS["normal"].doubt) / 2)
    assert not judge_with(runtime, astronaut, face, between).is_minor
    assert judge_with(runtime, astronaut, face, between, level="strict").is_minor


@pytest.mark.parametrize(("score", "net", "looks"), [(0.005, 30, 1), (0.2, 30, 2), (0.005, 15, 2), (np.nan, 30, 2)])
def test_who_is_clearly_an_adult_is_looked_at_once(
    runtime: Runtime, astronaut: Pixels, face: Face, score: float, net: int, looks: int
) -> None:
    scripted = ScriptedRuntime(runtime, logits(40, score), age=float(net), other_age=net)
    MinorFilter(scripted).judge(astronaut, face)  # type: ignore[arg-type]
    assert scripted.looks == looks


def test_a_net_that_sees_a_child_is_heard(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = MinorFilter(ScriptedRuntime(runtime, logits(40, 0.001), age=9.0)).judge(astronaut, face)  # type: ignore[arg-type]
    assert reading.is_minor
    assert not reading.far_below_age  # the other net and the classifier see an adult


def test_a_nan_refuses(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    reading = judge_with(runtime, astronaut, face, np.full(len(YOUNGER_THAN) + 1, np.nan, np.float32))
    assert (reading.is_minor, reading.far_below_age) == (True, True)


def test_a_foreign_model_is_no_answer(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    with pytest.raises(ValueError, match="child"):
        judge_with(runtime, astronaut, face, np.zeros(3, np.float32))


def test_an_unknown_level_is_said_at_once(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="strict or normal"):
        MinorFilter(runtime, level="lenient")  # type: ignore[arg-type]


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
        MinorFilter(Runtime(store.path)).judge(astronaut, face)


@pytest.mark.parametrize(("age", "low", "high"), [(4, 0, 6), (11, 10, 12), (17, 16, 18), (35, 30, 40), (70, 55, 60)])
def test_the_age_lies_where_the_chance_crosses_one_half(age: float, low: float, high: float) -> None:
    assert low <= estimate_age(logits(age, 0.5)[:-1]) <= high


def test_chances_that_fall_again_still_give_an_age() -> None:
    answer = logits(17, 0.5)[:-1]
    answer[7:] = -3.0  # surely under 18, and not under 25
    assert 14 <= estimate_age(answer) <= 18
