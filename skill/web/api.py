"""The HTTP API: what the page uses, and other assistants' backends as well."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from pipeline.errors import PipelineError
from skill.animations import Animations
from skill.client_network import client_network
from skill.jobs.model import Job, JobState
from skill.ticket_model import UnknownTicketError
from skill.tickets import Tickets
from skill.tracing.spans import span
from skill.web import look, previews, rendition, takes
from skill.web.app_keys import (
    ANIMATIONS,
    AUTHENTICATOR,
    CLIENT_ADDRESSES,
    FACE_FINDER,
    JOB_ID_SIGNER,
    JOB_WATCHES,
    METRICS,
    PREVIEW_BUDGET,
    PREVIEW_MAKER,
    SETTINGS,
    TICKETS,
    UPLOAD_HOOKS,
)
from skill.web.auth import Principal
from skill.web.errors import ApiError, as_api_errors, faces_unavailable, not_found, unknown_ticket, used_ticket
from skill.web.face_preview import FacesUnavailableError
from skill.web.forms import parse_form, wish_of
from skill.web.job_view import view_job
from skill.web.job_watch import View
from skill.web.openapi import CREATE, DELETE, FIND_FACES, PREFIX, SHOW, WATCH, document
from skill.web.responses import json_response
from skill.web.schemas import JobView, PhotoForm, WishForm
from skill.web.sse import stream
from skill.web.upload import receive_from

_TURNED_AWAY: Final = frozenset(
    {
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""Statuses for photos that were never looked at: counted by reason beside the refusals of those that were."""

log = structlog.get_logger(__name__)


async def create(request: web.Request) -> web.Response:
    """POST /animations: a photo and a wish → 202 and the job."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    try:
        begun = await _begin_upload(request, principal)
        with span("photo", parent=principal.trace):
            async with receive_from(request, principal.token) as upload:
                form = parse_form(WishForm, upload)
                job = await _submit(request, principal, form, begun)
    except ApiError as error:
        if error.status in _TURNED_AWAY:
            request.app[METRICS].count_refusal(error.code)
        raise
    log.info("asked", job=job.id, seconds=job.wish.seconds)
    for kind in (kind for kind in ("adult", "archive") if getattr(job.wish, kind)):
        log.info("consent", kind=kind, job=job.id)
    if form.card and principal.cards:
        await _agree_to_card(request, job)
    public = request.app[JOB_ID_SIGNER].sign(job.id)
    view = await view_job(request.app[ANIMATIONS], job, public)
    return json_response(view, HTTPStatus.ACCEPTED, {"Location": f"{PREFIX}/animations/{public}"})


async def faces(request: web.Request) -> web.Response:
    """POST /faces: of the photo that came with the ticket, as ours was deleted when its job ended; of one that
    the person is about to send, as often as there are previews."""
    principal = await request.app[AUTHENTICATOR].authenticate(request)
    async with receive_from(request, principal.token) as upload:
        if principal.token and principal.digest != upload.photo.digest:
            if request.app[PREVIEW_MAKER] is None:
                raise used_ticket()
            request.app[PREVIEW_BUDGET].take(principal.token)
        form = parse_form(PhotoForm, upload)
        try:
            view = await request.app[FACE_FINDER](form.photo.path, request.app[SETTINGS].long_side, form.turn)
        except FacesUnavailableError as error:
            log.warning("faces_unavailable", reason=str(error))
            raise faces_unavailable() from None
        except PipelineError as error:
            raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error.reason), error.sentence, error.advice) from None
    return json_response(view)


async def show(request: web.Request) -> web.Response:
    """GET /animations/{id}. The id can't be guessed: who knows it may look and delete."""
    view = await view_job(request.app[ANIMATIONS], await _job(request), request.match_info["id"])
    return json_response(view)


