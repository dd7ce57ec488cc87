"""Words are cut as SentencePiece cuts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.dialog.nlu.sentence_encoder import load
from skill.dialog.nlu.subwords import Subwords, read_subwords

PIECES = Subwords((0, 5, 6, 7, 9), {"▁": 1, "▁ку": 2, "да": 3, "▁куд": 4}, (-20.0, -2.0, -3.0, -3.5, -9.0), 4)


def test_the_likeliest_division_wins() -> None:
    assert PIECES.cut(["куда"]) == [2, 3]  # and not «куд», «а»
    assert PIECES.cut([]) == []


def test_a_letter_that_no_piece_has_is_unknown() -> None:
    assert PIECES.cut(["да", "ъ"]) == [1, 3, 1, 0]


def test_only_russian_pieces_are_kept() -> None:
    kept = load().subwords
    assert 10_000 < len(kept.numbers) == len(kept.scores) < 13_000
    assert kept.rows["▁фото"] > 0
    assert not {"▁the", "▁Фото", "<s>"} & kept.rows.keys()


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"\n\x09\n\x03abc\x0d\0\0\0\0")
    with pytest.raises(ValueError, match="not the vocabulary"):
        read_subwords(tmp_path / "other")
