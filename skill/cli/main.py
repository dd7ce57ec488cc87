"""`ozhivi`: the command line. Imports here are light; each command brings what it needs."""

# ruff: noqa: PLC0415  (`--help` in under half a second; a command has as many options as it has)

from __future__ import annotations

from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.limits import (
    DEFAULT_LONG_SIDE,
    FACE_CHOICES,
    FORMATS,
    MAX_LONG_SIDE,
    MAX_SECONDS,
    MIN_LONG_SIDE,
    MIN_SECONDS,
    TURNS,
)
from skill.bench.cli import app as bench_app
from skill.cli.dialog import app as dialog_app
from skill.cli.gallery import app as gallery_app
from skill.cli.motions import app as motion_app
from skill.console import Exit, error_boundary, print_json, print_line, progress
from weights.cli import app as weights_app

if TYPE_CHECKING:
    from pipeline.run import Wish

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Оживи фото: a portrait becomes a seamless living loop.",
)
app.add_typer(weights_app, name="weights")
app.add_typer(bench_app, name="bench")
app.add_typer(dialog_app)
app.add_typer(gallery_app, name="gallery")
media = typer.Typer(no_args_is_help=True, help="Where photos and clips lie.")
app.add_typer(media, name="media")
app.add_typer(motion_app, name="motion")

Photo = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Photo: JPEG, PNG, WebP, HEIC, AVIF, …")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        print_line(f"ozhivi {installed_version('ozhivi')}")
        raise typer.Exit


@app.command()
def animate(
    photo: Photo,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="(default: PHOTO-ozhivi.mp4 here)")] = None,
    motion: Annotated[str, typer.Option(help="nostalgia, idle or an imported one.")] = "nostalgia",
    gesture: Annotated[
        list[str] | None,
        typer.Option(help="smile, wink, blink, nod, turn-left, turn-right (the viewer's), surprise; several too."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=MIN_SECONDS, max=MAX_SECONDS, help="Length of the loop. (default: 4, or what the gestures need)"
        ),
    ] = None,
    fps: Annotated[int, typer.Option(help="25 or 30.")] = 25,
    face: Annotated[
        str | None,
        typer.Option(help="N (from the left), largest, left, right or all. (default: the only or main one)"),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="mp4, gif, webp, jpg (poster); several too. (default: OUT's, or mp4)"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Varies timing, sides and amplitudes.")] = 0,
    long_side: Annotated[
        int, typer.Option(min=MIN_LONG_SIDE, max=MAX_LONG_SIDE, help="Longest side of the clip, in pixels.")
    ] = DEFAULT_LONG_SIDE,
    turn: Annotated[int, typer.Option(help="Turn the photo first, clockwise: 90, 180 or 270 degrees.")] = 0,
    adult: Annotated[
        bool, typer.Option("--adult", help="I confirm that everybody to be animated is 18 or older.")
    ] = False,
    archive: Annotated[
        bool, typer.Option("--archive", help="The family consents to a child on an old photo (OZHIVI_ARCHIVE=true).")
    ] = False,
    sheet: Annotated[Path | None, typer.Option(help="Also write a contact sheet, a PNG.")] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Animate a portrait: PHOTO becomes a short looping video.

    Exit codes: 0 done, 1 unexpected error, 2 wrong usage, 3 the photo is refused, 4 models are missing.
    """
    out = _place(out or Path(f"{photo.stem}-ozhivi.mp4"))
    with error_boundary(as_json=as_json, debug=debug):
        from pipeline.run import Wish

        gestures = _words(gesture)
        wish = Wish(
            motion=motion,
            gestures=gestures,
            seconds=_seconds(seconds, motion, gestures, fps),
            fps=fps,
            seed=seed,
            face=_face(face),
            formats=_formats(formats, out),
            long_side=long_side,
            turn=_turn(turn),
            adult=adult,
            archive=archive,
        )
        _animate(photo, wish, out, sheet, as_json=as_json, debug=debug)


def _animate(photo: Path, wish: Wish, out: Path, sheet: Path | None, *, as_json: bool, debug: bool) -> None:
    from skill.local_render import describe_result, render

    with progress(shown=not as_json) as on_step:
        result = render(photo, wish, out, on_step, debug=debug)
    answer = describe_result(result)
    if sheet is not None:
        from skill.cli.contact_sheet import write_sheet

        write_sheet(next(iter(result.clip.files.values())), sheet, [face.box.tolist() for face in result.chosen])
        answer["files"]["sheet"] = str(sheet)
    if as_json:
        print_json(answer)
        return
    print_line(f"Готово: {', '.join(answer['files'].values())}")
    width, height = answer["size"]
    spent = sum(result.timings.values())
    print_line(f"{width}×{height}, {answer['seconds']:g} с, {wish.fps} кадров в секунду; заняло {spent:.1f} с.")


@app.command()
def sheet(
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="MP4, GIF or WebP.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="(default: CLIP-sheet.png)")] = None,
    count: Annotated[int, typer.Option(min=1, max=64, help="Frames to show.")] = 8,
    debug: Debug = False,
) -> None:
    """Lay frames of a CLIP side by side in one PNG, with the faces close up."""
    out = out or clip.with_name(f"{clip.stem}-sheet.png")
    with error_boundary(debug=debug):
        from skill.cli.contact_sheet import write_sheet

        write_sheet(clip, out, count=count)
        print_line(f"Готово: {out}")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("-o", "--out", file_okay=False, help="Folder to write to.")] = Path("out"),
    debug: Debug = False,
) -> None:
    """Animate a public-domain portrait (NASA's astronaut Eileen Collins, from scikit-image)."""
    with error_boundary(debug=debug):
        from pipeline.run import Wish
        from skill.cli.contact_sheet import write_sheet
        from skill.demo_portrait import astronaut
        from skill.local_render import render

        folder.mkdir(parents=True, exist_ok=True)
        wish = Wish(formats=("mp4", "gif"))
        with progress() as on_step:
            result = render(astronaut(), wish, folder / "demo.mp4", on_step, debug=debug)
        page = folder / "demo-sheet.png"
        write_sheet(result.clip.files["mp4"], page, [face.box.tolist() for face in result.chosen])
        print_line("Готово, посмотрите:")
        for path in (*result.clip.files.values(), page):
            print_line(f"  {path}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="(default: OZHIVI_HOST, or 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="(default: OZHIVI_PORT, or 8080)")] = None,
    debug: Debug = False,
) -> None:
    """Run the service: the phone's page, the API, jobs and media. Settings: docs/service.md."""
    with error_boundary(debug=debug):
        from skill.cli.service import run

        given = {"host": host, "port": port}
        run({name: value for name, value in given.items() if value is not None})


@app.command()
def worker(
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Answer Prometheus there, on OZHIVI_HOST. (default: nowhere)")
    ] = None,
    debug: Debug = False,
) -> None:
    """Render the jobs of `ozhivi serve`, without HTTP; as many as you like on one queue. Settings: docs/service.md."""
    with error_boundary(debug=debug):
        from skill.cli.service import worker as work

        work({}, metrics_port=metrics_port)


