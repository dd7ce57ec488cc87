"""Options that several commands have, and those of `ozhivi animate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.limits import (
    AUTO,
    CAMERAS,
    FORMATS,
    MAX_LONG_SIDE,
    MAX_SECONDS,
    MESSENGER_MEGABYTES,
    MIN_LONG_SIDE,
    MIN_SECONDS,
    PRESETS,
    RENDITIONS,
)
from pipeline.motion.gestures import GESTURES

_MOVEMENT: Final = "Movement"
_PHOTO: Final = "Photo and people"
_FILES: Final = "Files"

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error instead of one line.")]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Overwrite files that are there already. The file that is read is never overwritten.",
        rich_help_panel=_FILES,
    ),
]

Photo = Annotated[
    Path,
    typer.Argument(
        metavar="PHOTO",
        help="The photo: JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF or a scan in a PDF, up to 40 MB. It is only read.",
    ),
]
Motion = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help=f"The movement: {AUTO} lets the photo's own expression choose, and says which and why; {PRESETS[0]} looks "
        f"around, turns the head, smiles a little and blinks; {PRESETS[1]} does hardly more than breathe; or the name "
        "of a motion that `ozhivi motion list` shows. "
        "Several make a clip each, of one preparation: nostalgia,idle, or the option repeated. "
        f"By default {AUTO}.",
        rich_help_panel=_MOVEMENT,
    ),
]
Gesture = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help=f"A gesture in place of the movement: {', '.join(GESTURES)}. After its name may stand, with colons, a "
        "side (wink:left; the viewer's), how many times (blink:2), how strongly (smile:0.6, from 0.3 to 1.4) and how "
        "fast (nod:slow, nod:fast). Several are made in their order: smile,wink:left, or the option repeated. Of "
        "several people each may have its own, a gesture or a movement: 1@smile,2@doze,right-1@wink; then these move.",
        rich_help_panel=_MOVEMENT,
    ),
]
Camera = Annotated[
    str,
    typer.Option(
        metavar="WAY",
        help=f"The camera while the faces move: {CAMERAS[0]}, by default; {CAMERAS[1]} comes slowly nearer and goes "
        f"back; {CAMERAS[2]} goes slowly past, first to the right, and the wall shifts behind the person.",
        rich_help_panel=_MOVEMENT,
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        min=MIN_SECONDS,
        max=MAX_SECONDS,
        help="Length of the loop in seconds. By default 4, or as long as the gestures need.",
        rich_help_panel=_MOVEMENT,
    ),
]
Fps = Annotated[int, typer.Option(help="Frames a second: 25 or 30.", rich_help_panel=_MOVEMENT)]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        help="Number of the take: another one moves at other times, to other sides and a little more or less. "
        "The same number makes the same clip.",
        rich_help_panel=_MOVEMENT,
    ),
]
Face = Annotated[
    str | None,
    typer.Option(
        metavar="WHICH",
        help="Who moves where there are several people: a number, counted from 1 at the left, right-2 for the second "
        "from the right, several with commas (1,3); left, middle, right, largest or all. By default the only face, or "
        "one that is clearly the largest.",
        rich_help_panel=_PHOTO,
    ),
]
Turn = Annotated[
    int,
    typer.Option(
        metavar="DEGREES",
        help="Turn the photo clockwise before anything else: by 90, 180 or 270 degrees.",
        rich_help_panel=_PHOTO,
    ),
]
Straighten = Annotated[
    bool,
    typer.Option(
        "--straighten/--no-straighten",
        help="Whether a print on a photo of it, or on an album's page, is cut out and straightened: the one on which "
        "the face is that moves. Faces are counted on the whole photo either way.",
        rich_help_panel=_PHOTO,
    ),
]
Restore = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        help="Restore an old photo before it moves: auto does what a measure of its damage asks for, and leaves a good"
        " photo as it is, bit by bit; or repair (scratches, cracks, folds, dust are filled), denoise (grain is made"
        " calmer), tone (faded tones are spread, a sepia stays a sepia), colour (a photo without colour gets a"
        " program's guess of it), enlarge (a photo with small faces becomes up to four times as wide, which takes a"
        " minute, by a net that `ozhivi weights build --with enhance` brings), with commas between them; or off.",
        rich_help_panel=_PHOTO,
    ),
]
Still = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Write the restored photo as well: a JPEG, or a PNG by its ending. It is for --restore, which it turns to "
        "auto; a photo that needed nothing is written as it is.",
        rich_help_panel=_FILES,
    ),
]
Adult = Annotated[
    bool,
    typer.Option(
        "--adult",
        help="Confirm that everybody who is to move is 18 or older. It answers a refusal of an adult who was taken for "
        "a child, and is heard only where the age is in doubt.",
        rich_help_panel=_PHOTO,
    ),
]
Archive = Annotated[
    bool,
    typer.Option(
        "--archive",
        help="Confirm that the family consents to moving a child on an old photo. It is heard only where the setting "
        "OZHIVI_ARCHIVE=true allows that.",
        rich_help_panel=_PHOTO,
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--out",
        metavar="FILE|FOLDER",
        help="The clip's name, with or without an ending, or a folder that is there. "
        "By default PHOTO-ozhivi.mp4 in the current folder.",
        rich_help_panel=_FILES,
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"Kind of file: {', '.join(FORMATS)} (one frame as a poster). Several make several files: mp4,gif, or the "
        "option repeated. By default the ending of --out, or mp4.",
        rich_help_panel=_FILES,
    ),
]
LongSide = Annotated[
    int,
    typer.Option(
        metavar="PIXELS",
        min=MIN_LONG_SIDE,
        max=MAX_LONG_SIDE,
        help=f"Largest width or height of the clip, {MIN_LONG_SIDE} to {MAX_LONG_SIDE} pixels. A larger photo is "
        "scaled down to it, a smaller one stays as it is.",
        rich_help_panel=_FILES,
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|FOLDER",
        help="Write a contact sheet of the clip as well: frames side by side with the faces close up, a PNG.",
        rich_help_panel=_FILES,
    ),
]
For = Annotated[
    list[str] | None,
    typer.Option(
        "--for",
        metavar="PLACE",
        help="Write a version for a certain place as well, beside the clip: messenger is the loop three times in one "
        f"MP4 of {MESSENGER_MEGABYTES} MB at most, as messengers take it. There are {', '.join(RENDITIONS)}; several "
        "with commas between them.",
        rich_help_panel=_FILES,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print one JSON object on stdout and nothing else, also about an error; see docs/command-line.md.",
    ),
]
