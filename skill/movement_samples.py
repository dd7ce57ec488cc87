"""The sample previews that the page shows before there is a photo: `python -m skill.movement_samples` makes them anew.

They show the demo portrait, and lie among the page's static files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.gate import admit_everyone
from pipeline.previews import Previews
from pipeline.run import Wish, prepare
from pipeline.runtime import Runtime
from skill.demo_portrait import MEASURED_SIZE, astronaut
from skill.movements import MOVEMENTS
from weights.store import WeightStore

FOLDER: Final = Path(__file__).parent / "web" / "static"
"""Folder of the page's static files."""
SIDE: Final = 160
"""Pixels of a sample's sides."""


def make_samples() -> dict[str, bytes]:
    """Name of each file → its bytes: the still picture, and a clip of each movement."""
    runtime = Runtime(WeightStore().path)
    prepared = prepare(astronaut(MEASURED_SIZE), Wish(face="largest"), runtime=runtime, gate=admit_everyone)
    previews = Previews(prepared, runtime, SIDE)
    clips = {f"sample-{one.name}.mp4": previews.make(one.motion, one.gestures) for one in MOVEMENTS}
    return {"sample.jpg": previews.still(), **clips}


def main() -> None:
    """Write the samples, and delete those of movements that have none any more."""
    made = make_samples()
    for path in FOLDER.glob("sample*"):
        if path.name not in made:
            path.unlink()
    for name, data in made.items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
