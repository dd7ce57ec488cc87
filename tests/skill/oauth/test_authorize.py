"""The linking page over HTTP: the photo that it takes, and the way back to the assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.oauth.rate_limiter import MAX_PAGES
from skill.oauth.service import LINKING
from tests.skill.oauth.linking_fixture import (
    CHALLENGE,
    NAME,
    OTHER,
    REDIRECT,
    VERIFIER,
    authorization_query,
    find,
    get_code,
    linking_service,
    open_page,
    query_values,
    request_tokens,
)

pytestmark = pytest.mark.asyncio


async def test_a_photo_of_the_page_is_that_of_the_token(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        query = authorization_query(
            state="a&b=1", scope="photo", code_challenge=CHALLENGE, code_challenge_method="S256"
        )
        answer = await s.client.get("/oauth/authorize", params=query)
        page = await answer.text()
        ticket = find(page, r'data-token="([^"]+)"')
        assert (await s.send(ticket)).status == 202
        form = {"visit": find(page, r'name=visit value="([^"]+)"'), "do": "link"}
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        assert back.status == 303
        assert back.headers["Location"].startswith(REDIRECT + "?code=")
        parameters = query_values(back.headers["Location"])
        assert (parameters["state"], parameters["client_id"], parameters["scope"]) == ("a&b=1", NAME, "photo")
        status, tokens = await request_tokens(
            s.client,
            grant_type="authorization_code",
            code=parameters["code"],
            redirect_uri=REDIRECT,
            code_verifier=VERIFIER,
        )
        assert (status, tokens["token_type"], tokens["scope"]) == (200, "bearer", "photo")
        linking = s.client.app[LINKING]
        account = await linking.tokens.account_of(tokens["access_token"])
        assert account is not None
        assert s.queue.only.user == account
        assert [job.user for job in await s.queue.of(account)] == [account]
        assert await linking.accounts("the dialog's user", account) == (account,)


async def test_the_page_may_lead_back_and_nowhere_else(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        answer = await s.client.get("/oauth/authorize", params=authorization_query(state="", redirect_uri=OTHER))
        policy = answer.headers["Content-Security-Policy"]
        assert "form-action 'self' https://localhost.example:8443;" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        page = await answer.text()
        assert "onclick" not in page
        assert "style=" not in page
        assert (await s.client.get(find(page, r'href="([^"]+link[.]css)"'))).status == 200
        assert (await s.client.get(find(page, r'src="([^"]+link[.]js)"'))).status == 200


async def test_each_visit_is_a_new_person_and_keeps_nothing(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        assert await open_page(s.client) != await open_page(s.client)
        accounts = []
        for _ in range(2):
            _, tokens = await request_tokens(s.client, grant_type="authorization_code", code=await get_code(s.client))
            accounts.append(await s.client.app[LINKING].tokens.account_of(tokens["access_token"]))
        assert len(set(accounts)) == 2
        assert "scope" not in tokens


async def test_who_refuses_goes_back_without_a_code(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        form = {"visit": await open_page(s.client), "do": "refuse"}
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        assert query_values(back.headers["Location"]) == {"error": "access_denied", "state": "abc"}
        script = await s.client.post("/oauth/authorize", data=form, headers={"Accept": "application/json"})
        assert query_values((await script.json())["location"])["error"] == "access_denied"


@pytest.mark.parametrize("form", [{}, {"visit": "made up"}, {"visit": "x" * 20_000}])
async def test_a_page_that_is_not_ours_leads_nowhere(tmp_path: Path, form: dict[str, str]) -> None:
    async with linking_service(tmp_path / "data") as s:
        back = await s.client.post("/oauth/authorize", data=form, allow_redirects=False)
        assert back.status == 410
        assert "Location" not in back.headers


async def test_a_stranger_sees_a_page_and_a_wrong_client_hears_why(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        strange = await s.client.get(
            "/oauth/authorize", params=authorization_query(state="", redirect_uri="https://evil.example/")
        )
        assert strange.status == 400
        assert "evil" not in await strange.text()
        wrong = await s.client.get(
            "/oauth/authorize", params=authorization_query(state="abc", response_type="token"), allow_redirects=False
        )
        assert wrong.status == 302
        assert query_values(wrong.headers["Location"])["error"] == "unsupported_response_type"


async def test_a_household_that_opens_page_after_page_waits(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        linking = s.client.app[LINKING]
        for _ in range(MAX_PAGES):
            await linking.rate_limiter.count("page", "127.0.0.1", MAX_PAGES)
        answer = await s.client.get("/oauth/authorize", params=authorization_query(state=""))
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900


async def test_photos_of_the_page_are_counted_by_household(tmp_path: Path) -> None:
    """Each page is a new account: without that, a few of them would fill the queue."""
    async with linking_service(tmp_path / "data", behind_proxy=True) as s:
        for address in ("192.0.2.1", "192.0.2.1", "2001:db8:1:aa01::1", "2001:db8:1:aa02::1", "192.0.2.2"):
            answer = await s.client.get(
                "/oauth/authorize", params=authorization_query(), headers={"X-Forwarded-For": address}
            )
            token = find(await answer.text(), r'data-token="([^"]+)"')
            assert (await s.send(token)).status == 202
        assert (await s.send((await s.issue()).token)).status == 202
        households = list(s.queue.households.values())
        assert households[-1] == ""  # the dialog vouches for its users
        assert [households.index(one) for one in households] == [0, 0, 2, 2, 4, 5]
        assert all(len(one) == 64 for one in households[:-1])
        assert "192.0.2" not in str(households)


async def test_a_form_of_another_page_links_nobody(tmp_path: Path) -> None:
    async with linking_service(tmp_path / "data") as s:
        form = {"visit": await open_page(s.client), "do": "link"}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = await s.client.post("/oauth/authorize", data=form, headers=headers, allow_redirects=False)
            assert answer.status == 410
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = await s.client.post("/oauth/authorize", data=form, headers=headers, allow_redirects=False)
        assert answer.status == 303
