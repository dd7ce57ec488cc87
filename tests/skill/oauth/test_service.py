"""The whole flow over HTTP: page, photo, code, tokens, revocation; errors as the specifications want them."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from skill.oauth.linked_accounts import PAGES, WRONG_CLIENTS
from skill.oauth.service import LINKING
from tests.skill.oauth.linked import (
    CHALLENGE,
    NAME,
    OTHER,
    REDIRECT,
    SECRET,
    VERIFIER,
    asking,
    coded,
    found,
    linking_service,
    tokens,
    values,
    visited,
)

pytestmark = pytest.mark.asyncio


async def test_a_photo_of_the_page_is_that_of_the_token(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        query = asking(state="a&b=1", scope="photo", code_challenge=CHALLENGE, code_challenge_method="S256")
        answer = await s.client.get("/oauth/authorize", params=query)
        page = await answer.text()
        ticket = found(page, r'data-token="([^"]+)"')
        assert (await s.send(ticket)).status == 202
        form = {"visit": found(page, r'name="visit" value="([^"]+)"'), "do": "link"}
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        assert back.status == 303
        assert back.headers["Location"].startswith(REDIRECT + "?code=")
        told = values(back.headers["Location"])
        assert (told["state"], told["client_id"], told["scope"]) == ("a&b=1", NAME, "photo")
        status, made = await tokens(
            s.client, grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT, code_verifier=VERIFIER
        )
        assert (status, made["token_type"], made["scope"]) == (200, "bearer", "photo")
        linking = s.client.app[LINKING]
        account = await linking.user_of(made["access_token"])
        assert account is not None
        assert s.queue.only.user == account
        assert [job.user for job in await s.queue.of(account)] == [account]
        assert await linking.accounts("the dialog's user", account) == (account,)


async def test_the_page_may_lead_back_and_nowhere_else(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        answer = await s.client.get("/oauth/authorize", params=asking(state="", redirect_uri=OTHER))
        policy = answer.headers["Content-Security-Policy"]
        assert "form-action 'self' https://localhost.example:8443;" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        page = await answer.text()
        assert "onclick" not in page
        assert "style=" not in page
        assert (await s.client.get(found(page, r'href="([^"]+link[.]css)"'))).status == 200
        assert (await s.client.get(found(page, r'src="([^"]+link[.]js)"'))).status == 200


async def test_each_visit_is_a_new_person_and_keeps_nothing(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        assert await visited(s.client) != await visited(s.client)
        accounts = []
        for _ in range(2):
            _, made = await tokens(s.client, grant_type="authorization_code", code=await coded(s.client))
            accounts.append(await s.client.app[LINKING].user_of(made["access_token"]))
        assert len(set(accounts)) == 2
        assert "scope" not in made


async def test_who_refuses_goes_back_without_a_code(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        form = {"visit": await visited(s.client), "do": "refuse"}
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        assert values(back.headers["Location"]) == {"error": "access_denied", "state": "abc"}
        script = await s.client.post("/oauth/authorize", data=form, headers={"Accept": "application/json"})
        assert values((await script.json())["location"])["error"] == "access_denied"


@pytest.mark.parametrize("form", [{}, {"visit": "made up"}, {"visit": "x" * 20_000}])
async def test_a_page_that_is_not_ours_leads_nowhere(tmp_path: Path, form: dict[str, str]) -> None:
    async with linking_service(tmp_path / "data") as s:
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        assert back.status == 410
        assert "Location" not in back.headers


async def test_a_stranger_sees_a_page_and_a_wrong_client_hears_why(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        strange = await s.client.get("/oauth/authorize", params=asking(state="", redirect_uri="https://evil.example/"))
        assert strange.status == 400
        assert "evil" not in await strange.text()
        wrong = await s.client.get(
            "/oauth/authorize", params=asking(state="abc", response_type="token"), allow_redirects=False
        )
        assert wrong.status == 302
        assert values(wrong.headers["Location"])["error"] == "unsupported_response_type"


async def test_the_client_proves_itself_by_header_or_form(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        basic = "Basic " + base64.b64encode(f"{quote_plus(NAME)}:{quote_plus(SECRET)}".encode()).decode()
        form = {"grant_type": "authorization_code", "code": await coded(s.client)}
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
        form = {"grant_type": "authorization_code", "code": await coded(s.client)}
        answer = await s.client.post("/oauth/token", data=form, headers={"Authorization": header})
        assert (answer.status, (await answer.json())["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert (await tokens(s.client, **form))[0] == 200  # the code is still good


async def test_wrong_secrets_are_counted_and_never_lock_the_right_one_out(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        wrong = {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong"}
        got = [(await tokens(s.client, **wrong))[0] for _ in range(WRONG_CLIENTS + 1)]
        assert got == [401] * WRONG_CLIENTS + [429]
        status, told = await tokens(s.client, grant_type="refresh_token", refresh_token="x")
        assert (status, told["error"]) == (400, "invalid_grant")


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
        status, told = await tokens(s.client, **form)
        assert (status, told["error"]) == (400, error)
        assert set(told) == {"error", "error_description"}


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
        _, first = await tokens(s.client, grant_type="authorization_code", code=await coded(s.client))
        _, second = await tokens(s.client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert second["refresh_token"] != first["refresh_token"]
        ours = {"client_id": NAME, "client_secret": SECRET}
        for token in ("unknown", second["access_token"]):
            answer = await s.client.post("/oauth/revoke", data={**ours, "token": token, "token_type_hint": "strange"})
            assert (answer.status, await answer.text()) == (200, "")
        status, told = await tokens(s.client, grant_type="refresh_token", refresh_token=second["refresh_token"])
        assert (status, told["error"]) == (400, "invalid_grant")
        assert (await s.client.post("/oauth/revoke", data={"token": "x"})).status == 401
        assert (await s.client.post("/oauth/revoke", data=ours)).status == 400


async def test_a_household_that_opens_page_after_page_waits(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        linking = s.client.app[LINKING]
        for _ in range(PAGES):
            await linking.crowd.come("page", "127.0.0.1", PAGES)
        answer = await s.client.get("/oauth/authorize", params=asking(state=""))
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900


async def test_without_a_client_there_is_no_linking(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data", oauth_client_id="", oauth_client_secret=None) as s:
        assert (await s.client.get("/oauth/authorize", params=asking())).status == 404
        assert (await s.client.post("/oauth/token")).status == 404
        assert not (s.data / "oauth.db").exists()
