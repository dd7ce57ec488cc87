"""All scenes from life, in the modes in which they differ and some others; no branch of the dialog is without one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Reason
from skill.dialog.nlg.phrase_book import PHRASES
from skill.dialog.nlu.intents import Intent
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.replay.script import EventStep, Script, TurnStep, read_script
from tests.skill.dialog.replay.replay_coverage import modes_to_play
from tests.skill.dialog.replay.script_fixture import SCENES

ROOT = Path(__file__).parents[4]
FILES = sorted(SCENES.glob("*.json"))
LEAST = 0.98


@pytest.fixture(scope="module")
def scripts() -> dict[str, Script]:
    return {path.stem: read_script(path) for path in FILES}


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("replayed") / "found.json"
    code = "import sys; from tests.skill.dialog.replay.replay_coverage import main; main(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", code, str(SCENES), str(out)], cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def test_every_scene_goes_as_it_should(replayed: dict[str, Any], scripts: dict[str, Script]) -> None:
    assert replayed["otherwise"] == ""
    played = [modes_to_play(script, at) for at, script in enumerate(scripts.values())]
    assert replayed["played"] == sum(map(len, played)) and all(played)


def test_the_scenes_cover_the_conversation(replayed: dict[str, Any]) -> None:
    files = replayed["files"]
    assert {name.partition("/")[0] for name in files} == {"policy", "nlg"}
    covered, there = (sum(file[what] for file in files.values()) for what in ("covered", "there"))
    missed = {
        name: (file["lines"], file["branches"]) for name, file in files.items() if file["lines"] + file["branches"]
    }
    assert covered >= LEAST * there, missed


def test_there_are_enough_scenes_with_names_of_their_own(scripts: dict[str, Script]) -> None:
    assert len(scripts) >= 80
    assert [name for name, times in Counter(script.name for script in scripts.values()).items() if times > 1] == []
    assert sum(script.assistant == "salute" for script in scripts.values()) >= 8


def test_every_scene_of_the_conversation_is_expected_somewhere(scripts: dict[str, Script]) -> None:
    assert set(map(str, ResponseKind)) - _expected(scripts, "scene") == set()


def test_every_intent_is_expected_somewhere(scripts: dict[str, Script]) -> None:
    assert set(map(str, Intent)) - _expected(scripts, "intent") == set()


def test_every_reason_is_refused_somewhere(scripts: dict[str, Script]) -> None:
    events = [step for script in scripts.values() for step in script.steps if isinstance(step, EventStep)]
    assert set(map(str, Reason)) <= {event.reason.partition(".")[0] for event in events}


def test_most_modes_are_played(scripts: dict[str, Script]) -> None:
    """Scenes are for all four unless they can't be."""
    assert sum(len(script.played_modes()) == 4 for script in scripts.values()) > len(scripts) / 2
    assert Counter(mode for script in scripts.values() for mode in script.played_modes()).keys() == set(
        next(script for script in scripts.values() if not script.modes).played_modes()
    )


def test_expected_phrases_exist(scripts: dict[str, Script]) -> None:
    assert _expected(scripts, "says") <= {*PHRASES, "ready_made"}


def _expected(scripts: dict[str, Script], what: str) -> set[str]:
    found: set[str] = set()
    for script in scripts.values():
        for step in script.steps:
            for mode in script.played_modes() if isinstance(step, TurnStep) else ():
                value = getattr(step.expected(mode), what)
                found |= set(value) if isinstance(value, tuple) else {value}
    return found
