"""The policy: which filter decides, in which order, and what the person and the operator may change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal, cast

import numpy as np
import pytest
from structlog.testing import capture_logs

from filters import minors
from filters.embeddings.base import FaceEmbedding
from filters.embeddings.open_pack import OpenAnalyser
from filters.face_features import FaceFeatures
from filters.gallery import Neighbour
from filters.medium import MediumReading
from filters.minors import MinorReading
from filters.policy import FilterSet, Policy, Rules, build_policy
from filters.verdict import Answer
from pipeline.arrays import Pixels
from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face, FaceFinder
from pipeline.faces.head_pose import Pose
from pipeline.photo.load import read_photo
from pipeline.run import Wish
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore

NO_NETS = cast(Runtime, None)
PIXELS: Pixels = np.zeros((8, 8, 3), np.uint8)
ADULT = MinorReading(score=0.01, age=40, is_minor=False, far_below_age=False, is_old_photo=False)
YOUNG = MinorReading(score=0.6, age=19, is_minor=True, far_below_age=False, is_old_photo=False)
SMALL = MinorReading(score=0.99, age=5, is_minor=True, far_below_age=True, is_old_photo=False)
OLD_PHOTO = MinorReading(score=0.99, age=5, is_minor=True, far_below_age=True, is_old_photo=True)


def readability(reason: Reason | None = None, cause: str = "", *, shut: bool = False, drawing: bool = False) -> Any:
    """The measurements of a face, as far as the policy looks at them."""
    eyes, drawn = SimpleNamespace(no_blink=shut), SimpleNamespace(is_drawing=drawing)
    return SimpleNamespace(reason=reason, cause=cause, eyes=eyes, drawing=drawn)


def face(mark: float = 0.0) -> Face:
    landmarks = np.full((478, 3), mark, np.float32)
    return Face(np.zeros(4, np.float32), landmarks, Pose(0.0, 0.0, 0.0), 1.0, 1.0)


def answering(answer: Any) -> Callable[..., Any]:
    """A filter that gives this answer to every face; an exception is raised."""

    def judge(*_: Any) -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return judge


def policy_with(
    rules: Rules | None = None,
    *,
    readable: Any = None,
    child: Any = ADULT,
    figure: Reason | None = None,
    ages: tuple[float, ...] = (),
    medium: tuple[float, ...] | None = (0.5, 0.5, 0.0, 0.0, 0.0),
    masked: Any = False,
) -> Policy:
    """A policy whose filters give the answers that a test wants: a reading, or an exception to raise."""
    filters = FilterSet(
        assess=answering(readable or readability()),
        is_masked=answering(masked),
        judge_minor=answering(child),
        read_pack_ages=answering(ages),
        read_medium=None if medium is None else answering(MediumReading(medium)),
        find_public_figure=answering(SimpleNamespace(reason=figure)),
    )
    return Policy(rules or Rules(), filters, NO_NETS)


def test_an_adult_who_can_be_read_is_animated() -> None:
    verdict = policy_with().judge(PIXELS, face())
    assert (verdict.answer, verdict.reason, verdict.no_blink) == (Answer.ANIMATE, None, False)


def test_shut_eyes_are_animated_without_a_blink() -> None:
    (admitted,) = policy_with(readable=readability(shut=True)).admit(PIXELS, [face()], Wish())
    assert admitted.blink is False


@pytest.mark.parametrize(
    ("filters", "reason", "cause"),
    [
        ({"readable": readability(Reason.HARD_ANGLE, "profile"), "child": SMALL},
         Reason.HARD_ANGLE, "profile"),
        ({"masked": True, "child": SMALL}, Reason.FACE_COVERED, "mask"),
        ({"readable": readability(drawing=True)}, Reason.UNDETERMINED, "drawing"),
        ({"medium": (0.0, 0.1, 0.9, 0.0, 0.0), "child": SMALL}, Reason.UNDETERMINED, "drawing"),
        ({"medium": (0.0, 0.1, 0.0, 0.9, 0.0), "figure": Reason.PUBLIC_FIGURE}, Reason.UNDETERMINED, "statue"),
        ({"medium": (0.1, 0.0, 0.0, 0.1, 0.8), "child": SMALL}, Reason.NO_FACE, ""),
        ({"child": SMALL, "figure": Reason.PUBLIC_FIGURE}, Reason.CHILD, ""),
        ({"child": YOUNG}, Reason.CHILD, "appeal"),
        ({"ages": (35.0, 17.0)}, Reason.CHILD, "appeal"),
        ({"ages": (float("nan"),)}, Reason.CHILD, "appeal"),
        ({"figure": Reason.PUBLIC_FIGURE}, Reason.PUBLIC_FIGURE, ""),
        ({"figure": Reason.UNDETERMINED}, Reason.UNDETERMINED, ""),
    ],
)  # fmt: skip
def test_the_first_filter_that_objects_decides(filters: dict[str, Any], reason: Reason, cause: str) -> None:
    verdict = policy_with(**filters).judge(PIXELS, face())
    assert (verdict.answer, verdict.reason, verdict.cause) == (Answer.REFUSE, reason, cause)


def test_even_colours_on_what_is_surely_a_photo_are_light() -> None:
    photo = policy_with(readable=readability(drawing=True), medium=(0.95, 0.05, 0.0, 0.0, 0.0))
    assert photo.judge(PIXELS, face()).answer is Answer.ANIMATE


@pytest.mark.parametrize("broken", ["readable", "child"])
def test_a_filter_that_fails_refuses(broken: str) -> None:
    with capture_logs() as logs:
        verdict = policy_with(**{broken: RuntimeError("secret.jpg")}).judge(PIXELS, face(), adult=True, archive=True)
    assert (verdict.answer, verdict.reason) == (Answer.REFUSE, Reason.UNDETERMINED)
    assert [(log["event"], log["filter"]) for log in logs] == [("filter_failed", broken)]
    assert "secret" not in str(logs) + verdict.detail


def test_a_person_s_word_counts_for_an_adult_and_never_for_a_child() -> None:
    assert policy_with(child=YOUNG).judge(PIXELS, face(), adult=True).answer is Answer.ANIMATE
    assert policy_with(child=YOUNG).judge(PIXELS, face()).appeal
    small = policy_with(child=SMALL).judge(PIXELS, face(), adult=True)
    assert (small.answer, small.appeal) == (Answer.REFUSE, False)
    figure = policy_with(child=YOUNG, figure=Reason.PUBLIC_FIGURE).judge(PIXELS, face(), adult=True)
    assert figure.reason is Reason.PUBLIC_FIGURE


def test_a_child_on_an_old_photo_needs_the_operator_and_the_person() -> None:
    assert policy_with(child=OLD_PHOTO).judge(PIXELS, face(), archive=True).answer is Answer.REFUSE
    archive = Rules(archive=True)
    asked = policy_with(archive, child=OLD_PHOTO).judge(PIXELS, face())
    assert (asked.answer, asked.reason, asked.cause) == (Answer.ASK, Reason.CHILD, "archive")
    assert policy_with(archive, child=OLD_PHOTO).judge(PIXELS, face(), archive=True).answer is Answer.ANIMATE
    assert policy_with(archive, child=SMALL).judge(PIXELS, face(), archive=True).answer is Answer.REFUSE


def test_a_filter_that_the_operator_turns_off_is_not_asked() -> None:
    blurred = readability(Reason.LOW_QUALITY, "blur", drawing=True)
    everything_off = Rules(readable=False, children="off", drawings=True)
    policy = Policy(everything_off, FilterSet(assess=answering(blurred)), NO_NETS)
    assert policy.judge(PIXELS, face()).answer is Answer.ANIMATE


def test_of_several_faces_those_that_pass_move() -> None:
    grown, small = face(1.0), face(2.0)

    def judge(one: FaceFeatures) -> MinorReading:
        return ADULT if one.face is grown else SMALL

    policy = Policy(Rules(), FilterSet(assess=answering(readability()), judge_minor=judge), NO_NETS)
    (admitted,) = policy.admit(PIXELS, [small, grown], Wish(face="all"))
    assert admitted.face is grown
    with pytest.raises(FaceError) as refused:
        policy.admit(PIXELS, [small], Wish())
    assert (refused.value.reason, refused.value.cause) == (Reason.CHILD, "")


@pytest.mark.parametrize(
    ("children", "answer", "asked_filters"),
    [
        ("strict", Answer.REFUSE, ["ages"]),
        ("normal", Answer.ANIMATE, ["ages", "gallery"]),
        ("off", Answer.ANIMATE, ["gallery"]),
    ],
)
def test_the_rules_choose_the_filters(
    children: Literal["strict", "normal", "off"],
    answer: Answer,
    asked_filters: list[str],
    built_weights: WeightStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The astronaut by the real filters, and those of the pack's ages and the gallery by answers of the test."""
    monkeypatch.setattr(minors, "LIMITS", {"normal": minors.LIMITS["normal"], "strict": minors.Limits(0.0, 0.0)})
    runtime, runs = Runtime(built_weights.path), Counter[str]()
    run = runtime.run
    monkeypatch.setattr(runtime, "run", lambda name, feeds: runs.update([name]) or run(name, feeds))
    pixels = read_photo(astronaut(), long_side=1024)
    (found,) = FaceFinder(runtime).find(pixels)
    asked: list[str] = []
    analyser = SimpleNamespace(
        rule=OpenAnalyser.rule,
        read_ages=lambda *_: asked.append("ages") or (40.0,),
        embed=lambda *_: FaceEmbedding((np.array([1.0], np.float32),), 1.0, 200.0),
    )

    class GalleryOfNobodyNear:
        def __len__(self) -> int:
            return 1

        def find_nearest(self, embedding: FaceEmbedding) -> tuple[Neighbour, ...]:
            asked.append("gallery")
            return ()

    policy = build_policy(Rules(children=children), runtime, analyser=analyser, gallery=GalleryOfNobodyNear())  # type: ignore[arg-type]
    assert policy.judge(pixels, found).answer is answer
    assert sorted(set(asked)) == asked_filters
    # the filter of minors, which reads the expression too, takes the embedding from the filter of drawings
    assert runs["face_age_embedding"] == max(1, runs["face_expression"])


