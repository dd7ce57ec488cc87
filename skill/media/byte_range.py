"""The Range header (RFC 9110): the part of an object that is asked for."""

from __future__ import annotations

import re

_SINGLE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class RangeNotSatisfiableError(ValueError):
    """A well-formed range that lies outside the object: status 416."""


def parse_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for.

    A header that is malformed, has another unit or asks for several parts is ignored, as the RFC allows: the whole
    object is a right answer to it, and no client can make us cut a file into a thousand parts.

    Args:
        header: value of the header.
        size: bytes of the object.

    Returns:
        Positions in the object, from 0; None for all of it.

    Raises:
        RangeNotSatisfiableError: the range lies outside of the object.
    """
    match = _SINGLE.fullmatch(header)
    if match is None:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise RangeNotSatisfiableError(f"the object has {size} bytes")
    return range(start, stop)
