"""A web server for files on this machine, which can cut connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """The files of a server and the requests that it got."""

    files: dict[str, bytes]
    """Path → content."""
    cuts: list[int] = field(default_factory=list)
    """Bytes after which the next answers are cut off; answers after those are whole."""
    ranges: bool = True
    """Whether it answers requests for a part of a file."""
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range of each request so far."""
    url: str = ""
    """Its address while it runs."""


@contextmanager
def serve(files: FileServer) -> Iterator[FileServer]:
    """Answer requests while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            files.requests.append((self.path, wanted))
            data = files.files.get(self.path)
            if data is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and files.ranges else 0
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            end = start + files.cuts.pop(0) if files.cuts else len(data)
            self.wfile.write(data[start:end])
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Keep requests out of the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    files.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield files
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
