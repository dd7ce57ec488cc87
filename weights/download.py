"""The download of a large file over HTTP: the bytes that arrived stay, and the next try goes on from there."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

from weights.errors import DownloadFailed

BytesProgress = Callable[[int], None]
"""Called with the bytes of the file that have arrived so far."""

_TRIES: Final = 5  # in a row without a single new byte
_TIMEOUT: Final = 60.0  # seconds of silence
_CHUNK: Final = 1 << 20
_PARTIAL: Final = 206


def download(url: str, target: Path, size: int, progress: BytesProgress, *, pause: float = 2.0) -> Path:
    """Download a file unless it is there with the right size. The caller checks its hash.

    The bytes are gather_checkpoints in a file with `.part` behind its name, which outlives a failure and the process.

    Args:
        url: An address of http or https.
        target: The file that is written.
        size: Its length in bytes.
        progress: Called with the bytes that have arrived.
        pause: Seconds before the second try, twice as long before each further one.

    Returns:
        `target`.

    Raises:
        DownloadFailed: Five tries in a row brought no byte, the server refuses, or it sends too much.
    """
    part = target.with_name(f"{target.name}.part")
    reason, tries = "", 0
    while not (target.exists() and target.stat().st_size == size):
        before = _length(part)
        if before == size:
            part.replace(target)
            break
        if before > size:
            part.unlink()
            raise DownloadFailed(target.name, f"the server has {before} bytes or more instead of {size}")
        try:
            _continue(url, part, before, progress)
        except (OSError, http.client.HTTPException) as error:
            reason = _reason(error)
        tries = 0 if _length(part) > before else tries + 1
        if tries >= _TRIES or _is_final(reason):
            raise DownloadFailed(target.name, reason or f"the server sends {_length(part)} of {size} bytes")
        if tries:
            time.sleep(pause * 2 ** (tries - 1))
    progress(size)
    return target


def _continue(url: str, part: Path, start: int, progress: BytesProgress) -> None:
    """Append the bytes from `start` on; a server that can't begin there sends all, which then replaces the part.

    Raises OSError, HTTPException.
    """
    headers = {"User-Agent": "ozhivi", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT) as answer:
        goes_on = answer.status == _PARTIAL and _first_byte(answer.headers.get("Content-Range")) == start
        if answer.status == _PARTIAL and not goes_on:
            part.unlink(missing_ok=True)
            raise http.client.HTTPException("the server sends another part than was asked for")
        with part.open("ab" if goes_on else "wb") as file:
            done = start if goes_on else 0
            while chunk := answer.read1(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(done)


def _first_byte(content_range: str | None) -> int | None:
    """The first number of a Content-Range: `bytes 100-199/200` → 100."""
    first = (content_range or "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else None


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _reason(error: Exception) -> str:
    """A failure in a few words, for the message."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__


def _is_final(reason: str) -> bool:
    """Whether the server refuses the file, which no further try will change."""
    return any(reason.startswith(f"HTTP {code}") for code in (401, 403, 404, 410, 451))
