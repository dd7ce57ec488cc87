"""`ozhivi talk` and `ozhivi replay`: the dialog without a speaker."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from skill.cli import panels
from skill.cli.failures import Exit
from skill.console import error_boundary

app = typer.Typer()

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Url = Annotated[
    str | None, typer.Option(help="A running service, http://127.0.0.1:8080. (default: one of its own, without models)")
]
Secret = Annotated[str | None, typer.Option(help="Of its webhook. (default: this data folder's, see alice-url)")]


@app.command(rich_help_panel=panels.DIALOG)
def talk(
    no_screen: Annotated[bool, typer.Option("--no-screen", help="A speaker.")] = False,
    signed_in: Annotated[bool, typer.Option("--signed-in", help="Somebody who is signed in.")] = False,
    linking: Annotated[bool, typer.Option("--linking", help="A device that can start account linking.")] = False,
    salute: Annotated[bool, typer.Option("--salute", help="Sber's assistants instead of Alice.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Show the messages as well.")] = False,
    url: Url = None,
    secret: Secret = None,
    debug: Debug = False,
) -> None:
    """Talk to the skill here: type what is said, a number presses a button. «/» shows what else there is."""
    with error_boundary(debug=debug):
        import asyncio

        from skill.dialog.replay.device import device
        from skill.dialog.replay.script import Mode
        from skill.dialog.replay.terminal import talk as run

        kind = "salute" if salute else "alice"
        own = device(kind, Mode(screen=not no_screen, signed_in=signed_in), linking=linking)
        hooks = _hooks(url, secret) if url else None
        asyncio.run(run(own, hooks=hooks, shown=as_json))


@app.command(rich_help_panel=panels.DIALOG)
def replay(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Scenes: *.json files, or folders with some.")],
    url: Url = None,
    secret: Secret = None,
    debug: Debug = False,
) -> None:
    """Play scenes through the whole service and compare what is heard, by its meaning. Exit code 1 on a difference."""
    with error_boundary(debug=debug):
        from rich.console import Console

        from skill.dialog.replay.player import replay_now
        from skill.dialog.replay.report import failed, show
        from skill.dialog.replay.script import find_scripts, read_script

        scripts = [(path, read_script(path)) for path in find_scripts(paths)]
        played = replay_now(scripts, _hooks(url, secret) if url else None)
        show(played, Console(highlight=False))
        if failed(played):
            raise typer.Exit(Exit.UNEXPECTED)


def _hooks(url: str, secret: str | None) -> Mapping[str, str]:
    """Where each assistant's messages go."""
    from skill.secrets import path_secrets
    from skill.settings import load

    settings = load()
    base = url.rstrip("/")
    return {kind: f"{base}/{kind}/{secret or path_secrets(settings, kind)[0]}" for kind in ("alice", "salute")}
