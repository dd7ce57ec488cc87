"""Progress of a job as it happens: server-sent events, with the same objects that polling sees.

An event is the job as it is, not a change of it, and its id follows from what it says: so a stream that is cut goes on
at any node that has the same database, and what the page knows already (`Last-Event-ID`) is not said again.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from aiohttp import web

from skill.web.job_watch import JobWatch, name_news
from skill.web.schemas import JobView

_HEARTBEAT: Final = 10.0
"""Seconds without an event, after which a comment is sent: proxies cut a silent connection."""
_LONGEST: Final = 600.0
"""Seconds of a connection; then the browser connects again by itself."""


async def stream(request: web.Request, watch: JobWatch) -> web.StreamResponse:
    """Answer with one `data:` object for each change of a job, the first at once, until the job has ended.

    Args:
        request: The request to answer.
        watch: The job. Where it is not looked at any more the stream ends early, and the browser connects again.

    Returns:
        The response, whose body is complete.
    """
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(request)
    with suppress(ConnectionResetError):  # the client hung up
        await response.write(b"retry: 1000\n\n")
        await _write_events(response, watch, request.headers.get("Last-Event-ID", ""))
    return response


async def _write_events(response: web.StreamResponse, watch: JobWatch, told: str) -> None:
    began, seen = time.monotonic(), None
    while time.monotonic() - began < _LONGEST:
        current: JobView | None = await watch.next(seen, _HEARTBEAT)
        if current is None:
            return
        if current is seen:
            await response.write(b": still here\n\n")
            continue
        seen, name = current, name_news(current)
        if name != told or current.state.ended:
            await response.write(f"id: {name}\ndata: {current.model_dump_json()}\n\n".encode())
        told = name
        if current.state.ended:
            return
