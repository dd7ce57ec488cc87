"""One decision for each turn."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from skill.dialog.state import Question
from tests.skill.dialog.policy.policy_fixture import (
    asked,
    facts_with,
    job,
    say,
    state_after,
    turn,
)


def test_a_dangerous_phrase_changes_nothing() -> None:
    state = asked(Question.DELETE)
    heard = say(turn("да", dangerous=True), facts_with(job(), state=state))
    assert heard.decision.actions == ()
    assert state_after(heard) == replace(state, number=3)


def test_the_conversation_brings_no_web_and_no_dictionary() -> None:
    code = (
        "import sys, skill.dialog.policy.decide; print({'aiohttp', 'numpy', 'pymorphy3', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
