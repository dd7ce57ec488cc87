"""What the tests of readability say of every photo of a folder: the table of docs/filters.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filters.readable import ReadableReading, read_face
from pipeline.errors import PhotoError, Reason
from pipeline.faces import SMALLEST_WIDTH, FaceFinder, cheek_width
from pipeline.photo import read_photo
from pipeline.runtime import Runtime

COLUMNS: Final = ("photo", "face", "answer", "yaw", "pitch", "softness", "light", "covered", "notes")


@dataclass(frozen=True, slots=True)
class Row:
    """What was said of one face, or of a photo without one. `photo`: the file's name without its ending, or its
    number. `face`: its number from the most prominent on, 0 where there is none. `answer`: "animate", or reason and
    cause."""

    photo: str
    face: int
    answer: str
    reading: ReadableReading | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of COLUMNS."""
        one = self.reading
        if one is None:
            return (self.photo, str(self.face or ""), self.answer, *[""] * 6)
        cover = max(one.cover.right_eye, one.cover.left_eye, one.cover.mouth)
        marks = ((one.eyes.no_blink, "no blink"), (one.drawing.drawing, "drawing"))
        return (
            *(self.photo, str(self.face), self.answer, f"{one.angle.yaw:.0f}", f"{one.angle.pitch:.0f}"),
            *(f"{one.quality.softness:.3f}", f"{one.quality.bright:.0f}", f"{cover:.2f}"),
            ", ".join(text for holds, text in marks if holds),
        )


def judge_folder(folder: Path, runtime: Runtime, *, numbered: bool = False) -> Iterator[Row]:
    """A row for each face of each photo directly in `folder`, in the order of the names; `numbered`: from 1 on, where
    names would tell too much."""
    finder = FaceFinder(runtime)
    for place, path in enumerate(sorted(file for file in folder.iterdir() if file.is_file()), start=1):
        name = str(place) if numbered else path.stem
        try:
            photo = read_photo(path)
        except PhotoError as error:
            yield Row(name, 0, str(error.reason))
            continue
        faces = finder.find(photo.pixels)
        if not faces:
            yield Row(name, 0, str(Reason.NO_FACE))
        for number, face in enumerate(faces, start=1):
            if cheek_width(face) < SMALLEST_WIDTH:
                yield Row(name, number, str(Reason.FACE_TOO_SMALL))
                continue
            reading = read_face(photo.pixels, face, runtime)
            answer = f"{reading.reason}: {reading.cause}" if reading.reason else "animate"
            yield Row(name, number, answer, reading)


def as_markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    return "\n".join(lines) + "\n"
