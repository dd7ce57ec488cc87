"""A wish from the command line → the pipeline, with the weights and the runtime of this machine."""

# ruff: noqa: PLC0415  (`ozhivi --help` must not wait for onnxruntime)

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.progress import OnStep
from pipeline.run import Result, Wish
from skill.console import print_estimate, quiet_log

if TYPE_CHECKING:
    from pipeline.gate import Gate
    from pipeline.runtime import Runtime


def open_runtime(*, debug: bool = False) -> Runtime:
    """onnxruntime on this machine, with the models of the default store."""
    quiet_log(debug=debug)
    from pipeline.runtime import Runtime
    from weights.store import WeightStore

    return Runtime(WeightStore().path)


def open_gate(runtime: Runtime) -> Gate:
    """The filters that the settings name, with the models of the default store. Raises WrongSettings."""
    from skill.filter_setup import FilterGate
    from skill.settings import load
    from weights.store import WeightStore

    return FilterGate(load(), runtime, WeightStore())


def render(
    source: Path | bytes,
    wish: Wish,
    out: Path,
    on_step: OnStep,
    *,
    runtime: Runtime | None = None,
    gate: Gate | None = None,
) -> Result:
    """`pipeline.run.run` with the runtime and the filters of this machine unless others are given, and the animator of
    the settings."""
    from skill.animator_choice import animated, open_animator
    from skill.settings import load

    runtime = runtime or open_runtime()
    animator = open_animator(load(), runtime, on_estimate=print_estimate)
    gate = gate or open_gate(runtime)
    return animated(source, wish, out, runtime=runtime, gate=gate, on_step=on_step, animator=animator)


def described(result: Result) -> dict[str, Any]:
    """A result as the object of `--json`. `chosen`: faces that move, counted from the left, from 1."""
    from_left = sorted(result.faces, key=lambda face: float(face.box[0] + face.box[2]))
    places = {id(face): number for number, face in enumerate(from_left, start=1)}
    clip = result.clip
    return {
        "ok": True,
        "files": {name: str(path) for name, path in clip.files.items()},
        "size": list(clip.size),
        "frames": clip.frames,
        "fps": clip.fps,
        "seconds": round(clip.seconds, 3),
        "faces": len(result.faces),
        "chosen": [places[id(face)] for face in result.chosen],
        "timings": _rounded(result.timings),
        "figures": _rounded(result.figures),
    }


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in figures.items()}
