"""Placement of every graph: how many of its nodes run on the card, and which stay on the CPU."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pipeline.runtime import CPU
from skill.bench.gpu.section import Value

SHAPES: Final = frozenset(
    {
        "Add",
        "Cast",
        "Concat",
        "ConstantOfShape",
        "Div",
        "Equal",
        "Expand",
        "Gather",
        "Max",
        "Min",
        "Mul",
        "Range",
        "Reshape",
        "Shape",
        "Slice",
        "Squeeze",
        "Sub",
        "Unsqueeze",
        "Where",
    }
)
"""Kinds of nodes that compute with sizes, of a few numbers: onnxruntime keeps them on the CPU on purpose."""
_SIDE: Final = 64  # of a free axis that is no batch
Feeds = Mapping[str, NDArray[Any]]
_KINDS: Final = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}


def place(name: str, file: Path, providers: Sequence[str], feeds: Feeds | None = None) -> dict[str, Value]:
    """Run a graph once, watched, and count its nodes.

    Args:
        name: The model's name, for the row.
        file: The .onnx file.
        providers: Providers to open it with, best first.
        feeds: Its inputs; None: ones, one of a batch, of 64 along other free axes: nets halve sides several times.

    Returns:
        A row: nodes on the card, on the CPU, and those on the CPU that are not of shapes, by their kind.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = ort.SessionOptions()
        options.enable_profiling, options.profile_file_prefix = True, f"{folder}/profile"
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # one run, and then the next graph
        session = ort.InferenceSession(str(file), options, providers=list(providers))
        session.run(None, dict(feeds or _ones(session)))
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    nodes = [event["args"] for event in events if event.get("cat") == "Node" and "provider" in event.get("args", {})]
    where = Counter(node["provider"] for node in nodes)
    heavy = Counter(node["op_name"] for node in nodes if node["provider"] == CPU and node["op_name"] not in SHAPES)
    return {
        "graph": name,
        "on the card": sum(count for provider, count in where.items() if provider != CPU),
        "on the CPU": where[CPU],
        "of these not of shapes": ", ".join(f"{kind} {count}" for kind, count in sorted(heavy.items())) or "none",
    }


def _ones(session: ort.InferenceSession) -> dict[str, NDArray[Any]]:
    def sides(shape: Sequence[int | str | None]) -> list[int]:
        free = (1, *[_SIDE] * (len(shape) - 1)) if shape else ()
        return [axis if isinstance(axis, int) else size for axis, size in zip(shape, free, strict=True)]

    return {one.name: np.ones(sides(one.shape), _KINDS.get(one.type, np.float32)) for one in session.get_inputs()}
