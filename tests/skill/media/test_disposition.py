"""Names under which a browser saves."""

from __future__ import annotations

import pytest
from aiohttp.multipart import content_disposition_filename, parse_content_disposition
from hypothesis import given
from hypothesis import strategies as st

from skill.media.disposition import clean_name, content_disposition


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Бабушка.mp4", "Бабушка.mp4"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a"b\\c:d.mp4', "a_b_c_d.mp4"),
        ("line\r\nSet-Cookie: a=b", "lineSet-Cookie_ a=b"),
        ("photo\u202e4pm.exe", "photo4pm.exe"),  # a mark that turns the direction of writing
        (" .hidden. ", "hidden"),
        ("...", ""),
        ("я" * 500, "я" * 120),
    ],
)
def test_a_name_is_made_safe(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_name_in_russian_has_two_forms() -> None:
    assert content_disposition("Ёлка 1.mp4") == (
        "attachment; filename=\"____ 1.mp4\"; filename*=UTF-8''%D0%81%D0%BB%D0%BA%D0%B0%201.mp4"
    )


@pytest.mark.parametrize("name", ["", "...", "\n"])
def test_no_name_is_shown_in_the_page(name: str) -> None:
    assert content_disposition(name) == "inline"


@given(st.text())
def test_any_name_makes_a_header_that_reads_back(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert len(header) < 2000
    read = content_disposition_filename(parse_content_disposition(header)[1])
    assert (read or "") == clean_name(name)
