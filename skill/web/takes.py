"""The takes of a ticket's photos: all are shown and deleted at once, and another one is asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from http import HTTPStatus

import structlog
from aiohttp import web

from pipeline.errors import PipelineError
from skill.animations import GoneError
from skill.jobs.model import Job, JobState
from skill.web.app_keys import ANIMATIONS, AUTHENTICATOR, FACE_FINDER, JOB_ID_SIGNER, SETTINGS, TICKETS, UPLOAD_HOOKS
from skill.web.auth import Principal
from skill.web.errors import as_api_errors, faces_unavailable, not_found
from skill.web.face_preview import FacesUnavailableError
from skill.web.forms import parse_wish, wish_of
from skill.web.job_view import view_job
from skill.web.openapi import AGAIN, DELETE_ALL, FACES_OF, LIST
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
    known = [job.id for job in await _takes(request, principal)]
    if principal.token:
        with as_api_errors():
            jobs = await tickets.jobs(principal.token)
        await tickets.detach_photo(principal.token)
        count = await animations.delete_takes(principal.user, jobs)
        await tickets.forget_jobs(principal.token)
    else:
        count = await animations.forget(principal.user)
    await request.app[UPLOAD_HOOKS].withdraw_cards(known)
    log.info("deleted", jobs=count)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def again(request: web.Request) -> web.Response:
    """POST /animations/{id}/again: another wish on the photo of one's own take → 202 and the job."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    animations, tickets, sign = request.app[ANIMATIONS], request.app[TICKETS], request.app[JOB_ID_SIGNER]
    form = parse_wish(await request.read())
    wish = await asyncio.to_thread(wish_of, form, long_side=request.app[SETTINGS].long_side)
    name = sign.verify(request.match_info["id"])
    before = next((job for job in await _takes(request, principal) if job.id == name), None)
    if before is None:
        raise not_found()
    if form.restore is None:
        wish = replace(wish, restore=before.wish.restore)
    if wish.face in {None, before.wish.face}:  # what was said of the person holds as long as the clip
        wish = replace(wish, adult=wish.adult or before.wish.adult, archive=wish.archive or before.wish.archive)
    with as_api_errors():
        if principal.token:
            await tickets.count_wish(principal.token)
        try:
            job = await animations.again(before.id, wish)
        except GoneError:
            raise not_found() from None
        if principal.token:
            await tickets.set_job(principal.token, job.id)
    log.info("asked", job=job.id, seconds=job.wish.seconds)
    return json_response(await view_job(animations, job, sign.sign(job.id)), HTTPStatus.ACCEPTED)


async def faces(request: web.Request) -> web.Response:
    """GET /animations/{id}/faces: of the photo of one's own take that asked who is meant; the page has it no more."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    name = request.app[JOB_ID_SIGNER].verify(request.match_info["id"])
    job = next((job for job in await _takes(request, principal) if job.id == name), None)
    if job is None:
        raise not_found()
    try:
        async with request.app[ANIMATIONS].photo(job) as photo:
            return json_response(await request.app[FACE_FINDER](photo, job.wish.long_side, job.wish.turn))
    except FacesUnavailableError as error:
        log.warning("faces_unavailable", reason=str(error))
        raise faces_unavailable() from None
    except (GoneError, PipelineError):
        raise not_found() from None


def routes() -> list[web.RouteDef]:
    """The routes of takes, all of them operations of the document."""
    return [LIST.route(show), DELETE_ALL.route(delete), AGAIN.route(again), FACES_OF.route(faces)]


async def _takes(request: web.Request, principal: Principal) -> list[Job]:
    """The jobs of whoever asks, the oldest first. Raises ApiError 401."""
    animations = request.app[ANIMATIONS]
    if principal.token:
        with as_api_errors():
            jobs = await animations.takes(principal.user, await request.app[TICKETS].jobs(principal.token))
    else:
        jobs = tuple(reversed(await animations.of(principal.user)))
    return [job for job in jobs if job.state is not JobState.DELETED]
