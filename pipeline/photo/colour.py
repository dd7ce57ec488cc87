"""Colours of a decoded picture: any Pillow mode and profile → 8-bit sRGB, and the test for a single hue."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image, ImageCms

from pipeline.arrays import AnyArray, Pixels

# What shows behind transparent pixels: paper.
_PAPER = 255
_MAX_PROFILE = 4 * 2**20
"""Bytes of a profile that is read; those of printers have 0.5 to 3 MiB."""
_CHAIN = b"mpet"
"""Type of a tag that may chain any number of steps: 1,000 in 8 KB take lcms 8 s. Photos have tables or a matrix."""
# the largest number of 8, 10, 12 and 16 bits
_TOPS = (255, 1023, 4095, 65535)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
_Colour = float | tuple[int, ...]
# White, middle, black in each mode: a sound profile keeps their order.
_PROBES: dict[str, tuple[_Colour, _Colour, _Colour]] = {
    "RGB": ((255, 255, 255), (128, 128, 128), (0, 0, 0)),
    "L": (255, 128, 0),
    "CMYK": ((0, 0, 0, 0), (0, 0, 0, 128), (0, 0, 0, 255)),
}


def eight_bit(image: Image.Image) -> Image.Image:
    """The same picture in a mode of 8 bits a channel: L, LA, RGB, RGBA, CMYK, LAB or YCbCr."""
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep(image)
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in {"L", "LA", "RGB", "RGBA", "CMYK", "LAB", "YCbCr"}:
        return image
    return image.convert({"1": "L", "La": "LA", "RGBa": "RGBA"}.get(image.mode, "RGB"))


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture to RGB in sRGB.

    Args:
        image: A picture of `eight_bit`; where it is transparent, white paper shows.
        profile: Its ICC profile; a broken or odd one is ignored.
    """
    image = _on_paper(image)
    if image.mode == "LAB":
        return _apply(ImageCms.buildTransform(_LAB, _SRGB, "LAB", "RGB"), image)
    transform = _transform(profile, image.mode) if profile else None
    return _apply(transform, image) if transform else image.convert("RGB")


def is_monochrome(pixels: Pixels) -> bool:
    """Whether a picture (uint8 H×W×3 RGB) is black and white or toned, as sepia is.

    In a toned picture the colour is a function of the lightness. So: the distance of each pixel's a*b* from
    the median a*b* of its lightness, 95th percentile, against the strength of the tone, on 96 pixels (fewer
    than a scan's grain needs). Measured on 40 photos: sepia 0.23–0.43 of the tone, portraits in colour over
    0.54, mostly over 1; black and white with colour noise of σ 12 stays under 3.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, 96 / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    light, chroma = np.minimum(lab[:, 0] / 6.25, 15).astype(np.intp), lab[:, 1:]
    medians = [np.median(chroma[light == i], axis=0) if (light == i).any() else np.zeros(2) for i in range(16)]
    distance = np.linalg.norm(chroma - np.array(medians)[light], axis=1)
    tone = float(np.linalg.norm(chroma.mean(axis=0)))
    return float(np.percentile(distance, 95)) <= max(3.0, 0.45 * tone)


def to_eight_bits(deep: AnyArray, top: float | None = None) -> Pixels:
    """Make 16 or 32 bits a channel eight.

    Args:
        deep: H×W or H×W×C, uint16 or float32, from 0 on.
        top: The value that becomes 255; None: 65,535, unless so much of the range is empty that the numbers have only
            8, 10 or 12 bits, as scanners and microscopes store them.
    """
    if top is None:
        most = int(deep.max(initial=0))
        top = next((value for value in _TOPS if most <= value), most)
    return np.asarray(cv2.convertScaleAbs(deep, alpha=255 / top), dtype=np.uint8).reshape(deep.shape)


def _from_deep(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit or float grey → L."""
    deep = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray(to_eight_bits(deep.astype(np.uint16, copy=False)))
    deep = deep.astype(np.float32)  # a copy; in place from here on: 50 MP of float are 200 MB
    np.nan_to_num(deep, copy=False, nan=0, posinf=0, neginf=0)
    np.maximum(deep, 0, out=deep)
    most = float(deep.max(initial=0))
    ranges = (1.0, 255.0, 65535.0) if image.mode == "F" else _TOPS
    top = next((value for value in ranges if most <= value), most)
    return Image.fromarray(to_eight_bits(deep, top))


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode not in {"LA", "RGBA"}:
        return image
    base = image.convert(image.mode[:-1])
    paper = Image.new(base.mode, base.size, _PAPER if base.mode == "L" else (_PAPER,) * 3)
    return Image.composite(base, paper, image.getchannel("A"))


def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform from a profile to sRGB; None where nothing has to be done or the profile can't be trusted."""
    if len(profile) > _MAX_PROFILE or _CHAIN in profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space != _SPACES.get(mode):
            return None
        if mode == "RGB" and (source.profile.profile_description or "").startswith("sRGB IEC61966"):
            return None
        transform = ImageCms.buildTransform(
            source,
            _SRGB,
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return transform if _is_sound(transform, mode) else None
    except Exception:  # noqa: BLE001 - lcms answers a damaged profile with several types, none of them documented
        return None


def _is_sound(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Bit-flipped profiles often load and paint all black, or white, or green: try three greys first."""
    white, middle, black = (
        np.asarray(_apply(transform, Image.new(mode, (1, 1), colour)), np.float64) for colour in _PROBES[mode]
    )
    greyish = mode == "CMYK" or float(np.ptp(middle)) <= 24
    return bool(greyish and white.min() >= 200 and white.mean() > middle.mean() + 16 > black.mean() + 32)


def _apply(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    result = ImageCms.applyTransform(image, transform)
    if result is None:  # only when asked to work in place
        raise RuntimeError("the colour transform made nothing")
    return result
