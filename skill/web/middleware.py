"""Middleware of every request: an id for the log, headers that protect, errors that say what to do."""

from __future__ import annotations

import errno
import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from skill.database.errors import DatabaseDownError
from skill.jobs.queue_limits import QueueError
from skill.media.store import MediaError
from skill.tracing.spans import span
from skill.web.app_keys import DRAINING, HEADERS, METRICS, REFUSALS, TEMPLATES
from skill.web.errors import ApiError, unavailable
from skill.web.openapi import PREFIX

log = structlog.get_logger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors of a disk that takes nothing more."""
_HUNG_UP: Final = 499
"""Status in the log and the metrics of a request whose client did not wait for the answer."""
_UNEXPECTED = ("Что-то сломалось у нас.", "Попробуйте ещё раз через минуту.")


def security_headers(media: str = "", *, https: bool = False) -> Mapping[str, str]:
    """Headers of every answer that does not say otherwise: nothing inline, nothing from anywhere else, nothing kept.

    Args:
        media: Origin of clips that lie elsewhere; empty where they are our own.
        https: Whether people reach us by HTTPS, and should always do.
    """
    elsewhere = f" {media}" if media else ""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' blob:{elsewhere}",  # blob: is the photo that the page itself holds
        f"media-src 'self' blob:{elsewhere}",
        "manifest-src 'self'",
        f"connect-src 'self'{elsewhere}",  # to share a clip, the page fetches it
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    transport = {"Strict-Transport-Security": "max-age=31536000"} if https else {}
    return {"Content-Security-Policy": "; ".join(policy), **_HEADERS, **transport}


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete the headers of an answer; called before any goes out."""
    for name, value in request.app[HEADERS].items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


async def close_when_draining(request: web.Request, response: web.StreamResponse) -> None:
    """End the connection with its answer once the service is about to stop, so that a proxy does not send the next
    request over it."""
    if request.app[DRAINING].is_set():
        response.force_close()
        response.headers[hdrs.CONNECTION] = "close"  # the headers are made already


@web.middleware
async def log_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write a line in the log for a request: its pattern, status and time. Not its address, which may be a ticket. Of
    equal refusals, which strangers can cause, so many a minute, then one with a count."""
    route = request.match_info.route.resource
    pattern, method = route.canonical if route else "none", _method(request)
    began = time.perf_counter()
    status = _HUNG_UP
    with (
        structlog.contextvars.bound_contextvars(request=secrets.token_hex(8)),
        span(f"{method} {pattern}", {"http.request.method": method, "http.route": pattern}) as traced,
    ):
        try:
            response = await _answer(request, handler)
            status = response.status
            return response
        except web.HTTPException as error:  # a redirect
            status = error.status
            raise
        finally:
            seconds = time.perf_counter() - began
            request.app[METRICS].count_request(pattern, method, status, seconds)
            refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
            times = request.app[REFUSALS].take((pattern, method, status)) if refused else 1
            if times:
                more = {"times": times} if times > 1 else {}
                log.info("request", route=pattern, method=method, status=status, seconds=round(seconds, 4), **more)
            traced.note({"http.response.status_code": int(status)}, failed=status >= HTTPStatus.INTERNAL_SERVER_ERROR)
            structlog.contextvars.unbind_contextvars("job")


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's answer, or that of its error."""
    try:
        return await handler(request)
    except ApiError as error:
        return _error_response(request, error)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        answer = _error_response(request, ApiError(error.status, "http", *_http_error_texts(error.status)))
        if hdrs.ALLOW in error.headers:
            answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return answer
    except (QueueError, MediaError, DatabaseDownError) as error:
        log.error("unavailable", error=type(error).__name__)
        return _error_response(request, unavailable(request.method))
    except Exception as error:  # noqa: BLE001  (it is logged)
        if isinstance(error, ConnectionError) and (request.transport is None or request.transport.is_closing()):
            return web.Response(status=_HUNG_UP)  # nobody reads it
        return _error_response(request, _judge(error, request.method))


def _judge(error: Exception, method: str) -> ApiError:
    """The answer to an error that no part of ours has raised; it is logged."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        log.error("unavailable", error="disk_full")
        return unavailable(method)
    log.exception("unexpected", exc_info=error)
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", *_UNEXPECTED)


def _error_response(request: web.Request, error: ApiError) -> web.Response:
    """JSON for the API, a page for people."""
    if request.path.startswith(PREFIX):
        return error.response()
    page = request.app[TEMPLATES].render_often(
        "message.html", status=error.status, sentence=error.sentence, advice=error.advice
    )
    page.headers.update(error.headers())
    return page


def _http_error_texts(status: int) -> tuple[str, str]:
    """Sentence and advice of an HTTP status."""
    if status == HTTPStatus.NOT_FOUND:
        return "Такой страницы нет.", "Проверьте ссылку или введите код на первой странице."
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "Слишком большой запрос.", "Подойдёт снимок до 40 мегабайт."
    return "Не получилось выполнить запрос.", "Вернитесь на первую страницу и попробуйте ещё раз."


def _method(request: web.Request) -> str:
    """The request's method, "other" for an unusual one: a metric's label that strangers can't multiply."""
    return request.method if request.method in {"GET", "HEAD", "POST", "DELETE"} else "other"
