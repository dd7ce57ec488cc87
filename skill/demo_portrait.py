"""The portrait that travels in scikit-image: the astronaut Eileen Collins by NASA, public domain."""

from __future__ import annotations

from io import BytesIO


class NoPortraitError(RuntimeError):
    """scikit-image is not installed."""

    def __init__(self) -> None:
        super().__init__("the demo portrait is in scikit-image: pip install '.[demo]'")


def astronaut(size: tuple[int, int] | None = None) -> bytes:
    """The portrait as PNG: 512×512, or the part with the face scaled to `size` (width, height ≤ width)."""
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
