"""Recorder of live conversations as scripts that can be replayed, for development: what is said and what it should
mean.

Nothing of a person's ids, tokens, links or codes is written, and no answer word for word. What was said is: that is why
it is off unless `OZHIVI_RECORD` names a folder, and never meant for a service that strangers talk to.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from skill.dialog.codec import Assistant, Incoming, object_at, parse_object
from skill.dialog.nlu.numerals import read_figures
from skill.dialog.replay.answer import (
    LINK,
    Answer,
    most_specific,
    parse_alice_answer,
    parse_salute_answer,
    people_code,
    refusal_code,
)
from skill.dialog.types import Kind, Reply, Turn

_OPEN: Final = 200  # conversations recorded at a time
_ORDINARY: Final = frozenset({"SimpleUtterance", "ButtonPressed"})
_LONG_IDS: Final = re.compile(r"[A-Za-z0-9_-]{12,}")
_FIGURES: Final = re.compile(r"\d[\d ]{4,}\d")

_INVITING: Final = frozenset({"by_link", "by_code", "by_phone"})
_AFTER_CONSENT: Final = frozenset({"welcome_back", "agreed_already", *_INVITING})  # said to nobody who did not agree
_AFTER_PHOTO: Final = frozenset({"just_begun", "working", "wait_first", "ask_mine", "ask_digits"})
_NOT_JUST_BEGUN: Final = {"do": "later", "seconds": 6.0}
# a phrase → the event that must have happened for it to be said
_SIGNS: Final[Mapping[str, dict[str, Any]]] = {
    "expired": {"do": "later", "seconds": 200_000},
    "busy": {"do": "busy", "seconds": 120},
    "full": {"do": "full"},
    "gone": {"do": "gone"},
}

log = structlog.get_logger(__name__)


@dataclass
class _Recording:
    """A conversation so far."""

    path: Path
    """File that it is written to."""
    head: dict[str, Any]
    """Fields of the script before its steps."""
    steps: list[dict[str, Any]] = field(default_factory=list)
    """Turns and events, in their order."""
    keys: set[str] = field(default_factory=set)
    """Keys of the messages that were recorded."""
    code: str = ""
    """The last code that was told."""
    asked_for_digits: bool = False
    """Whether the last answer asked for the figures of a code."""
    agreed: bool = False
    """Whether the rules were agreed to, in the conversation or before it."""
    photo_came: bool = False
    """Whether a photo has come since the last invitation."""
    end_told: bool = False
    """Whether the end of the photo's job was told."""


class RecordingCodec:
    """An assistant's codec that writes down what goes through it, one file a session.

    Args:
        assistant: the codec that does the work.
        folder: for the files, made (0700) where there is none.
    """

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        self._assistant, self._folder = assistant, folder
        self._recordings: OrderedDict[str, _Recording] = OrderedDict()
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.warning("recording", what="everything that is said is written to OZHIVI_RECORD")

    @property
    def name(self) -> str:
        return self._assistant.name

    def decode(self, body: bytes, bearer: str = "") -> Incoming:
        incoming = self._assistant.decode(body, bearer)
        if incoming.turn is not None and incoming.key:
            self._bodies[incoming.key] = body
            while len(self._bodies) > _OPEN:
                self._bodies.popitem(last=False)
        return incoming

    def encode(self, incoming: Incoming, reply: Reply) -> bytes:
        body = self._assistant.encode(incoming, reply)
        try:
            self._record(incoming, body)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # the answer goes out all the same
            log.warning("not_recorded", reason=type(error).__name__)
        return body

    def _record(self, incoming: Incoming, answer_body: bytes) -> None:
        turn, body = incoming.turn, self._bodies.pop(incoming.key, None)
        if turn is None or body is None:
            return
        recording = self._recording(turn, linked=bool(incoming.token))
        if incoming.key in recording.keys:
            return
        recording.keys.add(incoming.key)
        parse = parse_salute_answer if turn.platform == "salute" else parse_alice_answer
        answer = parse(answer_body)
        step = _turn_step(turn, parse_object(body), recording, answer)
        events = _events_before(turn, answer, recording)
        recording.steps += [*events, step | {"expect": expectation_of(answer)}]
        recording.code = answer.code or recording.code
        recording.asked_for_digits = bool(answer.phrases & {"ask_digits", "wrong_digits"})
        _save(recording)

    def _recording(self, turn: Turn, *, linked: bool) -> _Recording:
        if (known := self._recordings.get(turn.session)) is not None:
            return known
        name = hashlib.blake2b(turn.session.encode(), key=os.urandom(16), digest_size=5).hexdigest()
        modes = ["screen" if turn.surface.screen else "speaker", "account" if turn.signed_in else "anonymous"]
        head: dict[str, Any] = {"name": f"Запись {name}", "assistant": turn.platform, "modes": modes}
        if turn.surface.linking:
            head["linking"] = True
        if linked and turn.kind is not Kind.LINKED:
            head["linked"] = True
        new = self._recordings[turn.session] = _Recording(self._folder / f"{turn.platform}-{name}.json", head)
        while len(self._recordings) > _OPEN:
            self._recordings.popitem(last=False)
        return new


