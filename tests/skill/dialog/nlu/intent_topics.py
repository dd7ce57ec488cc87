"""Topics that each intent may have."""

from __future__ import annotations

from collections.abc import Mapping

from skill.dialog.nlu.classifier import example_topics
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import MOVEMENTS
from skill.dialog.nlu.questions import CHANGES, HOW_LONG, LENGTHS, SIMPLY, SLOWLY, TOPICS, TRUST, UNTAUGHT
from skill.dialog.nlu.second_answers import GROWN_UP
from skill.dialog.nlu.topics import KEPT, LINK

INTENT_TOPICS: Mapping[Intent, frozenset[str]] = {
    **dict.fromkeys(Intent, frozenset({""})),
    Intent.UNSUPPORTED: frozenset({*MOVEMENTS, "other"}),
    Intent.TROUBLE: frozenset({"page", "code", "button", "push"}),
    Intent.CANCEL: frozenset({"", "drop", KEPT}),
    Intent.CHOOSE: frozenset({"", "place", "person"}),
    Intent.GRIEF: frozenset({"", "he", "she"}),
    Intent.QUESTION: TOPICS | UNTAUGHT | example_topics() | {GROWN_UP},
    Intent.CONSENT_TEXT: TRUST | {""},
    Intent.AGAIN: CHANGES | {"", SLOWLY},
    Intent.GESTURE: LENGTHS | {""},
    Intent.REPEAT: frozenset({"", SIMPLY, SLOWLY}),
    Intent.HELP: frozenset({"", SIMPLY}),
    Intent.SEND: frozenset({"", SLOWLY, LINK}),
    Intent.NO: frozenset({"", KEPT}),
    Intent.STATUS: frozenset({"", HOW_LONG}),
}
