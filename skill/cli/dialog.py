"""`ozhivi talk` and `ozhivi replay`: the dialog without a speaker."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skill.cli import panels
from skill.cli.failures import Exit
from skill.cli.options import Debug
from skill.console import error_boundary

if TYPE_CHECKING:
    from skill.dialog.replay.remote import Server

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
        server = _server(url, secret) if url else None
        asyncio.run(run(device, server=server, shows_json=as_json))


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
    photo: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="PHOTO",
            help="Portrait that is sent to the running service where a scene sends a photo; its clip is deleted in the "
            "end. By default the demo portrait, where the extra `demo` is installed. Only of use with --url.",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Play written conversations through the whole service and compare the answers by their meaning.

    At a running service consent is given and photos are sent as a person would do it; what else a scene wants to
    happen there ends it, and the report says which turns were not played. The exit code is 1 where an answer is not as
    its scene wants it, or a scene can't be read or played.
    """
    with error_boundary(debug=debug):
        from rich.console import Console

        from skill.dialog.replay.player import replay_files
        from skill.dialog.replay.report import failures, print_report
        from skill.dialog.replay.script import find_scripts

        results = replay_files(find_scripts(paths), _server(url, secret, _portrait(photo)) if url else None)
        print_report(results, Console(highlight=False))
        if failures(results):
            raise typer.Exit(Exit.UNEXPECTED)


def _server(url: str, secret: str | None, portrait: bytes | None = None) -> Server:
    """The running service. `portrait`: to send where a scene sends a photo."""
    from skill.dialog.replay.remote import Server
    from skill.secrets import path_secrets
    from skill.settings import load

    settings = load()
    secrets = {name: secret or path_secrets(settings, name)[0] for name in ("alice", "salute")}
    return Server(url.rstrip("/"), secrets, portrait)


def _portrait(photo: Path | None) -> bytes | None:
    """The file's bytes, else the demo portrait; None where that is not installed."""
    from skill.demo_portrait import NoPortraitError, astronaut

    try:
        return photo.read_bytes() if photo else astronaut()
    except NoPortraitError:
        return None
