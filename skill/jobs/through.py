"""Waiting for what must not be left half-way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


async def through(work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` gives. A cancellation is heard after it is done; an error of `work` goes first."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await task
        raise
