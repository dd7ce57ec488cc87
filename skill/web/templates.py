"""Pages from jinja2 templates, and the static files with the version in their address."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jinja2
from aiohttp import web

from skill.gesture_words import GESTURE_WORDS, label
from skill.web.typography import bind_words

CONTENT_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".webmanifest": "application/manifest+json",
    }
)
"""Types of the static files, by suffix."""
_HERE: Final = Path(__file__).parent
_COMMENT: Final = re.compile(r"//|/\*.*\*/$")
"""A line that is only a comment."""


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
        self.files = {path.name: _lean(path) for path in static if path.suffix in CONTENT_TYPES}
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
        return web.Response(text=bind_words(text), status=status, content_type="text/html")


def _lean(path: Path) -> bytes:
    """A file as it is sent: scripts and styles without indentation, spaces of styles and lines of comment."""
    if path.suffix == ".svg":
        return path.read_bytes()
    if path.suffix == ".css":
        return re.sub(r"\s*([{};])\s*|(?<=[:,]) ", r"\1", path.read_text(encoding="utf-8")).encode()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not _COMMENT.match(line)).encode()
