"""`ozhivi gallery`: those who must not be animated. Embeddings and names are kept, photos never."""

# ruff: noqa: PLC0415  (as in skill.cli.main)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skill.console import error_boundary, print_line

if TYPE_CHECKING:
    from filters.embeddings.base import FaceAnalyser, Likeness
    from filters.gallery import Gallery
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face, FaceFinder

app = typer.Typer(no_args_is_help=True, help="People who are not animated: add, import, list, remove, check.")

_SMALLEST = 80.0  # pixels between the cheeks: of a smaller face an entry would be a guess
_LONG_SIDE = 1600
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@dataclass(frozen=True, slots=True)
class _Desk:
    gallery: Gallery
    analyser: FaceAnalyser
    finder: FaceFinder

    def faces(self, photo: Path) -> tuple[Pixels, tuple[Face, ...]]:
        from pipeline.photo.load import read_photo

        pixels = read_photo(photo, long_side=_LONG_SIDE)
        return pixels, self.finder.find(pixels)

    def portrait(self, photo: Path) -> Likeness:
        """The likeness of the one who is meant. Raises PipelineError."""
        from pipeline.errors import FaceError, Reason
        from pipeline.faces.finder import cheek_width
        from pipeline.faces.selection import select_faces

        pixels, faces = self.faces(photo)
        (face,) = select_faces(faces, None)
        if cheek_width(face) < _SMALLEST:
            raise FaceError(Reason.FACE_TOO_SMALL, f"{cheek_width(face):.0f} px, {_SMALLEST:.0f} are needed")
        return self.analyser.of(pixels, face)


@contextmanager
def _desk() -> Iterator[_Desk]:
    from pipeline.faces.finder import FaceFinder
    from skill.filter_setup import open_analyser, open_gallery
    from skill.local_render import open_runtime
    from skill.settings import load

    settings, runtime = load(), open_runtime()
    analyser = open_analyser(settings, runtime)
    gallery = open_gallery(settings, analyser)
    try:
        yield _Desk(gallery, analyser, FaceFinder(runtime))
    finally:
        gallery.close()


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who it is; the name stays with you and is never shown to people.")],
    photos: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="One person each, several help.")],
    debug: Debug = False,
) -> None:
    """Add a person."""
    with error_boundary(debug=debug), _desk() as desk:
        count = desk.gallery.add(name, [desk.portrait(photo) for photo in photos])
        print_line(f"{' '.join(name.split())}: {count}")


@app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="With one folder a person: NAME/*.jpg.")],
    debug: Debug = False,
) -> None:
    """Add everybody of a FOLDER. A photo without one clear face is passed over, and named at the end."""
    from pipeline.errors import PipelineError

    added, passed = 0, []
    with error_boundary(debug=debug), _desk() as desk:
        for person in sorted(path for path in folder.iterdir() if path.is_dir()):
            likenesses = []
            for photo in sorted(path for path in person.iterdir() if path.suffix.lower() in _PICTURES):
                try:
                    likenesses.append(desk.portrait(photo))
                except PipelineError as error:
                    passed.append(f"{person.name}/{photo.name}: {error}")
            if likenesses:
                desk.gallery.add(person.name, likenesses)
                added += len(likenesses)
        print_line(f"{added} added, {len(passed)} passed over")
        for line in passed:
            print_line(f"  {line}")


@app.command("list")
def list_people(debug: Debug = False) -> None:
    """Show who is in the gallery and by how many photos."""
    with error_boundary(debug=debug), _desk() as desk:
        people = desk.gallery.people()
        for person in people:
            print_line(f"{person.name}: {person.faces}")
        print_line(f"{len(people)} people, {len(desk.gallery)} photos, pack {desk.analyser.pack}")


@app.command()
def remove(name: Annotated[str, typer.Argument()], debug: Debug = False) -> None:
    """Forget a person."""
    with error_boundary(debug=debug), _desk() as desk:
        count = desk.gallery.remove(name)
        if not count:
            raise typer.BadParameter(f"nobody is called {name!r}; see `ozhivi gallery list`")
        print_line(f"{count} removed")


@app.command()
def check(
    photo: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    debug: Debug = False,
) -> None:
    """Say of each face of a PHOTO, from the left, who it is taken for and how near it is."""
    from filters.public_figure import PublicFigureFilter
    from pipeline.faces.selection import from_left

    with error_boundary(debug=debug), _desk() as desk:
        pixels, faces = desk.faces(photo)
        judge = PublicFigureFilter(desk.analyser, desk.gallery)
        for number, face in enumerate(from_left(faces), start=1):
            reading = judge.judge(pixels, face)
            near = f"{reading.name} at {reading.distance:.2f}" if reading.name else "an empty gallery"
            print_line(f"{number}: {reading.reason or 'nobody'} ({near}, the same up to {desk.analyser.rule.same:g})")
        if not faces:
            print_line("no face")
