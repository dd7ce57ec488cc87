"""The picture of a card: whole, marked as made, without anything else of the poster's metadata."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from skill.dialog.cards.picture import HEIGHT, WIDTH, NoPictureError, card_picture


@pytest.mark.parametrize("size", [(1000, 400), (300, 900), (328, 480), (40, 30)])
def test_the_whole_poster_is_on_the_card(size: tuple[int, int]) -> None:
    poster = Image.new("RGB", size, (40, 40, 40))
    for x, y in ((0, 0), (size[0] - 1, 0), (0, size[1] - 1), (size[0] - 1, size[1] - 1)):
        patch = (size[0] // 8, size[1] // 8)
        poster.paste((250, 60, 60), (min(x, size[0] - patch[0]), min(y, size[1] - patch[1]), *_ends(x, y, size, patch)))
    file = BytesIO()
    poster.save(file, "PNG")
    card = Image.open(BytesIO(card_picture(file.getvalue())))
    scale = min(WIDTH / size[0], HEIGHT / size[1])
    width, height = round(size[0] * scale), round(size[1] * scale)
    left, top = (WIDTH - width) // 2, (HEIGHT - height) // 2
    for x in (left + width // 20, left + width - width // 20):
        for y in (top + height // 20, top + height - height // 20):
            red, green, _ = card.getpixel((x, y))  # type: ignore[misc]
            assert red > 180 > green


def _ends(x: int, y: int, size: tuple[int, int], patch: tuple[int, int]) -> tuple[int, int]:
    return (patch[0] if x == 0 else size[0]), (patch[1] if y == 0 else size[1])


def test_the_mark_of_a_made_picture_stays_and_no_other_metadata() -> None:
    file, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "a name"
    Image.new("RGB", (300, 300), (9, 99, 199)).save(file, "JPEG", xmp=b"<x:xmpmeta>made</x:xmpmeta>", exif=exif)
    card = card_picture(file.getvalue())
    assert b"<x:xmpmeta>made</x:xmpmeta>" in card
    assert b"a name" not in card
    with pytest.raises(NoPictureError):
        card_picture(b"\xff\xd8\xff")
