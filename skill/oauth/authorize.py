"""GET and POST /oauth/authorize: the page that an assistant opens on the phone. It takes the photo and goes back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from pipeline.limits import MAX_PHOTO_BYTES
from skill.oauth.authorization_request import AskedWronglyError, StrangeClientError, back, once, read
from skill.oauth.linked_accounts import PAGES, CrowdError, Visit, new_account
from skill.oauth.service import LINKING, Linking
from skill.russian import duration
from skill.web.app_keys import AUTHENTICATOR, HEADERS, SETTINGS, TEMPLATES, TICKETS, UPLOAD_HOOKS
from skill.web.auth import TICKET_HEADER
from skill.web.errors import ApiError

PATH: Final = "/oauth/authorize"


async def ask(request: web.Request) -> web.Response:
    """GET: the upload page for a new identity. Nothing is kept of it unless a photo comes or it is agreed to."""
    linking = request.app[LINKING]
    await _not_too_often(request, linking)
    try:
        asked = read(request.rel_url.raw_query_string, linking.client)
    except StrangeClientError:
        raise _strange() from None
    except AskedWronglyError as error:
        raise web.HTTPFound(error.location) from None
    visit = Visit(new_account(), asked)
    ticket = await request.app[TICKETS].issue(visit.account, typed=False)
    page = request.app[TEMPLATES].render(
        "link.html",
        token=ticket.token,
        header=TICKET_HEADER,
        job="",
        keep=duration(request.app[SETTINGS].keep),
        max_bytes=MAX_PHOTO_BYTES,
        cards=request.app[UPLOAD_HOOKS].agree_to_card is not None,
        action=PATH,
        visit=linking.passes.write(visit),
    )
    page.headers["Content-Security-Policy"] = _policy(request, asked.redirect)
    return page


async def answer(request: web.Request) -> web.Response:
    """POST: back to the assistant, with a code or the news that there is none. As JSON for the page's script, which
    then goes there itself: Chromium holds `form-action` against every redirect that follows a form, also the
    assistant's own ones, which we don't know."""
    linking = request.app[LINKING]
    await _not_too_often(request, linking)
    form = once((await request.read()).decode("ascii", "replace")) or {}
    visit = linking.passes.read(form.get("visit", ""))
    if visit is None:
        raise _stale()
    asked = visit.asked
    if form.get("do") == "refuse":
        given = {"error": "access_denied", "state": asked.state}
    else:
        code = await linking.grants.code(visit.account, asked)
        given = {"code": code, "state": asked.state, "client_id": linking.client.name, "scope": asked.scope}
    location = back(asked.redirect, given)
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"location": location})
    # for those without a script
    return web.Response(
        status=HTTPStatus.SEE_OTHER,
        headers={"Location": location, "Content-Security-Policy": _policy(request, asked.redirect)},
    )


def routes() -> list[web.RouteDef]:
    return [web.get(PATH, ask), web.post(PATH, answer)]


def _policy(request: web.Request, redirect: str) -> str:
    """That of all pages, but the form may lead back to the assistant."""
    to = urlsplit(redirect)
    policy = request.app[HEADERS]["Content-Security-Policy"]
    return policy.replace("form-action 'self'", f"form-action 'self' {to.scheme}://{to.netloc}")


async def _not_too_often(request: web.Request, linking: Linking) -> None:
    try:
        await linking.crowd.come("page", request.app[AUTHENTICATOR].client_address(request), PAGES)
    except CrowdError as error:
        raise ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many",
            "Слишком много попыток подряд.",
            f"Попробуйте ещё раз через {duration(error.seconds)}.",
            retry=error.seconds,
        ) from None


def _strange() -> ApiError:
    return ApiError(
        HTTPStatus.BAD_REQUEST,
        "strange_client",
        "Эта ссылка не от помощника.",
        "Скажите ему «оживи фото» ещё раз – он откроет нужную страницу.",
    )


def _stale() -> ApiError:
    return ApiError(
        HTTPStatus.GONE,
        "stale_page",
        "Страница открыта слишком давно.",
        "Скажите помощнику «оживи фото» ещё раз – он откроет новую.",
    )
