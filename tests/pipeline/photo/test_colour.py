"""Every mode and profile comes out as sRGB, and a single hue is recognized."""

from __future__ import annotations

import struct
import zlib
from time import thread_time

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from pipeline.arrays import Pixels
from pipeline.photo.colour import is_monochrome
from pipeline.photo.load import read_photo
from tests.pipeline.photo.icc_profiles import DISPLAY_P3, P3, chained, profile
from tests.pipeline.photo.pictures import distance, picture, reason, saved


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey(kind: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (16, 1))
    pixels = read_photo(saved(Image.fromarray(ramp), kind))
    assert np.abs(pixels[..., 1].astype(float) - ramp / 257).max() <= 1
    assert is_monochrome(pixels)


def test_16_bit_rgb_png() -> None:
    deep = picture().astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in deep)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 120, 80, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert distance(read_photo(data), picture()) < 1


def test_16_bit_rgb_tiff() -> None:
    deep = picture().astype("<u2") * 257
    tags = [(256, 4, 1, 120), (257, 4, 1, 80), (258, 3, 3, 134), (259, 3, 1, 1), (262, 3, 1, 2)]
    tags += [(273, 4, 1, 140), (277, 3, 1, 3), (278, 4, 1, 80), (279, 4, 1, deep.nbytes)]
    body = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    data = (b"II*\0" + struct.pack("<I", 8) + body).ljust(134, b"\0") + struct.pack("<3H", 16, 16, 16) + deep.tobytes()
    assert distance(read_photo(data), picture()) < 1


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_float_tiff(top: float) -> None:
    ramp = np.tile(np.linspace(0, top, 64).astype(np.float32), (16, 1))
    ramp[0, 0] = np.nan
    pixels = read_photo(saved(Image.fromarray(ramp), "TIFF"))
    assert pixels[5, 0, 0] == 0 and pixels[5, -1, 0] == 255 and abs(int(pixels[5, 32, 0]) - 129) < 3


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, kind) for kind in ("PNG", "TIFF") for mode in ("1", "L", "LA", "P", "RGBA")),
        ("I", "TIFF"),  # PNG has no 32-bit grey
    ],
)
def test_modes(mode: str, kind: str) -> None:
    assert reason(saved(Image.fromarray(picture()).convert(mode), kind)) is None


def test_transparency_lies_on_white() -> None:
    image = np.dstack([picture(), np.full((80, 120), 255, np.uint8)])
    image[:40, :, 3] = 0
    for kind in ("PNG", "WEBP", "TIFF"):
        pixels = read_photo(saved(image, kind))
        assert (pixels[:40] == 255).all()
        assert distance(pixels[40:], picture()[40:]) < 1


def test_palette_with_transparency() -> None:
    image = Image.fromarray((np.indices((40, 40)).sum(0) % 2).astype(np.uint8), "P")
    image.putpalette([200, 0, 0, 0, 0, 200])
    for kind, transparency in (("PNG", b"\0\xff"), ("GIF", 0)):
        pixels = read_photo(saved(image, kind, transparency=transparency))
        assert pixels[0, 0].tolist() == [255, 255, 255]
        assert pixels[0, 1].tolist() == [0, 0, 200]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_display_p3_becomes_srgb(kind: str) -> None:
    # What P3's (200, 100, 50) is in sRGB, by the textbook's matrices: the red leaves the smaller gamut's middle.
    source = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    options = {"chroma": 444} if kind == "HEIF" else {"subsampling": "4:4:4"} if kind in {"JPEG", "AVIF"} else {}
    pixels = read_photo(saved(source, kind, icc_profile=DISPLAY_P3, **options))
    linear = (np.array([200, 100, 50]) / 255) ** 2.2
    matrix = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])
    expected = np.array([v * 12.92 if v < 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in matrix @ linear])
    assert np.abs(pixels.reshape(-1, 3).mean(0) - 255 * expected).max() < 3.5


def test_grey_profile() -> None:
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (16, 1))
    linear = bytearray(profile(P3, 1.0))
    linear[16:20] = b"GRAY"
    grey = bytes(linear).replace(b"rTRC", b"kTRC")
    pixels = read_photo(saved(ramp, "PNG", icc_profile=grey))
    assert 180 < pixels[0, 32, 0] < 195  # linear 128 is sRGB 188


