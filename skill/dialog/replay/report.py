"""Report of a replay for people: each difference with its turn, what was said and heard, and what was not played."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from skill.dialog.replay.player import PlayResult, TurnMismatch


def print_report(results: Sequence[PlayResult], console: Console) -> None:
    """Print what went otherwise, can't be played or was not played, and a summary at the end."""
    for one in results:
        where = f"({one.path.name}, {one.mode.name})" if one.mode else f"({one.path.name})"
        if one.mismatches or one.error:
            console.print(Text(f"✗ {one.name}", style="bold red"), Text(where))
        if one.error:
            console.print(Text(f"  can't be played: {one.error}", style="red"))
        for mismatch in one.mismatches:
            _print_mismatch(mismatch, console)
    _print_skipped([one for one in results if one.skipped], console)
    console.print(Text(summarize(results), style=_summary_style(results)))


def _print_mismatch(mismatch: TurnMismatch, console: Console) -> None:
    console.print(Text(f"  {mismatch.number}. {mismatch.said}", style="bold"))
    console.print(Text(f"     ← {mismatch.answer}", style="dim"))
    for one in mismatch.differences:
        console.print(Text(f"     {one.what}:"))
        console.print(Text(f"       - {one.expected}", style="green"))
        console.print(Text(f"       + {one.got}", style="red"))


def _print_skipped(skipped: Sequence[PlayResult], console: Console) -> None:
    """Print reasons for which turns were not played, the one with the most turns first."""
    turns: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    for one in skipped:
        turns[one.reason] = turns.get(one.reason, 0) + one.skipped
        names.setdefault(one.reason, []).append(one.name)
    for reason in sorted(turns, key=lambda reason: (-turns[reason], reason)):
        console.print(Text(f"! NOT PLAYED: {turns[reason]} turns after {reason}", style="bold yellow"))
        console.print(Text(f"    {', '.join(dict.fromkeys(names[reason]))}", style="yellow"))


def format_report(results: Sequence[PlayResult]) -> str:
    """The report as plain text."""
    console = Console(width=200, no_color=True, force_terminal=False)
    with console.capture() as capture:
        print_report(results, console)
    return capture.get()


def summarize(results: Sequence[PlayResult]) -> str:
    """The report's last line: how much was played, how much of it went otherwise, and how much was not played."""
    scripts, turns = len({one.path for one in results}), sum(one.turns for one in results)
    mismatched, errors = sum(bool(one.mismatches) for one in results), sum(bool(one.error) for one in results)
    line = f"{scripts} scenes, {len(results) - errors} times, {turns} turns: {mismatched or 'none'} went otherwise"
    line += f", {errors} can't be played" if errors else ""
    if skipped := sum(one.skipped for one in results):
        line += f"; {skipped} of {turns + skipped} turns were NOT PLAYED"
    return line


def _summary_style(results: Sequence[PlayResult]) -> str:
    if failures(results):
        return "red"
    return "bold yellow" if any(one.skipped for one in results) else "green"


def failures(results: Sequence[PlayResult]) -> list[PlayResult]:
    """Results with a difference, or of a script that can't be played."""
    return [one for one in results if one.mismatches or one.error]
