"""The photo of several people once more → who is where. Nothing of it is stored."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from pipeline.errors import PipelineError
from skill.web.errors import ApiError, used_ticket
from skill.web.keys import DOOR, INCOMING, ONLOOKER
from skill.web.receive import receive
from skill.web.wishes import turn_of


async def faces(request: web.Request) -> web.Response:
    """POST /faces: only of the photo that has come with the ticket, which was deleted when its job ended."""
    guest = await request.app[DOOR].enter(request)
    async with receive(request, request.app[INCOMING]) as upload:
        if guest.token and guest.digest != upload.digest:
            raise used_ticket()
        try:
            found = await request.app[ONLOOKER].look(upload.path, turn_of(upload.fields))
        except PipelineError as error:
            raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error.reason), error.sentence, error.advice) from None
    return web.Response(text=found.model_dump_json(), content_type="application/json")
