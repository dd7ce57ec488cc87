"""Rendering in the process of a command: the models, filters and animator of this machine, and its settings."""

# ruff: noqa: PLC0415  (`ozhivi --help` must not wait for onnxruntime)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.limits import RENDITIONS
from pipeline.progress import OnStep
from pipeline.run import Result, Wish
from skill.console import print_estimate, quiet_log

if TYPE_CHECKING:
    from pipeline.arrays import Float, Pixels
    from pipeline.runtime import Runtime
    from skill.photo_renderer import PhotoRenderer


def open_runtime(*, debug: bool = False) -> Runtime:
    """The runtime of the networks with the models of this machine, for commands that need no filters."""
    quiet_log(debug=debug)
    from pipeline.runtime import Runtime
    from weights.store import WeightStore

    return Runtime(WeightStore().path)


def open_photo_renderer(*, debug: bool = False) -> PhotoRenderer:
    """The renderer that the settings of this machine describe; how long a slow animator takes is said on stderr.

    Raises:
        WrongSettings: A setting can't be used.
        WeightsError: The animator that the settings name has no weights.
    """
    quiet_log(debug=debug)
    from skill.photo_renderer import build_photo_renderer
    from skill.settings import load

    return build_photo_renderer(load(), on_estimate=print_estimate)


def render_several(
    source: Path | bytes,
    orders: Sequence[tuple[Wish, Path]],
    on_step: OnStep,
    *,
    still: Path | None = None,
    debug: bool = False,
) -> list[Result]:
    """Make several clips of one photo, which is prepared once, with their content credentials.

    Args:
        source: The photo, as a file or as its bytes.
        orders: A wish and its clip's path each, see `PhotoRenderer.render`; the wishes differ in the motion alone.
        on_step: See `PhotoRenderer.render`.
        still: The file of the restored photo, JPEG or PNG by its ending; None where it is not wanted.
        debug: Whether the whole log is shown.
    """
    from pipeline.output.still import write_still
    from skill.credentials.setup import open_credentials
    from skill.settings import load

    prepared = open_photo_renderer(debug=debug).prepare(source, orders[0][0], on_step)
    sign = open_credentials(load())
    results = [prepared.render(wish, out, on_step) for wish, out in orders]
    for result in results:
        for name, path in result.clip.files.items():
            sign(path, name, result.restored)
    if still is not None:
        write_still(prepared.photo.pixels, still, prepared.photo.restored)
        if prepared.photo.restored:
            sign(still, "png" if still.suffix == ".png" else "still", prepared.photo.restored)
    results[0] = replace(results[0], timings={**prepared.photo.timings, **results[0].timings})
    return results


def write_renditions(result: Result, files: Mapping[str, Path], *, debug: bool = False) -> None:
    """Make renditions of a clip whose MP4 and poster are there, with their content credentials.

    Args:
        result: The clip.
        files: Name, of RENDITIONS → the file to write.
        debug: Whether the whole log is shown.

    Raises:
        OSError: A file can't be read or written.
    """
    from pipeline.faces.finder import FaceFinder
    from pipeline.output.rendition import write_rendition
    from skill.clip_label import build_label
    from skill.credentials.setup import open_credentials
    from skill.settings import load

    settings, finder = load(), FaceFinder(open_runtime(debug=debug))
    sign = open_credentials(settings)

    def find_faces(picture: Pixels) -> list[Float]:
        return [face.box for face in finder.find(picture)]

    clip = result.clip.files
    for name, file in files.items():
        restored = write_rendition(clip["mp4"], clip["jpg"], name, file, find_faces, build_label(settings))
        sign(file, RENDITIONS[name], restored)


def describe_result(result: Result) -> dict[str, Any]:
    """A result as the object of `--json`; its "chosen" are the faces that move, counted from the left of the whole
    photo, from 1."""
    clip = result.clip
    return {
        "ok": True,
        "files": {name: str(path) for name, path in clip.files.items()},
        "size": list(clip.size),
        "frames": clip.frames,
        "fps": clip.fps,
        "seconds": round(clip.seconds, 3),
        "faces": result.people,
        "left_out": result.left_out,
        "restored": list(result.restored),
        "chosen": list(result.numbers),
        "straightened": result.straightened,
        "moods": [{"motion": mood.motion, "reason": mood.reason} for mood in result.moods],
        "timings": _round(result.timings),
        "figures": _round(result.figures),
    }


def _round(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in figures.items()}
