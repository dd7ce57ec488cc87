"""The pages for people: a field for the code, the page behind a ticket's link, and what happens to a photo."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from aiohttp import web

from pipeline.limits import MAX_PHOTO_BYTES
from skill.guess_pace import TooManyTriesError
from skill.russian import duration
from skill.ticket_model import UnknownTicketError
from skill.web.app_keys import (
    ANIMATIONS,
    CLIENT_ADDRESSES,
    FILTERS,
    JOB_ID_SIGNER,
    PREVIEW_MAKER,
    SETTINGS,
    TEMPLATES,
    TICKETS,
    UPLOAD_HOOKS,
)
from skill.web.auth import TICKET_HEADER
from skill.web.errors import unknown_ticket
from skill.web.form_origin import is_foreign
from skill.web.templates import BINARY, CONTENT_TYPES

_FOREVER: Final = "public, max-age=31536000, immutable"


async def index(request: web.Request) -> web.Response:
    """GET /: the field for the code."""
    return request.app[TEMPLATES].render_often("index.html", trouble="", code="", minutes=_ticket_minutes(request))


async def code(request: web.Request) -> web.Response:
    """POST /code: six digits → the page of their ticket. From our own page only: a wrong code slows its sender down."""
    # not request.post(): it would take multipart forms as well, and write their parts to the disk
    form = parse_qs((await request.read()).decode("ascii", "replace"))
    digits = re.sub(r"[^0-9]", "", form.get("code", [""])[0])[:12]
    page = partial(request.app[TEMPLATES].render, minutes=_ticket_minutes(request))
    if is_foreign(request):
        return page("index.html", status=HTTPStatus.FORBIDDEN, trouble="Введите код на этой странице.", code=digits)
    if len(digits) != 6:
        return page("index.html", status=HTTPStatus.BAD_REQUEST, trouble="Нужны шесть цифр.", code=digits)
    try:
        address = request.app[CLIENT_ADDRESSES].find(request)
        token = await request.app[TICKETS].token_for_code(digits, address, wanted=lambda: request.transport is not None)
    except UnknownTicketError:
        trouble = "Такого кода нет, или он уже не действует. Проверьте цифры или попросите новый."
        return page("index.html", status=HTTPStatus.NOT_FOUND, trouble=trouble, code=digits)
    except TooManyTriesError as error:
        trouble = f"Слишком много попыток. Попробуйте через {duration(error.seconds)} или попросите ссылку."
        answer = page("index.html", status=HTTPStatus.TOO_MANY_REQUESTS, trouble=trouble, code=digits)
        answer.headers["Retry-After"] = f"{max(1, round(error.seconds))}"
        return answer
    raise web.HTTPSeeOther(f"/u/{token}")


def _ticket_minutes(request: web.Request) -> str:
    """Time that a ticket waits for its photo, in Russian words."""
    return duration(request.app[SETTINGS].ticket_minutes * 60)


async def upload(request: web.Request) -> web.Response:
    """GET /u/{token}: choose, send, watch, keep or delete; also after a reload in the middle."""
    token = request.match_info["token"]
    try:
        ticket = await request.app[TICKETS].get(token)
    except UnknownTicketError:
        gone = unknown_ticket()
        return request.app[TEMPLATES].render_often(
            "message.html", status=HTTPStatus.GONE, sentence=gone.sentence, advice=gone.advice
        )
    job = await request.app[ANIMATIONS].get(ticket.job) if ticket.job else None
    previews = request.app[PREVIEW_MAKER]
    if previews is not None and job is None:
        await previews.warm()
    return request.app[TEMPLATES].render(
        "upload.html",
        token=token,
        header=TICKET_HEADER,
        job=request.app[JOB_ID_SIGNER].sign(job.id) if job else "",
        keep=duration(request.app[SETTINGS].keep),
        max_bytes=MAX_PHOTO_BYTES,
        previews=previews is not None,
        left=max(0, round(ticket.until - request.app[TICKETS].now())),
        cards=ticket.cards and request.app[UPLOAD_HOOKS].agree_to_card is not None,
    )


async def privacy(request: web.Request) -> web.Response:
    """GET /privacy: what happens to a photo, in plain words with this service's own times and filters."""
    reader = request.app[FILTERS]
    filters, keep = reader.current or await reader.read(), duration(request.app[SETTINGS].keep)
    settings = request.app[SETTINGS]
    return request.app[TEMPLATES].render(
        "privacy.html",
        keep=keep,
        minutes=_ticket_minutes(request),
        filters=filters,
        previews=request.app[PREVIEW_MAKER] is not None,
        operator=settings.operator,
        contact=settings.contact,
        consent=[part.strip() for part in settings.consent.split("\n\n") if part.strip()],
    )


async def static(request: web.Request) -> web.Response:
    """GET /static/{version}/{name}: small files, read at the start."""
    templates = request.app[TEMPLATES]
    name = request.match_info["name"]
    if name not in templates.files:
        raise web.HTTPNotFound
    suffix = "." + name.rsplit(".", 1)[-1]
    kind = CONTENT_TYPES[suffix]
    current = request.match_info["version"] == templates.version
    headers = {"Cache-Control": _FOREVER if current else "no-cache"}
    if suffix in BINARY:
        return web.Response(body=templates.files[name], content_type=kind, headers=headers)
    answer = web.Response(body=templates.files[name], content_type=kind, charset="utf-8", headers=headers)
    answer.enable_compression()
    return answer


async def icon(request: web.Request) -> web.Response:
    """GET /favicon.ico: browsers ask for it, although no page names it."""
    body = request.app[TEMPLATES].files["icon.svg"]
    return web.Response(body=body, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


async def robots(_: web.Request) -> web.Response:
    """GET /robots.txt: nothing here is for search engines."""
    return web.Response(text="User-agent: *\nDisallow: /\n")


def routes() -> list[web.RouteDef]:
    """The routes of the pages."""
    return [
        web.get("/", index),
        web.post("/code", code),
        web.get("/u/{token:[A-Za-z0-9_-]{20,64}}", upload),
        web.get("/privacy", privacy),
        web.get("/static/{version:[0-9a-f]{12}}/{name:[a-z-]+[.][a-z0-9]+}", static),
        web.get("/favicon.ico", icon),
        web.get("/robots.txt", robots),
    ]
