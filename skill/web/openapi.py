"""The API's operations, from which both its routes and its OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pipeline.limits import RENDITIONS
from skill.web.auth import KEY_HEADER, MAX_USER_LENGTH, TICKET_HEADER, USER_HEADER
from skill.web.schemas import (
    ErrorView,
    FacesView,
    JobView,
    LookView,
    PhotoForm,
    PreviewForm,
    PreviewView,
    ResultView,
    TakesView,
    View,
    WishFields,
    WishForm,
)

PREFIX: Final = "/api/v1"
"""Of the paths of all operations."""
_ID: Final = "[A-Za-z0-9_-]{24,96}"
_REF: Final = "#/components/schemas/{model}"


class Answer(NamedTuple):
    """One of the answers of an operation."""

    description: str
    """In English, for the developer of a client."""
    model: type[View] | None = None
    """Model of the JSON body, or of each of its lines; None where there is no JSON."""
    content_type: str = ""
    """Type of a body that is not one piece of JSON; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path."""

    name: str
    """Its `operationId`."""
    method: str
    """HTTP method, in capitals."""
    path: str
    """Path after the prefix; `{id}` is a job's id for clients, `{rendition}` the name of a rendition."""
    summary: str
    """In English, for the developer of a client."""
    answers: Mapping[HTTPStatus, Answer]
    """All answers, by status."""
    form: type[PhotoForm] | None = None
    """Model of the multipart form in the request; None where there is none."""
    body: type[BaseModel] | None = None
    """Model of the JSON in the request; None where there is none."""

    query: str = ""
    """A parameter behind the path's question mark, by its key in _PARAMETERS; empty for none."""
    authenticated: bool = False
    """Whether it takes a ticket or a key; without, whoever knows a job's id may."""

    def route(self, handler: Handler) -> web.RouteDef:
        """The route that answers with `handler`."""
        path = self.path.replace("{id}", f"{{id:{_ID}}}").replace(
            "{rendition}", f"{{rendition:{'|'.join(RENDITIONS)}}}"
        )
        return web.route(self.method, PREFIX + path, handler)


def _errors(**descriptions: str) -> dict[HTTPStatus, Answer]:
    return {HTTPStatus[name]: Answer(description, ErrorView) for name, description in descriptions.items()}


