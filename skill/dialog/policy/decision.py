"""What a turn comes to: a scene, what is to be done for it, and where the conversation stands afterwards."""

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
    """Everything that we say belongs to one of these."""

    WELCOME = "welcome"  # the first time
    WELCOME_BACK = "welcome_back"
    HELP = "help"
    ABILITIES = "abilities"
    RULES = "rules"  # the consent's text, to somebody who agreed
    THANKS = "thanks"
    BYE = "bye"
    NEVER_MIND = "never_mind"  # «отмена», or «нет» to an offer
    UNCLEAR = "unclear"
    DANGEROUS = "dangerous"
    DOWN = "down"

    CONSENT = "consent"
    CONSENT_NO = "consent_no"
    BY_LINK = "by_link"
    BY_CODE = "by_code"
    BY_PHONE = "by_phone"
    LINKED = "linked"
    NO_PHOTO_YET = "no_photo_yet"  # asked for, not come
    NOTHING_SENT = "nothing_sent"
    EXPIRED = "expired"
    GESTURES_KEPT = "gestures_kept"  # for the photo that is on its way

    WORKING = "working"
    READY = "ready"  # told for the first time
    READY_AGAIN = "ready_again"
    REFUSED = "refused"
    WHICH_FACE = "which_face"
    BROKE = "broke"  # ours, not the photo's fault
    SEVERAL = "several"  # videos at a time
    NEW_WISH = "new_wish"
    CHOSEN = "chosen"  # the face
    WAIT_FIRST = "wait_first"  # a new wish while the photo is still worked on
    ALL_WELL = "all_well"  # «почему?» where nothing was refused

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
    APPEAL_CHILD = "appeal_child"  # «ей десять»
    APPEAL_NO = "appeal_no"


@dataclass(frozen=True, slots=True)
class Decision:
    """`job`: which one is spoken of. `talk`: where the conversation stands after the reply, if the moves succeed."""

    scene: ResponseKind
    moves: tuple[Action, ...] = ()
    job: KnownJob | None = None
    gestures: tuple[str, ...] = ()
    talk: DialogState = field(default_factory=DialogState)


@dataclass(frozen=True, slots=True)
class TurnContext:
    """A turn, how it was understood and what is known: all that a decision depends on."""

    turn: Turn
    understood: Understood
    known: DialogContext

    @property
    def intent(self) -> Intent:
        return self.understood.intent

    @property
    def talk(self) -> DialogState:
        return self.known.state

    def to(
        self,
        scene: ResponseKind,
        *moves: Action,
        job: KnownJob | None = None,
        question: Question = Question.NONE,
        gestures: tuple[str, ...] = (),
        **changed: Any,
    ) -> Decision:
        """A decision; what is not given of the talk is as after an understood turn."""
        after = replace(
            self.talk,
            number=self.turn.number,
            question=question,
            job=job.id if job else "",
            misses=0,
            gestures=gestures,
        )
        if job and job.unannounced and scene in _TELLS:
            moves = (*moves, MarkAnnounced((job.id,)))
        return Decision(scene, moves, job, gestures, replace(after, **changed))


_TELLS = {ResponseKind.READY, ResponseKind.REFUSED, ResponseKind.WHICH_FACE, ResponseKind.BROKE}
