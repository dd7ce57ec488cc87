"""The report of `ozhivi bench gpu`: sections one after the other, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pipeline.runtime import CUDA, Runtime
from skill.bench.gpu.clips import measure_clips, measure_encoders
from skill.bench.gpu.liveportrait import measure_liveportrait
from skill.bench.gpu.machine import describe_machine
from skill.bench.gpu.section import REDUCED, WHOLE, Extent, Section
from skill.bench.gpu.warp import measure_agreement, measure_frames, measure_placement
from skill.local_render import open_photo_renderer
from weights.store import WeightStore

_NAME: Final = "ozhivi-gpu"


def measure_gpu(runtime: Runtime, extent: Extent | None = None) -> Iterator[Section]:
    """Measure this machine, section by section; one that fails says so and the others go on.

    Args:
        runtime: Of this machine's models.
        extent: How much; None: all on a card, a reduced run on a CPU.
    """
    chosen = extent or (WHOLE if CUDA in runtime.providers else REDUCED)
    store = WeightStore()
    measures: dict[str, Callable[[], Section | list[Section]]] = {
        "Machine": lambda: describe_machine(runtime),
        "Where the graphs run": lambda: measure_placement(runtime, store, chosen),
        "The warp's graph against OpenCV": lambda: measure_agreement(runtime, chosen),
        "A frame of the warp": lambda: measure_frames(runtime, chosen),
        "Clips": lambda: measure_clips(open_photo_renderer(), chosen),
        "Encoders": lambda: measure_encoders(chosen),
        "LivePortrait": lambda: measure_liveportrait(runtime, chosen),
    }
    for title, measure in measures.items():
        try:
            found = measure()
        except Exception as error:  # noqa: BLE001  (a card fails in many ways, and the other figures are wanted all the same)
            found = Section(title, note=f"FAILED: {type(error).__name__}: {str(error)[:300]}")
        yield from [found] if isinstance(found, Section) else found


def format_section(section: Section) -> str:
    """A section in Markdown."""
    lines = [f"## {section.title}", ""]
    if section.rows:
        columns = list(section.rows[0])
        lines += [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
        lines += [f"| {' | '.join(str(row[column]) for column in columns)} |" for row in section.rows]
    if section.note:
        lines += ([""] if section.rows else []) + [section.note]
    return "\n".join(lines) + "\n"


def write_report(sections: Sequence[Section], folder: Path) -> tuple[Path, Path]:
    """Write the report into a folder, which is made; the paths of the Markdown and the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    markdown, data = folder / f"{_NAME}.md", folder / f"{_NAME}.json"
    markdown.write_text("\n".join(map(format_section, sections)), encoding="utf-8")
    text = json.dumps([asdict(section) for section in sections], ensure_ascii=False, indent=2)
    data.write_text(f"{text}\n", encoding="utf-8")
    return markdown, data
