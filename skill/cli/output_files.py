"""Files that a command writes: their names, what may be overwritten, and that they appear whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skill.cli.failures import CommandError

# an ending that names a file format: "avi", "jpeg"; "1944" and the end of "Dr. Smith" are parts of a name
_FORMAT_ENDING: Final = re.compile(r"\.(?![0-9]+$)[A-Za-z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class OutputName:
    """The name that an option gives to files, and the format that it asks for by its ending."""

    stem: Path
    """Folder and name without the ending."""
    suffix: str
    """The ending as it was typed, with its dot; empty where none was typed."""

    def file(self, file_format: str) -> Path:
        """The path of the file in that format, "mp4" for instance."""
        typed = self.suffix.lower() == f".{file_format}"
        return self.stem.with_name(f"{self.stem.name}{self.suffix if typed else f'.{file_format}'}")


def parse_output(given: str | None, *, default: Path, formats: Sequence[str], option: str) -> OutputName:
    """Read what was given as the name of an output file.

    Args:
        given: A path with or without an ending, or an existing folder; None where the option was not given.
        default: The path without an ending that is taken then; in a folder the file gets its name.
        formats: The endings that may be given, without their dots.
        option: The option or argument that gives the name, for messages.

    Returns:
        The name in a folder that exists.

    Raises:
        CommandError: There is no such folder, or the ending is that of another format.
    """
    if given is None:
        return OutputName(default, "")
    path = Path(given)
    suffix = path.suffix
    if given.endswith(("/", os.sep)) or path.is_dir():
        path, suffix = path / default.name, ""
    if not path.parent.is_dir():
        raise CommandError(f"there is no folder {path.parent}", option, f"Папки {path.parent} нет.")
    if suffix.lower() in [f".{name}" for name in formats]:
        return OutputName(path.with_suffix(""), suffix)
    if _FORMAT_ENDING.fullmatch(suffix):
        known = ", ".join(f".{name}" for name in formats)
        message = f"there is no format {suffix!r}; a name ends with {known}, or has no ending"
        raise CommandError(message, option, f"Формата {suffix} нет, есть {known}.")
    return OutputName(path, "")


def check_output(path: Path, *, source: Path | None, force: bool, option: str) -> None:
    """Make sure that a file may be written.

    Args:
        path: The file, in a folder that exists.
        source: The file that the command reads: it is never overwritten, by whatever name `path` calls it.
        force: Whether other files may be overwritten.
        option: The option that gives the name, for messages.

    Raises:
        CommandError: The file must not be written.
        OSError: The name can't be used at all.
    """
    try:
        path.lstat()
    except FileNotFoundError:
        return
    if source is not None and _is_same_file(path, source):
        same = "the file that is read" if path == source else f"the same file as {source}"
        message = f"{path} is {same}, which is never overwritten; choose another name"
        raise CommandError(message, option, f"{path} — сам исходный файл, его я не перезаписываю.")
    if not path.is_file() and not path.is_symlink():
        raise CommandError(f"{path} is there and is no file", option, f"{path} — не файл.")
    if not force:
        message = f"{path} is there already; choose another name, or let --force overwrite it"
        raise CommandError(message, option, f"Файл {path} уже есть. Его заменит --force.", reason="file_exists")


@contextmanager
def staged_files(
    outputs: Mapping[Path, str], *, source: Path | None = None, force: bool = False
) -> Iterator[Mapping[Path, Path]]:
    """Temporary names for files that are put in place together when the block ends without an error.

    Args:
        outputs: The files to be written, each with the option that names it.
        source: See `check_output`, which is asked before the block and once more after it.
        force: Whether files that exist may be overwritten.

    Yields:
        The name to write each file to, with the ending in lower case, in a folder of its own beside the file.

    Raises:
        CommandError: A file must not be written; none is then.
        OSError: A folder can't be written to.
    """
    for path, option in outputs.items():
        check_output(path, source=source, force=force, option=option)
    with ExitStack() as stack:
        # inside the target's folder: the last step is a rename, never a copy between disks
        folders = {parent: stack.enter_context(_folder_in(parent)) for parent in {path.parent for path in outputs}}
        staged = {path: folders[path.parent] / f"{path.stem}{path.suffix.lower()}" for path in outputs}
        yield staged
        with ExitStack() as undo:
            for path, option in outputs.items():
                check_output(path, source=source, force=force, option=option)
                if _place(staged[path], path, force=force):
                    undo.callback(path.unlink, missing_ok=True)
            undo.pop_all()


@contextmanager
def _folder_in(parent: Path) -> Iterator[Path]:
    """A folder that is gone afterwards. Raises OSError, with the name of `parent`."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=".ozhivi-", dir=parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(parent)) from None
    with folder as name:
        yield Path(name)


def _place(file: Path, path: Path, *, force: bool) -> bool:
    """Give a finished file its name; whether there was no file of that name before. Raises OSError."""
    try:
        path.hardlink_to(file)  # unlike a rename it fails where a file of that name came meanwhile
        return True
    except FileExistsError:
        if not force:
            raise
    except OSError:
        pass  # a file system without hard links
    new = not path.exists()
    file.replace(path)
    return new


def _is_same_file(path: Path, other: Path) -> bool:
    """Whether two names are of one file: by links of both kinds, or in letters that the disk does not tell apart."""
    try:
        return path.samefile(other)
    except OSError:
        return False
