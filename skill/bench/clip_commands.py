"""`ozhivi bench`: the commands that measure clips, their movement and a graphics card."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.limits import (
    DEFAULT_LONG_SIDE,
    DEFAULT_SECONDS,
    FRAME_RATES,
    MAX_LONG_SIDE,
    MAX_SECONDS,
    MIN_LONG_SIDE,
    MIN_SECONDS,
)
from skill.bench.options import Debug, OwnPhoto, Runs, TableFile, bench_errors
from skill.bench.truth.parts import PARTS as TRUTH_PARTS
from skill.console import print_line

if TYPE_CHECKING:
    pass


def _portrait(name: str) -> str:
    """The name of one of the measured photos. Raises BadParameter for an unknown name."""
    from skill.bench.clip_photos import MEASURED

    if name not in MEASURED:
        raise typer.BadParameter(f"should be one of {', '.join(MEASURED)}")
    return name


def _frame_rate(fps: int) -> int:
    """A frame rate of clips. Raises BadParameter for another."""
    if fps not in FRAME_RATES:
        raise typer.BadParameter(f"should be {' or '.join(map(str, FRAME_RATES))}")
    return fps


def clip(
    photo: OwnPhoto = None,
    portrait: Annotated[
        str, typer.Option(callback=_portrait, help="Without a photo: small, close, large or group.")
    ] = "small",
    runs: Runs = 3,
    seconds: Annotated[
        float, typer.Option(min=MIN_SECONDS, max=MAX_SECONDS, help="The length of each clip, in seconds.")
    ] = DEFAULT_SECONDS,
    fps: Annotated[int, typer.Option(callback=_frame_rate, help="The frames a second of each clip: 25 or 30.")] = 25,
    long_side: Annotated[
        int,
        typer.Option(
            min=MIN_LONG_SIDE,
            max=MAX_LONG_SIDE,
            help="The longer side of each clip at most, in pixels; a smaller photo is not enlarged.",
        ),
    ] = DEFAULT_LONG_SIDE,
    markdown: TableFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
    debug: Debug = False,
) -> None:
    """Measure what a clip takes: seconds by step, memory, and processor time beside that of encoding alone."""
    with bench_errors(debug=debug):
        from skill.bench.clip import format_json, format_markdown, measure_clip, show

        figures = measure_clip(photo, runs=runs, seconds=seconds, fps=fps, long_side=long_side, portrait=portrait)
        if as_json:
            print_line(format_json(figures))
        else:
            show(figures)
        if markdown is not None:
            markdown.write_text(format_markdown(figures), encoding="utf-8")


def ratios(
    runs: Runs = 3,
    debug: Debug = False,
) -> None:
    """Measure clips of four photos, and fail where one costs more, beside encoding alone, than the table allows."""
    with bench_errors(debug=debug):
        from skill.bench.clip import check_ratios

        for line in check_ratios(runs=runs, seconds=DEFAULT_SECONDS, fps=25, long_side=DEFAULT_LONG_SIDE):
            print_line(line)


def previews(
    photo: OwnPhoto = None,
    debug: Debug = False,
) -> None:
    """Measure the page's previews of a photo: seconds to the first and to the last, processor time, and bytes."""
    with bench_errors(debug=debug):
        from skill.bench.previews import measure_previews, show

        show(measure_previews(photo))


def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of sharp portraits.")],
    markdown: TableFile = None,
    debug: Debug = False,
) -> None:
    """Measure the restoration of old photos.

    Time and memory of each part, on a scan of a megapixel; and drawn damage of each kind before and after, beside the
    truth: of the whole picture, of the face's descriptor, and of the landmarks.
    """
    with bench_errors(debug=debug):
        from skill.bench.restoration import format_markdown, measure_restorations, show
        from skill.bench.restoration_cost import measure_costs, show_costs
        from skill.local_render import open_runtime

        runtime = open_runtime()
        show_costs(list(measure_costs(folder, runtime)))
        restorations = list(measure_restorations(folder, runtime))
        show(restorations)
        if markdown is not None:
            markdown.write_text(format_markdown(restorations), encoding="utf-8")


