"""The photo of the linking page and whoever speaks meet: page, tokens, webhook and conversation, all real."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from skill.jobs.model import JobState
from skill.oauth.service import LINKING
from skill.secrets import path_secrets, signing_secrets
from skill.settings import load
from skill.web.app_keys import ERASER
from tests.skill.dialog.messages import SKILL, alice
from tests.skill.oauth.linking_fixture import authorization_query, find, linking_service, query_values, request_tokens
from tests.skill.web.conftest import Service

pytestmark = pytest.mark.asyncio

SESSION = "2eac4854-fce721f3-b845abba-20d60"


async def answer_to(s: Service, secret: str, body: dict[str, Any], token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await s.client.post(f"/alice/{secret}", json=body, headers=headers)
    assert answer.status == 200
    return str((await answer.json())["response"]["text"]).replace("«Готово?»", "")  # what one is told to ask


def speaker_message(command: str, message: int, token: str, who: str = "6C91") -> dict[str, Any]:
    """A signed-in speaker without a screen."""
    interfaces: dict[str, Any] = {"account_linking": {}}
    return alice(command, message=message, interfaces=interfaces, user={"user_id": who, "access_token": token})


async def test_ready_is_asked_for_by_voice_and_answered_for_the_page(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        settings = load({"data_dir": s.data})
        signing_secrets(settings)
        secret = path_secrets(settings, "alice")[0]
        assert "Готово" not in await answer_to(s, secret, speaker_message("оживи фото", 0, ""), "")
        await answer_to(s, secret, speaker_message("да", 1, ""), "")  # agrees; the platform opens our page on the phone
        page = await (await s.client.get("/oauth/authorize", params=authorization_query(state="x"))).text()
        assert (await s.send(find(page, r'data-token="([^"]+)"'))).status == 202
        form = {"visit": find(page, r'name=visit value="([^"]+)"'), "do": "link"}
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        code = query_values(back.headers["Location"])["code"]
        _, tokens = await request_tokens(s.client, grant_type="authorization_code", code=code)
        token = str(tokens["access_token"])
        event = {
            "account_linking_complete_event": {},
            "session": {
                "message_id": 2,
                "session_id": SESSION,
                "skill_id": SKILL,
                "user": {"user_id": "6C91", "access_token": token},
                "application": {"application_id": "47C73714B580EE"},
            },
            "version": "1.0",
        }
        assert await answer_to(s, secret, event, token)
        s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("mp4", "a"),), created=time.time())
        assert "отово" in await answer_to(s, secret, speaker_message("готово", 3, token), token)
        nobody = await answer_to(s, secret, speaker_message("готово", 4, "a made-up token", who="7D00"), "")
        assert "отово" not in nobody  # the photo is that of the token and its user, not of the room
        assert "отово" in await answer_to(
            s, secret, speaker_message("готово", 5, ""), ""
        )  # the token need not come each time
        account = await s.client.app[LINKING].tokens.account_of(token)
        assert account == s.queue.only.user
        await s.client.app[ERASER].forget(account)
        assert await s.client.app[LINKING].tokens.account_of(token) is None
        assert s.queue.jobs == {}
