"""Tokens over HTTP; errors as the specifications want them."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from skill.oauth.rate_limiter import MAX_WRONG_CLIENTS
from tests.skill.oauth.linking_fixture import (
    NAME,
    SECRET,
    get_code,
    linking_service,
    request_tokens,
)

pytestmark = pytest.mark.asyncio


async def test_the_client_proves_itself_by_header_or_form(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        basic = "Basic " + base64.b64encode(f"{quote_plus(NAME)}:{quote_plus(SECRET)}".encode()).decode()
        form = {"grant_type": "authorization_code", "code": await get_code(s.client)}
        answer = await s.client.post("/oauth/token", data=form, headers={"Authorization": basic})
        assert answer.status == 200
        assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
        both = {**form, "client_secret": SECRET}
        answer = await s.client.post("/oauth/token", data=both, headers={"Authorization": basic})
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")
        other = await s.client.post("/oauth/token", data={**form, "client_id": "x"}, headers={"Authorization": basic})
        assert (await other.json())["error"] == "invalid_request"


@pytest.mark.parametrize("header", ["Basic ?", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Bearer x", "Basic"])
async def test_a_wrong_client_is_told_so(tmp_path: Path, header: str) -> None:
    async with linking_service(tmp_path / "data") as s:
        form = {"grant_type": "authorization_code", "code": await get_code(s.client)}
        answer = await s.client.post("/oauth/token", data=form, headers={"Authorization": header})
        assert (answer.status, (await answer.json())["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert (await request_tokens(s.client, **form))[0] == 200  # the code is still good


async def test_wrong_secrets_are_counted_and_never_lock_the_right_one_out(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        wrong = {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong"}
        got = [(await request_tokens(s.client, **wrong))[0] for _ in range(MAX_WRONG_CLIENTS + 1)]
        assert got == [401] * MAX_WRONG_CLIENTS + [429]
        status, body = await request_tokens(s.client, grant_type="refresh_token", refresh_token="x")
        assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "unknown"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, "invalid_grant"),
    ],
)
async def test_errors_are_those_of_the_specification(tmp_path: Path, form: dict[str, str], error: str) -> None:
    async with linking_service(tmp_path / "data") as s:
        status, body = await request_tokens(s.client, **form)
        assert (status, body["error"]) == (400, error)
        assert set(body) == {"error", "error_description"}


async def test_broken_forms_are_an_error_of_the_specification_too(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        for body in (b"\xff\xfe", b"a=%ff", b"a=1&a=2", b"a=" + b"x" * 9000, b"a=" + b"x" * 100_000):
            answer = await s.client.post("/oauth/token", data=body, headers=kind)
            assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")
        answer = await s.client.post("/oauth/token", json={"grant_type": "refresh_token"})
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")


async def test_refresh_and_revocation(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        _, first = await request_tokens(s.client, grant_type="authorization_code", code=await get_code(s.client))
        _, second = await request_tokens(s.client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert second["refresh_token"] != first["refresh_token"]
        ours = {"client_id": NAME, "client_secret": SECRET}
        for token in ("unknown", second["access_token"]):
            answer = await s.client.post("/oauth/revoke", data={**ours, "token": token, "token_type_hint": "strange"})
            assert (answer.status, await answer.text()) == (200, "")
        status, body = await request_tokens(s.client, grant_type="refresh_token", refresh_token=second["refresh_token"])
        assert (status, body["error"]) == (400, "invalid_grant")
        assert (await s.client.post("/oauth/revoke", data={"token": "x"})).status == 401
        assert (await s.client.post("/oauth/revoke", data=ours)).status == 400
