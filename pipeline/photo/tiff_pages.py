"""Pages of a TIFF: each of its pictures is read as if it were the file's only one."""

from __future__ import annotations

import struct
from typing import Final

from pipeline.errors import PhotoError
from pipeline.photo.tiff_directory import Directory, Layout, Tag, read_directory

MAX_DIRECTORIES: Final = 200
"""Directories that are looked at."""

_SMALL_COPY, _MASK = 1, 4  # bits of Tag.SUBFILE_TYPE


def list_pages(data: bytes, most: int) -> list[int]:
    """Find the pages of a file.

    Args:
        data: The whole file, which begins with a TIFF's signature.
        most: Pages that are wanted.

    Returns:
        The byte at which the directory of each lies. The first is always there; small copies and masks are no pages,
        and what lies behind damage isn't found.
    """
    places: list[int] = []
    seen: set[int] = set()
    at: int | None = None
    while len(places) < most and len(seen) < MAX_DIRECTORIES:
        try:
            directory = read_directory(data, at)
            if not seen or _is_page(directory):
                places.append(directory.at)
        except (struct.error, PhotoError):
            break
        seen.add(directory.at)
        at = directory.next
        if not at or at in seen:
            break
    return places or [0]


def select_page(data: bytes, at: int) -> bytes:
    """The same file with another first page.

    Args:
        data: The whole file.
        at: Of `list_pages`.
    """
    layout = Layout.of(data)
    place = struct.pack(layout.order + layout.offset, at)
    if data[layout.start : layout.start + len(place)] == place or not at:
        return data
    return data[: layout.start] + place + data[layout.start + len(place) :]


def _is_page(directory: Directory) -> bool:
    return not directory.number(Tag.SUBFILE_TYPE, 0) & (_SMALL_COPY | _MASK)
