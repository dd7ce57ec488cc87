"""`ozhivi animate`, `ozhivi sheet` and `ozhivi demo`: a photo becomes a clip, a clip becomes a contact sheet."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline.errors import FaceError, MotionError, PipelineError, Reason
from pipeline.limits import (
    AUTO,
    CAMERAS,
    DEFAULT_LONG_SIDE,
    MAX_SECONDS,
    PRESETS,
    RESTORE_OFF,
    TURNS,
    is_face_choice,
)
from skill.cli import options, panels
from skill.cli.animate_files import ClipFiles, check_input, plan_files, plan_still, split_words
from skill.cli.failures import CommandError
from skill.cli.output_files import parse_output, staged_files
from skill.cli.refusals import FaceChoiceError
from skill.console import JsonErrors, error_boundary, print_json, print_line, progress
from skill.movements import MOOD_SENTENCES, STORY_LABELS
from weights.errors import WeightsError

if TYPE_CHECKING:
    from pipeline.progress import OnStep
    from pipeline.run import Result, Wish
    from skill.web.schemas import FaceView

app = typer.Typer()

_RESTORED: Final = {
    "repair": "царапины и трещины закрыты",
    "denoise": "зерно и растр сглажены",
    "tone": "выцветшие тона возвращены",
    "colour": "добавлен цвет, это догадка",
    "enlarge": "лица увеличены, мелкие детали — догадка",
}
"""Part of `pipeline.limits.RESTORE_PARTS` → what a person is told of it."""
_CLIPS: Final = ("mp4", "gif", "webp")  # formats that a contact sheet can be made of


@app.command(cls=JsonErrors, rich_help_panel=panels.CLIPS)
def animate(
    photo: options.Photo,
    motion: options.Motion = None,
    gesture: options.Gesture = None,
    camera: options.Camera = CAMERAS[0],
    seconds: options.Seconds = None,
    fps: options.Fps = 25,
    seed: options.Seed = 0,
    face: options.Face = None,
    turn: options.Turn = 0,
    straighten: options.Straighten = True,
    adult: options.Adult = False,
    archive: options.Archive = False,
    restore: options.Restore = RESTORE_OFF,
    out: options.Out = None,
    formats: options.Formats = None,
    long_side: options.LongSide = DEFAULT_LONG_SIDE,
    sheet: options.Sheet = None,
    still: options.Still = None,
    places: options.For = None,
    force: options.Force = False,
    as_json: options.AsJson = False,
    debug: options.Debug = False,
) -> None:
    """Animate a portrait: PHOTO becomes a short video that loops without a seam.

    The exit code is 0 with a clip, 3 where a photo can't be animated, 4 without models, 2 for a wrong command, else 1.
    """
    with error_boundary(as_json=as_json, debug=debug):
        from pipeline.run import Wish

        gestures, clips = split_words(gesture), list[tuple[Wish, ClipFiles]]()
        page, restore = plan_still(photo, still, _parse_restore(restore))
        for name in (motions := _parse_motions(motion, gestures)):
            files = plan_files(photo, out, sheet, split_words(formats), split_words(places), name * (len(motions) > 1))
            clips.append((Wish(
                name, gestures, _parse_seconds(seconds, name, gestures, fps), fps, seed, _parse_face(face),
                files.formats, long_side, _parse_turn(turn), adult, archive, restore, _parse_camera(camera), straighten,
            ), replace(files, still=None if clips else page)))  # fmt: skip
        _animate(photo, clips, force=force, as_json=as_json, debug=debug)


def _animate(photo: Path, clips: list[tuple[Wish, ClipFiles]], *, force: bool, as_json: bool, debug: bool) -> None:
    outputs = {path: option for _, files in clips for path, option in files.outputs.items()}
    with staged_files(outputs, source=photo, force=force) as staged, progress(shown=not as_json) as on_step:
        try:
            results = _render(photo, clips, staged, on_step, debug=debug)
        except FaceError as error:
            raise _with_faces(error, photo, clips[0][0]) from error.__cause__
    answers = [_describe(result, files) for result, (_, files) in zip(results, clips, strict=True)]
    if as_json:
        several = {
            "ok": True,
            "clips": [{"motion": wish.motion, **a} for a, (wish, _) in zip(answers, clips, strict=True)],
        }
        print_json(answers[0] if len(answers) == 1 else several)
        return
    if clips[0][0].restore != RESTORE_OFF:
        print_line(_describe_restored(results[0].restored))
    for result, answer in zip(results, answers, strict=True):
        _print_result(result, answer)


def _describe(result: Result, files: ClipFiles) -> dict[str, Any]:
    """The object of `--json` for one clip, with its files under their own names."""
    from skill.local_render import describe_result

    named = {name: str(path) for name, path in files.clips.items()}
    if files.sheet is not None:
        named["sheet"] = str(files.sheet)
    if files.still is not None:
        named["still"] = str(files.still)
    named |= {name: str(path) for name, path in files.renditions.items()}
    return {**describe_result(result), "files": named}


def _describe_restored(parts: Sequence[str]) -> str:
    if not parts:
        return "Подправлять нечего: снимок остался как есть."
    return f"Снимок подправлен: {', '.join(_RESTORED[part] for part in parts)}."


def _print_result(result: Result, answer: Mapping[str, Any]) -> None:
    print_line(f"Готово: {', '.join(answer['files'].values())}")
    if result.left_out:
        print_line(f"На фотографии много людей: ожили самые крупные лица, {len(result.chosen)} из {len(result.faces)}.")
    for mood in result.moods:
        print_line(f"{MOOD_SENTENCES[mood.reason]} Движение — «{STORY_LABELS[mood.motion]}».")
    width, height = answer["size"]
    spent = sum(result.timings.values())
    print_line(f"{width}×{height}, {answer['seconds']:g} с, {answer['fps']} кадров в секунду; заняло {spent:.1f} с.")


def _render(
    photo: Path | bytes,
    clips: list[tuple[Wish, ClipFiles]],
    staged: Mapping[Path, Path],
    on_step: OnStep,
    *,
    debug: bool,
) -> list[Result]:
    """Make the clips, and the contact sheets where they are wanted, under their temporary names."""
    from skill import local_render

    orders = [(wish, staged[next(iter(files.clips.values()))]) for wish, files in clips]
    still = clips[0][1].still
    results = local_render.render_several(photo, orders, on_step, still=still and staged[still], debug=debug)
    for result, (_, files) in zip(results, clips, strict=True):
        if files.sheet is not None:
            from skill.cli.contact_sheet import write_sheet_of

            write_sheet_of(result.clip, result.chosen, staged[files.sheet])
        if files.renditions:
            renditions = {name: staged[path] for name, path in files.renditions.items()}
            local_render.write_renditions(result, renditions, debug=debug)
    return results


def _with_faces(error: FaceError, photo: Path, wish: Wish) -> FaceError:
    """The refusal with the faces of the photo, where choosing another one would answer it."""
    faces = _find_faces(photo, wish) if error.reason == Reason.SEVERAL_FACES else []
    return FaceChoiceError(error, wish.face, faces) if faces else error


def _find_faces(photo: Path, wish: Wish) -> list[FaceView]:
    from skill.web.face_locator import FaceLocator

    try:
        return FaceLocator()(photo, wish.long_side, wish.turn).faces
    except (PipelineError, WeightsError):
        return []


@app.command(rich_help_panel=panels.CLIPS)
def sheet(
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="A clip: MP4, GIF or WebP. It is only read.")],
    out: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE|FOLDER",
            help="The sheet's name, with or without .png, or a folder that is there. By default CLIP-sheet.png beside "
            "the clip.",
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=64, help="Number of frames, spread evenly over the clip.")] = 8,
    force: options.Force = False,
    debug: options.Debug = False,
) -> None:
    """Lay frames of a clip side by side in one PNG, with the faces close up."""
    with error_boundary(debug=debug):
        from skill.cli.contact_sheet import write_sheet

        check_input(clip, "CLIP")
        default = clip.with_name(f"{clip.stem}-sheet")
        page = parse_output(out, default=default, formats=("png",), option="--out").file("png")
        with staged_files({page: "--out"}, source=clip, force=force) as staged:
            write_sheet(clip, staged[page], count=count)
        print_line(f"Готово: {page}")


@app.command(rich_help_panel=panels.CLIPS)
def demo(
    folder: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="FOLDER", help="Folder to write to; it is made where it is not there yet."),
    ] = Path("out"),
    force: options.Force = False,
    debug: options.Debug = False,
) -> None:
    """Animate a portrait in the public domain: NASA's astronaut Eileen Collins.

    It writes demo.mp4, demo.gif and the contact sheet demo-sheet.png.
    """
    with error_boundary(debug=debug):
        from pipeline.run import Wish
        from skill.demo_portrait import astronaut

        folder.mkdir(parents=True, exist_ok=True)
        wish = Wish(formats=("mp4", "gif"))
        files = ClipFiles({name: folder / f"demo.{name}" for name in wish.formats}, folder / "demo-sheet.png")
        with staged_files(files.outputs, force=force) as staged, progress() as on_step:
            _render(astronaut(), [(wish, files)], staged, on_step, debug=debug)
        print_line("Готово, посмотрите:")
        for path in files.outputs:
            print_line(f"  {path}")


def _parse_motions(values: list[str] | None, gestures: tuple[str, ...]) -> tuple[str, ...]:
    """The movements that were asked for, each once; CommandError where gestures would take their place."""
    motions = tuple(dict.fromkeys(split_words(values))) or (AUTO,)
    if len(motions) > 1 and gestures:
        message = "gestures take the movement's place: name several movements, or gestures"
        raise CommandError(message, "--motion", "Либо несколько движений, либо жесты.")
    return motions


def _parse_face(face: str | None) -> str | None:
    if face is None or is_face_choice(face):
        return face
    words = "a number from 1, right-1, several (1,3), left, middle, right, largest or all"
    raise typer.BadParameter(words, param_hint="--face")


def _parse_restore(restore: str) -> str:
    from pipeline.restore.wish import spell_restore

    try:
        return spell_restore(restore)
    except MotionError as error:
        raise CommandError(str(error), "--restore", "Так подправить снимок я не умею.") from None


def _parse_camera(camera: str) -> str:
    if camera in CAMERAS:
        return camera
    raise typer.BadParameter(f"one of {', '.join(CAMERAS)}", param_hint="--camera")


def _parse_turn(turn: int) -> int:
    if turn in TURNS:
        return turn
    raise typer.BadParameter(f"one of {', '.join(map(str, TURNS))}", param_hint="--turn")


def _parse_seconds(seconds: float | None, motion: str, gestures: tuple[str, ...], fps: int) -> float:
    """Seconds of the loop: four or what the gestures need where none were given.

    Raises:
        CommandError: There is no such motion, or it does not fit into the seconds; said before any work.
    """
    from pipeline.motion.ensemble import check_fit, choose_seconds
    from skill.cli.motions import motion_names

    if not gestures and motion in motion_names():
        return seconds if seconds is not None else MAX_SECONDS
    try:
        length = seconds if seconds is not None else choose_seconds(gestures)
        check_fit(PRESETS[0] if motion == AUTO else motion, gestures, seconds=length, fps=fps)
    except MotionError as error:
        raise CommandError(str(error), "the movement", "Такое движение не получится.") from None
    return length
