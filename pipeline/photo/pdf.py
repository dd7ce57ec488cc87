"""Pictures in a PDF: a scan lies in it as a picture, which is taken out and not drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

import pypdfium2.raw as pdfium
from PIL import Image
from pypdfium2 import PdfDocument, PdfImage, PdfiumError, PdfPage

from pipeline.errors import PhotoError, Reason, refuse_photo
from pipeline.limits import MAX_WHOLE_PIXELS
from pipeline.photo.cost.size import check_size

MAX_PAGES: Final = 20
"""Pages that are looked at."""
MAX_OBJECTS: Final = 200
"""Objects of a page that are looked at."""
_LEAST_SHARE: Final = 0.05
"""Least share of its page that a photo covers: logos and stamps are smaller."""
_LEAST_SIDE: Final = 64  # pixels
_DEPTH: Final = 2  # of pictures in groups
_JPEG: Final = "DCTDecode"
_UPRIGHT: Final[dict[tuple[int, int, int, int], int]] = {
    (1, 0, 0, 1): 1, (-1, 0, 0, 1): 2, (-1, 0, 0, -1): 3, (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5, (0, 1, -1, 0): 6, (0, -1, -1, 0): 7, (0, -1, 1, 0): 8,
}  # fmt: skip
"""Ways on the page, right and down, of a picture's rows and of its columns → EXIF orientation."""


class Picture(NamedTuple):
    """A picture of a PDF."""

    content: bytes | Image.Image
    """The JPEG's file, or the decoded picture."""
    orientation: int
    """EXIF orientation 1..8 in which it stands on its page."""


def count_pictures(data: bytes, most: int) -> int:
    """Number of the pictures that may be photos, at most `most`. Raises PhotoError as `read_picture` does."""
    with _open(data) as document:
        return len(list(islice(_find(document), most)))


def read_picture(data: bytes, number: int) -> Picture:
    """Take a picture out of a PDF.

    Args:
        data: The whole file.
        number: Of the picture from 0, page after page, the largest of a page first; one that is not there is the last.

    Raises:
        PhotoError: `not_an_image`: there is no picture, or a password is asked for; `too_large`: it is no JPEG, and has
            more pixels than may be decoded as a whole; `broken_file`.
    """
    with _open(data) as document:
        found = list(islice(_find(document), number + 1))
        if not found:
            raise refuse_photo(Reason.NOT_AN_IMAGE, "pdf_without_photo")
        page, picture = found[-1]
        orientation = _orientation(page, picture)
        if picture.get_filters() == [_JPEG]:
            return Picture(bytes(picture.get_data()), orientation)
        check_size(picture.get_px_size(), MAX_WHOLE_PIXELS)
        return Picture(picture.get_bitmap().to_pil().copy(), orientation)


def _open(data: bytes) -> PdfDocument:
    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise refuse_photo(Reason.NOT_AN_IMAGE, "pdf_with_password") from None
        raise PhotoError(Reason.BROKEN_FILE, "pdf: can't be opened") from None


def _find(document: PdfDocument) -> Iterator[tuple[PdfPage, PdfImage]]:
    """The pictures that may be photos, with their pages."""
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        whole = page.get_width() * page.get_height()
        pictures: list[tuple[float, PdfImage]] = []
        objects = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH)
        for picture in islice(objects, MAX_OBJECTS):
            left, bottom, right, top = picture.get_bounds()
            area = (right - left) * (top - bottom)
            if area >= _LEAST_SHARE * whole and min(picture.get_px_size()) >= _LEAST_SIDE:
                pictures.append((area, picture))
        for _, picture in sorted(pictures, key=lambda pair: -pair[0]):
            yield page, picture


def _orientation(page: PdfPage, picture: PdfImage) -> int:
    """EXIF orientation of a picture, as it is drawn and the page is turned; 1 where it lies aslant."""
    matrix = picture.get_matrix()
    # the page's own axis points up
    row, column = (matrix.a, -matrix.b), (-matrix.c, matrix.d)
    for _ in range(page.get_rotation() // 90):
        row, column = (-row[1], row[0]), (-column[1], column[0])
    return _UPRIGHT.get((*_direction(row), *_direction(column)), 1)


def _direction(way: tuple[float, float]) -> tuple[int, int]:
    x, y = way
    return (1 if x > 0 else -1, 0) if abs(x) >= abs(y) else (0, 1 if y > 0 else -1)
