"""What the filters say of one face: animate, ask, or refuse, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import Reason


class Answer(StrEnum):
    """What is to be done with a face."""

    ANIMATE = "animate"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the filters decided on one face.

    `reason`: None when the answer is ANIMATE, given otherwise. `cause`: narrows it down, see filters.messages.
    `appeal`: the person may say that a refused adult is an adult. `no_blink`: the eyes are shut, the face is animated
    without a blink. `detail`: English, for developers, numbers only, nothing personal. ValueError: an answer
    without its reason, or the other way round.
    """

    answer: Answer
    reason: Reason | None = None
    cause: str = ""
    appeal: bool = False
    no_blink: bool = False
    detail: str = ""

    def __post_init__(self) -> None:
        if (self.answer is Answer.ANIMATE) != (self.reason is None):
            raise ValueError(f"{self.answer} with the reason {self.reason}")
