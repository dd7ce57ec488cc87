"""Pages from jinja2 templates, and the static files with the version in their address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jinja2
from aiohttp import web

from skill.movements import MOVEMENTS, PREVIEWED
from skill.web.minifier import minify_page, minify_script, minify_style
from skill.web.typography import bind_words

CONTENT_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".mp4": "video/mp4",
        ".jpg": "image/jpeg",
        ".webmanifest": "application/manifest+json",
    }
)
"""Types of the static files, by suffix."""
BINARY: Final = frozenset({".jpg", ".mp4", ".png"})
"""Suffixes of those that are no text, and are sent as they are."""
_HERE: Final = Path(__file__).parent
_MOST_TEXTS: Final = 256
"""Pages that are kept; when there are more, all are made anew."""


class Templates:
    """The Russian pages; every value that is put into them is escaped."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(_template),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._texts: dict[tuple[object, ...], bytes] = {}
        static = sorted((_HERE / "static").iterdir())
        self.files = {path.name: _lean(path) for path in static if path.suffix in CONTENT_TYPES}
        """Static files, by name."""
        digest = hashlib.sha256(b"".join(self.files.values()))
        self.version = digest.hexdigest()[:12]
        """The version in their addresses; one for all, since scripts import each other by relative address."""
        self._environment.globals["static"] = f"/static/{self.version}"
        self._environment.globals["previewed"] = MOVEMENTS[:PREVIEWED]
        self._environment.globals["further"] = MOVEMENTS[PREVIEWED:]

    def render(self, name: str, *, status: int = HTTPStatus.OK, **values: Any) -> web.Response:
        """A page.

        Args:
            name: Of the template.
            status: HTTP status of the response.
            **values: What the template needs; one that is missing is an error.
        """
        return _page(self._text(name, values), status)

    def render_often(self, name: str, *, status: int = HTTPStatus.OK, **values: Any) -> web.Response:
        """A page that is asked for again and again with the same few values, which can be hashed; else as `render`."""
        key = (name, *values.items())
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            text = self._texts[key] = self._text(name, values)
        return _page(text, status)

    def _text(self, name: str, values: Mapping[str, Any]) -> bytes:
        return bind_words(self._environment.get_template(name).render(values)).encode()


def _template(name: str) -> str:
    """The source of a template as it is sent."""
    return minify_page((_HERE / "templates" / name).read_text(encoding="utf-8"))


def _page(text: bytes, status: int) -> web.Response:
    page = web.Response(body=text, status=status, content_type="text/html", charset="utf-8")
    page.enable_compression()  # none says a secret beside words of its visitor, which lengths could betray
    return page


@cache
def _lean(path: Path) -> bytes:
    """A file as it is sent; once a process, since scripts take a third of a second."""
    match path.suffix:
        case ".css":
            return minify_style(path.read_text(encoding="utf-8")).encode()
        case ".js":
            return minify_script(path.read_text(encoding="utf-8")).encode()
    return path.read_bytes()
