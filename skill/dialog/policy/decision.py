"""Decisions: the kind of a response, the actions that it needs, and where the conversation stands afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from skill.dialog.actions import Action, MarkAnnounced
from skill.dialog.context import DialogContext, KnownJob
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.state import DialogState, Question
from skill.dialog.types import Turn


class ResponseKind(StrEnum):
    """Kinds of responses; everything that the skill says belongs to one of them."""

    WELCOME = "welcome"
    """The first time."""

    WELCOME_BACK = "welcome_back"
    """To somebody who agreed to the rules."""

    HELP = "help"
    ABILITIES = "abilities"
    RULES = "rules"
    """The consent's text, to somebody who agreed."""

    THANKS = "thanks"
    BYE = "bye"
    NEVER_MIND = "never_mind"
    """«Отмена» where nothing is under way, or «нет» to an offer."""

    UNCLEAR = "unclear"
    """Not understood; an open question is asked again."""

    DANGEROUS = "dangerous"
    DOWN = "down"
    GRIEF = "grief"
    """A warm word, and the offer of a smile."""

    CONSENT = "consent"
    CONSENT_NO = "consent_no"
    BY_LINK = "by_link"
    BY_CODE = "by_code"
    BY_PHONE = "by_phone"
    NEW_CODE = "new_code"
    """Another code, where the first way did not work."""

    PAGE_TROUBLE = "page_trouble"
    """The page does not open."""

    CHOOSE_PHOTO = "choose_photo"
    """The page is open: choose a photo there."""

    TAKE_TIME = "take_time"
    """«Подожди»: there is no hurry."""

    LINKED = "linked"
    NO_PHOTO_YET = "no_photo_yet"
    """A photo was asked for and has not come."""

    NO_NEW_PHOTO = "no_new_photo"
    """The same, and an earlier video is there."""

    NOTHING_SENT = "nothing_sent"
    EXPIRED = "expired"
    GESTURES_KEPT = "gestures_kept"
    """Remembered for the photo that is on its way."""

    WITHDRAWN = "withdrawn"
    """«Отмена»: the photo is awaited no longer."""

    WORKING = "working"
    STOPPED = "stopped"
    """«Отмени»: the job is stopped."""

    READY = "ready"
    """Told for the first time."""

    READY_AGAIN = "ready_again"
    REFUSED = "refused"
    WHICH_FACE = "which_face"
    FACE_HELP = "face_help"
    """The words name no place from the left."""

    BROKE = "broke"
    """Our fault, not the photo's."""

    SEVERAL = "several"
    """Videos at a time."""

    SAVE = "save"
    SHARE = "share"
    NEW_WISH = "new_wish"
    CANNOT = "cannot"
    """A movement that can't be made, and one that can."""

    CHOSEN = "chosen"
    """The face is chosen."""

    WAIT_FIRST = "wait_first"
    """A new wish while the photo is still worked on."""

    ALL_WELL = "all_well"
    """«Почему?» where nothing was refused."""

    UNDONE = "undone"
    """An earlier video of the same photo is shown again."""

    ANSWER = "answer"
    """To a question about the skill."""

    ASK_DELETE = "ask_delete"
    ASK_DELETE_ALL = "ask_delete_all"
    DELETED = "deleted"
    FORGOTTEN = "forgotten"
    KEPT = "kept"
    NOTHING_TO_DELETE = "nothing_to_delete"

    ASK_MINE = "ask_mine"
    ASK_DIGITS = "ask_digits"
    WRONG_DIGITS = "wrong_digits"
    LOCKED = "locked"
    NOT_YOURS = "not_yours"

    ASK_AGE = "ask_age"
    APPEALED = "appealed"
    APPEAL_CHILD = "appeal_child"
    """«Ей десять»."""

    APPEAL_NO = "appeal_no"


_ANNOUNCING = {ResponseKind.READY, ResponseKind.REFUSED, ResponseKind.WHICH_FACE, ResponseKind.BROKE}


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a turn: the kind of response, the actions, and the state that follows."""

    kind: ResponseKind
    """What is said."""

    actions: tuple[Action, ...] = ()
    """What is done for it, in this order."""

    job: KnownJob | None = None
    """The job that is spoken of."""

    gestures: tuple[str, ...] = ()
    """Gestures that are spoken of, in the order said."""

    topic: str = ""
    """What exactly is said; see `Understood.topic`."""

    state: DialogState = field(default_factory=DialogState)
    """Where the conversation stands after the reply, if the actions succeed."""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Everything that a decision depends on."""

    turn: Turn
    """The turn that came in."""

    understood: Understood
    """Its meaning."""

    facts: DialogContext
    """What the service knows of the person."""

    @property
    def intent(self) -> Intent:
        """The intent of the turn's words."""
        return self.understood.intent

    @property
    def state(self) -> DialogState:
        """The conversation's state before this turn."""
        return self.facts.state

    def respond(
        self,
        kind: ResponseKind,
        *actions: Action,
        job: KnownJob | None = None,
        question: Question = Question.NONE,
        gestures: tuple[str, ...] = (),
        topic: str = "",
        **changed: Any,
    ) -> Decision:
        """A decision after a turn that was understood.

        Args:
            kind: what is said.
            actions: what is done; that the end of `job` was told is noted besides.
            job: the job that is spoken of.
            question: what the reply asks.
            gestures: gestures that are spoken of.
            topic: what exactly is said.
            changed: further fields of the conversation's state.
        """
        after = replace(
            self.state,
            number=self.turn.number,
            question=question,
            job=job.id if job else "",
            misses=0,
            gestures=gestures,
        )
        if job and job.unannounced and kind in _ANNOUNCING:
            actions = (*actions, MarkAnnounced((job.id,)))
        return Decision(kind, actions, job, gestures, topic, replace(after, **changed))
