"""TensorFlow.js weights: a JSON list of tensors and the binary files that hold them one after another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weights.convert.onnx_builder import UnsupportedModelError

Tensors = Mapping[str, NDArray[Any]]

_STORED = ("float32", "int32", "uint8", "uint16", "float16")


def read_weights(groups: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]) -> dict[str, NDArray[Any]]:
    """Read all tensors; quantized ones are expanded.

    Args:
        groups: The manifest's list, each with `paths` and `weights`.
        files: Contents by path inside the package; a manifest names its binaries relative to itself, so only the last
            part of a path counts.

    Returns:
        Name → tensor: float32, or int32 for shapes and axes.

    Raises:
        UnsupportedModelError: A type is not known, or the files are longer than the tensors.
    """
    by_name = {PurePosixPath(path).name: data for path, data in files.items()}
    tensors: dict[str, NDArray[Any]] = {}
    for group in groups:
        data = b"".join(by_name[path] for path in group["paths"])
        offset = 0
        for entry in group["weights"]:
            tensors[entry["name"]], offset = _read_tensor(entry, data, offset)
        if offset != len(data):
            raise UnsupportedModelError(f"the weights take {offset} bytes of {len(data)}")
    return tensors


def _read_tensor(entry: Mapping[str, Any], data: bytes, offset: int) -> tuple[NDArray[Any], int]:
    """The tensor that begins at `offset`, and where the next one begins."""
    quantization = entry.get("quantization")
    stored = (quantization or entry)["dtype"]
    if stored not in _STORED:
        raise UnsupportedModelError(f"weights of type {stored} are not known")
    dtype, count = np.dtype(stored).newbyteorder("<"), math.prod(entry["shape"])
    array: NDArray[Any] = np.frombuffer(data, dtype, count, offset).reshape(entry["shape"])
    if quantization is not None:
        array = array.astype(np.float32)
        if stored != "float16":
            array = array * np.float32(quantization["scale"]) + np.float32(quantization["min"])
    return array, offset + count * dtype.itemsize
