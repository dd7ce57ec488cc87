"""`ozhivi weights add liveportrait`: checkpoints from a folder or the hub → checked ONNX files in the store."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import onnx
import torch

from weights.convert.liveportrait.check import Reference, figures
from weights.convert.liveportrait.checkpoint import load_nets
from weights.convert.liveportrait.export import export, module_of
from weights.convert.liveportrait.half import halved
from weights.convert.liveportrait.interface import OPSETS
from weights.convert.liveportrait.sizes import OFFICIAL, Sizes
from weights.liveportrait.pack import FOLDER, MODELS, RECORD, Exported, Record
from weights.liveportrait.sources import checked

Progress = Callable[[str, float], None]
"""What is being done, and the share of it all that is done, 0..1."""

_START: Final = 0.1  # of the time, before the first file is exported


def add(
    root: Path,
    files: Mapping[str, Path],
    *,
    sizes: Sizes = OFFICIAL,
    trusted: bool = False,
    progress: Progress = lambda step, done: None,
) -> Record:
    """Make every model of `files` (see `checkpoint.load_nets`) and place them in `root`, all or none.

    `trusted`: take checkpoints that are not the published ones, too; their hashes are recorded.
    Raises HashMismatch, BadCheckpoint, ConversionFailed, NotTheSame or OSError.
    """
    progress("checking the checkpoints", 0.0)
    sources, published = checked(files, trusted=trusted)
    nets = load_nets(files, sizes)
    progress("computing what torch makes of them", 0.02)
    reference = Reference.of(nets)
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=root))
    try:
        entries: dict[str, dict[str, Any]] = {}
        for (net, form), models in groupby(MODELS, key=lambda model: (model.net, model.form)):
            progress(f"exporting {net}", _START + (1.0 - _START) * len(entries) / len(MODELS))
            graph = export(module_of(nets, net, form), net, sizes, form)
            for model in models:
                progress(f"checking {model.name}", _START + (1.0 - _START) * (len(entries) + 0.5) / len(MODELS))
                entries[model.name] = _made(model, graph, reference, folder)
        record = Record(published, str(torch.__version__), sources, entries)
        (folder / RECORD).write_text(record.as_json(), encoding="utf-8")
        folder.chmod(0o755)  # mkdtemp's is for its maker alone, the service may run as someone else
        _place(folder, root / FOLDER)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    progress("done", 1.0)
    return record


def _made(model: Exported, graph: onnx.ModelProto, reference: Reference, folder: Path) -> dict[str, Any]:
    """One file of the fp32 graph, written and compared with torch."""
    if model.precision == "fp16":
        graph = halved(graph, model.name)
    data: bytes = graph.SerializeToString(deterministic=True)
    file = folder / model.file
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    found = figures(file, model, reference)
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "opset": OPSETS[model.form],
        "figures": {name: asdict(figure) for name, figure in found.items()},
    }


def _place(new: Path, target: Path) -> None:
    """Put the whole folder where the old one was; a crash in between leaves the old one under another name."""
    old = target.with_name(f".{target.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    new.replace(target)
    shutil.rmtree(old, ignore_errors=True)
