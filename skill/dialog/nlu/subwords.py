"""Words cut into the pieces of a vocabulary, by the likeliest division: a unigram model in SentencePiece's format."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SPACE: Final = "▁"  # stands before the first piece of a word
_RUSSIAN: Final = re.compile(rf"[{_SPACE}а-я0-9]+")
_RECORD, _TEXT, _SCORE = 0x0A, 0x0A, 0x15  # fields of the file: a piece, its text, its logarithmic frequency
_UNKNOWN_COST: Final = 10.0  # by which an unknown letter is rarer than the rarest piece
_LOWEST: Final = -1e9


@dataclass(frozen=True, slots=True)
class Subwords:
    """The pieces of Russian words in lower case, without ё."""

    numbers: tuple[int, ...]
    """Numbers of the pieces in the whole vocabulary, the piece for unknown letters first."""

    rows: dict[str, int]
    """Piece → its place in `numbers`."""

    scores: tuple[float, ...]
    """Logarithmic frequency of each, in the order of `numbers`."""

    longest: int
    """Letters of the longest piece."""

    def cut(self, words: Sequence[str]) -> list[int]:
        """The pieces of a phrase, as places in `numbers`; 0 for a letter that no piece has."""
        text = "".join(f"{_SPACE}{word}" for word in words)
        best, piece_to, start_of = [0.0] + [_LOWEST] * len(text), [0] * (len(text) + 1), [0] * (len(text) + 1)
        for start in range(len(text)):
            for end in range(start + 1, min(start + self.longest, len(text)) + 1):
                row = self.rows.get(text[start:end], 0)
                if not row and end > start + 1:
                    continue
                score = best[start] + self.scores[row]
                if score > best[end]:
                    best[end], piece_to[end], start_of[end] = score, row, start
        pieces, end = [], len(text)
        while end:
            pieces.append(piece_to[end])
            end = start_of[end]
        return pieces[::-1]


def read_subwords(path: Path) -> Subwords:
    """The Russian pieces of a vocabulary.

    Args:
        path: a SentencePiece model whose first piece is the unknown one, and whose pieces come first.
    """
    pieces = _read_pieces(path.read_bytes())
    kept = [0, *(number for number, (text, _) in enumerate(pieces) if number and _RUSSIAN.fullmatch(text))]
    rarest = min(score for _, score in pieces)
    return Subwords(
        tuple(kept),
        {pieces[number][0]: row for row, number in enumerate(kept) if row},
        (rarest - _UNKNOWN_COST, *(pieces[number][1] for number in kept[1:])),
        max(len(pieces[number][0]) for number in kept[1:]),
    )


def _read_pieces(data: bytes) -> list[tuple[str, float]]:
    """All pieces with their scores: records of protobuf, each shorter than 128 bytes."""
    found, at = [], 0
    while data[at] == _RECORD:
        length, ends = data[at + 3], at + 4 + data[at + 3]
        if data[at + 1] > 127 or data[at + 2] != _TEXT or data[ends] != _SCORE:
            raise ValueError("not the vocabulary of the sentence encoder")
        found.append((data[ends - length : ends].decode(), struct.unpack_from("<f", data, ends + 1)[0]))
        at += 2 + data[at + 1]
    return found
