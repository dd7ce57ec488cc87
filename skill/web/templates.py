"""Pages from jinja2 templates, and the static files with the version in their address."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

HERE = Path(__file__).parent
STATIC = HERE / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Templates:
    """Russian pages; everything that is put into them is escaped."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.files = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
        digest = hashlib.sha256(b"".join(self.files.values()))
        self.version = digest.hexdigest()[:12]  # one for all: modules import each other by relative address
        self._environment.globals["static"] = f"/static/{self.version}"

    def page(self, name: str, *, status: int = HTTPStatus.OK, **values: Any) -> web.Response:
        text = self._environment.get_template(name).render(values)
        return web.Response(text=text, status=status, content_type="text/html")
