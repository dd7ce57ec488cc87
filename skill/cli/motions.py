"""`ozhivi motion`: motions are listed, drawn, written as files, and imported from files and films."""

# ruff: noqa: PLC0415  (`--help` must not wait for numpy and the video decoder)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.limits import AUTO, DEFAULT_SECONDS, MAX_SECONDS, MIN_SECONDS, PRESETS
from skill.cli.options import Debug, Force, Seconds, Seed
from skill.cli.output_files import staged_files
from skill.console import error_boundary, print_line

if TYPE_CHECKING:
    from pipeline.animate.liveportrait.recording import Recording
    from pipeline.motion.curves import Motion

app = typer.Typer(no_args_is_help=True, help="List, draw, write and import motions.")

_VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")


@app.command("import")
def import_motion(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="A film whose largest face moves as it should, a motion file (.json), or LivePortrait's .pkl.",
        ),
    ],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The name that `ozhivi animate --motion` will know it by: a-z, 0-9, -."),
    ],
    licence: Annotated[
        str,
        typer.Option(
            "--licence",
            metavar="TERMS",
            help="Terms of the film, which the motion's file then names; by default those that a .json names itself.",
        ),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the motion of that name, if there is one.")] = False,
    debug: Debug = False,
) -> None:
    """Keep the motion of a file under a name, for `ozhivi animate --motion NAME`.

    A film is read by our own tracker: turns of the head, lids, gaze, brows, smile and jaw; where the neural animator's
    weights are there, for that one, too. A template's numbers become the same curves; nothing in it is run, and one
    that is shorter than the shortest clip is for the neural animator alone.
    """
    with error_boundary(debug=debug):
        if name in motion_names() and not force:
            raise typer.BadParameter(f"{name!r} is there already; choose another, or let --force replace it")
        seconds, frames = _import(file, name, licence, debug=debug)
        print_line(f"Движение «{name}» сохранено: {seconds:.1f} с, {frames} кадров.")


def _import(file: Path, name: str, licence: str, *, debug: bool) -> tuple[float, int]:
    """Store the motion of a file; its seconds and frames."""
    from pipeline.animate.liveportrait.import_template import read_template
    from pipeline.animate.liveportrait.import_video import read_driving_video
    from pipeline.animate.liveportrait.recording import MotionLibrary, NotAMotionError
    from pipeline.animate.liveportrait.template_curves import make_template_motion
    from pipeline.motion.motion_file import MotionFiles, read_licence, read_motion
    from skill.animator_choice import has_neural_weights, motions_folder
    from skill.local_render import open_runtime
    from weights.store import WeightStore

    suffix, folder = file.suffix.lower(), motions_folder()
    motion: Recording | Motion
    written: list[Path] = []
    if suffix == ".pkl":
        template = read_template(file)
        motion = template.recording
        written.append(MotionLibrary(folder).put(name, template.recording))
        if motion.seconds >= MIN_SECONDS:
            motion = make_template_motion(name, template)
            written.append(MotionFiles(folder).put(name, motion, licence=licence))
    elif suffix == ".json":
        motion = read_motion(file)
        written.append(MotionFiles(folder).put(name, motion, licence=licence or read_licence(file)))
    elif suffix in _VIDEOS:
        from skill.donor_video import read_donor

        runtime = open_runtime(debug=debug)
        motion = read_donor(file, name, runtime)
        if has_neural_weights(WeightStore()):
            written.append(MotionLibrary(folder).put(name, read_driving_video(file, runtime)))
        written.append(MotionFiles(folder).put(name, motion, licence=licence))
    else:
        raise NotAMotionError(f"{file.name} is no .json, no .pkl and no video ({', '.join(_VIDEOS)})")
    for earlier in {*folder.glob(f"{name}.*")} - {*written}:  # of a motion that this one replaces, for one animator
        earlier.unlink()
    return motion.seconds, len(motion)


@app.command("export")
def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A story, a gesture (wink:left), or an imported motion.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write, .json.")],
    seconds: Seconds = None,
    seed: Seed = 0,
    force: Force = False,
    debug: Debug = False,
) -> None:
    """Write a motion as a file that can be changed and imported again: JSON, see docs/motions.md."""
    with error_boundary(debug=debug):
        from pipeline.motion.motion_file import dump_motion

        with staged_files({out: "--out"}, force=force) as staged:
            staged[out].write_text(dump_motion(_find_motion(name, seconds, seed)), encoding="utf-8")
        print_line(f"Готово: {out}")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="As for export, or a motion file.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The picture to write, .png.")],
    seconds: Seconds = None,
    seed: Seed = 0,
    force: Force = False,
    debug: Debug = False,
) -> None:
    """Draw the curves of a motion as a PNG."""
    with error_boundary(debug=debug):
        from pipeline.motion.motion_file import read_motion
        from skill.cli.motion_plot import draw_motion

        motion = read_motion(Path(name)) if name.endswith(".json") else _find_motion(name, seconds, seed)
        with staged_files({out: "--out"}, force=force) as staged:
            staged[out].write_bytes(draw_motion(motion))
        print_line(f"Готово: {out}")


def _find_motion(name: str, seconds: float | None, seed: int) -> Motion:
    """A story, a gesture or an imported motion. Raises MotionError."""
    from pipeline.motion.compose import compose
    from pipeline.motion.gesture_plan import default_seconds
    from pipeline.motion.motion_file import MotionFiles
    from skill.animator_choice import motions_folder

    imported = MotionFiles(motions_folder()).get(name, seconds or MAX_SECONDS)
    if imported is not None:
        return imported
    if name in PRESETS:
        return compose(name, seconds=seconds or DEFAULT_SECONDS, seed=seed)
    return compose(gestures=(name,), seconds=seconds or default_seconds((name,)), seed=seed)


@app.command("list")
def list_motions(debug: Debug = False) -> None:
    """Show the motions, one a line; imported ones with their lengths."""
    with error_boundary(debug=debug):
        from pipeline.animate.liveportrait.recording import MotionLibrary
        from pipeline.motion.motion_file import MotionFiles
        from pipeline.motion.stories import ABOUT
        from skill.animator_choice import motions_folder
        from skill.movements import AUTO_LABEL, STORY_LABELS

        print_line(f"{AUTO}: {AUTO_LABEL} (the photo's own expression chooses one of these)")
        for name, label in STORY_LABELS.items():
            print_line(f"{name}: {label} ({ABOUT[name]})")
        imported: dict[str, Recording | Motion | None] = {}
        for motions in (MotionLibrary(motions_folder()), MotionFiles(motions_folder())):
            imported |= {name: motions.get(name) for name in motions.names()}
        for name, motion in sorted(imported.items()):
            if motion is not None:
                print_line(f"{name}: {motion.seconds:.1f} с, {len(motion)} кадров")


def motion_names() -> tuple[str, ...]:
    """Names of the imported motions."""
    from pipeline.animate.liveportrait.recording import MotionLibrary
    from pipeline.motion.motion_file import MotionFiles
    from skill.animator_choice import motions_folder

    folder = motions_folder()
    return tuple(sorted({*MotionLibrary(folder).names(), *MotionFiles(folder).names()}))
