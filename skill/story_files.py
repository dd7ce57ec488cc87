"""docs/motions.md with a small looping picture of each story: `python -m skill.story_files` writes them anew.

The pictures show the demo portrait, which is in the public domain, and are made by the product.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

import av
from PIL import Image

from pipeline.gate import admit_everyone
from pipeline.motion.channels import LIMITS
from pipeline.motion.stories import ABOUT
from pipeline.output import provenance
from pipeline.previews import PREVIEW_FPS, Previews
from pipeline.run import Wish, prepare
from pipeline.runtime import Runtime
from skill.demo_portrait import MEASURED_SIZE, astronaut
from skill.movements import STORY_LABELS
from skill.story_words import STORY_NAMES, StoryName
from weights.store import WeightStore

ROOT: Final = Path(__file__).parents[1]
"""The repository."""
DOCS: Final = Path("docs/motions.md")
"""The page about stories."""
PICTURES: Final = Path("docs/motions")
"""Folder of its pictures."""
SIDE: Final = 144
"""Pixels of a picture's sides."""
_QUALITY: Final = 55  # of WebP; some 50 KB a picture
_SEED: Final = 1
_COLUMNS: Final = 4
_PAGE: Final = """\
# Stories

<!-- Written by `python -m skill.story_files` from `pipeline/motion/stories.py` and `skill/story_words.py`. -->

What a person on a photo can do: `--motion NAME` on the command line (`ozhivi motion list` names them), the field
`motion` in the API, the strip of movements on the page. Each seed tells a story a little differently: to the other
side, at other moments, a little more or less. [Gestures](gestures.md) can be asked for in a story's place.

{gallery}

| name | in Russian | the person | by voice |
| --- | --- | --- | --- |
{rows}

By default (`auto`) the photo chooses: a head that is turned, a stern face and a black and white photo look at us
(`gaze`), a smiling face smiles on (`warmth`), all others, and whatever can't be told for sure, move as usual
(`nostalgia`). The command line, the page, the API's `remark` and the voice say why.

## Motion files and donor films
For the operator, on the command line; neither the page nor the voice knows them.

```sh
ozhivi motion export tenderness -o tenderness.json   # any story, a gesture (wink:left), an imported motion
ozhivi motion show tenderness.json -o curves.png     # its curves as a picture
ozhivi motion import tenderness.json mine            # then: ozhivi animate photo.jpg --motion mine
ozhivi motion import film.mp4 mine --licence "CC BY 4.0"   # its largest face, 30 s at most, read by our own tracker
```

A file is JSON of version 1, without pixels: `format` ("ozhivi-motion"), `version`, `name`, `licence` (of the film that
it was read from), `fps` (25 or 30), `frames`, and `curves`: channel → one number a frame, 0 at frame 0, the photo;
after the last frame comes the first one. A channel that is left out stands still.

| channel | lowest … highest |
| --- | --- |
{channels}

Degrees: `yaw` > 0 turns the nose to the photo's right, `pitch` > 0 down, `roll` > 0 clockwise. `gaze_x`, `gaze_y`: eye
widths to the photo's right and down; `sway_x`, `sway_y`: face widths; `blink_r`, `blink_l`: the person's own right and
left eye, 1 is shut; all others: 1 is a full, light expression.

A motion template of LivePortrait (`ozhivi motion import laugh.pkl laugh`) becomes such a file, too: its numbers hold
turns, lids, gaze across, brows, frown, smile, pursed lips and jaw, relative to its first frame. It is played whole, in
the same limits; nothing in it is run ([liveportrait.md](liveportrait.md#recorded-motions)).

Of a film the tracker reads turns, lids, gaze, brows, frown, smile and jaw, relative to the face at rest. They are
smoothed, cut where the loop closes best, led back to the beginning in its last half second, and kept inside the limits.
Lips that hardly part are seen by the lower one, which sinks. A kiss, and eyes up and down, are hardly seen.

The pictures are the first frames of what the page shows, {side} pixels wide and with ten frames a second; clips have
the photo's own size and 25.
"""


def document() -> str:
    """The page about stories."""
    rows = "\n".join(f"| `{name}` | {one.label} | {ABOUT[name]} | {_say(one)} |" for name, one in STORY_NAMES.items())
    names = list(STORY_LABELS)
    lines = [names[at : at + _COLUMNS] for at in range(0, len(names), _COLUMNS)]
    table = ["| " + " | ".join(f"![{name}](motions/{name}.webp) `{name}`" for name in line) + " |" for line in lines]
    rule = "|" + " --- |" * _COLUMNS
    gallery = "\n".join([table[0], rule, *table[1:]])
    channels = "\n".join(f"| `{name}` | {low:g} … {high:g} |" for name, (low, high) in LIMITS.items())
    return _PAGE.format(gallery=gallery, rows=rows, side=SIDE, channels=channels)


def _say(story: StoryName) -> str:
    """The words that ask for a story; where they ask for a gesture instead, the gesture."""
    if story.words:
        return f"«{story.words.imperative}», «{story.words.examples[0]}»"
    return f"the gesture `{story.gesture}`" if story.gesture else "–"


def make_picture(previews: Previews, name: str) -> bytes:
    """The looping picture of one story, an animated WebP file."""
    with av.open(BytesIO(previews.make(name, seed=_SEED)), "r") as clip:
        frames = [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in clip.decode(video=0)]
    file = BytesIO()
    frames[0].save(
        file, "WEBP", save_all=True, append_images=frames[1:], duration=1000 // PREVIEW_FPS, loop=0, quality=_QUALITY,
        method=4, xmp=provenance.xmp_bytes(),
    )  # fmt: skip
    return file.getvalue()


def open_previews() -> Previews:
    """Previews of the demo portrait at the pictures' size."""
    runtime = Runtime(WeightStore().path)
    prepared = prepare(astronaut(MEASURED_SIZE), Wish(face="largest"), runtime=runtime, gate=admit_everyone)
    return Previews(prepared, runtime, SIDE)


def main() -> None:
    """Write the page and its pictures."""
    (ROOT / DOCS).write_text(document(), encoding="utf-8")
    (ROOT / PICTURES).mkdir(exist_ok=True)
    previews = open_previews()
    for name in STORY_LABELS:
        (ROOT / PICTURES / f"{name}.webp").write_bytes(make_picture(previews, name))


if __name__ == "__main__":
    main()