@pytest.mark.parametrize(
    ("drawn", "people", "animated"), [(2, 1, 0), (1, 1, 1), (1, 2, 2), (2, 2, 2)], ids=["page", "half", "few", "even"]
)
def test_on_a_picture_whose_faces_are_mostly_drawn_nobody_is_animated(drawn: int, people: int, animated: int) -> None:
    drawings = [face() for _ in range(drawn)]
    photos = [face() for _ in range(people)]

    def read(one: FaceFeatures) -> MediumReading:
        is_drawn = any(one.face is drawing for drawing in drawings)
        return MediumReading((0.0, 0.0, 1.0, 0.0, 0.0) if is_drawn else (1.0, 0.0, 0.0, 0.0, 0.0))

    policy = Policy(Rules(), FilterSet(assess=answering(readability()), read_medium=read), NO_NETS)
    count, cause = 0, ""
    try:
        count = len(policy.admit(PIXELS, [*photos, *drawings], Wish(face="all")))
    except FaceError as error:
        cause = error.cause
    assert count == animated
    assert (cause == "drawing") is (animated == 0)


def test_a_refusal_carries_its_cause_and_its_words() -> None:
    glasses = readability(Reason.FACE_COVERED, "dark_glasses")
    with pytest.raises(FaceError) as refused:
        policy_with(readable=glasses).admit(PIXELS, [face()], Wish())
    assert (refused.value.reason, refused.value.cause) == (Reason.FACE_COVERED, "dark_glasses")
    assert "очки" in refused.value.advice
    with pytest.raises(FaceError) as child:
        policy_with(child=YOUNG).admit(PIXELS, [face()], Wish())
    assert (child.value.reason, child.value.cause) == (Reason.CHILD, "appeal")
    assert "взрослый" in child.value.advice
