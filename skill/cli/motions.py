"""`ozhivi motion`: bring recorded motions for the neural animator, list them."""

# ruff: noqa: PLC0415  (`--help` must not wait for numpy and the video decoder)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skill.console import error_boundary, print_line

app = typer.Typer(no_args_is_help=True, help="Recorded motions for the neural animator: import, list.")

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

_VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")


@app.command("import")
def bring(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="LivePortrait's .pkl, or a video.")],
    name: Annotated[str, typer.Argument(help="How it will be called: a-z, 0-9 and -.")],
    debug: Debug = False,
) -> None:
    """Keep the motion of FILE as NAME, for `ozhivi animate --motion NAME`.

    A template is read without running anything in it. Of a video, the largest face's motion is taken, by
    LivePortrait's own net (`ozhivi weights add liveportrait`).
    """
    with error_boundary(debug=debug):
        from pipeline.animate.liveportrait.frame_net import NotAMotionError
        from pipeline.animate.liveportrait.import_template import read_template
        from pipeline.animate.liveportrait.import_video import read_donor
        from pipeline.animate.liveportrait.recording import MotionShelf
        from skill.animator_choice import motions_folder
        from skill.local_render import open_runtime

        suffix = file.suffix.lower()
        if suffix == ".pkl":
            recording = read_template(file)
        elif suffix in _VIDEOS:
            recording = read_donor(file, open_runtime(debug=debug))
        else:
            raise NotAMotionError(f"{file.name} is neither a .pkl nor a video ({', '.join(_VIDEOS)})")
        MotionShelf(motions_folder()).put(name, recording)
        print_line(f"Движение «{name}» сохранено: {recording.seconds:.1f} с, {len(recording)} кадров.")


@app.command("list")
def list_motions(
    debug: Debug = False,
) -> None:
    """Show the imported motions."""
    with error_boundary(debug=debug):
        from pipeline.animate.liveportrait.recording import MotionShelf
        from skill.animator_choice import motions_folder

        shelf = MotionShelf(motions_folder())
        for name in shelf.names():
            recording = shelf.get(name)
            if recording is not None:
                print_line(f"{name}: {recording.seconds:.1f} с, {len(recording)} кадров")
        if not shelf.names():
            print_line("Пока ничего не добавлено: ozhivi motion import FILE NAME")


def imported() -> tuple[str, ...]:
    """Names of the imported motions."""
    from pipeline.animate.liveportrait.recording import MotionShelf
    from skill.animator_choice import motions_folder

    return MotionShelf(motions_folder()).names()
