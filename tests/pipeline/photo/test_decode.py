"""Untrusted bytes become a picture or a typed error: limits, foreign files, 350 damaged files."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import PhotoError, Reason
from pipeline.photo.decode import sniff
from pipeline.photo.load import read_photo
from tests.pipeline.photo.icc_profiles import DISPLAY_P3
from tests.pipeline.photo.pictures import ASTRONAUT, FORMATS, distance, picture, reason, resized, saved


@pytest.mark.parametrize("value", [0, 9, 77, 65535])
def test_nonsense_orientation_is_ignored(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert distance(read_photo(saved(picture(), "JPEG", exif=exif)), picture()) < 3


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0" + bytes(range(256)) * 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_garbage_exif_costs_nobody_a_photo(kind: str, exif: bytes) -> None:
    assert distance(read_photo(saved(picture(), kind, exif=exif)), picture()) < 3


def test_jpeg_draft_equals_full_decoding() -> None:
    source = resized(ASTRONAUT, 3072, 3072, cv2.INTER_CUBIC)
    data = saved(source, "JPEG")
    full = Image.open(io.BytesIO(data)).resize((512, 512), Image.Resampling.LANCZOS)
    assert cv2.PSNR(read_photo(data, long_side=512), np.asarray(full)) > 40


def test_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue", "green")]
    for kind in ("GIF", "WEBP", "TIFF", "PNG", "AVIF"):
        pixels = read_photo(saved(frames[0], kind, save_all=True, append_images=frames[1:]))
        assert distance(pixels, np.asarray(frames[0])) < 3


@pytest.mark.parametrize("kind", FORMATS)
def test_the_first_bytes_name_the_format(kind: str) -> None:
    assert sniff(saved(picture(), kind)[:512]) == kind.lower()


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
    """Formats that are decoded at a reduced scale may have more pixels, but not in so few bytes."""
    assert reason(CLAIMS[kind](*size)) is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff"])
def test_more_than_250_megapixels_are_too_large_in_any_number_of_bytes(kind: str) -> None:
    assert reason(CLAIMS[kind](16_000, 15_700) + bytes(2_000_000)) is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_a_large_picture_without_its_pixels_is_broken(kind: str) -> None:
    assert reason(CLAIMS[kind](16_000, 15_000) + bytes(2_000_000)) is Reason.BROKEN_FILE


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


def foreign_files() -> Iterator[tuple[str, bytes]]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("word/document.xml", "<x/>")
    yield "zip", archive.getvalue()
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
