"""Cost of a GIF: what lies before its first frame is counted, which Pillow reads piece by piece in Python."""

from __future__ import annotations

from typing import Final

from pipeline.errors import PhotoError, Reason

MAX_BLOCKS: Final = 20_000
"""Blocks of at most 255 bytes before the first frame: 5 MB of comments, profiles and the like."""
MAX_JUNK: Final = 2**16
"""Bytes before the first frame that belong to nothing."""

_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B


def check_gif(data: bytes) -> None:
    """Raise PhotoError `broken_file` where there is more before the first frame than any program writes.

    The frames behind the first are never read.

    Args:
        data: The whole file, which begins with a GIF's signature.
    """
    at = 13 + (3 << ((data[10] & 7) + 1) if len(data) > 10 and data[10] & 0x80 else 0)
    blocks = junk = 0
    while at < len(data) and data[at] not in {_IMAGE, _END}:
        if data[at] == _EXTENSION:
            at += 2
            while at < len(data) and data[at] and blocks <= MAX_BLOCKS:
                at += 1 + data[at]
                blocks += 1
            blocks += 1  # the empty one at the end
        else:
            junk += 1
        at += 1
        if blocks > MAX_BLOCKS or junk > MAX_JUNK:
            raise PhotoError(Reason.BROKEN_FILE, f"gif: {blocks} blocks, {junk} bytes of junk")
