"""The takes of a ticket's photos: all are shown and deleted at once, and another one is asked for."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import structlog
from aiohttp import web

from skill.animations import GoneError
from skill.jobs.model import Job, JobState
from skill.web.app_keys import ANIMATIONS, AUTHENTICATOR, JOB_ID_SIGNER, SETTINGS, TICKETS
from skill.web.auth import Principal
from skill.web.errors import as_api_errors, not_found
from skill.web.forms import parse_wish, wish_of
from skill.web.job_view import view_job
from skill.web.openapi import AGAIN, DELETE_ALL, LIST
from skill.web.responses import json_response
from skill.web.schemas import TakesView

log = structlog.get_logger(__name__)


async def show(request: web.Request) -> web.Response:
    """GET /animations: every take of the ticket's photos, or all of a key's user."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    animations, sign = request.app[ANIMATIONS], request.app[JOB_ID_SIGNER].sign
    views = [await view_job(animations, job, sign(job.id)) for job in await _takes(request, principal)]
    return json_response(TakesView(animations=views, until=principal.until))


async def delete(request: web.Request) -> web.Response:
    """DELETE /animations: photos and clips of all takes are gone when the answer comes, wherever they are made."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    animations, tickets = request.app[ANIMATIONS], request.app[TICKETS]
    if principal.token:
        with as_api_errors():
            jobs = await tickets.jobs(principal.token)
        await tickets.detach_photo(principal.token)
        count = await animations.delete_takes(principal.user, jobs)
        await tickets.forget_jobs(principal.token)
    else:
        count = await animations.forget(principal.user)
    log.info("deleted", jobs=count)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def again(request: web.Request) -> web.Response:
    """POST /animations/{id}/again: another wish on the photo of one's own take → 202 and the job."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    animations, tickets, sign = request.app[ANIMATIONS], request.app[TICKETS], request.app[JOB_ID_SIGNER]
    form = parse_wish(await request.read())
    wish = await asyncio.to_thread(wish_of, form, long_side=request.app[SETTINGS].long_side)
    before = sign.verify(request.match_info["id"])
    if before is None or before not in {job.id for job in await _takes(request, principal)}:
        raise not_found()
    with as_api_errors():
        if principal.token:
            await tickets.count_wish(principal.token)
        try:
            job = await animations.again(before, wish)
        except GoneError:
            raise not_found() from None
        if principal.token:
            await tickets.set_job(principal.token, job.id)
    log.info("asked", job=job.id, seconds=job.wish.seconds)
    return json_response(await view_job(animations, job, sign.sign(job.id)), HTTPStatus.ACCEPTED)


def routes() -> list[web.RouteDef]:
    """The routes of takes, all of them operations of the document."""
    return [LIST.route(show), DELETE_ALL.route(delete), AGAIN.route(again)]


async def _takes(request: web.Request, principal: Principal) -> list[Job]:
    """The jobs of whoever asks, the oldest first. Raises ApiError 401."""
    animations = request.app[ANIMATIONS]
    if principal.token:
        with as_api_errors():
            jobs = await animations.takes(principal.user, await request.app[TICKETS].jobs(principal.token))
    else:
        jobs = tuple(reversed(await animations.of(principal.user)))
    return [job for job in jobs if job.state is not JobState.DELETED]
