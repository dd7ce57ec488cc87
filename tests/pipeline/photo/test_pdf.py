"""A scan in a PDF is taken out as it is, stands as its page does, and a PDF without one is refused in words."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import PhotoError, Reason
from pipeline.photo import pdf as module
from pipeline.photo.load import read_photo
from pipeline.photo.pdf import count_pictures, read_picture
from tests.pipeline.photo.pdfs import A4, flate_object, jpeg_object, pdf, placed, scan
from tests.pipeline.photo.pictures import distance, picture, saved

PHOTO = picture()


def refused(data: bytes) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        read_photo(data)
    return caught.value


def test_a_jpeg_is_taken_out_byte_by_byte() -> None:
    content, orientation = read_picture(scan([(jpeg_object(PHOTO), placed())]), 0)
    assert (content, orientation) == (saved(PHOTO, "JPEG"), 1)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_it_stands_as_its_page_does(turn: int) -> None:
    pixels = read_photo(scan([(flate_object(PHOTO), placed())], turn))
    assert np.array_equal(pixels, np.rot90(PHOTO, -turn // 90))


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (b"q 0 842 -595 0 595 0 cm /P Do Q", np.rot90(PHOTO)),
        (b"q -595 0 0 842 595 0 cm /P Do Q", PHOTO[:, ::-1]),
        (b"q 595 0 0 -842 0 842 cm /P Do Q", PHOTO[::-1]),
    ],
)
def test_it_stands_as_it_is_drawn(drawn: bytes, expected: object) -> None:
    assert np.array_equal(read_photo(scan([(flate_object(PHOTO), drawn)])), np.asarray(expected))


def test_a_picture_s_own_exif_does_not_count() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert distance(read_photo(scan([(jpeg_object(PHOTO, exif=exif), placed())])), PHOTO) < 3


def test_logos_are_no_photos_and_blank_pages_are_passed_over() -> None:
    blank, logo = np.full((80, 120, 3), 250, np.uint8), placed(40, 40, 500, 780)
    data = scan([(flate_object(PHOTO), logo), (flate_object(blank), placed()), (flate_object(PHOTO), placed(300, 200))])
    assert count_pictures(data, 8) == 2
    assert np.array_equal(read_photo(data), PHOTO)


def test_without_a_photo_the_sentence_says_so() -> None:
    for data in (scan([(flate_object(PHOTO), b"q Q")]), scan([(flate_object(PHOTO), placed(30, 30))])):
        error = refused(data)
        assert (error.reason, error.cause) == (Reason.NOT_AN_IMAGE, "pdf_without_photo")
        assert error.sentence == "В этом PDF я не вижу фотографии."


def test_a_large_picture_that_is_no_jpeg_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WHOLE_PIXELS", 5_000)
    assert refused(scan([(flate_object(PHOTO), placed())])).reason is Reason.TOO_LARGE
    assert read_photo(scan([(jpeg_object(PHOTO), placed())])).shape == PHOTO.shape


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
        b"%PDF-",
        pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]),
        scan([(jpeg_object(PHOTO), placed())])[:400],
        scan([(jpeg_object(PHOTO).replace(b"\xff\xd8\xff", b"%PDF-"), placed())]),
    ],
)
def test_damage_gives_a_typed_error(data: bytes) -> None:
    assert refused(data).reason in {Reason.BROKEN_FILE, Reason.NOT_AN_IMAGE}


def test_flips_give_typed_errors_only() -> None:
    whole, generator = scan([(jpeg_object(PHOTO), placed())] * 2), np.random.default_rng(3)
    for _ in range(60):
        flipped = bytearray(whole)
        for place in generator.integers(5, len(whole), 20):
            flipped[place] ^= 1 << generator.integers(8)
        try:
            read_photo(bytes(flipped))
        except PhotoError as error:
            assert error.reason in set(Reason)


def test_a_locked_one_asks_for_another() -> None:
    """Made by a program: encryption by hand is longer than the test."""
    first = Image.fromarray(PHOTO)
    file = io.BytesIO()
    first.save(file, "PDF", resolution=120 / A4[0] * 72)
    data = file.getvalue()
    assert read_photo(data).shape == PHOTO.shape
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"41" * 32, b"42" * 32)
    locked = data.replace(b"/Root", lock + b"/Root", 1) if b"/Root" in data else data
    assert refused(locked).cause == "pdf_with_password"
