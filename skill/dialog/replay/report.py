"""Report of a replay for people: each difference with its turn, what was said and what was heard."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from skill.dialog.replay.player import PlayResult, TurnMismatch


def print_report(results: Sequence[PlayResult], console: Console) -> None:
    """Print what went otherwise and what was not played, and a summary at the end."""
    for one in results:
        if one.mismatches:
            console.print(Text(f"✗ {one.name}", style="bold red"), Text(f"({one.path.name}, {one.mode.name})"))
            for mismatch in one.mismatches:
                _print_mismatch(mismatch, console)
    for note in sorted({f"– {one.name}: {one.note}" for one in results if one.note}):
        console.print(Text(note, style="yellow"))
    console.print(Text(summarize(results), style="red" if failures(results) else "green"))


def _print_mismatch(mismatch: TurnMismatch, console: Console) -> None:
    console.print(Text(f"  {mismatch.number}. {mismatch.said}", style="bold"))
    console.print(Text(f"     ← {mismatch.answer}", style="dim"))
    for one in mismatch.differences:
        console.print(Text(f"     {one.what}:"))
        console.print(Text(f"       - {one.expected}", style="green"))
        console.print(Text(f"       + {one.got}", style="red"))


def format_report(results: Sequence[PlayResult]) -> str:
    """The report as plain text."""
    console = Console(width=200, no_color=True, force_terminal=False)
    with console.capture() as capture:
        print_report(results, console)
    return capture.get()


def summarize(results: Sequence[PlayResult]) -> str:
    """The report's last line: how much was played, and how much of it went otherwise."""
    scripts, turns = len({one.path for one in results}), sum(one.turns for one in results)
    return f"{scripts} scenes, {len(results)} times, {turns} turns: {len(failures(results)) or 'none'} went otherwise"


def failures(results: Sequence[PlayResult]) -> list[PlayResult]:
    """Results with a difference."""
    return [one for one in results if one.mismatches]
