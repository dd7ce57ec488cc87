"""Answer of the service, whichever assistant it is for, and the phrases of ours that are in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import unescape

from pipeline.errors import Reason
from pipeline.faces.people import cause_beyond, cause_even
from skill.dialog import fallback
from skill.dialog.codec import object_at
from skill.dialog.nlg.phrase_book import PHRASES
from skill.dialog.nlg.results import words
from skill.dialog.nlu.understand import understand
from skill.dialog.types import Surface, Turn
from skill.jobs.model import Refusal

LINK: Final = re.compile(r"/u/([A-Za-z0-9_-]{20,64})")
CODE: Final = re.compile(r"\b(\d{3}) (\d{3})\b")
WAIT: Final = re.compile(r"\b(?:\d+ )?(?:секунд[уы]?|минут[уы]?|час(?:а|ов)?|день|дня|дней|сутки)\b")
_BREAK: Final = re.compile(r'<break time="(\d+)ms"/>')
_STRESSED: Final = re.compile(r"([аеёиоуыэюя])'", re.IGNORECASE)
_SLOT: Final = re.compile(r"\{\w+\}")
_LETTERS: Final = 6  # of a phrase's fixed words, below which it could be anything


@dataclass(frozen=True, slots=True)
class AnswerButton:
    """A button under or in an answer."""

    title: str
    """Words on the button."""
    url: str = ""
    """Page that it opens; empty for a button that says something."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """Object that is sent with a press; empty: the title is said."""

    @property
    def meaning(self) -> str:
        """Meaning of the button: {link} for one of our pages, else the intent of its words."""
        return "{link}" if LINK.search(self.url) else str(understand(self.title).intent)


@dataclass(frozen=True, slots=True)
class Answer:
    """A parsed answer."""

    text: str = ""
    """Words to read."""
    tts: str = ""
    """Words to speak, with Alice's markup, whichever assistant it is; empty where they are those to read."""
    buttons: tuple[AnswerButton, ...] = ()
    """Buttons, in their order."""
    card: str = ""
    """Type of the picture card: ImageGallery, BigImage or ItemsList; empty for none."""
    card_url: str = ""
    """Page that a tap on the card opens."""
    end: bool = False
    """Whether the session ends."""
    linking: bool = False
    """Whether account linking is to start."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """State that the platform sends back with the session's next turn."""

    @property
    def speech(self) -> str:
        """Words that are spoken, with markup."""
        return self.tts or self.text

    @property
    def link(self) -> str:
        """Address of one of our pages that opens from here; empty where there is none."""
        urls = (*(button.url for button in self.buttons), self.card_url)
        return next((url for url in urls if LINK.search(url)), "")

    @property
    def code(self) -> str:
        """The six digits in the text; empty where there are none."""
        found = CODE.search(self.text)
        return "".join(found.groups()) if found else ""

    @property
    def phrases(self) -> frozenset[str]:
        """Names of our phrases in the text, as `phrases_in` finds them."""
        return phrases_in(self.text)


def parse_alice_answer(body: bytes) -> Answer:
    """The answer in a body that Alice is sent. Raises ValueError where it is no JSON."""
    message: dict[str, Any] = json.loads(body)
    response = object_at(message, "response")
    card = object_at(response, "card")
    first = (card.get("items") or [card])[0]
    buttons = [
        AnswerButton(one["title"], one.get("url", ""), one.get("payload", {})) for one in response.get("buttons", [])
    ]
    linking = "start_account_linking" in message or "start_account_linking" in object_at(response, "directives")
    return Answer(
        response.get("text", ""), response.get("tts", ""), tuple(buttons), card.get("type", ""),
        object_at(first, "button").get("url", ""), response.get("end_session", False), linking,
        object_at(message, "session_state"),
    )  # fmt: skip


def parse_salute_answer(body: bytes) -> Answer:
    """The answer in a body that Sber's assistants are sent. Raises ValueError where it is no JSON."""
    payload = object_at(json.loads(body), "payload")
    items = payload.get("items", [])
    text = " ".join(one["bubble"]["text"] for one in items if "bubble" in one)
    cards = [one["card"] for one in items if "card" in one]
    urls = [act["deep_link"] for card in cards for cell in card["items"] for act in cell["image"].get("actions", [])]
    buttons = [_pressable(one) for one in object_at(payload, "suggestions").get("buttons", [])]
    return Answer(
        text, _alice_markup(payload), tuple(buttons), "ImageGallery" if cards else "",
        urls[0] if urls else "", payload.get("finished", False),
    )  # fmt: skip


