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
from pipeline.motion.stories import ABOUT
from pipeline.output import provenance
from pipeline.previews import PREVIEW_FPS, Previews
from pipeline.run import Wish, prepare
from pipeline.runtime import Runtime
from skill.demo_portrait import MEASURED_SIZE, astronaut
from skill.movements import STORY_LABELS
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

<!-- Written by `python -m skill.story_files` from `pipeline/motion/stories.py` and `skill/movements.py`. -->

What a person on a photo can do: `--motion NAME` on the command line (`ozhivi motion list` names them), the field
`motion` in the API, the strip of movements on the page. Each seed tells a story a little differently: to the other
side, at other moments, a little more or less. [Gestures](gestures.md) can be asked for in a story's place.

{gallery}

| name | in Russian | the person |
| --- | --- | --- |
{rows}

`--motion auto` (command line) lets the photo choose: a head that is turned, a stern face and an old photo look at us
(`gaze`), a smiling face smiles on (`warmth`), all others move as usual (`nostalgia`). It says which and why.

The pictures are the first frames of what the page shows, {side} pixels wide and with ten frames a second; clips have
the photo's own size and 25.
"""


def document() -> str:
    """The page about stories."""
    rows = "\n".join(f"| `{name}` | {label} | {ABOUT[name]} |" for name, label in STORY_LABELS.items())
    names = list(STORY_LABELS)
    lines = [names[at : at + _COLUMNS] for at in range(0, len(names), _COLUMNS)]
    table = ["| " + " | ".join(f"![{name}](motions/{name}.webp) `{name}`" for name in line) + " |" for line in lines]
    rule = "|" + " --- |" * _COLUMNS
    gallery = "\n".join([table[0], rule, *table[1:]])
    return _PAGE.format(gallery=gallery, rows=rows, side=SIDE)


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
