"""GET and POST /oauth/authorize: the page that an assistant opens on the phone. It takes the photo and goes back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from pipeline.limits import MAX_PHOTO_BYTES
from skill.oauth.authorization_request import (
    InvalidRequestError,
    UnknownClientError,
    add_query,
    parse_authorization_request,
    parse_parameters,
)
from skill.oauth.linked_accounts import new_account
from skill.oauth.page_state import PageState
from skill.oauth.rate_limiter import MAX_PAGES, RateLimitError
from skill.oauth.service import LINKING, AccountLinking
from skill.russian import duration
from skill.web.app_keys import CLIENT_ADDRESSES, HEADERS, PREVIEW_MAKER, SETTINGS, TEMPLATES, TICKETS, UPLOAD_HOOKS
from skill.web.auth import TICKET_HEADER
from skill.web.errors import ApiError
from skill.web.form_origin import is_foreign

PATH: Final = "/oauth/authorize"


async def show(request: web.Request) -> web.Response:
    """GET: the upload page for a new account. Nothing is kept of it unless a photo comes or it is agreed to."""
    linking = request.app[LINKING]
    await _limit_rate(request, linking)
    try:
        authorization = parse_authorization_request(request.rel_url.raw_query_string, linking.client)
    except UnknownClientError:
        raise _unknown_client() from None
    except InvalidRequestError as error:
        raise web.HTTPFound(error.location) from None
    state = PageState(new_account(), authorization)
    address = request.app[CLIENT_ADDRESSES].find(request)
    ticket = await request.app[TICKETS].issue(state.account, typed=False, address=address, cards=True)
    page = request.app[TEMPLATES].render(
        "link.html",
        token=ticket.token,
        header=TICKET_HEADER,
        job="",
        keep=duration(request.app[SETTINGS].keep),
        max_bytes=MAX_PHOTO_BYTES,
        previews=request.app[PREVIEW_MAKER] is not None,
        left=round(ticket.expires - request.app[TICKETS].now()),
        cards=request.app[UPLOAD_HOOKS].agree_to_card is not None,
        action=PATH,
        visit=linking.page_states.encode(state),
    )
    page.headers["Content-Security-Policy"] = _policy(request, authorization.redirect)
    return page


async def decide(request: web.Request) -> web.Response:
    """POST: back to the assistant, with a code or the news that there is none. As JSON for the page's script, which
    then goes there itself: Chromium holds `form-action` against every redirect that follows a form, also the
    assistant's own ones, which we don't know."""
    linking = request.app[LINKING]
    if is_foreign(request):
        raise _stale_page()
    await _limit_rate(request, linking)
    form = parse_parameters((await request.read()).decode("ascii", "replace")) or {}
    state = linking.page_states.decode(form.get("visit", ""))
    if state is None:
        raise _stale_page()
    authorization = state.request
    if form.get("do") == "refuse":
        values = {"error": "access_denied", "state": authorization.state}
    else:
        code = await linking.tokens.issue_code(state.account, authorization)
        values = {
            "code": code,
            "state": authorization.state,
            "client_id": linking.client.name,
            "scope": authorization.scope,
        }
    location = add_query(authorization.redirect, values)
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"location": location})
    # for those without a script
    return web.Response(
        status=HTTPStatus.SEE_OTHER,
        headers={"Location": location, "Content-Security-Policy": _policy(request, authorization.redirect)},
    )


def routes() -> list[web.RouteDef]:
    """The routes of the page."""
    return [web.get(PATH, show), web.post(PATH, decide)]


def _policy(request: web.Request, redirect: str) -> str:
    """The content security policy of all pages, but the form may lead back to the assistant."""
    to = urlsplit(redirect)
    policy = request.app[HEADERS]["Content-Security-Policy"]
    return policy.replace("form-action 'self'", f"form-action 'self' {to.scheme}://{to.netloc}")


async def _limit_rate(request: web.Request, linking: AccountLinking) -> None:
    """Raises ApiError 429."""
    try:
        await linking.rate_limiter.count("page", request.app[CLIENT_ADDRESSES].find(request), MAX_PAGES)
    except RateLimitError as error:
        raise ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many",
            "Слишком много попыток подряд.",
            f"Попробуйте ещё раз через {duration(error.seconds)}.",
            retry=error.seconds,
        ) from None


def _unknown_client() -> ApiError:
    return ApiError(
        HTTPStatus.BAD_REQUEST,
        "strange_client",
        "Эта ссылка не от помощника.",
        "Скажите ему «оживи фото» ещё раз — он откроет нужную страницу.",
    )


def _stale_page() -> ApiError:
    return ApiError(
        HTTPStatus.GONE,
        "stale_page",
        "Страница открыта слишком давно.",
        "Скажите помощнику «оживи фото» ещё раз — он откроет новую.",
    )