@media.command()
def setup(debug: Debug = False) -> None:
    """Make the bucket of OZHIVI_S3_BUCKET and let it forget by itself; again and again without harm."""
    with error_boundary(debug=debug):
        from skill.cli.service import set_up_media

        for line in set_up_media():
            print_line(line)


@app.command()
def ticket(
    address: Annotated[
        str | None, typer.Option(help="Where the service is reached. (default: OZHIVI_PUBLIC_URL)")
    ] = None,
    debug: Debug = False,
) -> None:
    """Issue a ticket of the running service: a link for one photo, and six digits. For trying it without a dialog."""
    with error_boundary(debug=debug):
        from skill.cli.service import new_ticket

        for line in new_ticket(address):
            print_line(line)


@app.command("alice-url")
def alice_url(
    salute: Annotated[bool, typer.Option("--salute", help="That of Sber's assistants instead.")] = False,
    debug: Debug = False,
) -> None:
    """Show the webhook's address with its secret, for the console of the assistant. Keep it to yourself."""
    with error_boundary(debug=debug):
        from skill.cli.service import webhook_addresses

        for line in webhook_addresses("salute" if salute else "alice"):
            print_line(line)


@app.command()
def doctor(debug: Debug = False) -> None:
    """Show versions, providers, models, memory. Exit code 4 when models are not ready."""
    with error_boundary(debug=debug):
        from skill.cli.doctor import examine, show

        findings = examine()
        show(findings)
        if not findings.weights_ready:
            raise typer.Exit(Exit.NO_WEIGHTS)


def _words(given: list[str] | None) -> tuple[str, ...]:
    """`--gesture smile,nod --gesture wink` → smile, nod, wink."""
    return tuple(word.strip().lower() for part in given or () for word in part.split(",") if word.strip())


def _formats(given: list[str] | None, out: Path) -> tuple[str, ...]:
    ending = out.suffix.lower().lstrip(".")
    names = tuple(dict.fromkeys(_words(given))) or ((ending,) if ending in FORMATS else ("mp4",))
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise typer.BadParameter(f"no format {unknown[0]!r}; there are {', '.join(FORMATS)}", param_hint="--format")
    return names


def _place(out: Path) -> Path:
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="--out")
    return out


def _face(given: str | None) -> str | None:
    if given is None or given in FACE_CHOICES or (given.isdecimal() and int(given) > 0):
        return given
    raise typer.BadParameter("a number from 1, largest, left, right or all", param_hint="--face")


def _turn(given: int) -> int:
    if given in TURNS:
        return given
    raise typer.BadParameter("0, 90, 180 or 270", param_hint="--turn")


def _seconds(given: float | None, motion: str, gestures: tuple[str, ...], fps: int) -> float:
    """Four seconds, or what the gestures need; a motion that can't be is told before any work."""
    from pipeline.motion.compose import compose
    from pipeline.motion.gestures import default_seconds
    from skill.cli.motions import imported

    if not gestures and motion in imported():
        return given if given is not None else MAX_SECONDS
    seconds = given if given is not None else default_seconds(gestures)
    compose(motion, gestures, seconds=seconds, fps=fps)
    return seconds


def main() -> None:
    app()
