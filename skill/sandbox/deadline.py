"""Time that a photo may take in a process: in all, and of that for decoding."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

from pipeline.progress import Step

DECODE_SECONDS: Final = 15.0
"""Seconds that a photo may take to decode. One of 49 megapixels takes 1 to 5 s on two busy cores, in each format: a
photo that takes longer was made to."""


class PhotoDeadline:
    """A block that ends with TimeoutError when its time, or that of decoding, is over."""

    def __init__(self, seconds: float, decode_seconds: float = DECODE_SECONDS) -> None:
        """Args:
        seconds: that the block may take.
        decode_seconds: of them for decoding, from `begin(Step.DECODE)` to the next step.
        """
        self.decoding = False
        """Whether the photo is being decoded; afterwards, whether it was so at the end."""
        self._seconds, self._decode_seconds = seconds, decode_seconds
        self._timeout = asyncio.timeout(None)
        self._end = 0.0

    def begin(self, step: str) -> None:
        """A step has begun, or goes on."""
        decoding = step == Step.DECODE
        if decoding != self.decoding:
            self.decoding = decoding
            last = asyncio.get_running_loop().time() + self._decode_seconds
            self._timeout.reschedule(min(self._end, last) if decoding else self._end)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._end = asyncio.get_running_loop().time() + self._seconds
        self._timeout.reschedule(self._end)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._timeout.__aexit__(kind, error, trace)