async def delete(request: web.Request) -> web.Response:
    """DELETE /animations/{id}: photo and clips are gone when the answer comes."""
    job = await _job(request)
    await request.app[ANIMATIONS].delete(job.id)
    await request.app[UPLOAD_HOOKS].withdraw_cards([job.id])
    log.info("deleted", job=job.id)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /animations/{id}/events: each change of the job until its end, as server-sent events."""
    animations, public = request.app[ANIMATIONS], request.match_info["id"]

    async def find() -> View:
        job = await _job(request)

        async def view() -> JobView:
            known, estimate = await asyncio.gather(
                animations.get(job.id), animations.estimate(job.id)
            )  # one transaction
            if known is None:
                return JobView(id=public, state=JobState.DELETED)
            return await view_job(animations, known, public, estimate)

        return view

    network = client_network(request.app[CLIENT_ADDRESSES].find(request))
    async with request.app[JOB_WATCHES].join(public, network, find) as watch:
        return await stream(request, watch)


async def openapi(request: web.Request) -> web.Response:
    """GET /openapi.json: the document of all other routes."""
    return web.Response(text=_document(request.app[SETTINGS].address), content_type="application/json")


@cache
def _document(address: str) -> str:
    return json.dumps(document(address))


def routes() -> list[web.RouteDef]:
    """The routes of the API; each but the document's own is an operation of the document."""
    return [
        CREATE.route(create),
        *takes.routes(),
        *look.routes(),
        *rendition.routes(),
        *previews.routes(),
        FIND_FACES.route(faces),
        SHOW.route(show),
        DELETE.route(delete),
        WATCH.route(events),
        web.get(f"{PREFIX}/openapi.json", openapi),
    ]


async def _begin_upload(request: web.Request, principal: Principal) -> float | None:
    """The time at which a photo begins to come in with a ticket; None with an API key. Raises ApiError 401."""
    try:
        return await request.app[TICKETS].begin_upload(principal.token) if principal.token else None
    except UnknownTicketError:
        raise unknown_ticket() from None


async def _submit(request: web.Request, principal: Principal, form: WishForm, begun: float | None) -> Job:
    """Redeem the ticket and queue the job."""
    animations, tickets = request.app[ANIMATIONS], request.app[TICKETS]
    wish = await asyncio.to_thread(wish_of, form, long_side=request.app[SETTINGS].long_side)
    wish = await request.app[UPLOAD_HOOKS].add_pending_wish(principal.user, wish)
    photo = form.photo
    with as_api_errors():
        if principal.token:
            instead_of = principal.job if await _may_be_replaced(animations, principal.job) else ""
            await tickets.redeem(principal.token, photo.digest, instead_of=instead_of, begun=begun)
        try:
            job = await animations.ask(
                principal.user,
                photo.path,
                wish,
                content_type=photo.content_type,
                digest=photo.digest,
                household=principal.household,
            )
        except BaseException:
            if principal.token:
                await tickets.release(principal.token, photo.digest)
            raise
        if principal.token:
            await _set_job(animations, tickets, principal.token, job, photo.digest)
    return job


async def _agree_to_card(request: web.Request, job: Job) -> None:
    """Pass on that the person agreed to a picture in the assistant's cards. An error costs the picture, not the job."""
    agree = request.app[UPLOAD_HOOKS].agree_to_card
    if agree is None:
        return
    try:
        await agree(job.id)
    except Exception as error:  # noqa: BLE001  (whatever keeps agreements: the photo has come all the same)
        log.warning("card_not_agreed", job=job.id, reason=type(error).__name__)


async def _set_job(animations: Animations, tickets: Tickets, token: str, job: Job, digest: str) -> None:
    """Raises UnknownTicketError where the ticket, or all that was made with it, was deleted while the photo came; the
    job goes as well then."""
    try:
        await tickets.set_job(token, job.id, digest=digest)
    except UnknownTicketError:
        await animations.delete(job.id)
        raise


async def _may_be_replaced(animations: Animations, job: str) -> bool:
    """Whether another photo may take the place of a ticket's: its job has ended."""
    known = await animations.get(job) if job else None
    return known is None or known.state.ended


async def _job(request: web.Request) -> Job:
    """The job of the path's id. Raises ApiError 404."""
    name = request.app[JOB_ID_SIGNER].verify(request.match_info["id"])
    job = await request.app[ANIMATIONS].get(name) if name else None
    if job is None or job.state is JobState.DELETED:
        raise not_found()
    structlog.contextvars.bind_contextvars(job=job.id)
    return job
