"""Bytes of an untrusted file → one decoded Pillow image. No other module hands foreign bytes to a parser."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif.as_plugin import HeifImageFile

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS, MAX_WHOLE_PIXELS
from pipeline.photo.cost.boxes import read_items
from pipeline.photo.cost.check import check_cost
from pipeline.photo.cost.size import check_size
from pipeline.photo.large import is_large, reduce_png, reduce_tiff
from pipeline.photo.libtiff import silence_libtiff
from pipeline.photo.tiff_directory import Tag, read_directory
from pipeline.photo.tiff_pages import list_pages, select_page
from pipeline.photo.tiff_samples import read_deep_colours

# The signature chooses the one parser that sees the file; Pillow's registry would try dozens.
_PARSERS: dict[str, type[ImageFile.ImageFile]] = {
    "jpeg": JpegImageFile,
    "png": PngImageFile,
    "webp": WebPImageFile,
    "heif": HeifImageFile,
    "avif": AvifImageFile,
    "tiff": TiffImageFile,
    "bmp": BmpImageFile,
    "gif": GifImageFile,
}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}

_DNG_VERSION, _ORIENTATION = 0xC612, 0x0112
_UPRIGHT: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Those of a picture that is too large to be decoded as a whole; a large JPEG goes another way, `_draft`.
_REDUCERS: dict[str, Callable[[bytes, int], Image.Image]] = {"png": reduce_png, "tiff": reduce_tiff}

# One decode at a time: it bounds the memory of a server, and `warnings.catch_warnings` is not thread-safe.
_DECODING = threading.Lock()


class Decoded(NamedTuple):
    """A picture as its file has it."""

    image: Image.Image
    """The loaded picture in the file's own mode and colours; a large JPEG may be smaller than it is stored."""
    orientation: int
    """EXIF orientation 1..8 that is still to be applied with `upright`."""


