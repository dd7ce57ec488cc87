"""Card picture: a poster in the form of the gallery card, all of it to be seen, on a soft ground of its own colours."""

from __future__ import annotations

from io import BytesIO
from typing import Final

WIDTH, HEIGHT = 328, 480  # pixels: the portrait form of the gallery
SMALLEST, LARGEST = 2**10, 2**20  # bytes that the platform takes
_BLUR: Final = 26  # pixels; below 20 the ground still has a second face
_DIM: Final = 0.82  # brightness of the ground: the picture itself stands out
_SHADE: Final = 9  # pixels of the shadow between the two
_QUALITIES: Final = (90, 80, 65, 45)


class NoPictureError(ValueError):
    """A poster that can't be shown in a card."""


def card_picture(poster: bytes) -> bytes:
    """A poster as a card shows it. Blocks for about 30 ms.

    Args:
        poster: bytes of a JPEG or PNG file.

    Returns:
        A JPEG of 328×480 pixels, 1 KB to 1 MB, with the poster's provenance mark (XMP) and nothing else of its
        metadata.

    Raises:
        NoPictureError: the poster can't be read or does not fit.
    """
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps, UnidentifiedImageError  # noqa: PLC0415  (heavy)

    try:
        with Image.open(BytesIO(poster)) as opened:
            mark = opened.info.get("xmp")
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError, SyntaxError):
        raise NoPictureError("the poster is no picture that can be read") from None
    whole = ImageOps.contain(image, (WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    left, top = (WIDTH - whole.width) // 2, (HEIGHT - whole.height) // 2
    ground = ImageOps.fit(image, (WIDTH // 4, HEIGHT // 4)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    ground = ImageEnhance.Brightness(ground.filter(ImageFilter.GaussianBlur(_BLUR))).enhance(_DIM)
    shade = Image.new("L", (WIDTH, HEIGHT), 0)
    shade.paste(110, (left, top, left + whole.width, top + whole.height))
    ground.paste((0, 0, 0), mask=shade.filter(ImageFilter.GaussianBlur(_SHADE)))
    ground.paste(whole, (left, top))
    for quality in _QUALITIES:
        file = BytesIO()
        ground.save(file, "JPEG", quality=quality, optimize=True, **({"xmp": mark} if mark else {}))
        if SMALLEST <= file.tell() <= LARGEST:
            return file.getvalue()
    raise NoPictureError("the poster does not fit into a card")