def expectation_of(answer: Answer) -> dict[str, Any]:
    """The meaning of an answer as a script's expectation; links and codes by their placeholders."""
    expect: dict[str, Any] = {"says": list(says)} if (says := most_specific(answer.phrases)) else {}
    if answer.code:
        expect["heard"] = ["{code}"]
    if answer.buttons:
        expect["buttons"] = list(dict.fromkeys(button.meaning for button in answer.buttons))
    if answer.card:
        expect["card"] = answer.card
    return expect | {name: True for name in ("end", "linking") if getattr(answer, name)}


def _turn_step(turn: Turn, body: Mapping[str, Any], recording: _Recording, answer: Answer) -> dict[str, Any]:
    """The turn as a script says it; only a strange message keeps its own shape."""
    if turn.kind is Kind.LINKED:
        return {"link": True}
    request = object_at(body, "request")
    step: dict[str, Any] = {"say": _mask_digits(turn.text, recording, answer)}
    if turn.intents:
        step["intents"] = {name: {"slots": _slots(slots)} for name, slots in turn.intents.items()}
    change: dict[str, Any] = {}
    if turn.platform == "alice" and request.get("type") not in _ORDINARY:
        change = {"request": {"type": str(request.get("type"))[:64], "command": None, "original_utterance": None}}
    if turn.platform == "salute" and turn.kind is Kind.OTHER:
        change = {"messageName": str(body.get("messageName"))[:64], "payload": {"message": None}}
    if turn.dangerous:
        change = {"request": {"markup": {"dangerous_context": True}}}
    return step | ({"body": change} if change else {})


def _slots(slots: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"type": "YANDEX.STRING", "value": redact(value)} for name, value in slots.items()}


def _mask_digits(text: str, recording: _Recording, answer: Answer) -> str:
    """The words without a code: its figures, however they are said, become {code}, {digits}, or {wrong} ones."""
    digits = read_figures(text)
    if digits and recording.asked_for_digits:
        return "{wrong}" if "wrong_digits" in answer.phrases else "{digits}"
    return "{code}" if digits and digits == recording.code else redact(text)


def redact(text: str) -> str:
    """The text without anything that could be a link, a token, an id or a code."""
    return _FIGURES.sub("…", _LONG_IDS.sub("…", LINK.sub("…", text)))


def _events_before(turn: Turn, answer: Answer, recording: _Recording) -> list[dict[str, Any]]:
    """Events that must have happened before this answer: the recorder sees no photo come, but its job is told of."""
    phrases, events = answer.phrases, [event for phrase, event in _SIGNS.items() if phrase in answer.phrases]
    _note_consent(phrases, recording)
    ended = _end_event(answer)
    if not recording.photo_came and (ended or phrases & _AFTER_PHOTO):
        events.append(_photo_event(turn, phrases, recording))
        recording.photo_came = True
    events += [_NOT_JUST_BEGUN] * ("working" in phrases)
    if ended and not recording.end_told:
        events.append(ended)
    recording.end_told = recording.end_told or ended is not None
    if answer.card and recording.end_told:
        events.append({"do": "picture"})
    _begin_anew(phrases, recording)
    return events


def _note_consent(phrases: frozenset[str], recording: _Recording) -> None:
    """Note that the rules were agreed to; before the recording, where it has not seen it."""
    if phrases & _AFTER_CONSENT and not recording.agreed:
        recording.steps.insert(0, {"do": "agreed"})
    recording.agreed = recording.agreed or bool(phrases & {*_AFTER_CONSENT, "agree"})


def _begin_anew(phrases: frozenset[str], recording: _Recording) -> None:
    """Note that an answer opens the way for another photo, or begins another job on the same one."""
    if phrases & {*_INVITING, "deleted", "forgotten"}:
        recording.photo_came = recording.end_told = False
    if phrases & {"new_wish", "new_variant", "chosen", "appealed"}:
        recording.photo_came, recording.end_told = True, False


def _photo_event(turn: Turn, phrases: frozenset[str], recording: _Recording) -> dict[str, Any]:
    """A photo that came by the way that was told in this conversation, else by one before it."""
    if any(_INVITING & set(step.get("expect", {}).get("says", ())) for step in recording.steps):
        return {"do": "photo"}
    pushed = turn.surface.screen and "ask_digits" not in phrases
    return {"do": "family", "what": "push"} if pushed else {"do": "family"}


def _end_event(answer: Answer) -> dict[str, Any] | None:
    """The end of a job that an answer tells; None where it tells none."""
    phrases = answer.phrases
    if phrases & {"ready_screen", "ready_page", "ready_wish", "ready_pushed"}:
        return {"do": "done"}
    if phrases & {"which_of_them", "only_one_face"}:
        return {"do": "refused", "reason": people_code(answer.text) or "several_faces"}
    if "which_face" in phrases:
        return {"do": "refused", "reason": "several_faces"}
    if "refused" in phrases:
        reason = "child.appeal" if "appeal" in phrases else refusal_code(answer.text) or "undetermined"
        return {"do": "refused", "reason": reason}
    return {"do": "failed"} if "broke" in phrases else None


def _save(recording: _Recording) -> None:
    """Write the file, whole or not at all."""
    draft = recording.path.with_suffix(".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(recording.head | {"steps": recording.steps}, file, ensure_ascii=False, indent=1)
    draft.replace(recording.path)