def colour(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of colour photos of people.")],
    sheet: Annotated[
        Path | None, typer.Option(help="A PNG file with a row for each photo: in greys, coloured, and the truth.")
    ] = None,
    markdown: TableFile = None,
    debug: Debug = False,
) -> None:
    """Measure the guess of colours: each colour photo is made grey, coloured, and compared with itself.

    Distances are those of a and b of Lab. Photos without colour, and those without a face, are left out.
    """
    with bench_errors(debug=debug):
        from skill.bench.restoration_colour import format_markdown, measure_colours, save_sheet, show
        from skill.local_render import open_runtime

        guesses = list(measure_colours(folder, open_runtime()))
        if not guesses:
            raise typer.BadParameter("has no colour photo of a person", param_hint="FOLDER")
        show(guesses)
        if markdown is not None:
            markdown.write_text(format_markdown(guesses), encoding="utf-8")
        if sheet is not None:
            save_sheet(guesses, sheet)


def truth(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True, file_okay=False, help="A folder of videos in each of which one person moves the face."
        ),
    ],
    every: Annotated[int, typer.Option(min=1, help="Compare only every n-th frame of a video.")] = 1,
    part: Annotated[
        str, typer.Option(help="The part of the face that the sheet is about: lids, mouth, brows or face.")
    ] = "lids",
    sheet: Annotated[
        Path | None,
        typer.Option(help="A PNG file to which the twenty worst frames are written: photo, ours, real."),
    ] = None,
    markdown: TableFile = None,
    debug: Debug = False,
) -> None:
    """Measure how much the warp's frames differ from real ones of the same people who make the same faces.

    The most neutral frame of a video stands for the photo; the curves of every other frame are read from it.
    """
    if part not in TRUTH_PARTS:
        raise typer.BadParameter(f"should be one of {', '.join(TRUTH_PARTS)}", param_hint="--part")
    with bench_errors(debug=debug):
        from skill.bench.truth.report import format_markdown, measure_truth, save_worst, show

        comparisons = measure_truth(folder, every=every)
        show(comparisons)
        if markdown is not None:
            markdown.write_text(format_markdown(comparisons), encoding="utf-8")
        if sheet is not None:
            save_worst(comparisons, sheet, part)


def gestures(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of portraits.")],
    markdown: TableFile = None,
    debug: Debug = False,
) -> None:
    """Measure each gesture on portraits by the face tracker: what should move does, and the rest stays.

    The tracker sees the frames alone. Left and right of a gesture are the viewer's, those of an eye the person's.
    """
    with bench_errors(debug=debug):
        from skill.bench.gesture_judge import format_markdown, judge_folder, show

        judgements = judge_folder(folder)
        show(judgements)
        if markdown is not None:
            markdown.write_text(format_markdown(judgements), encoding="utf-8")


def loops(
    photos: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Portraits; of several people the largest moves.")
    ],
    donor: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="A film whose motion is played, too; may be given several times."
        ),
    ] = None,
    markdown: TableFile = None,
    debug: Debug = False,
) -> None:
    """Measure the seam of every loop on portraits, at 360 pixels: of each story, gesture, way of the camera and donor.

    The step from the last frame to the first is divided by the median step; 1.5 at most. One donor is a film that our
    animator makes of the first portrait.
    """
    with bench_errors(debug=debug):
        from skill.bench.loop_seams import format_markdown, measure_loops, show

        seams = measure_loops(photos, films=donor or ())
        show(seams)
        if markdown is not None:
            markdown.write_text(format_markdown(seams), encoding="utf-8")


def gpu(
    out: Annotated[
        Path | None,
        typer.Option(
            file_okay=False, help="A folder, made where it is missing, for the report as Markdown and as JSON."
        ),
    ] = None,
    reduced: Annotated[
        bool, typer.Option("--reduced", help="Measure at a small size, as on a machine without a card, in a minute.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Measure an NVIDIA card: where every graph runs, the time of a frame, clips a second, LivePortrait's nets.

    It takes some minutes on a card. Without one, everything is measured at a small size, which shows that it works.
    """
    with bench_errors(debug=debug):
        from skill.bench.gpu.report import format_section, measure_gpu, write_report
        from skill.bench.gpu.section import REDUCED
        from skill.local_render import open_runtime

        sections = []
        for section in measure_gpu(open_runtime(debug=debug), REDUCED if reduced else None):
            sections.append(section)
            print_line(format_section(section))
        if out is not None:
            print_line("\n".join(map(str, write_report(sections, out))))
