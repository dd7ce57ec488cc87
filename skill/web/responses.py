"""Responses that are made of the API's messages."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from skill.web.schemas import View


def json_response(body: View, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> web.Response:
    """The response that has a view as its body."""
    return web.Response(text=body.model_dump_json(), status=status, content_type="application/json", headers=headers)
