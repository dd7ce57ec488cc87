"""`ozhivi gallery`: the commands that fill and check the gallery of people who must not be animated."""

# ruff: noqa: PLC0415  (as in skill.cli.main)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from skill.console import error_boundary, print_line

if TYPE_CHECKING:
    from filters.embeddings.base import FaceAnalyser, FaceEmbedding
    from filters.gallery import Gallery
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face, FaceFinder

app = typer.Typer(
    no_args_is_help=True,
    help=(
        "Manage the gallery of public figures: people whose photos are refused. It is one file (OZHIVI_GALLERY) that"
        " holds names and embeddings of faces, never a photo."
    ),
)

_SMALLEST: Final = 80.0  # pixels between the cheeks: of a smaller face an entry would be a guess
_LONG_SIDE: Final = 1600  # pixels
_PICTURES: Final = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}

Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when a command fails.")]


@dataclass(frozen=True, slots=True)
class _OpenGallery:
    """The gallery of the settings, together with the nets that read faces for it."""

    gallery: Gallery
    """The people."""
    analyser: FaceAnalyser
    """The pack of face nets that the gallery belongs to."""
    finder: FaceFinder
    """Finds the faces of a photo."""

    def find_faces(self, photo: Path) -> tuple[Pixels, tuple[Face, ...]]:
        """The photo (uint8 H×W×3, RGB) and its faces. Raises PhotoError."""
        from pipeline.photo.load import read_photo

        pixels = read_photo(photo, long_side=_LONG_SIDE)
        return pixels, self.finder.find(pixels)

    def embed_portrait(self, photo: Path) -> FaceEmbedding:
        """The embedding of the main person of a photo. Raises PipelineError where there is no one clear face."""
        from pipeline.errors import FaceError, Reason
        from pipeline.faces.finder import cheek_width
        from pipeline.faces.selection import select_faces

        pixels, faces = self.find_faces(photo)
        (face,) = select_faces(faces, None)
        if cheek_width(face) < _SMALLEST:
            raise FaceError(Reason.FACE_TOO_SMALL, f"{cheek_width(face):.0f} px, {_SMALLEST:.0f} are needed")
        return self.analyser.embed(pixels, face)


@contextmanager
def _open_gallery(*, create: bool = False) -> Iterator[_OpenGallery]:
    from pipeline.faces.finder import FaceFinder
    from skill.filter_setup import open_analyser, open_gallery
    from skill.local_render import open_runtime
    from skill.settings import load

    settings, runtime = load(), open_runtime()
    analyser = open_analyser(settings, runtime)
    gallery = open_gallery(settings, analyser, create=create)
    try:
        yield _OpenGallery(gallery, analyser, FaceFinder(runtime))
    finally:
        gallery.close()


@app.command()
def create(debug: Debug = False) -> None:
    """Make an empty gallery where there is none; the service does not start with a gallery that is set and missing."""
    with error_boundary(debug=debug), _open_gallery(create=True) as opened:
        print_line(f"{len(opened.gallery.people())} people, {len(opened.gallery)} photos")


@app.command()
def add(
    name: Annotated[
        str,
        typer.Argument(help="The person's name. It stays on this machine and is never shown to those who send photos."),
    ],
    photos: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="Portraits of this one person; several of different years are recognized better.",
        ),
    ],
    debug: Debug = False,
) -> None:
    """Add a person to the gallery, or more portraits of a person who is in it already."""
    with error_boundary(debug=debug), _open_gallery(create=True) as opened:
        if not name.strip():
            raise typer.BadParameter("the name is blank", param_hint="NAME")
        count = opened.gallery.add(name, [opened.embed_portrait(photo) for photo in photos])
        print_line(f"{' '.join(name.split())}: {count}")


@app.command("import")
def import_folder(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="A folder that holds one folder of portraits for each person, named as the person: FOLDER/NAME/*.jpg.",
        ),
    ],
    debug: Debug = False,
) -> None:
    """Add every person of a FOLDER. Photos without one clear face are passed over and listed at the end."""
    from pipeline.errors import PipelineError

    added, passed_over = 0, []
    with error_boundary(debug=debug), _open_gallery(create=True) as opened:
        for person in sorted(path for path in folder.iterdir() if path.is_dir()):
            embeddings = []
            for photo in sorted(path for path in person.iterdir() if path.suffix.lower() in _PICTURES):
                try:
                    embeddings.append(opened.embed_portrait(photo))
                except PipelineError as error:
                    passed_over.append(f"{person.name}/{photo.name}: {error}")
            if embeddings:
                opened.gallery.add(person.name, embeddings)
                added += len(embeddings)
        print_line(f"{added} added, {len(passed_over)} passed over")
        for line in passed_over:
            print_line(f"  {line}")


@app.command("list")
def list_people(debug: Debug = False) -> None:
    """List the people of the gallery, each with the number of portraits."""
    with error_boundary(debug=debug), _open_gallery() as opened:
        people = opened.gallery.people()
        for person in people:
            print_line(f"{person.name}: {person.photos}")
        print_line(f"{len(people)} people, {len(opened.gallery)} photos, pack {opened.analyser.pack}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="The person's name, as `ozhivi gallery list` shows it.")],
    debug: Debug = False,
) -> None:
    """Remove a person with all portraits; from then on photos of that person are animated again."""
    with error_boundary(debug=debug), _open_gallery() as opened:
        count = opened.gallery.remove(name)
        if not count:
            raise typer.BadParameter(f"nobody is called {name!r}; see `ozhivi gallery list`")
        print_line(f"{count} removed")


@app.command()
def encrypt(debug: Debug = False) -> None:
    """Encrypt a gallery that is not, with the key of OZHIVI_GALLERY_KEY or OZHIVI_GALLERY_KEY_FILE.

    Stop the service before, and start it with the key."""
    from filters.gallery_cipher import encrypt_gallery
    from skill.filter_setup import gallery_key
    from skill.settings import load

    with error_boundary(debug=debug):
        settings = load()
        if not (key := gallery_key(settings)):
            raise typer.BadParameter(
                "there is no key: set OZHIVI_GALLERY_KEY_FILE to a file that `openssl rand -hex 32` made"
            )
        encrypt_gallery(settings.gallery, key)
        print_line("encrypted")


@app.command()
def check(
    photo: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A photo with one face or several; nothing is added.")
    ],
    debug: Debug = False,
) -> None:
    """Show for each face of a PHOTO, from the left, whom the gallery takes it for and at which distance."""
    from filters.public_figure import PublicFigureFilter
    from pipeline.faces.selection import from_left

    with error_boundary(debug=debug), _open_gallery() as opened:
        pixels, faces = opened.find_faces(photo)
        figures = PublicFigureFilter(opened.analyser, opened.gallery)
        for number, face in enumerate(from_left(faces), start=1):
            reading = figures.judge(pixels, face)
            nearest = f"{reading.name} at {reading.distance:.2f}" if reading.name else "an empty gallery"
            limit = f"the same up to {opened.analyser.rule.same:g}"
            print_line(f"{number}: {reading.reason or 'nobody'} ({nearest}, {limit})")
        if not faces:
            print_line("no face")
