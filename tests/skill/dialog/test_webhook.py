"""The webhook answers, whatever comes in and whatever breaks."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skill.dialog import fallback
from skill.dialog.alice.schema import check_answer
from skill.dialog.reply_cache import ReplyCache
from skill.dialog.types import Reply, Turn
from skill.logs import configure
from tests.skill.dialog import messages
from tests.skill.dialog.webhook_fixture import OLD_SECRET, PATH, SECRET, BlockedAnswer, EchoDialog, open_webhook_client

pytestmark = pytest.mark.asyncio


async def test_every_documented_message_is_answered(tmp_path: Path) -> None:
    async with open_webhook_client(tmp_path, EchoDialog()) as client:
        for body in messages.ALICE:
            status, answer = await client.post(body)
            assert status == 200
            check_answer(json.loads(answer))
        assert (
            await client.text_of(messages.alice("готово", session="q")) == "18. готово"
        )  # two have one number, but another kind


async def test_the_answer_is_utf8_json(tmp_path: Path) -> None:
    async with (
        open_webhook_client(tmp_path, EchoDialog()) as client,
        client.client.post(PATH, json=messages.START) as response,
    ):
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert "Здравствуйте" in (await response.read()).decode()


@pytest.mark.parametrize(
    "path", ["/alice/" + "x" * 32, "/alice/" + "n" * 31, f"/alice/{SECRET}/", "/alice/ё", "/alice/%ff"]
)
async def test_a_wrong_secret_is_not_found(tmp_path: Path, path: str) -> None:
    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog) as client:
        assert (await client.post(messages.START, path))[0] == 404
        assert (await client.client.get(PATH)).status == 405
    assert not dialog.turns


async def test_two_secrets_open_while_one_is_changed(tmp_path: Path) -> None:
    async with open_webhook_client(tmp_path, EchoDialog()) as client:
        assert await client.text_of(messages.alice("раз"), f"/alice/{OLD_SECRET}") == "1. раз"
        assert await client.text_of(messages.alice("раз")) == "1. раз"


async def test_another_skill_is_not_answered(tmp_path: Path) -> None:
    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog, alice_skill_id="mine") as client:
        assert (await client.post(messages.START))[0] == 404
        assert (await client.post(messages.CONSOLE_PING))[0] == 200
    assert not dialog.turns
    async with open_webhook_client(tmp_path / "b", dialog, alice_skill_id=messages.SKILL) as client:
        assert (await client.post(messages.START))[0] == 200


async def test_a_body_that_is_too_large(tmp_path: Path) -> None:
    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog) as client:
        assert (await client.post(b"x" * (64 * 2**10 + 1)))[0] == 413
        assert (await client.post(messages.alice("x" * 20_000)))[0] == 200
    assert len(dialog.turns) == 1


async def test_ping_asks_nobody_and_touches_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: object) -> None:
        raise AssertionError("a file was touched")

    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog) as client:
        monkeypatch.setattr(ReplyCache, "claim", touched)
        monkeypatch.setattr(ReplyCache, "keep", touched)
        for body in (messages.CONSOLE_PING, messages.SHORT_PING):
            assert await client.text_of(body) == "На месте."
        assert 'ozhivi_turns_total{assistant="alice",outcome="ping"} 2.0' in await client.metrics()
    assert not dialog.turns


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff" * 9, {"session": {}}, {"request": {"command": "да"}}])
async def test_what_nobody_can_read_is_asked_for_again(tmp_path: Path, body: object) -> None:
    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog) as client:
        assert await client.text_of(body) == fallback.UNCLEAR.text
    assert not dialog.turns


async def test_a_bug_is_an_apology_and_no_secret_is_logged(tmp_path: Path) -> None:
    async def breaks(turn: Turn) -> Reply:
        raise RuntimeError(f"of {turn.text}")

    log = io.StringIO()
    configure("debug", log)
    dialog = EchoDialog(answer_with=breaks)
    body = messages.alice("тайное слово", user=messages.USER)
    async with open_webhook_client(tmp_path, dialog) as client:
        status, answer = await client.post(body)
        assert status == 200
        check_answer(json.loads(answer))
        assert "не получилось" in json.loads(answer)["response"]["text"]
        assert json.loads(answer)["session_state"] == {"asked": "delete"}
        assert (await client.post(body))[1] == answer
        assert 'ozhivi_broken_turns_total{assistant="alice"} 1.0' in await client.metrics()
    assert len(dialog.turns) == 1
    lines = log.getvalue()
    assert '"error": "RuntimeError"' in lines
    turn = dialog.turns[0]
    for secret in (
        "тайное",
        SECRET,
        "47C73714B580EE",
        "2eac4854",
        messages.USER["access_token"],
        turn.user,
        turn.device,
    ):
        assert secret not in lines


async def test_too_slow_a_turn_has_the_ready_answer_and_goes_on(tmp_path: Path) -> None:
    gate = BlockedAnswer(Reply("Вот ваш код."))
    dialog = EchoDialog(answer_with=gate)
    async with open_webhook_client(tmp_path, dialog, deadline=0.05) as client:
        late = json.loads((await client.post(messages.alice(message=1)))[1])
        check_answer(late)
        assert late["response"]["text"] == "Секунду, я ещё думаю. Спросите: «Готово?»"
        assert late["session_state"] == {"asked": "delete"}
        gate.open.set()
        while (answer := json.loads((await client.post(messages.alice(message=1)))[1])) == late:
            await asyncio.sleep(0)
        assert answer["response"]["text"] == "Вот ваш код."
        assert 'outcome="late"' in await client.metrics()
    assert len(dialog.turns) == 1


async def test_a_body_that_does_not_arrive_is_not_waited_for(tmp_path: Path) -> None:
    answered = asyncio.Event()

    async def trickle() -> AsyncIterator[bytes]:
        yield b'{"session":'
        await answered.wait()

    async with open_webhook_client(tmp_path, EchoDialog(), deadline=0.05) as client:
        async with client.client.post(PATH, data=trickle()) as response:
            assert json.loads(await response.read())["response"]["text"] == fallback.UNCLEAR.text
        answered.set()


async def test_the_ready_answer_knows_the_start(tmp_path: Path) -> None:
    async with open_webhook_client(
        tmp_path, EchoDialog(answer_with=BlockedAnswer(Reply("."))), deadline=0.01
    ) as client:
        assert (await client.text_of(messages.START)).startswith("Здравствуйте! Я оживляю портреты.")
        assert (await client.text_of(messages.LINKED)).startswith("Спасибо, телефон подключён.")


async def test_the_same_message_is_done_once_at_the_same_time_and_later(tmp_path: Path) -> None:
    gate = BlockedAnswer(Reply("Принято."))
    dialog = EchoDialog(answer_with=gate)
    async with open_webhook_client(tmp_path, dialog) as client:
        together = [asyncio.create_task(client.post(messages.alice())) for _ in range(20)]
        await gate.begun.wait()
        gate.open.set()
        answers = {answer for _, answer in await asyncio.gather(*together)}
        answers.add((await client.post(messages.alice()))[1])
    assert len(answers) == 1
    assert len(dialog.turns) == 1
    again = EchoDialog()
    async with open_webhook_client(tmp_path, again) as client:  # after a restart
        assert (await client.post(messages.alice()))[1] in answers
    assert not again.turns


async def test_two_services_on_one_folder_do_it_once(tmp_path: Path) -> None:
    gate = BlockedAnswer(Reply("Принято."))
    first, second = EchoDialog(answer_with=gate), EchoDialog()
    async with open_webhook_client(tmp_path, first) as one, open_webhook_client(tmp_path, second) as two:
        begun = asyncio.create_task(one.post(messages.alice()))
        await gate.begun.wait()
        other = asyncio.create_task(two.post(messages.alice()))
        gate.open.set()
        assert await begun == await other
    assert (len(first.turns), len(second.turns)) == (1, 0)


async def test_a_linked_account_is_the_checkers_word(tmp_path: Path) -> None:
    dialog = EchoDialog()
    asked = []

    async def find_account(token: str) -> str | None:
        asked.append(token)
        return "account-7" if token == messages.USER["access_token"] else None

    async with open_webhook_client(tmp_path, dialog, find_account=find_account) as client:
        await client.post(messages.SIGNED_IN)
        await client.post(messages.alice("раз", session="b"), Authorization="Bearer other")
        await client.post(messages.alice("раз", session="c"))
    assert asked == [messages.USER["access_token"], "other"]
    assert [(turn.linked, turn.account) for turn in dialog.turns] == [(True, "account-7"), (False, ""), (False, "")]
