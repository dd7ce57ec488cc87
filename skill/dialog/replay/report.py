"""What a replay found, for people: each difference with its turn, what was said and what was heard."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from skill.dialog.replay.player import Miss, Played


def show(played: Sequence[Played], console: Console) -> None:
    """Only what went otherwise, and a line at the end."""
    for one in played:
        if not one.well:
            console.print(Text(f"✗ {one.name}", style="bold red"), Text(f"({one.path.name}, {one.mode.name})"))
            for miss in one.misses:
                _show_miss(miss, console)
    for note in sorted({f"– {one.name}: {one.note}" for one in played if one.note}):
        console.print(Text(note, style="yellow"))
    console.print(Text(summary(played), style="red" if failed(played) else "green"))


def _show_miss(miss: Miss, console: Console) -> None:
    console.print(Text(f"  {miss.number}. {miss.said}", style="bold"))
    console.print(Text(f"     ← {miss.heard}", style="dim"))
    for one in miss.differences:
        console.print(Text(f"     {one.what}:"))
        console.print(Text(f"       - {one.expected}", style="green"))
        console.print(Text(f"       + {one.got}", style="red"))


def as_text(played: Sequence[Played]) -> str:
    """The same without colours."""
    console = Console(width=200, no_color=True, force_terminal=False)
    with console.capture() as capture:
        show(played, console)
    return capture.get()


def summary(played: Sequence[Played]) -> str:
    scenes, turns = len({one.path for one in played}), sum(one.turns for one in played)
    return f"{scenes} scenes, {len(played)} times, {turns} turns: {len(failed(played)) or 'none'} went otherwise"


def failed(played: Sequence[Played]) -> list[Played]:
    return [one for one in played if not one.well]
