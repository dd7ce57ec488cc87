"""`ozhivi`: all commands together, and those of the service. A command imports what it needs when it runs."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from skill.bench.cli import app as bench_app
from skill.blas import limit_blas_threads
from skill.cli import panels
from skill.cli.animate import app as animate_app
from skill.cli.db import app as db_app
from skill.cli.dialog import app as dialog_app
from skill.cli.failures import Exit
from skill.cli.gallery import app as gallery_app
from skill.cli.motions import app as motion_app
from skill.cli.options import Debug
from skill.console import error_boundary, print_line
from weights.cli import app as weights_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Оживи фото: a portrait becomes a short video that loops without a seam.\n\n"
    "Begin with `ozhivi demo`, then `ozhivi animate PHOTO`. `ozhivi serve` runs the service for phones and voice "
    "assistants, `ozhivi doctor` shows what this machine lacks.",
)
service_app = typer.Typer()
media_app = typer.Typer(no_args_is_help=True, help="Set up the bucket in which the service keeps photos and clips.")

# in the order of the help: what a newcomer needs goes first
app.add_typer(animate_app)
app.add_typer(motion_app, name="motion", rich_help_panel=panels.CLIPS)
app.add_typer(service_app)
app.add_typer(media_app, name="media", rich_help_panel=panels.SERVICE)
app.add_typer(db_app, name="db", rich_help_panel=panels.SERVICE)
app.add_typer(dialog_app)
app.add_typer(gallery_app, name="gallery", rich_help_panel=panels.MACHINE)
app.add_typer(weights_app, name="weights", rich_help_panel=panels.MACHINE)
app.add_typer(bench_app, name="bench", rich_help_panel=panels.MACHINE)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    # no docstring: typer would show it in place of the help above
    if version:
        print_line(f"ozhivi {installed_version('ozhivi')}")
        raise typer.Exit


@service_app.command(rich_help_panel=panels.SERVICE)
def serve(
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Address of this machine to listen on; 0.0.0.0 is all of them. By default the setting OZHIVI_HOST, or "
            "127.0.0.1, which only this machine reaches.",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            min=0,
            max=65535,
            help="Port to listen on; 0 takes a free one. By default the setting OZHIVI_PORT, or 8080.",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Run the service: the page for phones, the API, the webhooks of assistants, and the queue of jobs.

    It runs until it is interrupted. `ozhivi doctor` shows its settings, docs/service.md explains them.
    """
    limit_blas_threads()
    with error_boundary(debug=debug):
        from skill.cli.service import start_service

        given = {"host": host, "port": port}
        start_service({name: value for name, value in given.items() if value is not None})


@service_app.command(rich_help_panel=panels.SERVICE)
def worker(
    metrics_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            min=0,
            max=65535,
            help="Port on which /metrics answers Prometheus, at the address of OZHIVI_HOST. By default none is opened.",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Render jobs of the queue that `ozhivi serve` fills, in this process and without a page.

    It runs until it is interrupted. Any number of workers may share a queue; docs/service.md shows how.
    """
    limit_blas_threads()
    with error_boundary(debug=debug):
        from skill.cli.service import start_worker

        start_worker({}, metrics_port=metrics_port)


@media_app.command()
def setup(debug: Debug = False) -> None:
    """Create the bucket of the setting OZHIVI_S3_BUCKET, make it private, and let it delete what is too old.

    It says what it did, a line each, and may be run again at any time.
    """
    with error_boundary(debug=debug):
        from skill.cli.service import set_up_media

        for line in set_up_media():
            print_line(line)


@service_app.command(rich_help_panel=panels.SERVICE)
def ticket(
    address: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Address at which phones reach the service, for the link. By default the setting OZHIVI_PUBLIC_URL, "
            "or the address that `ozhivi serve` listens on.",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Print a link by which a phone may send one photo to the running service, and six digits that do the same.

    An assistant hands out the same; this command is for trying the page without one.
    """
    with error_boundary(debug=debug):
        from skill.cli.service import new_ticket

        for line in new_ticket(address):
            print_line(line)


@service_app.command("alice-url", rich_help_panel=panels.SERVICE)
def alice_url(
    salute: Annotated[
        bool, typer.Option("--salute", help="Show the address for Sber's assistants instead of Alice.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show the webhook's address for the console of Alice. It holds a secret: who has it can speak as the assistant."""
    with error_boundary(debug=debug):
        from skill.cli.service import webhook_addresses

        for line in webhook_addresses("salute" if salute else "alice"):
            print_line(line)


@service_app.command(rich_help_panel=panels.MACHINE)
def doctor(
    deploy: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Check the running service at this address instead, from outside: TLS, addresses, the page and its "
            "headers, the clock, the webhooks' answers, account linking, a file through the media store. Needs the "
            "service's settings.",
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Show the versions, models, filters and settings of this machine, and what is missing.

    The exit code is 4 when models are missing or changed; with --deploy it is 1 when something has to be mended.
    """
    with error_boundary(debug=debug):
        from skill.cli.doctor import examine, examine_running, show

        if deploy is not None:
            if not examine_running(deploy):
                raise typer.Exit(Exit.UNEXPECTED)
            return

        findings = examine()
        show(findings)
        if not findings.weights_ready:
            raise typer.Exit(Exit.NO_WEIGHTS)


def main() -> None:
    app()
