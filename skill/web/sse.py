"""Progress of a job as it happens: server-sent events, with the same objects that polling sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import web

from skill.web.schemas import JobView

_EVERY: Final = 0.25
"""Seconds between two looks at the queue."""
_HEARTBEAT: Final = 10.0
"""Seconds without an event, after which a comment is sent: proxies cut a silent connection."""
_LONGEST: Final = 600.0
"""Seconds of a connection; then the browser connects again by itself."""


async def stream(
    request: web.Request, view: Callable[[], Awaitable[JobView]], stop: asyncio.Event
) -> web.StreamResponse:
    """Answer with one `data:` object for each change of a job, the first at once, until the job has ended.

    Args:
        request: The request to answer.
        view: The job as it is now.
        stop: Ends the stream early; the browser connects again.

    Returns:
        The response, whose body is complete.
    """
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(request)
    with suppress(ConnectionResetError):  # the client hung up
        await response.write(b"retry: 1000\n\n")
        await _write_events(response, view, stop)
    return response


async def _write_events(
    response: web.StreamResponse, view: Callable[[], Awaitable[JobView]], stop: asyncio.Event
) -> None:
    began = written = time.monotonic()
    last: tuple[object, ...] = ()
    while (now := time.monotonic()) - began < _LONGEST and not stop.is_set():
        current = await view()
        changing = (current.state, current.step, current.progress, round(current.wait / 5))
        if changing != last:
            last, written = changing, now
            await response.write(f"data: {current.model_dump_json()}\n\n".encode())
        elif now - written > _HEARTBEAT:
            written = now
            await response.write(b": still here\n\n")
        if current.state.ended:
            return
        await asyncio.sleep(_EVERY)
