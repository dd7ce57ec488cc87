"""The conversion of LivePortrait's checkpoints into checked ONNX files of the store."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import onnx
import torch

from weights.convert.liveportrait.checkpoint import load_nets
from weights.convert.liveportrait.export import build_module, export
from weights.convert.liveportrait.export_check import Reference, compare_with_torch
from weights.convert.liveportrait.fp16 import to_fp16
from weights.convert.liveportrait.interface import OPSETS
from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.plausibility import draw_face, find_oddities
from weights.convert.liveportrait.sizes import KEYPOINTS, OFFICIAL, Sizes
from weights.liveportrait.pack import FOLDER, MODELS, RECORD, PackModel, PackRecord
from weights.liveportrait.sources import verify_checkpoints
from weights.progress import Progress

_START: Final = 0.1  # of the time, before the first file is exported


def convert_checkpoints(
    root: Path,
    files: Mapping[str, Path],
    *,
    sizes: Sizes = OFFICIAL,
    trusted: bool = False,
    progress: Progress = lambda step, done: None,
) -> PackRecord:
    """Make every model and place them in the store, all or none.

    Args:
        root: The store's folder.
        files: The checkpoints, see `checkpoint.load_nets`.
        sizes: The widths of the nets.
        trusted: Take checkpoints that are not the published ones, too; their hashes are recorded.
        progress: Called with the step and the share done.

    Returns:
        The record that was written beside the models.

    Raises:
        WeightsError: A checkpoint is not the published one or not one at all (HashMismatch, BadCheckpoint), or a model
            can't be made or computes something else than torch does (ConversionFailed, ParityMismatch).
        OSError: A file can't be read or written.
    """
    progress("checking the checkpoints", 0.0)
    sources, published = verify_checkpoints(files, trusted=trusted)
    nets = load_nets(files, sizes)
    progress("running the nets in torch", 0.02)
    reference = Reference.of(nets)
    oddities = _find_oddities(nets)
    with _folder_beside(root / FOLDER) as folder:
        entries = _write_all(nets, reference, folder, progress)
        record = PackRecord(published, str(torch.__version__), sources, entries, oddities)
        (folder / RECORD).write_text(record.to_json(), encoding="utf-8")
        _place(folder, root / FOLDER)
    progress("done", 1.0)
    return record


def _find_oddities(nets: Nets) -> tuple[str, ...]:
    """Sentences on what M says of a drawn face and would not say if it were the trained one."""
    with torch.no_grad():
        _, translation, expression, scale, _ = nets.motion(torch.from_numpy(draw_face(nets.sizes.side)))
    return find_oddities(expression.numpy().reshape(-1, KEYPOINTS, 3), scale.numpy(), translation.numpy())


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """A new folder on the same disk, which is deleted at the end unless it was moved."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    folder.chmod(0o755)  # mkdtemp's is for its maker alone, the service may run as someone else
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_all(nets: Nets, reference: Reference, folder: Path, progress: Progress) -> dict[str, dict[str, Any]]:
    """Export and write every model into a folder. Returns their entries of the record, by name."""
    entries: dict[str, dict[str, Any]] = {}
    for (net, form), models in groupby(MODELS, key=lambda model: (model.net, model.form)):
        progress(f"exporting {net}", _START + (1.0 - _START) * len(entries) / len(MODELS))
        graph = export(build_module(nets, net, form), net, nets.sizes, form)
        for model in models:
            progress(f"checking {model.name}", _START + (1.0 - _START) * (len(entries) + 0.5) / len(MODELS))
            entries[model.name] = _write_checked(model, graph, reference, folder)
    return entries


def _write_checked(model: PackModel, graph: onnx.ModelProto, reference: Reference, folder: Path) -> dict[str, Any]:
    """Write one model of the fp32 graph, compare it with torch and return its entry of the record."""
    if model.precision == "fp16":
        graph = to_fp16(graph, model.name)
    data: bytes = graph.SerializeToString(deterministic=True)
    file = folder / model.file
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    differences = compare_with_torch(file, model, reference)
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "opset": OPSETS[model.form],
        "figures": {name: asdict(difference) for name, difference in differences.items()},
    }


def _place(new: Path, target: Path) -> None:
    """Put the whole folder where the old one was; a crash in between leaves the old one under another name."""
    old = target.with_name(f".{target.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    new.replace(target)
    shutil.rmtree(old, ignore_errors=True)
