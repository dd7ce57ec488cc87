"""Commands of the terminal: events, or a line in Russian about what to type."""

from __future__ import annotations

import pytest

from skill.dialog.replay.events import EVENTS
from skill.dialog.replay.script import EventStep
from skill.dialog.replay.terminal_commands import COMMANDS, CommandError, parse_command


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("/фото", EventStep(do="photo")),
        ("/фото smile, wink", EventStep(do="photo", gestures=("smile", "wink"))),
        ("/отказ child.appeal", EventStep(do="refused", reason="child.appeal")),
        ("/позже 90", EventStep(do="later", seconds=90.0)),
        ("/позже 0,5", EventStep(do="later", seconds=0.5)),
        ("/семья push", EventStep(do="family", what="push")),
        ("/готово сейчас", EventStep(do="done")),
    ],
)
def test_a_command_is_an_event(line: str, event: EventStep) -> None:
    assert parse_command(line) == event


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("/фото танец", "/фото smile"),
        ("/отказ", "/отказ no_face"),
        ("/отказ устал", "/отказ no_face"),
        ("/позже", "/позже 3600"),
        ("/позже abc", "/позже 3600"),
        ("/позже -5", "/позже 3600"),
        ("/позже nan", "/позже 3600"),
        ("/позже 1e300", "/позже 3600"),
        ("/семья дома", "/семья push"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_to_type(line: str, advice: str) -> None:
    with pytest.raises(CommandError, match=advice):
        parse_command(line)


def test_every_command_has_its_event() -> None:
    assert {command.event for command in COMMANDS.values()} <= set(EVENTS)
