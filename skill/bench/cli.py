"""`ozhivi bench`: the commands that measure clips, the service, the dialog, the filters and the gallery."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from skill.bench import clip_commands, filter_commands, service_commands


class _ClipByDefault(TyperGroup):
    """A group whose command `clip` needs no name: `ozhivi bench photo.jpg` is `ozhivi bench clip photo.jpg`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        has_command = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if has_command else ["clip", *args])


app = typer.Typer(
    cls=_ClipByDefault,
    help=(
        "Measure how fast this machine is, and how the filters decide. Without the name of a command,"
        " `ozhivi bench` measures a clip: its options are those of `ozhivi bench clip`."
    ),
)

for _command in (
    clip_commands.clip,
    clip_commands.ratios,
    clip_commands.previews,
    clip_commands.restore,
    clip_commands.colour,
    clip_commands.truth,
    clip_commands.gestures,
    clip_commands.loops,
    service_commands.service,
    service_commands.dialog,
    service_commands.database,
    service_commands.capacity,
    service_commands.phrases,
    filter_commands.filters,
    filter_commands.readable,
    filter_commands.kinds,
    filter_commands.gallery,
    clip_commands.gpu,
):
    app.command()(_command)
