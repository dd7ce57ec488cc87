"""Pages from jinja2 templates, and the static files with the version in their address."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jinja2
from aiohttp import web

from skill.gesture_words import GESTURE_WORDS, label

CONTENT_TYPES: Final = MappingProxyType({".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"})
"""Types of the static files, by suffix."""
_HERE: Final = Path(__file__).parent


class Templates:
    """The Russian pages; every value that is put into them is escaped."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        static = sorted((_HERE / "static").iterdir())
        self.files = {path.name: path.read_bytes() for path in static if path.suffix in CONTENT_TYPES}
        """Static files, by name."""
        digest = hashlib.sha256(b"".join(self.files.values()))
        self.version = digest.hexdigest()[:12]
        """The version in their addresses; one for all, since scripts import each other by relative address."""
        self._environment.globals["static"] = f"/static/{self.version}"
        # buttons of the upload page, which account linking shows as well
        self._environment.globals["gestures"] = [(name, label(name)) for name in GESTURE_WORDS]

    def render(self, name: str, *, status: int = HTTPStatus.OK, **values: Any) -> web.Response:
        """A page.

        Args:
            name: Of the template.
            status: HTTP status of the response.
            **values: What the template needs; one that is missing is an error.
        """
        text = self._environment.get_template(name).render(values)
        return web.Response(text=text, status=status, content_type="text/html")
