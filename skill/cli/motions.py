"""`ozhivi motion`: motions are listed, recorded ones for the neural animator are imported."""

# ruff: noqa: PLC0415  (`--help` must not wait for numpy and the video decoder)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skill.cli.options import Debug
from skill.console import error_boundary, print_line

app = typer.Typer(no_args_is_help=True, help="List the motions, and import recorded ones for the neural animator.")

_VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")


@app.command("import")
def import_motion(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="A template of LivePortrait (.pkl), or a video whose largest face moves as it should.",
        ),
    ],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The name that `ozhivi animate --motion` will know it by: a-z, 0-9, -."),
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace the motion of that name, if there is one.")] = False,
    debug: Debug = False,
) -> None:
    """Keep the motion of a file under a name, for `ozhivi animate --motion NAME`.

    Nothing in a template is run. A video needs the neural animator: `ozhivi weights add liveportrait`.
    """
    with error_boundary(debug=debug):
        from pipeline.animate.liveportrait.import_template import read_template
        from pipeline.animate.liveportrait.import_video import read_driving_video
        from pipeline.animate.liveportrait.recording import MotionLibrary, NotAMotionError
        from skill.animator_choice import motions_folder
        from skill.local_render import open_runtime

        shelf = MotionLibrary(motions_folder())
        if name in shelf.names() and not force:
            raise typer.BadParameter(f"{name!r} is there already; choose another, or let --force replace it")
        suffix = file.suffix.lower()
        if suffix == ".pkl":
            recording = read_template(file)
        elif suffix in _VIDEOS:
            recording = read_driving_video(file, open_runtime(debug=debug))
        else:
            raise NotAMotionError(f"{file.name} is neither a .pkl nor a video ({', '.join(_VIDEOS)})")
        shelf.put(name, recording)
        print_line(f"Движение «{name}» сохранено: {recording.seconds:.1f} с, {len(recording)} кадров.")


@app.command("list")
def list_motions(debug: Debug = False) -> None:
    """Show the motions, one a line; imported ones with their lengths."""
    with error_boundary(debug=debug):
        from pipeline.animate.liveportrait.recording import MotionLibrary
        from pipeline.motion.stories import ABOUT
        from skill.animator_choice import motions_folder
        from skill.movements import STORY_LABELS

        for name, label in STORY_LABELS.items():
            print_line(f"{name}: {label} ({ABOUT[name]})")
        shelf = MotionLibrary(motions_folder())
        for name in shelf.names():
            recording = shelf.get(name)
            if recording is not None:
                print_line(f"{name}: {recording.seconds:.1f} с, {len(recording)} кадров")


def motion_names() -> tuple[str, ...]:
    """Names of the imported motions."""
    from pipeline.animate.liveportrait.recording import MotionLibrary
    from skill.animator_choice import motions_folder

    return MotionLibrary(motions_folder()).names()
