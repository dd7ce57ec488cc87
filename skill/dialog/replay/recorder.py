"""Live conversations as scenes that can be replayed, for development: who says what, and what it should mean.

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
from skill.dialog.replay.answer import LINK, Heard, certain, of_alice, of_salute, refusal
from skill.dialog.types import Kind, Reply, Turn
from skill.russian import figures

_OPEN: Final = 200  # conversations recorded at a time
_ORDINARY: Final = frozenset({"SimpleUtterance", "ButtonPressed"})
_LONG_IDS: Final = re.compile(r"[A-Za-z0-9_-]{12,}")
_FIGURES: Final = re.compile(r"\d[\d ]{4,}\d")

_WAYS: Final = frozenset({"by_link", "by_code", "by_phone"})
_AGREED: Final = frozenset({"welcome_back", "agreed_already", *_WAYS})  # said to nobody who did not agree
# a phrase → what must have happened for it to be said
_SIGNS: Final[Mapping[str, dict[str, Any]]] = {
    "expired": {"do": "later", "seconds": 200_000},
    "busy": {"do": "busy", "seconds": 120},
    "full": {"do": "full"},
    "gone": {"do": "gone"},
}

log = structlog.get_logger(__name__)


@dataclass
class _Scene:
    """A conversation so far. `agreed`: to the rules, in it or before. `sent`, `ended`: whether a photo has come, and
    its job's end was told. `asked`: for the figures of a code."""

    path: Path
    head: dict[str, Any]
    steps: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    code: str = ""
    asked: bool = False
    agreed: bool = False
    sent: bool = False
    ended: bool = False


class RecordingCodec:
    """An assistant's codec that writes down what goes through it, one file a session, in `folder` (0700)."""

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        self._assistant, self._folder = assistant, folder
        self._scenes: OrderedDict[str, _Scene] = OrderedDict()
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
        answer = self._assistant.encode(incoming, reply)
        try:
            self._note(incoming, answer)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # the answer goes out all the same
            log.warning("not_recorded", reason=type(error).__name__)
        return answer

    def _note(self, incoming: Incoming, answer: bytes) -> None:
        turn, body = incoming.turn, self._bodies.pop(incoming.key, None)
        if turn is None or body is None:
            return
        scene = self._scene(turn, linked=bool(incoming.token))
        if incoming.key in scene.keys:
            return
        scene.keys.add(incoming.key)
        heard = of_salute(answer) if turn.platform == "salute" else of_alice(answer)
        said = _said(turn, parse_object(body), scene, heard)
        happened = _happened(turn, heard, scene)
        scene.steps += [*happened, said | {"expect": expected(heard)}]
        scene.code = heard.code or scene.code
        scene.asked = bool(heard.says & {"ask_digits", "wrong_digits"})
        _save(scene)

    def _scene(self, turn: Turn, *, linked: bool) -> _Scene:
        found = self._scenes.get(turn.session)
        if found is not None:
            return found
        name = hashlib.blake2b(turn.session.encode(), key=os.urandom(16), digest_size=5).hexdigest()
        modes = ["screen" if turn.surface.screen else "speaker", "account" if turn.signed_in else "anonymous"]
        head: dict[str, Any] = {"name": f"Запись {name}", "assistant": turn.platform, "modes": modes}
        if turn.surface.linking:
            head["linking"] = True
        if linked and turn.kind is not Kind.LINKED:
            head["linked"] = True
        made = self._scenes[turn.session] = _Scene(self._folder / f"{turn.platform}-{name}.json", head)
        while len(self._scenes) > _OPEN:
            self._scenes.popitem(last=False)
        return made


def expected(heard: Heard) -> dict[str, Any]:
    """What an answer means, as a scene's expectation; links and codes by their placeholders."""
    found: dict[str, Any] = {"says": list(says)} if (says := certain(heard.says)) else {}
    if heard.code:
        found["heard"] = ["{code}"]
    if heard.buttons:
        found["buttons"] = list(dict.fromkeys(button.meaning for button in heard.buttons))
    if heard.card:
        found["card"] = heard.card
    return found | {name: True for name in ("end", "linking") if getattr(heard, name)}