_UPLOAD_ERRORS: Final = _errors(
    BAD_REQUEST="a wrong form",
    UNAUTHORIZED="no valid ticket or key",
    CONFLICT="the ticket is used",
    REQUEST_ENTITY_TOO_LARGE="too large",
    UNSUPPORTED_MEDIA_TYPE="not a photo",
    UNPROCESSABLE_ENTITY="an empty or broken file",
    TOO_MANY_REQUESTS="this user has enough photos waiting or on their way: try again after Retry-After seconds",
    SERVICE_UNAVAILABLE="too many wait or are on their way, or the store is down: try again after Retry-After seconds",
)
_JOB_ERRORS: Final = _errors(
    NOT_FOUND="deleted, expired or never there",
    SERVICE_UNAVAILABLE="queue or store are down: try again after Retry-After seconds",
)
CREATE: Final = Operation(
    "createAnimation",
    "POST",
    "/animations",
    "Animate a photo",
    {
        HTTPStatus.ACCEPTED: Answer("accepted", JobView),
        **_UPLOAD_ERRORS,
    },
    form=WishForm,
    authenticated=True,
)
_ACCESS_ERRORS: Final = _errors(
    BAD_REQUEST="a wrong header",
    UNAUTHORIZED="no valid ticket or key",
    SERVICE_UNAVAILABLE="queue or store are down: try again after Retry-After seconds",
)
LIST: Final = Operation(
    "listAnimations",
    "GET",
    "/animations",
    "All animations of the ticket's photos, or of the key's user",
    {HTTPStatus.OK: Answer("the oldest first", TakesView), **_ACCESS_ERRORS},
    authenticated=True,
)
DELETE_ALL: Final = Operation(
    "deleteAnimations",
    "DELETE",
    "/animations",
    "Delete all of them, with their photos, at once, also those that are being made",
    {HTTPStatus.NO_CONTENT: Answer("gone"), **_ACCESS_ERRORS},
    authenticated=True,
)
FIND_FACES: Final = Operation(
    "findFaces",
    "POST",
    "/faces",
    "The faces of a photo that is about to be sent, or was refused with several_faces; nothing is stored",
    {
        HTTPStatus.OK: Answer("faces from the left", FacesView),
        **_UPLOAD_ERRORS,
        **_errors(SERVICE_UNAVAILABLE="too many photos wait for it: try again after Retry-After seconds"),
    },
    form=PhotoForm,
    authenticated=True,
)
PREVIEW: Final = Operation(
    "previewMovements",
    "POST",
    "/previews",
    "Small looping previews of movements, as they are made; every line is a PreviewView, nothing is stored",
    {
        HTTPStatus.OK: Answer("lines of JSON", PreviewView, "application/x-ndjson"),
        **{status: answer for status, answer in _UPLOAD_ERRORS.items() if status is not HTTPStatus.CONFLICT},
        **_errors(
            TOO_MANY_REQUESTS="as many photos were looked at with this ticket as may",
            SERVICE_UNAVAILABLE="animations wait, and go first, or previews are switched off: do without them",
        ),
    },
    form=PreviewForm,
    authenticated=True,
)
AGAIN: Final = Operation(
    "animateAgain",
    "POST",
    "/animations/{id}/again",
    "Another wish on the photo of an animation that is done: on its first frame, as the photo itself is deleted",
    {
        HTTPStatus.ACCEPTED: Answer("accepted", JobView),
        **_errors(
            BAD_REQUEST="a wrong wish",
            UNAUTHORIZED="no valid ticket or key",
            NOT_FOUND="deleted, expired or never there, or of somebody else",
            CONFLICT="the ticket is used",
            REQUEST_ENTITY_TOO_LARGE="more than a wish",
            TOO_MANY_REQUESTS="this user has enough jobs waiting: try again after Retry-After seconds",
            SERVICE_UNAVAILABLE="the queue is full, or queue or store are down: try again after Retry-After seconds",
        ),
    },
    body=WishFields,
    authenticated=True,
)
FACES_OF: Final = Operation(
    "findFacesOf",
    "GET",
    "/animations/{id}/faces",
    "The faces of the photo of an animation that asked which of them is meant, while the answer is waited for",
    {
        HTTPStatus.OK: Answer("faces from the left", FacesView),
        **_errors(
            BAD_REQUEST="a wrong header",
            UNAUTHORIZED="no valid ticket or key",
            NOT_FOUND="deleted, expired or never there, or of somebody else, or without a photo",
            SERVICE_UNAVAILABLE="queue or store are down: try again after Retry-After seconds",
        ),
    },
    authenticated=True,
)
LOOK: Final = Operation(
    "lookAtAnimation",
    "GET",
    "/animations/{id}/look",
    "The page that only shows the clip, to be given on",
    {HTTPStatus.OK: Answer("its path", LookView), **_JOB_ERRORS},
    query="shown",
)
RENDER: Final = Operation(
    "makeRendition",
    "POST",
    "/animations/{id}/renditions/{rendition}",
    "The clip for a messenger (three loops, H.264 main, 16 MB at most) or as a wallpaper (around the person): made the"
    " first time, in some seconds, and deleted with the clip",
    {
        HTTPStatus.OK: Answer("the file, which is among the animation's results from now on", ResultView),
        **_errors(
            NOT_FOUND="deleted, expired, never there or not done",
            SERVICE_UNAVAILABLE="too many wait, or queue or store are down: try again after Retry-After seconds",
        ),
    },
)
SHOW: Final = Operation(
    "getAnimation",
    "GET",
    "/animations/{id}",
    "How far it is, and the links when it is done",
    {HTTPStatus.OK: Answer("the animation", JobView), **_JOB_ERRORS},
)
DELETE: Final = Operation(
    "deleteAnimation",
    "DELETE",
    "/animations/{id}",
    "Delete the photo and everything made of it, at once",
    {HTTPStatus.NO_CONTENT: Answer("gone"), **_JOB_ERRORS},
)
WATCH: Final = Operation(
    "watchAnimation",
    "GET",
    "/animations/{id}/events",
    "Each change until its end; every `data:` is a JobView",
    {
        HTTPStatus.OK: Answer("server-sent events", content_type="text/event-stream"),
        **_JOB_ERRORS,
        **_errors(TOO_MANY_REQUESTS="too many look at this job, or from this network: poll instead"),
    },
)
OPERATIONS: Final = (
    CREATE, LIST, DELETE_ALL, FIND_FACES, PREVIEW, SHOW, AGAIN, FACES_OF, LOOK, RENDER, DELETE, WATCH,
)  # fmt: skip
_PARAMETERS: Final = MappingProxyType(
    {
        "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{_ID}$"}},
        "rendition": {
            "name": "rendition",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": list(RENDITIONS)},
        },
        "shown": {
            "name": "rendition",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "enum": list(RENDITIONS)},
            "description": "a rendition that was made: the page shows it instead of the clip, and nothing else",
        },
        "user": {
            "name": USER_HEADER,
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": MAX_USER_LENGTH},
            "description": "with a key: an opaque id of the person asking; kept only as a keyed hash",
        },
    }
)


def document(address: str) -> dict[str, Any]:
    """The OpenAPI document.

    Args:
        address: The service's own, without a slash at the end.

    Returns:
        The document, ready for JSON.
    """
    answers = {answer.model: None for one in OPERATIONS for answer in one.answers.values() if answer.model}
    _, schemas = models_json_schema([(model, "serialization") for model in answers], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(PREFIX + one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Оживи фото",
            "version": version("ozhivi"),
            "description": "A portrait becomes a looping video. Whoever knows an animation's id may see and delete it.",
        },
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "ticket": {"type": "apiKey", "in": "header", "name": TICKET_HEADER},
                "key": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
            },
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    written: dict[str, Any] = {"operationId": one.name, "summary": one.summary}
    names = [name for name in ("id", "rendition") if f"{{{name}}}" in one.path]
    names += [one.query] * bool(one.query) + ["user"] * one.authenticated
    if names:
        written["parameters"] = [_PARAMETERS[name] for name in names]
    if one.authenticated:
        written["security"] = [{"ticket": []}, {"key": []}]
    if one.form:
        schema = one.form.model_json_schema()
        written["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if one.body:
        written["requestBody"] = {"content": {"application/json": {"schema": one.body.model_json_schema()}}}
    written["responses"] = {str(status.value): _answer(answer) for status, answer in one.answers.items()}
    return written


def _answer(answer: Answer) -> dict[str, Any]:
    written: dict[str, Any] = {"description": answer.description}
    if answer.model:
        written["content"] = {answer.content_type or "application/json": {"schema": _reference(answer.model)}}
    elif answer.content_type:
        written["content"] = {answer.content_type: {"schema": {"type": "string"}}}
    return written


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
