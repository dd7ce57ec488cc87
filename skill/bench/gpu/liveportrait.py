"""LivePortrait's nets that draw frames, with random weights: onnxruntime beside torch, in 32 and in 16 bits."""

# ruff: noqa: PLC0415  (torch, which may not be there)

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import onnxruntime as ort

from pipeline.runtime import Runtime
from skill.bench.gpu.machine import card_memory
from skill.bench.gpu.placement import place
from skill.bench.gpu.section import Extent, Section, Value, best_ms

if TYPE_CHECKING:
    from weights.convert.liveportrait.nets import Nets

_TITLE = "LivePortrait's frame nets"
_PLACES = "Where LivePortrait's frame nets run"


def measure_liveportrait(runtime: Runtime, extent: Extent) -> list[Section]:
    """Placement and milliseconds a frame; where torch is not installed, a section that says so."""
    try:
        from weights.convert.liveportrait.timing import make_inputs, open_random_nets, torch_name, write_frame_models
    except ImportError as error:
        if error.name != "torch":
            raise
        return [Section(_TITLE, note="Not measured: torch makes the files, pip install '.[export]'")]
    nets = open_random_nets(full=extent.full_nets)
    with tempfile.TemporaryDirectory() as folder:
        files = write_frame_models(nets, Path(folder))
        places = [
            place(f"frame {name}", file, runtime.providers, make_inputs(nets.sizes, 1)) for name, file in files.items()
        ]
        rows = [_time_onnx(name, file, runtime, nets, extent) for name, file in files.items()]
    rows += list(_time_torch(nets, extent))
    widths = "official widths" if extent.full_nets else "tiny widths"
    note = f"W and G, {widths}, random weights; {torch_name()}."
    return [Section(_PLACES, places), Section(_TITLE, rows, note)]


def _time_onnx(name: str, file: Path, runtime: Runtime, nets: Nets, extent: Extent) -> dict[str, Value]:
    from weights.convert.liveportrait.timing import make_inputs

    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # as the service opens its models
    session = ort.InferenceSession(str(file), options, providers=list(runtime.providers))
    times: dict[int, float] = {}
    for batch in extent.batches:
        feeds = make_inputs(nets.sizes, batch)
        try:
            times[batch] = best_ms(partial(session.run, ["frames"], feeds), batch, extent.seconds)
        except Exception:  # noqa: BLE001  (onnxruntime's errors have no base of their own: no memory for so many)
            break
    return _row(f"onnxruntime {name}", times)


def _time_torch(nets: Nets, extent: Extent) -> Iterator[dict[str, Value]]:
    from weights.convert.liveportrait.timing import on_card, torch_frames

    # torch has no fast 16 bits on a CPU
    for half in (False, True) if on_card() else (False,):
        for compiled in (False, True) if on_card() else (False,):
            times: dict[int, float] = {}
            with torch_frames(nets, half=half, compiled=compiled) as draw:
                # compiling anew for each batch takes minutes: the first and the middle one
                for batch in extent.batches[:3:2] if compiled else extent.batches:
                    try:
                        times[batch] = best_ms(partial(draw, batch), batch, extent.seconds)
                    except RuntimeError:  # no memory for so many
                        break
            yield _row(f"torch {'16 bits' if half else '32 bits'}{', compiled' if compiled else ''}", times)


def _row(name: str, times: dict[int, float]) -> dict[str, Value]:
    memory = card_memory()
    best = min(times, key=lambda batch: times[batch]) if times else 0
    return {
        "what": name,
        "one at once, ms": round(times[min(times)], 2) if times else "–",
        "best, ms": round(times[best], 2) if times else "–",
        "at": best,
        "memory of the cards, MiB": "–" if memory is None else round(memory),
    }
