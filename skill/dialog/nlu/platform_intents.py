"""The intents that the platform recognises by itself (deploy/intents), as ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.limits import FROM_RIGHT
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.questions import TOPICS
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.yes_no import denies
from skill.gesture_words import read_gesture
from skill.story_words import MOVEMENT_WORDS, WHOLE_WORDS

# in the order of their weight, where the platform sends several
INTENTS: Mapping[str, Intent] = {
    "photo.delete": Intent.DELETE,
    "photo.consent": Intent.CONSENT_TEXT,
    "photo.appeal": Intent.APPEAL,
    "photo.why": Intent.WHY,
    "photo.send": Intent.SEND,
    "photo.new": Intent.NEW,
    "photo.again": Intent.AGAIN,
    "photo.animate": Intent.ANIMATE,
    "photo.status": Intent.STATUS,
    "photo.choose": Intent.CHOOSE,
}
GESTURES: Mapping[str, str] = {f"photo.{name.replace('-', '_')}": name for name in MOVEMENT_WORDS}
# a name → the intent with its topic
TOPICAL: Mapping[str, tuple[Intent, str]] = {
    **{f"question.{topic}": (Intent.QUESTION, topic) for topic in sorted(TOPICS)},
    **{f"photo.{change}": (Intent.AGAIN, change) for change in ("longer", "shorter", "calmer", "livelier", "undo")},
}
_GENERAL: Mapping[str, Intent] = {
    "YANDEX.HELP": Intent.HELP,
    "YANDEX.WHAT_CAN_YOU_DO": Intent.ABILITIES,
    "YANDEX.REPEAT": Intent.REPEAT,
    "YANDEX.REJECT": Intent.NO,
    "YANDEX.CONFIRM": Intent.YES,
}
_MOVING = frozenset({Intent.ANIMATE, Intent.AGAIN, Intent.NEW})
_CHOOSING = frozenset({Intent.ANIMATE, Intent.AGAIN, Intent.CHOOSE})
_DENIED = frozenset({Intent.CANCEL, Intent.NO, Intent.MINOR})


def prefer_platform(
    own: Understood, platform: Mapping[str, Mapping[str, str]], said: Sequence[str] = (), expecting: str = ""
) -> Understood:
    """The platform's intent with its slots, the rest of the slots from our own reading; `own` where the platform has
    none, and where it would be taken against a denial that we heard: «не удаляй» stays what it is.

    Args:
        own: our own reading of `said`.
        platform: the intents that the platform recognised, name → slots.
        said: words in lower case, ё as е.
        expecting: the `Stake` of the open question, empty for none.
    """
    if expecting and own.intent is Intent.YES:
        return Understood(Intent.NO) if "YANDEX.REJECT" in platform else own
    if own.intent in _DENIED:
        return _prefer_general(own, said, platform, expecting)
    name = next((name for name in INTENTS if name in platform), "")
    gestures = _gestures(platform)
    if name == "photo.delete" and own.intent is Intent.CONSENT_TEXT:
        return own
    if name:
        return _slotted(own, INTENTS[name], platform[name], gestures, doubtful=denies(said))
    if gestures:
        wished = own.gestures if _names(gestures) <= _names(own.gestures) else gestures
        intent = Intent.ANIMATE if own.intent is Intent.ANIMATE else Intent.GESTURE
        return Understood(intent, gestures=wished, face=own.face)
    return _topical(own, platform) or _prefer_general(own, said, platform, expecting)


def _gestures(platform: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """The gestures of the platform's intents: `photo.turn` with a slot `side`, or `photo.turn_left`."""
    found = (_gesture(intent.removeprefix("photo."), slots.get("side", "")) for intent, slots in platform.items())
    return tuple(filter(None, found))


def _gesture(name: str, side: str = "") -> str:
    """A movement by its name in the console; empty where there is none."""
    name = name.replace("_", "-")
    if name in WHOLE_WORDS:
        return name
    wish = read_gesture(f"{name}:{side}" if side else name) or read_gesture(name)
    return str(wish) if wish else ""


def _names(gestures: Sequence[str]) -> set[str]:
    return {gesture.partition(":")[0] for gesture in gestures}


def _topical(own: Understood, platform: Mapping[str, object]) -> Understood | None:
    """A question or a change that the platform recognised; our own reading of it knows more."""
    intent, topic = next((TOPICAL[name] for name in TOPICAL if name in platform), (None, ""))
    if intent is None:
        return None
    return own if own.intent is intent else Understood(intent, topic=topic)


def _prefer_general(own: Understood, said: Sequence[str], platform: Mapping[str, object], expecting: str) -> Understood:
    """The platform's intents of any conversation. Its «да» counts for a single word that we don't know, where nothing
    is at stake."""
    if own.intent is Intent.QUESTION:
        return own
    general = next((intent for name, intent in _GENERAL.items() if name in platform), own.intent)
    if general is Intent.YES and (expecting not in {"", Stake.OFFER} or len(said) > 1 or denies(said)):
        return own
    return own if general is own.intent else Understood(general)


def _slotted(
    own: Understood, intent: Intent, slots: Mapping[str, str], gestures: tuple[str, ...], *, doubtful: bool
) -> Understood:
    """The intent with the slots that belong to it; a strange value is passed over, and an age that something in the
    phrase speaks against."""
    styled = _gesture(str(slots.get("style", "")))
    wished = tuple(dict.fromkeys(filter(None, (*(own.gestures or gestures), styled))))
    face = _one_of(slots.get("face"), ("left", "right", "largest", "all")) or own.face
    if own.face and own.face.startswith((FROM_RIGHT, "middle")):
        face = own.face  # no slot of the platform can say it
    how = _one_of(slots.get("how"), ("link", "code", "phone", "repeat")) or own.how
    what = _one_of(slots.get("what"), ("photo", "all")) or own.what or "photo"
    return Understood(
        intent,
        gestures=wished if intent in _MOVING else (),
        face=face if intent in _CHOOSING else None,
        how=how if intent is Intent.SEND else "",
        what=what if intent is Intent.DELETE else "",
        topic=own.topic if own.intent is intent else "",
        age=_youngest(own.age, None if doubtful else _age(slots.get("age"))) if intent is Intent.APPEAL else None,
    )


def _youngest(*ages: int | None) -> int | None:
    return min((age for age in ages if age is not None), default=None)


def _age(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) <= 3 and 0 < int(value) <= 120 else None


def _one_of(value: str | None, allowed: tuple[str, ...]) -> str | None:
    return value if value in allowed else None
