"""`ozhivi db`: the tables of the service's database."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skill.cli.failures import Exit
from skill.console import error_boundary, print_line

app = typer.Typer(
    help="Make, change, check, back up and restore the service's database, an SQLite file or a PostgreSQL database."
)
Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when the command fails.")]


@app.command()
def upgrade(debug: Debug = False) -> None:
    """Make the tables, or change those of an earlier version; what that one kept in files is taken over.

    It says what it did, a line each, and may be run again at any time.
    """
    with error_boundary(debug=debug):
        from skill.database.upgrade import upgrade
        from skill.settings import load

        for line in upgrade(load()):
            print_line(line)


@app.command()
def current(debug: Debug = False) -> None:
    """Print the revision of the tables, and the one that this version of ozhivi works with."""
    with error_boundary(debug=debug):
        from skill.database.revision import HEAD
        from skill.database.upgrade import current
        from skill.settings import load

        print_line(f"{current(load()) or 'no tables'}, this version works with {HEAD}")


@app.command()
def check(debug: Debug = False) -> None:
    """Compare the tables with those that this version of ozhivi declares; the exit code is 1 where they differ."""
    with error_boundary(debug=debug):
        from skill.database.upgrade import check
        from skill.settings import load

        differences = check(load())
        for line in differences or ["the tables are as they should be"]:
            print_line(line)
        if differences:
            raise typer.Exit(Exit.UNEXPECTED)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, readable by its owner alone.")],
    debug: Debug = False,
) -> None:
    """Write the whole database into one file; the service may run. Photos, clips and secrets are not in it.

    With PostgreSQL its client programs have to be installed. docs/operations.md says what else to keep, and how long.
    """
    with error_boundary(debug=debug):
        from skill.database.backup import back_up
        from skill.settings import load

        print_line(f"{file}: {back_up(load(), file)} bytes")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `ozhivi db backup` has written.")],
    debug: Debug = False,
) -> None:
    """Put a backup in the place of all that the database holds. Stop `serve` and `worker` on all machines first."""
    with error_boundary(debug=debug):
        from skill.database.backup import restore
        from skill.settings import load

        advice = restore(load(), file)
        print_line(f"{file} is restored" + (f"; {advice}" if advice else ""))