def _alice_markup(payload: Mapping[str, Any]) -> str:
    """Salute's speech with Alice's marks: a break as `sil <[…]>`, an apostrophe after a vowel as «+» before it."""
    speech = str(payload.get("pronounceText", ""))
    if payload.get("pronounceTextType") != "application/ssml":
        return speech
    inner = speech.removeprefix("<speak>").removesuffix("</speak>")
    return unescape(_STRESSED.sub(r"+\1", _BREAK.sub(r"sil <[\1]>", inner)))


def _pressable(button: Mapping[str, Any]) -> AnswerButton:
    action = button["actions"][0]
    carried = object_at(action, "server_action")
    return AnswerButton(button["title"], action.get("deep_link", ""), object_at(carried, "parameters"))


def phrases_in(text: str) -> frozenset[str]:
    """Names of the phrases of which a variant is in `text`; «refused» by a reason's sentence, «ready_made» is any of
    the answers that need no conversation."""
    letters = "".join(text.split())
    found = (one for one in _variants() if one.longest in letters)
    names = {one.name for one in found if one.pattern.search(text)}
    if refusal_code(text) is not None:
        names.add("refused")
    if any(reply in text for reply in _fallback_texts()):
        names.add("ready_made")
    return frozenset(names)


def most_specific(names: Iterable[str]) -> tuple[str, ...]:
    """Those of phrases found together that were certainly meant: none that stands in another one, and neither of two
    that share a variant."""
    ordered = sorted(names)
    return tuple(name for name in ordered if not any(_inside(name, other) for other in ordered if other != name))


def _inside(name: str, other: str) -> bool:
    """Whether a variant of `name` is part of one of `other`."""
    texts = [variant.replace("{pause} ", "") for variant in PHRASES.get(other, ())]
    patterns = [variant.pattern for variant in _variants() if variant.name == name]
    return any(pattern.search(text) for pattern in patterns for text in texts)


def refusal_code(text: str) -> str | None:
    """The code of the refusal in `text`, "" for one that has no words of its own; None where there is none."""
    return next((code for code, sentence in _refusal_sentences().items() if sentence in text), None)


def people_code(text: str) -> str | None:
    """The code of `several_faces` whose number of people `text` says; None where it says none."""
    counts = range(1, 100)
    codes = (Refusal(Reason.SEVERAL_FACES, cause(count)) for cause in (cause_beyond, cause_even) for count in counts)
    return next((str(refusal) for refusal in codes if words(refusal)[0].text in text), None)


class _Variant(NamedTuple):
    """A variant of a phrase, to be found in answers."""

    name: str
    """Name of the phrase."""
    longest: str
    """The longest of its fixed parts, without spaces: where that is missing, nothing else is looked for."""
    pattern: re.Pattern[str]
    """The whole of it."""


@lru_cache(maxsize=1)
def _variants() -> tuple[_Variant, ...]:
    return tuple(_variant(name, one) for name, variants in PHRASES.items() for one in variants if _fixed(one))


@lru_cache(maxsize=1)
def _refusal_sentences() -> dict[str, str]:
    """The first sentence of each refusal by its code; "" for one that has no words of its own."""
    return {"": words(None)[0].text} | {str(one): words(Refusal(one))[0].text for one in Reason}


def _fixed(phrase: str) -> bool:
    return len(_SLOT.sub("", phrase).strip()) >= _LETTERS


def _variant(name: str, phrase: str) -> _Variant:
    parts = [text.split() for text in _SLOT.split(phrase)]
    pattern = r"\s*.*?\s*".join(re.escape(" ".join(part)).replace(r"\ ", r"\s*") for part in parts)
    return _Variant(name, max(("".join(part) for part in parts), key=len), re.compile(pattern, re.DOTALL))


@lru_cache(maxsize=1)
def _fallback_texts() -> tuple[str, ...]:
    turn = Turn("alice", "", "", "", 0, new=False, surface=Surface())
    return (fallback.PONG.text, fallback.UNCLEAR.text, fallback.broken(turn).text, *sorted(fallback.late_texts()))
