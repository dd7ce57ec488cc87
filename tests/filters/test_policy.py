from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

import filters.policy as policy_module
from filters.minors import ChildReading
from filters.policy import Policy, Rules
from filters.verdict import Answer
from pipeline.arrays import Pixels
from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.run import Wish
from pipeline.runtime import Runtime

PIXELS: Pixels = np.zeros((8, 8, 3), np.uint8)
ADULT = ChildReading(score=0.01, age=40, minor=False, far_below=False, old_photo=False)
YOUNG = ChildReading(score=0.6, age=19, minor=True, far_below=False, old_photo=False)
SMALL = ChildReading(score=0.99, age=5, minor=True, far_below=True, old_photo=False)
OLD_PHOTO = ChildReading(score=0.99, age=5, minor=True, far_below=True, old_photo=True)


def read(reason: Reason | None = None, cause: str = "", *, shut: bool = False, drawing: bool = False) -> Any:
    """What the tests of readability found."""
    eyes, drawn = SimpleNamespace(no_blink=shut), SimpleNamespace(drawing=drawing)
    return SimpleNamespace(reason=reason, cause=cause, eyes=eyes, drawing=drawn)


def face(mark: float = 0.0) -> Face:
    landmarks = np.full((478, 3), mark, np.float32)
    return Face(np.zeros(4, np.float32), landmarks, Pose(0.0, 0.0, 0.0), 1.0, 1.0)


class Figures:
    def __init__(self, reason: Reason | None = None) -> None:
        self.reason = reason

    def judge(self, pixels: Pixels, face: Face) -> Any:
        return SimpleNamespace(reason=self.reason)


class Analyser:
    """A pack that reads `years`."""

    def __init__(self, *years: float) -> None:
        self.years = years

    def ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        return self.years


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Policy]:
    """A policy whose filters say what the test wants: a reading, or an error to raise."""

    def answer(what: Any) -> Callable[..., Any]:
        def said(*_: Any, **__: Any) -> Any:
            if isinstance(what, BaseException):
                raise what
            return what

        return said

    def made(
        rules: Rules | None = None,
        *,
        readable: Any = None,
        child: Any = ADULT,
        figure: Reason | None = None,
        ages: tuple[float, ...] = (),
    ) -> Policy:
        monkeypatch.setattr(policy_module, "read_face", answer(readable or read()))
        monkeypatch.setattr(policy_module, "PublicFigureFilter", lambda *_: Figures(figure))
        monkeypatch.setattr(policy_module, "ChildFilter", lambda *_, **__: SimpleNamespace(judge=answer(child)))
        runtime = Runtime(lambda name: pytest.fail(f"opened {name}"))
        return Policy(rules or Rules(), runtime, analyser=Analyser(*ages), gallery=object())  # type: ignore[arg-type]

    return made


def test_an_adult_who_can_be_read_is_animated(judged: Callable[..., Policy]) -> None:
    verdict = judged().judge(PIXELS, face())
    assert (verdict.answer, verdict.reason, verdict.no_blink) == (Answer.ANIMATE, None, False)


def test_shut_eyes_are_animated_without_a_blink(judged: Callable[..., Policy]) -> None:
    (admitted,) = judged(readable=read(shut=True)).admit(PIXELS, [face()], Wish())
    assert admitted.blink is False


@pytest.mark.parametrize(
    ("filters", "reason", "cause"),
    [
        ({"readable": read(Reason.HARD_ANGLE, "profile"), "child": SMALL},
         Reason.HARD_ANGLE, "profile"),
        ({"readable": read(drawing=True)}, Reason.UNDETERMINED, "drawing"),
        ({"child": SMALL, "figure": Reason.PUBLIC_FIGURE}, Reason.CHILD, ""),
        ({"child": YOUNG}, Reason.CHILD, "appeal"),
        ({"ages": (35.0, 17.0)}, Reason.CHILD, "appeal"),
        ({"ages": (float("nan"),)}, Reason.CHILD, "appeal"),
        ({"figure": Reason.PUBLIC_FIGURE}, Reason.PUBLIC_FIGURE, ""),
        ({"figure": Reason.UNDETERMINED}, Reason.UNDETERMINED, ""),
    ],
)  # fmt: skip
def test_the_first_filter_that_objects_decides(
    judged: Callable[..., Policy], filters: dict[str, Any], reason: Reason, cause: str
) -> None:
    verdict = judged(**filters).judge(PIXELS, face())
    assert (verdict.answer, verdict.reason, verdict.cause) == (Answer.REFUSE, reason, cause)


