"""`ozhivi bench`: the commands that measure clips, the service, the dialog, the filters and the gallery."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from filters.errors import NoPhotosError
from pipeline.limits import (
    DEFAULT_LONG_SIDE,
    DEFAULT_SECONDS,
    FRAME_RATES,
    MAX_LONG_SIDE,
    MAX_SECONDS,
    MIN_LONG_SIDE,
    MIN_SECONDS,
)
from skill.bench.errors import BenchError
from skill.bench.truth.parts import PARTS as TRUTH_PARTS
from skill.cli.failures import Exit
from skill.console import error_boundary, print_line
from skill.demo_portrait import NoPortraitError

if TYPE_CHECKING:
    from filters.minors import Level


class _ClipByDefault(TyperGroup):
    """A group whose command `clip` needs no name: `ozhivi bench photo.jpg` is `ozhivi bench clip photo.jpg`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        has_command = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if has_command else ["clip", *args])


app = typer.Typer(
    cls=_ClipByDefault,
    help=(
        "Measure how fast this machine is, and how the filters decide. Without the name of a command,"
        " `ozhivi bench` measures a clip: its options are those of `ozhivi bench clip`."
    ),
)

OwnPhoto = Annotated[
    Path | None,
    typer.Argument(
        exists=True,
        dir_okay=False,
        help="The photo to animate. Without one, the demo portrait is used (an astronaut, 1280×960).",
    ),
]
Runs = Annotated[
    int, typer.Option(min=1, max=50, help="How many clips are made, one after the other; the first one is cold.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when a command fails.")]
Numbered = Annotated[
    bool, typer.Option("--numbered", help="Number the photos instead of showing the names of their files.")
]


@contextmanager
def _bench_errors(*, debug: bool) -> Iterator[None]:
    """The error boundary of every command, which also knows the errors of the measurements."""
    with error_boundary(debug=debug):
        try:
            yield
        except NoPhotosError as error:
            raise typer.BadParameter(str(error), param_hint="FOLDER") from error
        except (BenchError, NoPortraitError) as error:
            if debug:
                raise
            print_line(str(error), error=True)
            raise typer.Exit(Exit.UNEXPECTED) from None


def _damages(names: list[str] | None) -> list[str]:
    """The damages of these names, or all where none is named. Raises BadParameter for an unknown name."""
    from weights.train.damage import DAMAGES

    unknown = [name for name in names or () if name not in DAMAGES]
    if unknown:
        known = ", ".join(DAMAGES)
        raise typer.BadParameter(f"no damage {unknown[0]!r}; there are {known}", param_hint="--damage")
    return names or list(DAMAGES)


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


