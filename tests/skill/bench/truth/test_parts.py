"""The names of the parts are those that the command line offers."""

from __future__ import annotations

from typer.testing import CliRunner

from skill.bench.truth.parts import PARTS
from skill.cli.main import app


def test_the_help_names_every_part() -> None:
    words = " ".join(CliRunner().invoke(app, ["bench", "truth", "--help"]).output.split())
    for part in PARTS:
        assert part in words
