"""The OpenAPI document, from the same models that the handlers use."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from pipeline.limits import GESTURES, TURNS
from skill.web.auth import KEY_HEADER, TICKET_HEADER, USER_HEADER
from skill.web.face_preview import FacesView
from skill.web.schemas import JobView

_REF = "#/components/schemas/{model}"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "sentence", "advice"],
            "properties": {
                "code": {"type": "string", "description": "for programs"},
                "sentence": {"type": "string", "description": "Russian, to be shown or spoken"},
                "advice": {"type": "string", "description": "Russian; English for wrong_request"},
            },
        }
    },
}
_PHOTO = {
    "type": "string",
    "format": "binary",
    "description": "JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF; up to 40 MiB and 50 megapixels",
}
_TURN = {"type": "integer", "enum": list(TURNS), "description": "degrees clockwise, after the file's own orientation"}
_FORM = {
    "type": "object",
    "required": ["photo"],
    "additionalProperties": False,
    "properties": {
        "photo": _PHOTO,
        "motion": {"type": "string", "enum": ["nostalgia", "idle"]},
        "gesture": {"type": "string", "description": f"of {', '.join(GESTURES)}; several, separated by commas"},
        "face": {"type": "string", "pattern": "^(auto|largest|left|right|all|[1-9][0-9]?)$"},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
        "seconds": {"type": "number", "minimum": 2, "maximum": 6},
        "turn": _TURN,
        "adult": {"type": "boolean", "description": "everybody meant is 18 or older: the answer to cause `appeal`"},
        "archive": {"type": "boolean", "description": "the family consents to a child on an old photo: to `archive`"},
    },
}

_TROUBLES = {
    "400": "a wrong form",
    "401": "no valid ticket or key",
    "409": "the ticket is used",
    "413": "too large",
    "415": "not a photo",
    "429": "this user has enough jobs waiting: try again after Retry-After seconds",
    "422": "an empty or broken file",
    "503": "the queue is full, or the store is down: try again after Retry-After seconds",
}


def document(address: str) -> dict[str, Any]:
    """`address`: where the service is reached."""
    _, schemas = models_json_schema([(JobView, "serialization"), (FacesView, "serialization")], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Оживи фото",
            "version": version("ozhivi"),
            "description": "A portrait becomes a looping video. Whoever knows an animation's id may see and delete it.",
        },
        "servers": [{"url": address}],
        "paths": {
            "/api/v1/animations": {"post": _create()},
            "/api/v1/animations/{id}": _one(),
            **_events(),
            **_faces(),
        },
        "components": {
            "schemas": {**schemas["$defs"], "Error": _ERROR},
            "securitySchemes": {
                "ticket": {"type": "apiKey", "in": "header", "name": TICKET_HEADER},
                "key": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
            },
        },
    }


def _create() -> dict[str, Any]:
    return {
        "operationId": "createAnimation",
        "summary": "Animate a photo",
        "security": [{"ticket": []}, {"key": []}],
        "parameters": [
            {
                "name": USER_HEADER,
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 200},
                "description": "with a key: an opaque id of the person asking; kept only as a keyed hash",
            }
        ],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
        "responses": {"202": _job("accepted"), **{status: _error(words) for status, words in _TROUBLES.items()}},
    }


def _one() -> dict[str, Any]:
    return {
        "parameters": [_id()],
        "get": {
            "operationId": "getAnimation",
            "summary": "How far it is, and the links when it is done",
            "responses": {"200": _job("the animation"), "404": _error("deleted, expired or never there")},
        },
        "delete": {
            "operationId": "deleteAnimation",
            "summary": "Delete the photo and everything made of it, at once",
            "responses": {"204": {"description": "gone"}, "404": _error("there is nothing")},
        },
    }


def _events() -> dict[str, Any]:
    stream = {"text/event-stream": {"schema": {"type": "string"}}}
    return {
        "/api/v1/animations/{id}/events": {
            "parameters": [_id()],
            "get": {
                "operationId": "watchAnimation",
                "summary": "Each change until its end; every `data:` is a JobView",
                "responses": {
                    "200": {"description": "server-sent events", "content": stream},
                    "404": _error("there is nothing"),
                },
            },
        }
    }


def _faces() -> dict[str, Any]:
    form = {
        "type": "object",
        "required": ["photo"],
        "additionalProperties": False,
        "properties": {"photo": _PHOTO, "turn": _TURN},
    }
    found = {"application/json": {"schema": {"$ref": _REF.format(model="FacesView")}}}
    troubles = {status: words for status, words in _TROUBLES.items() if status != "503"}
    return {
        "/api/v1/faces": {
            "post": {
                "operationId": "findFaces",
                "summary": "Who is on the photo that was refused with several_faces; nothing is stored",
                "security": [{"ticket": []}, {"key": []}],
                "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
                "responses": {
                    "200": {"description": "faces from the left", "content": found},
                    **{status: _error(words) for status, words in troubles.items()},
                },
            }
        }
    }


def _id() -> dict[str, Any]:
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{24,96}$"},
    }


def _job(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": {"$ref": _REF.format(model="JobView")}}}}


def _error(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": {"$ref": _REF.format(model="Error")}}}}
