"""The page about stories is as it would be written, and shows each of them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from skill.movements import STORY_LABELS
from skill.story_files import DOCS, PICTURES, ROOT, SIDE, document, make_picture, open_previews
from weights.store import WeightStore


def test_the_page_is_written_anew_after_a_change() -> None:
    assert (ROOT / DOCS).read_text(encoding="utf-8") == document(), "python -m skill.story_files"
    pictures = {path.stem: path.stat().st_size for path in (ROOT / PICTURES).iterdir()}
    assert set(pictures) == set(STORY_LABELS)
    assert sum(pictures.values()) < 1_500_000


def test_a_picture_loops(built_weights: WeightStore) -> None:
    with Image.open(BytesIO(make_picture(open_previews(), "warmth"))) as picture:
        assert picture.size == (SIDE, SIDE)
        assert picture.n_frames > 20 and picture.info["loop"] == 0