def test_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert distance(read_photo(saved(picture(), "PNG", icc_profile=srgb)), picture()) < 0.6


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"not a profile",
        DISPLAY_P3[:200],
        DISPLAY_P3[:128] + bytes(len(DISPLAY_P3) - 128),
        DISPLAY_P3.replace(b"RGB ", b"CMYK"),
        DISPLAY_P3.replace(b"RGB ", b"GRAY"),
        DISPLAY_P3.replace(b"curv\0\0\0\0\0\0\0\1", b"curv\0\0\0\0\xff\xff\xff\xff"),
        profile(P3, 60),
    ],
)
def test_broken_profile_is_ignored(broken: bytes) -> None:
    pixels = read_photo(saved(picture(), "PNG", icc_profile=broken))
    assert distance(pixels, picture()) < 1


def test_a_profile_that_would_take_minutes_is_ignored() -> None:
    """1,000 steps took lcms 8 s, which is the time of 100 photos; a profile of 50 MB in a TIFF took memory."""
    begun = thread_time()
    assert distance(read_photo(saved(picture(), "PNG", icc_profile=chained(3_000))), picture()) < 1
    large = DISPLAY_P3 + bytes(5 * 2**20)
    assert distance(read_photo(saved(picture(), "TIFF", icc_profile=large)), picture()) < 1
    assert thread_time() - begun < 4


def test_bit_flips_in_a_profile_never_ruin_the_picture() -> None:
    generator = np.random.default_rng(5)
    for _ in range(60):
        flipped = bytearray(DISPLAY_P3)
        for place in generator.integers(0, len(flipped), 4):
            flipped[place] ^= 1 << generator.integers(8)
        assert distance(read_photo(saved(picture(), "PNG", icc_profile=bytes(flipped))), picture()) < 60


def test_cmyk_jpeg_and_tiff() -> None:
    image = Image.fromarray(picture()).convert("CMYK")
    for kind in ("JPEG", "TIFF"):
        assert distance(read_photo(saved(image, kind)), picture()) < 4


def test_cmyk_jpeg_without_adobe_marker_and_with_a_foreign_profile() -> None:
    data = saved(Image.fromarray(picture()).convert("CMYK"), "JPEG", icc_profile=DISPLAY_P3)
    assert distance(read_photo(data), picture()) < 4
    assert reason(data.replace(b"Adobe", b"Adobx")) is None


def test_ycck_jpeg() -> None:
    # libjpeg gives 255 − RGB of the stored YCbCr, Pillow inverts that for Adobe; and it inverts what it saves.
    stored = np.asarray(Image.fromarray(255 - picture()).convert("YCbCr"))
    four = np.dstack([255 - stored, np.zeros((80, 120), np.uint8)])
    data = bytearray(saved(Image.fromarray(four, "CMYK"), "JPEG", subsampling=0))
    data[data.index(b"Adobe") + 11] = 2
    assert distance(read_photo(bytes(data)), picture()) < 4


def test_lab_tiff() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(Image.fromarray(picture()), srgb, lab, outputMode="LAB")
    assert image is not None
    assert distance(read_photo(saved(image, "TIFF")), picture()) < 3


def sepia(pixels: Pixels) -> Pixels:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None] / 255
    return np.asarray(255 * np.clip(grey ** np.array([0.75, 1.0, 1.35]), 0, 1), dtype=np.uint8)


def test_monochrome() -> None:
    colour = picture(480, 320)
    grey = np.repeat(np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), np.uint8)[..., None], 3, axis=2)
    noise = np.random.default_rng(0).normal(0, 6, colour.shape)
    assert is_monochrome(read_photo(saved(grey, "PNG")))
    assert is_monochrome(read_photo(saved(sepia(colour), "JPEG", quality=70)))
    assert is_monochrome(read_photo(saved(np.clip(sepia(colour) + noise, 0, 255).astype(np.uint8), "PNG")))
    assert not is_monochrome(read_photo(saved(colour, "JPEG")))
    assert not is_monochrome(picture())
    pale = (0.75 * grey + 0.25 * colour).astype(np.uint8)
    assert not is_monochrome(read_photo(saved(pale, "PNG")))
