"""The verdict on one face: animate, ask, or refuse, and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import Reason


class Answer(StrEnum):
    """The three answers of the filters."""

    ANIMATE = "animate"
    """The face may be animated."""
    ASK = "ask"
    """The face may be animated once the person has consented."""
    REFUSE = "refuse"
    """The face is not animated."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision of the filters on one face. ValueError: a reason is missing, or given with ANIMATE."""

    answer: Answer
    """Animate, ask, or refuse."""
    reason: Reason | None = None
    """The reason of the refusal or the question; None exactly when the answer is ANIMATE."""
    cause: str = ""
    """The reason narrowed down, a key of `filters.messages`; "" where the reason says it all."""
    appeal: bool = False
    """Whether the person may object to the refusal: this is an adult."""
    no_blink: bool = False
    """Whether the face is animated without a blink, because its eyes are shut."""
    detail: str = ""
    """A note for developers: English, numbers only, nothing personal."""

    def __post_init__(self) -> None:
        if (self.answer is Answer.ANIMATE) != (self.reason is None):
            raise ValueError(f"{self.answer} with the reason {self.reason}")
