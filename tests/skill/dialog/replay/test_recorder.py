"""What is recorded can be replayed as it is, and holds nothing of anybody."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from skill.dialog.alice.response import AliceCodec
from skill.dialog.codec import Pseudonymizer
from skill.dialog.replay.player import play, replay
from skill.dialog.replay.recorder import RecordingCodec, redact
from skill.dialog.replay.report import failures, format_report
from skill.dialog.replay.script import EventStep, TurnStep, read_script
from skill.dialog.replay.service_rig import open_service_rig
from skill.dialog.types import Reply
from tests.skill.dialog.messages import LINKED, START, alice
from tests.skill.dialog.replay.script_fixture import SCENES
from tests.skill.dialog.replay.simulated_user import SCREEN, build_user

pytestmark = pytest.mark.asyncio

# whatever the recorder can hear of; it does not see a second photo, or that something of ours is broken
RECORDABLE = (
    "greeting-first-time", "consent-mumbled", "send-grandma-code", "send-link-twice", "send-push-linked",
    "send-many-waiting", "status-from-waiting-to-told", "status-card", "refused-no-face", "faces-left", "wish-again",
    "wish-queue-full",
    "delete-yes", "delete-all", "family-screen-digits", "family-screen-wrong-digits", "appeal-adult", "appeal-ten",
    "unclear-three-times", "protocol-dangerous", "protocol-twice", "protocol-old-kinds", "salute-first-time",
    "salute-rating",
)  # fmt: skip


@pytest.mark.parametrize("name", RECORDABLE)
async def test_a_recorded_scene_replays(tmp_path: Path, name: str) -> None:
    script = read_script(SCENES / f"{name}.json")
    async with open_service_rig(tmp_path) as rig:
        assert not (await play(tmp_path, script, script.played_modes()[-1], rig)).mismatches
    (recorded,) = tmp_path.glob("*.json")
    again = read_script(recorded)
    turns = [step for step in script.steps if isinstance(step, TurnStep)]
    assert sum(isinstance(step, TurnStep) for step in again.steps) == len(turns)
    assert all(step.expect.says for step in again.steps if isinstance(step, TurnStep))
    results = await replay([(recorded, again)])
    assert not failures(results), format_report(results)


async def test_nothing_of_anybody_is_written(tmp_path: Path) -> None:
    async with open_service_rig(tmp_path) as rig:
        anna = build_user(rig, SCREEN, linked=True)
        await anna.enter("оживи фото")
        link = (await anna.say("да")).link
        code = (await anna.say("скажи код")).code
        await anna.say(f"мой код {code[:3]} {code[3:]}")
        await anna.say(f"вот ссылка {link} и токен AgAAAAAB4vpbAgAAAAAB4vpb")
        secrets = (
            anna.device.id,
            anna.device.user,
            anna.device.session,
            anna.device.token,
            code,
            f"{code[:3]} {code[3:]}",
        )
        turn = anna.rig_user.turn if anna.rig_user else None
    (recorded,) = tmp_path.glob("*.json")
    assert recorded.stat().st_mode & 0o777 == 0o600
    text = recorded.read_text(encoding="utf-8")
    assert "{code}" in text
    assert turn is not None
    for secret in (*secrets, link.rpartition("/")[2].lower(), turn.user, turn.session, turn.device):
        assert secret.lower() not in text.lower() + recorded.name.lower()
    assert re.search(r"[A-Za-z0-9_-]{20,}", text) is None


async def test_two_sessions_are_two_scenes(tmp_path: Path) -> None:
    async with open_service_rig(tmp_path) as rig:
        anna = build_user(rig)
        await anna.enter()
        await anna.enter("помощь")
        await anna.say("хватит")
    scripts = sorted((read_script(path) for path in tmp_path.glob("*.json")), key=lambda one: len(one.steps))
    assert [len([step for step in one.steps if not isinstance(step, EventStep)]) for one in scripts] == [1, 2]
    assert scripts[0].name != scripts[1].name


async def test_an_answer_goes_out_where_nothing_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    codec = RecordingCodec(AliceCodec(Pseudonymizer("secret")), folder)
    folder.rmdir()
    with capture_logs() as log:
        incoming = codec.decode(json.dumps(START).encode())
        assert "Здравствуйте" in codec.encode(incoming, Reply("Здравствуйте!")).decode()
    assert [line["event"] for line in log] == ["not_recorded"]


async def test_it_says_loudly_that_it_records(tmp_path: Path) -> None:
    with capture_logs() as log:
        RecordingCodec(AliceCodec(Pseudonymizer("secret")), tmp_path)
    assert [(line["event"], line["log_level"]) for line in log] == [("recording", "warning")]


async def test_strange_messages_keep_their_shape(tmp_path: Path) -> None:
    codec = RecordingCodec(AliceCodec(Pseudonymizer("secret")), tmp_path)
    bodies: list[dict[str, Any]] = [
        alice("", message=1) | {"request": {"type": "Show.Pull", "show_type": "MORNING"}},
        LINKED,
        alice("ping", message=2),
        alice(
            "оживи", message=7, nlu={"tokens": [], "intents": {"photo.choose": {"slots": {"face": {"value": "left"}}}}}
        ),
    ]
    for body in bodies:
        incoming = codec.decode(json.dumps(body).encode())
        codec.encode(incoming, Reply("Я слушаю."))
        codec.encode(incoming, Reply("Дважды."))
    (recorded,) = tmp_path.glob("*.json")
    steps = json.loads(await asyncio.to_thread(recorded.read_text, encoding="utf-8"))["steps"]
    assert steps[0]["body"]["request"]["type"] == "Show.Pull"
    assert steps[1]["link"] is True
    assert steps[2]["intents"]["photo.choose"]["slots"]["face"]["value"] == "left"
    assert len(steps) == 3


@pytest.mark.parametrize(
    "text", ["код 524 871", "код 524871", "ссылка ozhivi.ru/u/AbCdEfGhIjKlMnOpQrStUv", "y0_AgAAAAAB4vpbAgAA"]
)
async def test_redacted(text: str) -> None:
    assert re.search(r"\d{3}|[A-Za-z0-9_]{16}", redact(text)) is None