def read_bytes(source: Path | bytes) -> bytes:
    """The whole file, at most MAX_PHOTO_BYTES.

    Raises:
        PhotoError: `too_large`, before anything is read; `not_an_image`: a folder or a device; `broken_file`: the file
            is empty or can't be read.
    """
    if isinstance(source, bytes):
        data = source
    else:
        try:
            if source.exists() and not source.is_file():
                raise PhotoError(Reason.NOT_AN_IMAGE, "not a regular file")
            if source.stat().st_size > MAX_PHOTO_BYTES:
                raise PhotoError(Reason.TOO_LARGE, f"file over {MAX_PHOTO_BYTES >> 20} MiB")
            with source.open("rb") as file:
                data = file.read(MAX_PHOTO_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
            raise PhotoError(Reason.BROKEN_FILE, f"can't be read: {type(error).__name__}") from None
    if len(data) > MAX_PHOTO_BYTES:
        raise PhotoError(Reason.TOO_LARGE, f"file over {MAX_PHOTO_BYTES >> 20} MiB")
    if not data:
        raise PhotoError(Reason.BROKEN_FILE, "the file is empty")
    return data


def sniff(data: bytes) -> str | None:
    """The format that the first bytes claim ("jpeg", "heif", …), or None when it is none of ours."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    if data[4:8] == b"ftyp":
        size = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[8:12], *(data[i : i + 4] for i in range(16, size, 4))}
        # AVIF first: its files also list the brands of the general container.
        if brands & _AVIF_BRANDS and data[8:12] in _AVIF_BRANDS | _HEIF_BRANDS:
            return "avif"
        if data[8:12] in _HEIF_BRANDS:
            return "heif"
    return None


def decode(data: bytes, long_side: int, page: int = 0) -> Decoded:
    """Decode one picture of a file.

    Args:
        data: The whole file.
        long_side: Pixels of the longer side that are needed; a much larger JPEG is decoded at 1/2 … 1/8, whatever has
            more than MAX_WHOLE_PIXELS at a reduced scale, or not at all.
        page: Number of the page from 0, of a file that has several: see `pipeline.photo.pages`.

    Raises:
        PhotoError: `not_an_image`, `broken_file`, `too_large` (before a pixel is decoded, as `check_cost` does).
    """
    name = sniff(data)
    if name is None:
        raise PhotoError(Reason.NOT_AN_IMAGE, "unknown signature")
    if name == "pdf":
        return _decode_pdf(data, long_side, page)
    if name == "tiff":
        data = select_page(data, list_pages(data, page + 1)[-1])
    check_cost(name, data)
    with _DECODING, warnings.catch_warnings(), _translate_errors(name):
        warnings.simplefilter("ignore")
        if name == "tiff":
            silence_libtiff()
        image = _PARSERS[name](io.BytesIO(data))
        check_size(image.size, MAX_PHOTO_PIXELS)
        if isinstance(image, TiffImageFile) and (_DNG_VERSION in image.tag_v2 or _is_preview(image, data)):
            raise PhotoError(Reason.NOT_AN_IMAGE, "a camera's raw file")
        if is_large(image) and (reduce := _REDUCERS.get(name)):
            reduced = reduce(data, long_side)
            return Decoded(reduced, _orientation(reduced))
        if isinstance(image, TiffImageFile) and (deep := read_deep_colours(read_directory(data))):
            deep.info["icc_profile"] = image.info.get("icc_profile")
            return Decoded(deep, _orientation(image))
        _draft(image, long_side)
        check_size(image.size)
        image.load()
        check_size(image.size)  # HEIF: the stream's size may differ from the header's
        # After loading: PNG keeps EXIF behind the pixels, TIFF and HEIF have already turned themselves.
        return Decoded(image, _heif_orientation(image, data) if name == "heif" else _orientation(image))


def count_pages(data: bytes, most: int) -> int:
    """Number of a file's pages: the pictures of a TIFF or a PDF, else 1.

    Args:
        data: The whole file.
        most: Pages that are counted.

    Raises:
        PhotoError: A PDF can't be opened.
    """
    match sniff(data):
        case "tiff":
            return len(list_pages(data, most))
        case "pdf":
            from pipeline.photo.pdf import count_pictures  # noqa: PLC0415  (8 MB that few photos need)

            with _DECODING, _translate_errors("pdf"):
                return count_pictures(data, most)
        case _:
            return 1


def _decode_pdf(data: bytes, long_side: int, page: int) -> Decoded:
    from pipeline.photo.pdf import read_picture  # noqa: PLC0415  (8 MB that few photos need)

    with _DECODING, _translate_errors("pdf"):
        content, orientation = read_picture(data, page)
    if isinstance(content, Image.Image):
        return Decoded(content, orientation)
    if sniff(content) != "jpeg":  # and no PDF in a PDF
        raise PhotoError(Reason.BROKEN_FILE, "pdf: a picture that is no JPEG")
    # the page says how it stands, not the file in it
    return decode(content, long_side)._replace(orientation=orientation)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """`image` turned and mirrored as the EXIF orientation 1..8 asks."""
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


@contextmanager
def _translate_errors(name: str) -> Iterator[None]:
    """Turn whatever a parser raises on damaged bytes into a `PhotoError`."""
    try:
        yield
    except PhotoError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        _refuse(Reason.TOO_LARGE, name, error)
    except Exception as error:  # noqa: BLE001 - parsers raise anything: struct.error, KeyError, zlib.error, …
        _refuse(Reason.BROKEN_FILE, name, error)


def _refuse(reason: Reason, name: str, error: BaseException) -> NoReturn:
    # The parser's own words are left out: they may quote the file.
    raise PhotoError(reason, f"{name}: {type(error).__name__}") from None


def _draft(image: ImageFile.ImageFile, long_side: int) -> None:
    """Ask a JPEG decoder for a smaller picture.

    At least 1.5 × the final size is kept, so that the last step is ours (Lanczos) and the coarse DCT scaling
    is not seen: 49–54 dB against decoding in full, see tests/pipeline/photo/test_decode.py.
    """
    size, longest = image.size, max(image.size)
    if not isinstance(image, JpegImageFile):
        return
    share = min(1.5 * long_side / longest, 1.0)
    if is_large(image):  # whatever is asked for
        share = min(share, 0.5 if -(-size[0] // 2) * -(-size[1] // 2) <= MAX_WHOLE_PIXELS else 0.25)
    elif longest < 3 * long_side:
        return
    image.draft(None, (max(1, int(size[0] * share)), max(1, int(size[1] * share))))


def _is_preview(image: TiffImageFile, data: bytes) -> bool:
    """Raw files of cameras are TIFFs whose first picture is a thumbnail: animating that would be a lie."""
    return data[8:10] == b"CR" or bool(image.tag_v2.get(Tag.SUBFILE_TYPE, 0) & 1)


def _heif_orientation(image: Image.Image, data: bytes) -> int:
    """The orientation by EXIF of a HEIF that says nothing of it in its own way, as some programs write them."""
    items = read_items(data)
    if items.primary in items.turned:
        return 1  # libheif has turned it
    value = image.info.get("original_orientation")
    return value if isinstance(value, int) and value in _UPRIGHT else 1


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; 1 when absent or nonsense: broken EXIF must not cost anybody a good photo."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - see above
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
