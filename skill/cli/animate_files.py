"""The files that `ozhivi animate` is to write: their names, before any work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.limits import FORMATS, RENDITIONS, RESTORE_AUTO, RESTORE_ENLARGE, RESTORE_OFF, STILL_FORMATS
from skill.cli.failures import CommandError
from skill.cli.output_files import parse_output
from weights.store import WeightStore


@dataclass(frozen=True, slots=True)
class ClipFiles:
    """The files that a command is to write."""

    clips: Mapping[str, Path]
    """Format → the clip's file."""
    sheet: Path | None
    """The contact sheet, where one is wanted."""
    still: Path | None = None
    """The restored photo, where it is wanted; with the first of several clips."""

    renditions: Mapping[str, Path] = field(default_factory=dict)
    """Rendition, of RENDITIONS → its file, beside the clip."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats to encode: a rendition is made of the MP4 and the poster, which are kept where they are asked
        for alone."""
        return tuple(dict.fromkeys((*self.clips, *(("mp4", "jpg") if self.renditions else ()))))

    @property
    def outputs(self) -> dict[Path, str]:
        """Every file, with the option that names it."""
        outputs = dict.fromkeys(self.clips.values(), "--out")
        others = {self.sheet: "--sheet", self.still: "--still"}
        outputs |= dict.fromkeys(self.renditions.values(), "--for")
        return {**outputs, **{path: option for path, option in others.items() if path}}


def plan_files(
    photo: Path, out: str | None, sheet: str | None, formats: tuple[str, ...], places: tuple[str, ...], motion: str = ""
) -> ClipFiles:
    """The files of one clip.

    Args:
        photo: The photo, whose name the clip gets where `out` gives none.
        out: As it was typed.
        sheet: As it was typed.
        formats: As asked for; none are the ending of `out`, or MP4.
        places: Renditions that were asked for.
        motion: The movement, where it is to be a part of each name.

    Raises:
        CommandError: Such files can't be written.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        known = ", ".join(FORMATS)
        message = f"there is no format {unknown[0]!r}; there are {known}"
        raise CommandError(message, "--format", f"Формата {unknown[0]} нет, есть {known}.")
    ending = f"-{motion}" if motion else ""
    for place in places:
        if place not in RENDITIONS:
            known = ", ".join(RENDITIONS)
            message = f"there is no rendition {place!r}; there are {known}"
            raise CommandError(message, "--for", f"Назначения {place} нет, есть {known}.")
    name = parse_output(out, default=Path(f"{photo.stem}-ozhivi"), formats=FORMATS, option="--out")
    chosen = dict.fromkeys(formats) or dict.fromkeys([name.suffix.lower().removeprefix(".") or "mp4"])
    page = _plan_sheet(photo, sheet)
    return ClipFiles(
        {one: _add_ending(name.file(one), ending) for one in chosen},
        None if page is None else _add_ending(page, ending),
        renditions={one: _add_ending(name.file(RENDITIONS[one]), f"{ending}-{one}") for one in places},
    )


def _add_ending(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.stem}{ending}{path.suffix}")


def _plan_sheet(photo: Path, sheet: str | None) -> Path | None:
    if sheet is None:
        return None
    return parse_output(sheet, default=Path(f"{photo.stem}-sheet"), formats=("png",), option="--sheet").file("png")


def plan_still(photo: Path, still: str | None, restore: str) -> tuple[Path | None, str]:
    """The file of the restored photo, and the restoration, which a file of it turns on.

    Raises:
        CommandError: There is no such photo, or no such file can be made.
        WeightsError: A restoration is named whose model is an extra that is not there.
    """
    check_input(photo, "PHOTO")
    if RESTORE_ENLARGE in restore:
        WeightStore().path(RESTORE_ENLARGE)
    if still is None:
        return None, restore
    name = parse_output(still, default=Path(f"{photo.stem}-still"), formats=STILL_FORMATS, option="--still")
    file = name.file(name.suffix.lower().removeprefix(".") or STILL_FORMATS[0])
    return file, RESTORE_AUTO if restore == RESTORE_OFF else restore


def split_words(values: list[str] | None) -> tuple[str, ...]:
    """`--gesture smile,nod --gesture wink` → smile, nod, wink."""
    return tuple(word.strip().lower() for part in values or () for word in part.split(",") if word.strip())


def check_input(path: Path, argument: str) -> None:
    """Raise CommandError where the file to be read is none."""
    if path.is_dir():
        raise CommandError(f"{path} is a folder, not a file", argument, f"{path} — папка, а не файл.")
    if not path.exists():
        raise CommandError(f"there is no file {path}", argument, f"Файла {path} нет.", reason="no_file")
