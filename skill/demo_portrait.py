"""The demo portrait: the astronaut Eileen Collins by NASA, public domain, from the package scikit-image."""

from __future__ import annotations

from io import BytesIO
from typing import Final

MEASURED_SIZE: Final = (1280, 960)
"""Width and height, in pixels, of the portrait with which the figures of docs/figures.md were measured."""


class NoPortraitError(RuntimeError):
    """The package scikit-image, which holds the demo portrait, is not installed."""

    def __init__(self) -> None:
        super().__init__("the demo portrait is in scikit-image: pip install '.[demo]'")


def astronaut(size: tuple[int, int] | None = None) -> bytes:
    """The portrait as a PNG file.

    Args:
        size: Width and height (at most the width), in pixels, to which the part with the face is scaled; None: the
            whole portrait, 512×512.

    Raises:
        NoPortraitError: scikit-image is not installed.
    """
    try:
        from skimage.data import astronaut as load  # noqa: PLC0415  (extra `demo`)
    except ImportError:
        raise NoPortraitError from None
    from PIL import Image  # noqa: PLC0415

    picture = Image.fromarray(load())  # type: ignore[no-untyped-call]
    if size is not None:
        width, height = size
        rows = round(picture.width * height / width)  # from the top: the face is in the upper half
        picture = picture.crop((0, 0, picture.width, rows)).resize(size, Image.Resampling.LANCZOS)
    file = BytesIO()
    picture.save(file, format="PNG")
    return file.getvalue()
