"""Previews of movements over HTTP: made of a photo that is not kept, sent line by line, stored nowhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import perf_counter

import structlog
from aiohttp import web

from skill.movements import MOVEMENTS, PREVIEWED
from skill.web.app_keys import ANIMATIONS, AUTHENTICATOR, PREVIEW_BUDGET, PREVIEW_MAKER
from skill.web.errors import previews_unavailable
from skill.web.forms import parse_form
from skill.web.movement_previews import PreviewsUnavailableError
from skill.web.openapi import PREVIEW
from skill.web.preview_renderer import PreviewOrder
from skill.web.schemas import PreviewForm, PreviewView
from skill.web.upload import receive_from

log = structlog.get_logger(__name__)


async def make(request: web.Request) -> web.StreamResponse:
    """POST /previews: of a photo that the person is about to send. A job that waits goes first."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    maker = request.app[PREVIEW_MAKER]
    if maker is None or (await request.app[ANIMATIONS].waiting()).jobs:
        raise previews_unavailable()
    request.app[PREVIEW_BUDGET].take(principal.token or principal.user)
    async with receive_from(request, principal.token) as upload:
        form = parse_form(PreviewForm, upload)
        wanted = MOVEMENTS[PREVIEWED:] if form.further else MOVEMENTS[:PREVIEWED]
        movements = tuple(one.value for one in wanted)
        order = PreviewOrder(form.photo.path, form.turn, movements, form.adult, form.archive, form.face or "")
        async with aclosing(maker.make(order)) as views:
            return await _stream(request, views)


async def _stream(request: web.Request, views: AsyncGenerator[PreviewView]) -> web.StreamResponse:
    """Send each preview as it is made. Raises ApiError before the first one."""
    began, count = perf_counter(), 0
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "application/x-ndjson"
    try:
        async for view in views:
            if not response.prepared:
                await response.prepare(request)
            await response.write(view.model_dump_json(exclude_defaults=True).encode() + b"\n")
            count += bool(view.movement)
    except PreviewsUnavailableError as error:
        log.warning("previews_unavailable", reason=str(error))
        if not response.prepared:
            raise previews_unavailable() from None
    except ConnectionResetError:  # the person has chosen already
        return response
    log.info("previews", count=count, seconds=round(perf_counter() - began, 3))
    return response  # its end is sent once the photo is gone


def routes() -> list[web.RouteDef]:
    """The route of previews, an operation of the document."""
    return [PREVIEW.route(make)]