@app.command()
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
    markdown: Annotated[
        Path | None, typer.Option(help="A file to which the table is also written, as Markdown.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
    debug: Debug = False,
) -> None:
    """Measure what a clip takes: seconds by step, memory, and processor time beside that of encoding alone."""
    with _bench_errors(debug=debug):
        from skill.bench.clip import format_json, format_markdown, measure_clip, show

        figures = measure_clip(photo, runs=runs, seconds=seconds, fps=fps, long_side=long_side, portrait=portrait)
        if as_json:
            print_line(format_json(figures))
        else:
            show(figures)
        if markdown is not None:
            markdown.write_text(format_markdown(figures), encoding="utf-8")


@app.command()
def ratios(
    runs: Runs = 3,
    debug: Debug = False,
) -> None:
    """Measure clips of four photos, and fail where one costs more, beside encoding alone, than the table allows."""
    with _bench_errors(debug=debug):
        from skill.bench.clip import check_ratios

        for line in check_ratios(runs=runs, seconds=DEFAULT_SECONDS, fps=25, long_side=DEFAULT_LONG_SIDE):
            print_line(line)


@app.command()
def previews(
    photo: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="The photo. Without one, the demo portrait is used (an astronaut, 1280×960).",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Measure the page's previews of a photo: seconds to the first and to the last, processor time, and bytes."""
    with _bench_errors(debug=debug):
        from skill.bench.previews import measure_previews, show

        show(measure_previews(photo))


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of sharp portraits.")],
    debug: Debug = False,
) -> None:
    """Measure the restoration of old photos.

    Time and memory of each part, on a scan of a megapixel; and the repair of drawn damage, beside the truth.
    """
    with _bench_errors(debug=debug):
        from skill.bench.restoration import measure_repairs, show
        from skill.bench.restoration_cost import measure_costs, show_costs
        from skill.local_render import open_runtime

        runtime = open_runtime()
        show_costs(list(measure_costs(folder, runtime)))
        show(list(measure_repairs(folder, runtime)))


@app.command()
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
    markdown: Annotated[
        Path | None, typer.Option(help="A file to which the table is also written, as Markdown.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Measure how much the warp's frames differ from real ones of the same people who make the same faces.

    The most neutral frame of a video stands for the photo; the curves of every other frame are read from it.
    """
    if part not in TRUTH_PARTS:
        raise typer.BadParameter(f"should be one of {', '.join(TRUTH_PARTS)}", param_hint="--part")
    with _bench_errors(debug=debug):
        from skill.bench.truth.report import format_markdown, measure_truth, save_worst, show

        comparisons = measure_truth(folder, every=every)
        show(comparisons)
        if markdown is not None:
            markdown.write_text(format_markdown(comparisons), encoding="utf-8")
        if sheet is not None:
            save_worst(comparisons, sheet, part)


@app.command()
def gestures(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of portraits.")],
    markdown: Annotated[
        Path | None, typer.Option(help="A file to which the table is also written, as Markdown.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Measure each gesture on portraits by the face tracker: what should move does, and the rest stays.

    The tracker sees the frames alone. Left and right of a gesture are the viewer's, those of an eye the person's.
    """
    with _bench_errors(debug=debug):
        from skill.bench.gesture_judge import format_markdown, judge_folder, show

        judgements = judge_folder(folder)
        show(judgements)
        if markdown is not None:
            markdown.write_text(format_markdown(judgements), encoding="utf-8")


@app.command()
def service(
    photo: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="The photo to send. Without one, the demo portrait is used (an astronaut, 1280×960).",
        ),
    ] = None,
    runs: Annotated[
        int, typer.Option(min=1, max=50, help="How often the photo is sent, each time after the last clip is ready.")
    ] = 3,
    debug: Debug = False,
) -> None:
    """Measure a service: the time from the upload of a photo to the link of its clip, memory, and the page's size.

    The service is started for the measurement and stopped afterwards; one that is running already is left alone.
    """
    with _bench_errors(debug=debug):
        from skill.bench.service import measure_service, show

        show(measure_service(photo, runs=runs))


@app.command()
def dialog(
    rate: Annotated[float, typer.Option(min=1, max=1000, help="How many turns a second are sent.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="For how many seconds turns are sent.")] = 60,
    renders: Annotated[bool, typer.Option("--renders", help="Let the service render clips meanwhile.")] = False,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Lock all database files of the service for five seconds meanwhile.")
    ] = False,
    postgres: Annotated[
        str, typer.Option(metavar="URL", help="A PostgreSQL database with our tables; else a new SQLite file.")
    ] = "",
    debug: Debug = False,
) -> None:
    """Measure how fast the dialog answers an even load of turns: median, 95th and 99th percentile, and errors.

    The service is started for the measurement and stopped afterwards; one that is running already is left alone. What
    was said stays in the PostgreSQL database.
    """
    with _bench_errors(debug=debug):
        from skill.bench.dialog import describe_figures, measure_dialog

        figures = measure_dialog(rate, seconds, renders=renders, freeze=freeze, postgres=postgres)
        for name, value in describe_figures(figures):
            print_line(f"{name}: {value}")


@app.command()
def database(
    rows: Annotated[
        list[int] | None,
        typer.Option("--rows", min=100, help="Rows in each table; several are measured one after the other, growing."),
    ] = None,
    postgres: Annotated[
        str,
        typer.Option(metavar="URL", help="An empty PostgreSQL database with our tables; else a new SQLite file."),
    ] = "",
    debug: Debug = False,
) -> None:
    """Measure the steps of queue, tickets, replies and memory while their tables grow: 10,000 and 100,000 rows.

    The rows that it makes stay in the PostgreSQL database.
    """
    with _bench_errors(debug=debug):
        from skill.bench.database import describe_growth, measure_growth

        for line in describe_growth(measure_growth(sorted(rows or (10_000, 100_000)), postgres)):
            print_line(line)


@app.command()
def capacity(
    clips: Annotated[
        list[float] | None, typer.Option("--clips", min=0.1, help="Clips a minute; several are planned for, one each.")
    ] = None,
    without_previews: Annotated[
        bool, typer.Option("--without-previews", help="Plan for a page without previews (OZHIVI_PREVIEWS=false).")
    ] = False,
    debug: Debug = False,
) -> None:
    """Say how many nodes, workers and connections 10, 100 and 1,000 clips a minute need, and what saturates first.

    A simulation with costs that were measured on two cores; nothing is measured now.
    """
    with _bench_errors(debug=debug):
        from skill.bench.capacity import Costs, describe_plans, plan_fleet

        costs = Costs(previews=0.0) if without_previews else Costs()
        for line in describe_plans([plan_fleet(rate, costs) for rate in clips or (10, 100, 1000)]):
            print_line(line)


@app.command()
def phrases(
    longest: Annotated[
        int | None, typer.Option(min=1, help="How many rows are printed, the longest first. Without it, all of them.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Print how many seconds each phrase of the skill takes to say, at 5.4 syllables a second and with its pauses."""
    with _bench_errors(debug=debug):
        from skill.bench.phrases import format_rows, measure_phrases

        for row in format_rows(measure_phrases()[:longest]):
            print_line(row)


@app.command()
def filters(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help=(
                "A folder of portraits whose names begin with the person's age and sex (0 for male, 1 for female),"
                " for example 34_1_photo.jpg."
            ),
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Measure the strict level of the filter instead of the normal one.")
    ] = False,
    damage: Annotated[
        list[str] | None,
        typer.Option(
            help="Judge the photos under this damage only, for example grayscale; may be given several times."
            " Without it, under every damage and without any (clean)."
        ),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Judge only every n-th photo of the folder.")] = 1,
    markdown: Annotated[
        Path | None, typer.Option(help="A file to which the tables are also written, as Markdown.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Measure what share of people is refused as minors, by age, sex and damage of the photo."""
    with _bench_errors(debug=debug):
        from skill.bench.filters import format_markdown, measure_filters, show

        level: Level = "strict" if strict else "normal"
        figures = measure_filters(folder, damages=_damages(damage), level=level, every=every)
        show(figures)
        if markdown is not None:
            markdown.write_text(format_markdown(figures), encoding="utf-8")


@app.command()
def readable(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of photos of any kind.")],
    numbered: Numbered = False,
    debug: Debug = False,
) -> None:
    """Print a table, as Markdown, of how well each face of each photo can be read, and which are refused for it."""
    with _bench_errors(debug=debug):
        from filters.bench import assess_folder, format_markdown
        from skill.local_render import open_runtime

        print_line(format_markdown(list(assess_folder(folder, open_runtime(), numbered=numbered))).rstrip())


@app.command()
def kinds(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="A folder of photos and a table expected.tsv: file, kind, expected (animate or reasons, with commas).",
        ),
    ],
    numbered: Numbered = False,
    debug: Debug = False,
) -> None:
    """Print a table, as Markdown, of how often the service says of photos of many kinds what a person would say."""
    with _bench_errors(debug=debug):
        from skill.bench.kinds import format_markdown, judge_kinds, open_service, read_expectations

        photos = read_expectations(folder)
        print_line(format_markdown(list(judge_kinds(photos, open_service())), numbered=numbered).rstrip())


@app.command()
def gallery(
    entries: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="How many random faces the gallery is filled with.")
    ] = 100_000,
    debug: Debug = False,
) -> None:
    """Measure how long a look-up in a large gallery of public figures takes, and how much memory and disk it needs."""
    with _bench_errors(debug=debug):
        from skill.bench.gallery import measure_gallery

        for name, value in measure_gallery(entries):
            print_line(f"{name}: {value}")


@app.command()
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
    with _bench_errors(debug=debug):
        from skill.bench.gpu.report import format_section, measure_gpu, write_report
        from skill.bench.gpu.section import REDUCED
        from skill.local_render import open_runtime

        sections = []
        for section in measure_gpu(open_runtime(debug=debug), REDUCED if reduced else None):
            sections.append(section)
            print_line(format_section(section))
        if out is not None:
            print_line("\n".join(map(str, write_report(sections, out))))