@pytest.mark.parametrize("broken", ["readable", "child"])
def test_a_filter_that_fails_refuses(judged: Callable[..., Policy], broken: str) -> None:
    with capture_logs() as logs:
        verdict = judged(**{broken: RuntimeError("secret.jpg")}).judge(PIXELS, face(), adult=True, archive=True)
    assert (verdict.answer, verdict.reason) == (Answer.REFUSE, Reason.UNDETERMINED)
    assert [(log["event"], log["filter"]) for log in logs] == [("filter_failed", broken)]
    assert "secret" not in str(logs) + verdict.detail


def test_a_person_s_word_counts_for_an_adult_and_never_for_a_child(judged: Callable[..., Policy]) -> None:
    assert judged(child=YOUNG).judge(PIXELS, face(), adult=True).answer is Answer.ANIMATE
    assert judged(child=YOUNG).judge(PIXELS, face()).appeal
    small = judged(child=SMALL).judge(PIXELS, face(), adult=True)
    assert (small.answer, small.appeal) == (Answer.REFUSE, False)
    figure = judged(child=YOUNG, figure=Reason.PUBLIC_FIGURE).judge(PIXELS, face(), adult=True)
    assert figure.reason is Reason.PUBLIC_FIGURE


def test_a_child_on_an_old_photo_needs_the_operator_and_the_person(judged: Callable[..., Policy]) -> None:
    assert judged(child=OLD_PHOTO).judge(PIXELS, face(), archive=True).answer is Answer.REFUSE
    archive = Rules(archive=True)
    asked = judged(archive, child=OLD_PHOTO).judge(PIXELS, face())
    assert (asked.answer, asked.reason, asked.cause) == (Answer.ASK, Reason.CHILD, "archive")
    assert judged(archive, child=OLD_PHOTO).judge(PIXELS, face(), archive=True).answer is Answer.ANIMATE
    assert judged(archive, child=SMALL).judge(PIXELS, face(), archive=True).answer is Answer.REFUSE


def test_what_the_operator_turns_off_is_not_asked(judged: Callable[..., Policy]) -> None:
    unread = RuntimeError("must not be asked")
    open_door = Rules(readable=False, children="off", drawings=True)
    blurred = read(Reason.LOW_QUALITY, "blur", drawing=True)
    assert judged(open_door, readable=blurred, child=unread).judge(PIXELS, face()).answer is Answer.ANIMATE


def test_of_several_faces_those_that_pass_move(judged: Callable[..., Policy], monkeypatch: pytest.MonkeyPatch) -> None:
    grown, small = face(1.0), face(2.0)
    policy = judged()

    def judge(pixels: Pixels, one: Face) -> ChildReading:
        return ADULT if one is grown else SMALL

    monkeypatch.setattr(policy, "_children", SimpleNamespace(judge=judge))
    (admitted,) = policy.admit(PIXELS, [small, grown], Wish(face="all"))
    assert admitted.face is grown
    with pytest.raises(FaceError) as refused:
        policy.admit(PIXELS, [small], Wish())
    assert (refused.value.reason, refused.value.cause) == (Reason.CHILD, "")


def test_a_refusal_carries_its_cause_and_its_words(judged: Callable[..., Policy]) -> None:
    glasses = read(Reason.FACE_COVERED, "dark_glasses")
    with pytest.raises(FaceError) as refused:
        judged(readable=glasses).admit(PIXELS, [face()], Wish())
    assert (refused.value.reason, refused.value.cause) == (Reason.FACE_COVERED, "dark_glasses")
    assert "очки" in refused.value.advice
    with pytest.raises(FaceError) as child:
        judged(child=YOUNG).admit(PIXELS, [face()], Wish())
    assert (child.value.reason, child.value.cause) == (Reason.CHILD, "appeal")
    assert "взрослый" in child.value.advice