def _said(turn: Turn, body: Mapping[str, Any], scene: _Scene, heard: Heard) -> dict[str, Any]:
    """What came in, as a scene says it; only of a strange message its own shape."""
    if turn.kind is Kind.LINKED:
        return {"link": True}
    request = object_at(body, "request")
    made: dict[str, Any] = {"say": _words(turn.text, scene, heard)}
    if turn.intents:
        made["intents"] = {name: {"slots": _slots(slots)} for name, slots in turn.intents.items()}
    change: dict[str, Any] = {}
    if turn.platform == "alice" and request.get("type") not in _ORDINARY:
        change = {"request": {"type": str(request.get("type"))[:64], "command": None, "original_utterance": None}}
    if turn.platform == "salute" and turn.kind is Kind.OTHER:
        change = {"messageName": str(body.get("messageName"))[:64], "payload": {"message": None}}
    if turn.dangerous:
        change = {"request": {"markup": {"dangerous_context": True}}}
    return made | ({"body": change} if change else {})


def _slots(slots: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"type": "YANDEX.STRING", "value": redacted(value)} for name, value in slots.items()}


def _words(text: str, scene: _Scene, heard: Heard) -> str:
    """Without a code: its figures, however they are said, become {code}, {digits}, or {wrong} ones."""
    said = figures(text)
    if said and scene.asked:
        return "{wrong}" if "wrong_digits" in heard.says else "{digits}"
    return "{code}" if said and said == scene.code else redacted(text)


def redacted(text: str) -> str:
    """Without anything that could be a link, a token, an id or a code."""
    return _FIGURES.sub("…", _LONG_IDS.sub("…", LINK.sub("…", text)))


def _happened(turn: Turn, heard: Heard, scene: _Scene) -> list[dict[str, Any]]:
    """What must have happened before this answer: the recorder sees no photo come, but it hears of it."""
    says, found = heard.says, [event for phrase, event in _SIGNS.items() if phrase in heard.says]
    if says & _AGREED and not scene.agreed:
        scene.steps.insert(0, {"do": "agreed"})
    scene.agreed = scene.agreed or bool(says & {*_AGREED, "agree"})
    ended = _end(heard)
    if not scene.sent and (ended or says & {"working", "wait_first", "ask_mine", "ask_digits"}):
        found.append(_came(turn, says, scene))
        scene.sent = True
    if ended and not scene.ended:
        found.append(ended)
    scene.ended = scene.ended or ended is not None
    if heard.card and scene.ended:
        found.append({"do": "picture"})
    if says & {*_WAYS, "deleted", "forgotten"}:
        scene.sent = scene.ended = False
    if says & {"new_wish", "new_variant", "chosen", "appealed"}:
        scene.sent, scene.ended = True, False
    return found


def _came(turn: Turn, says: frozenset[str], scene: _Scene) -> dict[str, Any]:
    """A photo: by the way that was told in this scene, else by one before it."""
    if any(_WAYS & set(step.get("expect", {}).get("says", ())) for step in scene.steps):
        return {"do": "photo"}
    pushed = turn.surface.screen and "ask_digits" not in says
    return {"do": "family", "what": "push"} if pushed else {"do": "family"}


def _end(heard: Heard) -> dict[str, Any] | None:
    """The end of a job that an answer tells."""
    says = heard.says
    if says & {"ready_screen", "ready_page", "ready_wish"}:
        return {"do": "done"}
    if "which_face" in says:
        return {"do": "refused", "reason": "several_faces"}
    if "refused" in says:
        return {
            "do": "refused",
            "reason": "child.appeal" if "appeal" in says else refusal(heard.text) or "undetermined",
        }
    return {"do": "failed"} if "broke" in says else None


def _save(scene: _Scene) -> None:
    """Whole or not at all."""
    part_ = scene.path.with_suffix(".part")
    descriptor = os.open(part_, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(scene.head | {"steps": scene.steps}, file, ensure_ascii=False, indent=1)
    part_.replace(scene.path)
