"""Any picture file becomes an upright sRGB photo, or a typed error: formats, colours, limits, 350 damaged files."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps
from skimage.data import astronaut

from pipeline.errors import PhotoError, Reason
from pipeline.photo.load import read_photo

pillow_heif.register_heif_opener()

Pixels = NDArray[np.uint8]
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "BMP", "GIF")


ASTRONAUT: Pixels = astronaut()  # type: ignore[no-untyped-call]


def resized(pixels: Pixels, width: int, height: int, how: int = cv2.INTER_AREA) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), dtype=np.uint8)


def picture(width: int = 120, height: int = 80) -> Pixels:
    """A colourful piece of a real photo."""
    return resized(ASTRONAUT[:340, :510], width, height)


BEST: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95},
    "WEBP": {"lossless": True},
    "HEIF": {"quality": 95},
    "AVIF": {"quality": 95},
}


def saved(image: Image.Image | Pixels, kind: str, **options: Any) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, kind, **(BEST.get(kind, {}) | options))
    return buffer.getvalue()


def distance(first: Pixels, second: Pixels) -> float:
    return float(np.abs(first.astype(np.int16) - second).mean())


def reason(data: bytes) -> Reason | None:
    """Why a file is refused; None when it is read. Anything but a `PhotoError` fails the test."""
    try:
        photo = read_photo(data)
    except PhotoError as error:
        return error.reason
    assert photo.pixels.dtype == np.uint8 and photo.pixels.ndim == 3 and photo.pixels.shape[2] == 3
    return None


# --- formats and colours --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_reads_each_format(kind: str, tmp_path: Path) -> None:
    source = picture()
    path = tmp_path / "no-suffix-needed"
    path.write_bytes(saved(source, kind))
    photo = read_photo(path)
    assert photo.format == kind.lower()
    assert photo.source_size == (120, 80) == (photo.width, photo.height)
    assert distance(photo.pixels, source) < (9 if kind == "GIF" else 3)
    assert photo.pixels.flags.c_contiguous and not photo.pixels.flags.writeable
    assert not photo.monochrome


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_turns_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = picture()
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(saved(source, "PNG", exif=exif))))
    # bytes: pillow-heif turns the picture for them only
    photo = read_photo(saved(source, kind, exif=exif.tobytes()))
    assert photo.source_size == expected.size == (photo.width, photo.height)
    assert distance(photo.pixels, np.asarray(expected)) < 3


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turns_further_clockwise(turn: int, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = read_photo(saved(picture(), "PNG", exif=exif), turn=turn)
    upright = read_photo(saved(picture(), "PNG", exif=exif)).pixels
    assert photo.source_size == (photo.width, photo.height)
    assert np.array_equal(photo.pixels, np.rot90(upright, -turn // 90))


def test_there_are_four_turns() -> None:
    with pytest.raises(ValueError, match="turn"):
        read_photo(saved(picture(), "PNG"), turn=45)


@pytest.mark.parametrize("value", [0, 9, 77, 65535])
def test_nonsense_orientation_is_ignored(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert distance(read_photo(saved(picture(), "JPEG", exif=exif)).pixels, picture()) < 3


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0" + bytes(range(256)) * 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_garbage_exif_costs_nobody_a_photo(kind: str, exif: bytes) -> None:
    assert distance(read_photo(saved(picture(), kind, exif=exif)).pixels, picture()) < 3


def test_bigger_photo_is_scaled_down_and_smaller_never_up() -> None:
    photo = read_photo(saved(picture(900, 600), "JPEG"), long_side=300)
    assert (photo.width, photo.height) == (300, 200)
    assert photo.source_size == (900, 600)
    assert distance(photo.pixels, resized(picture(900, 600), 300, 200)) < 3
    assert read_photo(saved(picture(), "PNG"), long_side=300).width == 120


def test_turned_and_scaled() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = read_photo(saved(picture(900, 600), "JPEG", exif=exif), long_side=300)
    assert (photo.width, photo.height, photo.source_size) == (200, 300, (600, 900))


def test_jpeg_draft_equals_full_decoding() -> None:
    source = resized(ASTRONAUT, 3072, 3072, cv2.INTER_CUBIC)
    data = saved(source, "JPEG")
    full = Image.open(io.BytesIO(data)).resize((512, 512), Image.Resampling.LANCZOS)
    assert cv2.PSNR(read_photo(data, long_side=512).pixels, np.asarray(full)) > 40


def test_a_very_long_strip_keeps_one_pixel() -> None:
    photo = read_photo(saved(np.zeros((1, 30_000), np.uint8), "PNG"), long_side=1000)
    assert (photo.width, photo.height) == (1000, 1)


def test_nothing_to_scale_to() -> None:
    with pytest.raises(ValueError, match="long_side"):
        read_photo(saved(picture(), "PNG"), long_side=0)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey(kind: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (16, 1))
    photo = read_photo(saved(Image.fromarray(ramp), kind))
    assert np.abs(photo.pixels[..., 1].astype(float) - ramp / 257).max() <= 1
    assert photo.monochrome


def test_16_bit_rgb_png() -> None:
    deep = picture().astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in deep)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 120, 80, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert distance(read_photo(data).pixels, picture()) < 1


def test_16_bit_rgb_tiff() -> None:
    deep = picture().astype("<u2") * 257
    tags = [(256, 4, 1, 120), (257, 4, 1, 80), (258, 3, 3, 134), (259, 3, 1, 1), (262, 3, 1, 2)]
    tags += [(273, 4, 1, 140), (277, 3, 1, 3), (278, 4, 1, 80), (279, 4, 1, deep.nbytes)]
    body = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    data = (b"II*\0" + struct.pack("<I", 8) + body).ljust(134, b"\0") + struct.pack("<3H", 16, 16, 16) + deep.tobytes()
    assert distance(read_photo(data).pixels, picture()) < 1


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_float_tiff(top: float) -> None:
    ramp = np.tile(np.linspace(0, top, 64).astype(np.float32), (16, 1))
    ramp[0, 0] = np.nan
    pixels = read_photo(saved(Image.fromarray(ramp), "TIFF")).pixels
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
        pixels = read_photo(saved(image, kind)).pixels
        assert (pixels[:40] == 255).all()
        assert distance(pixels[40:], picture()[40:]) < 1


def test_palette_with_transparency() -> None:
    image = Image.fromarray((np.indices((40, 40)).sum(0) % 2).astype(np.uint8), "P")
    image.putpalette([200, 0, 0, 0, 0, 200])
    for kind, transparency in (("PNG", b"\0\xff"), ("GIF", 0)):
        pixels = read_photo(saved(image, kind, transparency=transparency)).pixels
        assert pixels[0, 0].tolist() == [255, 255, 255]
        assert pixels[0, 1].tolist() == [0, 0, 200]


def test_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue", "green")]
    for kind in ("GIF", "WEBP", "TIFF", "PNG", "AVIF"):
        pixels = read_photo(saved(frames[0], kind, save_all=True, append_images=frames[1:])).pixels
        assert distance(pixels, np.asarray(frames[0])) < 3


# --- profiles -------------------------------------------------------------------------------------------------


def profile(primaries: tuple[tuple[float, float], ...], gamma: float) -> bytes:
    """A matrix profile by hand: xy of red, green, blue under D65, one gamma."""
    white = np.array([0.3127, 0.3290, 0.3583]) / 0.3290
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    matrix = columns * np.linalg.solve(columns, white)
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d50 = np.array([0.9642, 1.0, 0.8249])
    adapted = np.linalg.inv(bradford) @ np.diag((bradford @ d50) / (bradford @ white)) @ bradford @ matrix

    def xyz(values: NDArray[np.float64]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78
    blocks = [(b"desc", text), (b"cprt", b"text\0\0\0\0CC0\0"), (b"wtpt", xyz(d50))]
    blocks += [(b"rXYZ", xyz(adapted[:, 0])), (b"gXYZ", xyz(adapted[:, 1])), (b"bXYZ", xyz(adapted[:, 2]))]
    blocks += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, body, start = b"", b"", 128 + 4 + 12 * len(blocks)
    for name, block in blocks:
        table += name + struct.pack(">II", start + len(body), len(block))
        body += block + b"\0" * (-len(block) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += b"".join(struct.pack(">i", round(value * 65536)) for value in d50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(blocks)) + table + body


P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
DISPLAY_P3 = profile(P3, 2.2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_display_p3_becomes_srgb(kind: str) -> None:
    # What P3's (200, 100, 50) is in sRGB, by the textbook's matrices: the red leaves the smaller gamut's middle.
    source = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    options = {"chroma": 444} if kind == "HEIF" else {"subsampling": "4:4:4"} if kind in {"JPEG", "AVIF"} else {}
    pixels = read_photo(saved(source, kind, icc_profile=DISPLAY_P3, **options)).pixels
    linear = (np.array([200, 100, 50]) / 255) ** 2.2
    matrix = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])
    expected = np.array([v * 12.92 if v < 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in matrix @ linear])
    assert np.abs(pixels.reshape(-1, 3).mean(0) - 255 * expected).max() < 3.5


def test_grey_profile() -> None:
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (16, 1))
    linear = bytearray(profile(P3, 1.0))
    linear[16:20] = b"GRAY"
    grey = bytes(linear).replace(b"rTRC", b"kTRC")
    pixels = read_photo(saved(ramp, "PNG", icc_profile=grey)).pixels
    assert 180 < pixels[0, 32, 0] < 195  # linear 128 is sRGB 188


def test_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert distance(read_photo(saved(picture(), "PNG", icc_profile=srgb)).pixels, picture()) < 0.6


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
    pixels = read_photo(saved(picture(), "PNG", icc_profile=broken)).pixels
    assert distance(pixels, picture()) < 1


def test_bit_flips_in_a_profile_never_ruin_the_picture() -> None:
    generator = np.random.default_rng(5)
    for _ in range(60):
        flipped = bytearray(DISPLAY_P3)
        for place in generator.integers(0, len(flipped), 4):
            flipped[place] ^= 1 << generator.integers(8)
        assert distance(read_photo(saved(picture(), "PNG", icc_profile=bytes(flipped))).pixels, picture()) < 60


def test_cmyk_jpeg_and_tiff() -> None:
    image = Image.fromarray(picture()).convert("CMYK")
    for kind in ("JPEG", "TIFF"):
        assert distance(read_photo(saved(image, kind)).pixels, picture()) < 4


def test_cmyk_jpeg_without_adobe_marker_and_with_a_foreign_profile() -> None:
    data = saved(Image.fromarray(picture()).convert("CMYK"), "JPEG", icc_profile=DISPLAY_P3)
    assert distance(read_photo(data).pixels, picture()) < 4
    assert reason(data.replace(b"Adobe", b"Adobx")) is None


def test_ycck_jpeg() -> None:
    # libjpeg gives 255 − RGB of the stored YCbCr, Pillow inverts that for Adobe; and it inverts what it saves.
    stored = np.asarray(Image.fromarray(255 - picture()).convert("YCbCr"))
    four = np.dstack([255 - stored, np.zeros((80, 120), np.uint8)])
    data = bytearray(saved(Image.fromarray(four, "CMYK"), "JPEG", subsampling=0))
    data[data.index(b"Adobe") + 11] = 2
    assert distance(read_photo(bytes(data)).pixels, picture()) < 4


def test_lab_tiff() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(Image.fromarray(picture()), srgb, lab, outputMode="LAB")
    assert image is not None
    assert distance(read_photo(saved(image, "TIFF")).pixels, picture()) < 3


# --- monochrome -----------------------------------------------------------------------------------------------


def sepia(pixels: Pixels) -> Pixels:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None] / 255
    return np.asarray(255 * np.clip(grey ** np.array([0.75, 1.0, 1.35]), 0, 1), dtype=np.uint8)


def test_monochrome() -> None:
    colour = picture(480, 320)
    grey = np.repeat(np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), np.uint8)[..., None], 3, axis=2)
    noise = np.random.default_rng(0).normal(0, 6, colour.shape)
    assert read_photo(saved(grey, "PNG")).monochrome
    assert read_photo(saved(sepia(colour), "JPEG", quality=70)).monochrome
    assert read_photo(saved(np.clip(sepia(colour) + noise, 0, 255).astype(np.uint8), "PNG")).monochrome
    assert not read_photo(saved(colour, "JPEG")).monochrome
    pale = (0.75 * grey + 0.25 * colour).astype(np.uint8)
    assert not read_photo(saved(pale, "PNG")).monochrome


# --- limits ---------------------------------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    data = bytearray(saved(picture(), "PNG"))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(saved(picture(), "JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def bmp_of(width: int, height: int) -> bytes:
    data = bytearray(saved(picture(), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def gif_of(width: int, height: int) -> bytes:
    data = bytearray(saved(picture(), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def tiff_of(width: int, height: int) -> bytes:
    data = saved(picture(), "TIFF")
    entries = {256: width, 257: height}
    start = struct.unpack_from("<I", data, 4)[0]
    patched = bytearray(data)
    for i in range(struct.unpack_from("<H", data, start)[0]):
        place = start + 2 + 12 * i
        tag = struct.unpack_from("<H", data, place)[0]
        if tag in entries:
            patched[place + 2 : place + 12] = struct.pack("<HII", 4, 1, entries[tag])
    return bytes(patched)


def webp_of(width: int, height: int) -> bytes:
    data = bytearray(saved(Image.fromarray(picture()).convert("RGBA"), "WEBP", xmp=b"<x/>"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def boxed_of(kind: str, width: int, height: int) -> bytes:
    data = bytearray(saved(picture(), kind))
    place = data.index(b"ispe") + 8
    data[place : place + 8] = struct.pack(">II", width, height)
    return bytes(data)


CLAIMS: dict[str, Callable[[int, int], bytes]] = {
    "png": png_of,
    "jpeg": jpeg_of,
    "bmp": bmp_of,
    "gif": gif_of,
    "tiff": tiff_of,
    "webp": webp_of,
    "heif": lambda width, height: boxed_of("HEIF", width, height),
    "avif": lambda width, height: boxed_of("AVIF", width, height),
}


@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "gif", "tiff"])
@pytest.mark.parametrize("size", [(8000, 6300), (12_000, 9000), (65_500, 65_500), (50_000, 1001)])
def test_claimed_giants_are_too_large_before_decoding(kind: str, size: tuple[int, int]) -> None:
    assert reason(CLAIMS[kind](*size)) is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["webp", "heif", "avif"])
@pytest.mark.parametrize("size", [(12_000, 9000), (16_383, 16_383)])
def test_claimed_giants_of_cross_checked_formats_are_refused(kind: str, size: tuple[int, int]) -> None:
    assert reason(CLAIMS[kind](*size)) in {Reason.TOO_LARGE, Reason.BROKEN_FILE}


@pytest.mark.parametrize("kind", ["heif", "avif"])
def test_a_stream_larger_than_its_header_is_no_way_in(kind: str) -> None:
    assert reason(CLAIMS[kind](16, 16)) in {None, Reason.BROKEN_FILE}


def test_png_bomb_of_100_megapixels() -> None:
    assert reason(saved(np.zeros((10_000, 10_000), np.uint8), "PNG", compress_level=1)) is Reason.TOO_LARGE


def test_too_long_a_side() -> None:
    assert reason(png_of(70_000, 1)) is Reason.TOO_LARGE


def test_text_bomb_in_a_png() -> None:
    data = saved(picture(), "PNG")
    body = b"zTXt" + b"a\0\0" + zlib.compress(bytes(64 * 2**20))
    bomb = data[:33] + struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) + data[33:]
    assert reason(bomb) in {Reason.BROKEN_FILE, Reason.TOO_LARGE}


def test_file_over_40_mib(tmp_path: Path) -> None:
    path = tmp_path / "big.jpg"
    with path.open("wb") as file:
        file.truncate(41 * 2**20)
    for source in (path, bytes(41 * 2**20)):
        with pytest.raises(PhotoError) as caught:
            read_photo(source)
        assert caught.value.reason is Reason.TOO_LARGE


def test_places_that_are_no_files(tmp_path: Path) -> None:
    for source, expected in (
        (tmp_path, Reason.NOT_AN_IMAGE),
        (Path("/dev/zero"), Reason.NOT_AN_IMAGE),
        (tmp_path / "missing", Reason.BROKEN_FILE),
        (Path("zero\0byte"), Reason.BROKEN_FILE),
    ):
        with pytest.raises(PhotoError) as caught:
            read_photo(source)
        assert caught.value.reason is expected
        assert str(tmp_path) not in str(caught.value)


# --- damaged and foreign files --------------------------------------------------------------------------------


def foreign_files() -> Iterator[tuple[str, bytes]]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("word/document.xml", "<x/>")
    yield "zip", archive.getvalue()
    yield "pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "html", b"<!doctype html><img src=x>"
    yield "eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"
    yield "ppm", b"P6 2 2 255 " + bytes(12)
    yield "ico", saved(picture(32, 32), "ICO")
    yield "jp2", saved(picture(), "JPEG2000")
    yield "psd", b"8BPS\0\1" + bytes(60)
    yield "text in BM", b"BMW is a car, not a picture. " * 4
    yield "mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(100)
    yield "wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(30)
    yield "zeros", bytes(1000)
    yield "ones", b"\xff" * 1000
    yield "one byte", b"\xff"


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in foreign_files()])
def test_foreign_file_is_not_an_image(data: bytes) -> None:
    assert reason(data) is Reason.NOT_AN_IMAGE


def test_camera_raw_is_refused_and_not_its_thumbnail() -> None:
    dng = Image.fromarray(picture())
    assert reason(saved(dng, "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})) is Reason.NOT_AN_IMAGE
    assert reason(saved(dng, "TIFF", tiffinfo={0xFE: 1})) is Reason.NOT_AN_IMAGE


def test_empty_file() -> None:
    assert reason(b"") is Reason.BROKEN_FILE


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6, 0.9])
def test_truncated_file_is_broken(kind: str, share: float) -> None:
    data = saved(picture(), kind)
    cut = max(24, int(len(data) * share))
    expected = {Reason.BROKEN_FILE, Reason.NOT_AN_IMAGE} if cut < 40 else {Reason.BROKEN_FILE}
    if kind == "TIFF":  # the directory may lie at the end
        expected = {Reason.BROKEN_FILE}
    assert reason(data[:cut]) in expected


def mutations() -> Iterator[tuple[str, bytes]]:
    """Over 300 damaged files, always the same ones."""
    generator = np.random.default_rng(7)
    whole = {kind: saved(picture(64, 48), kind) for kind in FORMATS}
    whole["JPEG progressive"] = saved(picture(64, 48), "JPEG", progressive=True)
    whole["WEBP lossy"] = saved(picture(64, 48), "WEBP", lossless=False)
    whole["TIFF lzw"] = saved(picture(64, 48), "TIFF", compression="tiff_lzw")
    whole["TIFF jpeg"] = saved(picture(64, 48), "TIFF", compression="jpeg")
    whole["PNG palette"] = saved(Image.fromarray(picture(64, 48)).convert("P"), "PNG", icc_profile=DISPLAY_P3)
    for kind, data in whole.items():
        for number in range(8):
            yield f"{kind} cut {number}", data[: int(generator.integers(1, len(data)))]
        for number in range(14):
            flipped = bytearray(data)
            for place in generator.integers(0, len(data), int(generator.integers(1, 40))):
                flipped[place] ^= 1 << generator.integers(8)
            yield f"{kind} flips {number}", bytes(flipped)
        for number in range(8):
            head = bytearray(data)
            places = generator.integers(8, min(len(data), 200), 6)
            head[int(places.min()) : int(places.min()) + 6] = generator.bytes(6)
            yield f"{kind} head {number}", bytes(head)
        other = list(whole.values())[int(generator.integers(len(whole)))]
        yield f"{kind} spliced", data[: len(data) // 2] + other[len(other) // 2 :]
        yield f"{kind} signature on another body", data[:16] + other[16:]
        yield f"{kind} hole", data[:100] + bytes(len(data) // 3) + data[100 + len(data) // 3 :]
        yield f"{kind} twice", data + data
    for name, claim in CLAIMS.items():
        for size in ((0, 0), (1, 60_000), (16_000, 3000), (2**31 - 1, 2**31 - 1)):
            try:
                yield f"{name} claims {size}", claim(*size)
            except (struct.error, OverflowError):
                continue  # the format has no room for this number


def test_300_damaged_files_give_typed_errors_only() -> None:
    count = 0
    for name, data in mutations():
        count += 1
        try:
            reason(data)
        except Exception as error:
            raise AssertionError(f"{name}: {error!r}") from error
    assert count >= 300


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(FORMATS),
    edits=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=30),
    cut=st.integers(0, 10_000),
)
def test_any_damage_gives_a_typed_error_or_a_photo(kind: str, edits: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(saved(picture(32, 24), kind))
    for place, value in edits:
        data[place % len(data)] = value
    reason(bytes(data[: max(0, len(data) - cut % len(data))]))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_give_a_typed_error(data: bytes) -> None:
    assert reason(data) in {Reason.NOT_AN_IMAGE, Reason.BROKEN_FILE, Reason.TOO_LARGE}
