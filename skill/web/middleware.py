"""Around every request: an id for the log, headers that protect, errors that say what to do."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from skill.jobs.queue import QueueError
from skill.media.store import MediaError
from skill.web.api import PATH
from skill.web.app_keys import HEADERS, METRICS, SETTINGS, TEMPLATES
from skill.web.errors import ApiError, unavailable

log = structlog.get_logger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNEXPECTED = ("Что-то сломалось у нас.", "Попробуйте ещё раз через минуту.")


def security_headers(media: str = "") -> Mapping[str, str]:
    """Those of every answer. `media`: the origin of clips that lie elsewhere. Nothing inline, nothing from anywhere
    else; blob: is the photo that the page itself holds."""
    elsewhere = f" {media}" if media else ""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' blob:{elsewhere}",
        f"media-src 'self' blob:{elsewhere}",
        f"connect-src 'self'{elsewhere}",  # to share a clip, the page fetches it
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {"Content-Security-Policy": "; ".join(policy), **_HEADERS}


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """The signal before any answer goes out."""
    for name, value in request.app[HEADERS].items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)
    if request.app[SETTINGS].public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def log_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One line in the log a request: its pattern, status and time. Not its address, which may be a ticket."""
    route = request.match_info.route.resource
    pattern = route.canonical if route else "none"
    begun = time.perf_counter()
    status = 499  # they hung up
    with structlog.contextvars.bound_contextvars(request=secrets.token_hex(8)):
        try:
            response = await _answer(request, handler)
            status = response.status
            return response
        except web.HTTPException as error:  # a redirect
            status = error.status
            raise
        finally:
            seconds = time.perf_counter() - begun
            request.app[METRICS].request(pattern, _method(request), status, seconds)
            log.info("request", route=pattern, method=_method(request), status=status, seconds=round(seconds, 4))
            structlog.contextvars.unbind_contextvars("job")


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return _told(request, error)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _told(request, ApiError(error.status, "http", *_http(error.status)))
    except (QueueError, MediaError) as error:
        log.error("unavailable", error=type(error).__name__)
        return _told(request, unavailable())
    except Exception:
        log.exception("unexpected")
        return _told(request, ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", *_UNEXPECTED))


def _told(request: web.Request, error: ApiError) -> web.StreamResponse:
    return error.answer() if request.path.startswith(PATH) else _page(request, error)


def _http(status: int) -> tuple[str, str]:
    if status == HTTPStatus.NOT_FOUND:
        return "Такой страницы нет.", "Проверьте ссылку или введите код на первой странице."
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "Слишком большой запрос.", "Подойдёт снимок до 40 мегабайт."
    return "Не получилось выполнить запрос.", "Вернитесь на первую страницу и попробуйте ещё раз."


def _page(request: web.Request, error: ApiError) -> web.Response:
    page = request.app[TEMPLATES].page(
        "message.html", status=error.status, sentence=error.sentence, advice=error.advice
    )
    if error.retry:
        page.headers["Retry-After"] = f"{max(1, round(error.retry))}"
    return page


def _method(request: web.Request) -> str:
    """Known ones only: a label that strangers can't multiply."""
    return request.method if request.method in {"GET", "HEAD", "POST", "DELETE"} else "other"
