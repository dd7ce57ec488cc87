"""Progress as it happens: server-sent events, the same objects that polling sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from skill.web.schemas import JobView

_EVERY = 0.25  # seconds between looks at the queue
_HEARTBEAT = 10.0  # seconds of silence after which proxies cut a line
_LONGEST = 600.0  # then the browser connects again by itself


async def stream(
    request: web.Request, look: Callable[[], Awaitable[JobView]], stop: asyncio.Event
) -> web.StreamResponse:
    """One `data:` object for each change of what `look` sees, the first at once; the line ends after the job's end, or
    with `stop`, and the browser asks again."""
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(request)
    with suppress(ConnectionResetError):  # they left
        await response.write(b"retry: 1000\n\n")
        await _tell(response, look, stop)
    return response


async def _tell(response: web.StreamResponse, look: Callable[[], Awaitable[JobView]], stop: asyncio.Event) -> None:
    begun = spoken = time.monotonic()
    last: tuple[object, ...] = ()
    while (now := time.monotonic()) - begun < _LONGEST and not stop.is_set():
        shown = await look()
        what = (shown.state, shown.step, shown.progress, round(shown.wait / 5))
        if what != last:
            last, spoken = what, now
            await response.write(f"data: {shown.model_dump_json()}\n\n".encode())
        elif now - spoken > _HEARTBEAT:
            spoken = now
            await response.write(b": still here\n\n")
        if shown.state.ended:
            return
        await asyncio.sleep(_EVERY)
