"""`ozhivi`: the command line. Imports here are light; each command brings what it needs."""

# ruff: noqa: PLC0415  (`--help` in under half a second; a command has as many options as it has)

from __future__ import annotations

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from skill.bench.cli import app as bench_app
from skill.cli.animate import app as animate_app
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
    help="Оживи фото: a portrait becomes a seamless living loop.",
)
app.add_typer(animate_app)
app.add_typer(weights_app, name="weights")
app.add_typer(bench_app, name="bench")
app.add_typer(dialog_app)
app.add_typer(gallery_app, name="gallery")
media = typer.Typer(no_args_is_help=True, help="Where photos and clips lie.")
app.add_typer(media, name="media")
app.add_typer(motion_app, name="motion")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        print_line(f"ozhivi {installed_version('ozhivi')}")
        raise typer.Exit


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="(default: OZHIVI_HOST, or 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="(default: OZHIVI_PORT, or 8080)")] = None,
    debug: Debug = False,
) -> None:
    """Run the service: the phone's page, the API, jobs and media. Settings: docs/service.md."""
    with error_boundary(debug=debug):
        from skill.cli.service import run

        given = {"host": host, "port": port}
        run({name: value for name, value in given.items() if value is not None})


@app.command()
def worker(
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Answer Prometheus there, on OZHIVI_HOST. (default: nowhere)")
    ] = None,
    debug: Debug = False,
) -> None:
    """Render the jobs of `ozhivi serve`, without HTTP; as many as you like on one queue. Settings: docs/service.md."""
    with error_boundary(debug=debug):
        from skill.cli.service import worker as work

        work({}, metrics_port=metrics_port)


@media.command()
def setup(debug: Debug = False) -> None:
    """Make the bucket of OZHIVI_S3_BUCKET and let it forget by itself; again and again without harm."""
    with error_boundary(debug=debug):
        from skill.cli.service import set_up_media

        for line in set_up_media():
            print_line(line)


@app.command()
def ticket(
    address: Annotated[
        str | None, typer.Option(help="Where the service is reached. (default: OZHIVI_PUBLIC_URL)")
    ] = None,
    debug: Debug = False,
) -> None:
    """Issue a ticket of the running service: a link for one photo, and six digits. For trying it without a dialog."""
    with error_boundary(debug=debug):
        from skill.cli.service import new_ticket

        for line in new_ticket(address):
            print_line(line)


@app.command("alice-url")
def alice_url(
    salute: Annotated[bool, typer.Option("--salute", help="That of Sber's assistants instead.")] = False,
    debug: Debug = False,
) -> None:
    """Show the webhook's address with its secret, for the console of the assistant. Keep it to yourself."""
    with error_boundary(debug=debug):
        from skill.cli.service import webhook_addresses

        for line in webhook_addresses("salute" if salute else "alice"):
            print_line(line)


@app.command()
def doctor(debug: Debug = False) -> None:
    """Show versions, providers, models, memory. Exit code 4 when models are not ready."""
    with error_boundary(debug=debug):
        from skill.cli.doctor import examine, show

        findings = examine()
        show(findings)
        if not findings.weights_ready:
            raise typer.Exit(Exit.NO_WEIGHTS)


def main() -> None:
    app()
