"""PDFs that are made by hand, object by object."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from pipeline.arrays import Pixels
from tests.pipeline.photo.pictures import saved

A4 = (595, 842)
"""Width and height of a page in points."""


def pdf(objects: Sequence[bytes]) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return data + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(head: bytes, body: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n" % (head, len(body)) + body + b"\nendstream"


def jpeg_object(pixels: Pixels, **options: Any) -> bytes:
    height, width = pixels.shape[:2]
    head = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Width %d/Height %d"
    return stream(head % (width, height), saved(pixels, "JPEG", **options))


def flate_object(pixels: Pixels) -> bytes:
    height, width = pixels.shape[:2]
    head = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/Width %d/Height %d"
    return stream(head % (width, height), zlib.compress(pixels.tobytes()))


def scan(pages: Sequence[tuple[bytes, bytes]], turn: int = 0) -> bytes:
    """A PDF of scanned pages.

    Args:
        pages: Of each the object of its picture, and the operators that draw it: `/P Do` in a matrix.
        turn: Degrees clockwise of each page.
    """
    kids = b" ".join(b"%d 0 R" % (3 + 3 * number) for number in range(len(pages)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages))]
    for number, (picture, content) in enumerate(pages):
        first = 3 + 3 * number
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Rotate %d"
            b"/Resources<</XObject<</P %d 0 R>>>>/Contents %d 0 R>>" % (*A4, turn, first + 1, first + 2),
            picture,
            stream(b"", content),
        ]
    return pdf(objects)


def placed(width: float = A4[0], height: float = A4[1], left: float = 0.0, bottom: float = 0.0) -> bytes:
    """Operators that draw the picture upright in a place of the page, in points."""
    return b"q %g 0 0 %g %g %g cm /P Do Q" % (width, height, left, bottom)
