"""`ozhivi talk` and `ozhivi replay`: the dialog without a speaker."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from skill.cli import panels
from skill.cli.failures import Exit
from skill.cli.options import Debug
from skill.console import error_boundary

app = typer.Typer()

Url = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Address of a running service, for example http://127.0.0.1:8080. By default a service is started for "
        "this command alone, in a temporary folder and without models.",
    ),
]
Secret = Annotated[
    str | None,
    typer.Option(
        metavar="SECRET",
        help="Secret in the path of the running service's webhook, which `ozhivi alice-url` prints as the last part of "
        "the address. By default the one of this machine's data folder.",
    ),
]


@app.command(rich_help_panel=panels.DIALOG)
def talk(
    no_screen: Annotated[
        bool, typer.Option("--no-screen", help="Talk as through a speaker without a screen. By default it is a phone.")
    ] = False,
    signed_in: Annotated[
        bool, typer.Option("--signed-in", help="Talk as somebody who is signed in to the assistant.")
    ] = False,
    linking: Annotated[
        bool,
        typer.Option(
            "--linking",
            help="Talk through a device that can start account linking, so that the page is pushed to the phone.",
        ),
    ] = False,
    salute: Annotated[
        bool, typer.Option("--salute", help="Talk through Sber's assistant Salute. By default it is Alice.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Show the assistant's and the service's messages as JSON, too.")
    ] = False,
    url: Url = None,
    secret: Secret = None,
    debug: Debug = False,
) -> None:
    """Talk to the skill in this terminal: type what you would say, or the number of a button to press it.

    A line that begins with a slash lets something happen, for example /фото sends a photo; «/» alone lists all of them.
    """
    with error_boundary(debug=debug):
        import asyncio

        from skill.dialog.replay.device import build_device
        from skill.dialog.replay.script import Mode
        from skill.dialog.replay.terminal import talk as run

        assistant = "salute" if salute else "alice"
        device = build_device(assistant, Mode(screen=not no_screen, signed_in=signed_in), linking=linking)
        hooks = _hooks(url, secret) if url else None
        asyncio.run(run(device, hooks=hooks, shows_json=as_json))


@app.command(rich_help_panel=panels.DIALOG)
def replay(
    paths: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            metavar="PATH...",
            help="Scenes to play: *.json files, or folders in which all such files are played.",
        ),
    ],
    url: Url = None,
    secret: Secret = None,
    debug: Debug = False,
) -> None:
    """Play written conversations through the whole service and compare the answers by their meaning.

    The exit code is 1 where an answer is not as its scene wants it.
    """
    with error_boundary(debug=debug):
        from rich.console import Console

        from skill.dialog.replay.player import replay_now
        from skill.dialog.replay.report import failures, print_report
        from skill.dialog.replay.script import find_scripts, read_script

        scripts = [(path, read_script(path)) for path in find_scripts(paths)]
        results = replay_now(scripts, _hooks(url, secret) if url else None)
        print_report(results, Console(highlight=False))
        if failures(results):
            raise typer.Exit(Exit.UNEXPECTED)


def _hooks(url: str, secret: str | None) -> Mapping[str, str]:
    """Whole addresses of the running service's webhooks, by the assistant's name."""
    from skill.secrets import path_secrets
    from skill.settings import load

    settings = load()
    base = url.rstrip("/")
    return {name: f"{base}/{name}/{secret or path_secrets(settings, name)[0]}" for name in ("alice", "salute")}
