"""The reader of TFLite flatbuffers: tensors, constants (block-sparse ones expanded) and operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

from weights.convert.onnx_builder import UnsupportedModelError

_BUILTIN_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
_DTYPES: dict[int, type[np.generic]] = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_INDEX_VECTORS = {
    tflite.SparseIndexVector.Int32Vector: tflite.Int32Vector,
    tflite.SparseIndexVector.Uint16Vector: tflite.Uint16Vector,
    tflite.SparseIndexVector.Uint8Vector: tflite.Uint8Vector,
}


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of a graph."""

    kind: str
    """TFLite's name of it, or a custom operator's own."""
    inputs: list[int]
    """Indices of tensors; -1 for an input that is left out."""
    outputs: list[int]
    """Indices of tensors."""
    custom: bytes
    """The options of a custom operator; empty for any other."""
    _table: Any
    """The flatbuffer table of its builtin options."""

    def options(self, kind: Any) -> Any:
        """The builtin options as `kind`, one of tflite's generated classes."""
        options = kind()
        options.Init(self._table.Bytes, self._table.Pos)
        return options


@dataclass(frozen=True, slots=True)
class Graph:
    """One subgraph; tensors are known by their index."""

    names: list[str]
    """Names of the tensors."""
    shapes: list[list[int]]
    """Their shapes."""
    constants: dict[int, NDArray[Any]]
    """Index → value, of the tensors that have one."""
    operators: list[Operator]
    """The operators, in the order of execution."""
    inputs: list[int]
    """Indices of the inputs."""
    outputs: list[int]
    """Indices of the outputs."""


def read_graph(data: bytes) -> Graph:
    """Read the first subgraph of a .tflite file. Raises UnsupportedModelError."""
    model = tflite.Model.GetRootAsModel(data, 0)
    subgraph = model.Subgraphs(0)
    tensors = [subgraph.Tensors(i) for i in range(subgraph.TensorsLength())]
    buffers = ((i, tensor, model.Buffers(tensor.Buffer())) for i, tensor in enumerate(tensors))
    return Graph(
        names=[tensor.Name().decode() for tensor in tensors],
        shapes=[_shape(tensor) for tensor in tensors],
        constants={i: _constant(tensor, buffer) for i, tensor, buffer in buffers if buffer.DataLength()},
        operators=[_operator(model, subgraph.Operators(i)) for i in range(subgraph.OperatorsLength())],
        inputs=subgraph.InputsAsNumpy().tolist(),
        outputs=subgraph.OutputsAsNumpy().tolist(),
    )


def _operator(model: Any, operator: Any) -> Operator:
    code = model.OperatorCodes(operator.OpcodeIndex())
    # files written before builtin codes outgrew a byte hold them in the deprecated field
    kind = _BUILTIN_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
    custom = b""
    if kind == "CUSTOM":
        kind = code.CustomCode().decode()
        custom = bytes(operator.CustomOptionsAsNumpy()) if operator.CustomOptionsLength() else b""
    inputs, outputs = operator.InputsAsNumpy().tolist(), operator.OutputsAsNumpy().tolist()
    return Operator(kind, inputs, outputs, custom, operator.BuiltinOptions())


def _shape(tensor: Any) -> list[int]:
    return [int(size) for size in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else []


def _constant(tensor: Any, buffer: Any) -> NDArray[Any]:
    if tensor.Type() not in _DTYPES:
        raise UnsupportedModelError(f"tensor {tensor.Name().decode()} has an unknown type {tensor.Type()}")
    dtype = np.dtype(_DTYPES[tensor.Type()]).newbyteorder("<")
    values: NDArray[Any] = np.frombuffer(buffer.DataAsNumpy().tobytes(), dtype)
    sparsity = tensor.Sparsity()
    if sparsity is None:
        return values.reshape(_shape(tensor))
    levels = [_level(sparsity.DimMetadata(i)) for i in range(sparsity.DimMetadataLength())]
    blocks = sparsity.BlockMapAsNumpy().tolist() if sparsity.BlockMapLength() else []
    return expand_sparse(values, _shape(tensor), sparsity.TraversalOrderAsNumpy().tolist(), blocks, levels)


@dataclass(frozen=True, slots=True)
class Level:
    """One axis of a sparse tensor: dense, or sparse with the entries of parent p at segments[p]..segments[p + 1]."""

    size: int = 0
    """Places of a dense axis."""
    segments: NDArray[Any] | None = None
    """Of a sparse axis: where each parent's entries begin; None for a dense one."""
    indices: NDArray[Any] | None = None
    """Of a sparse axis: the place of each entry; None for a dense one."""

    def entries(self, parent: int) -> list[tuple[int, int]]:
        """Entries under a parent, in order: place on this axis, number among all entries of the level."""
        if self.segments is None or self.indices is None:
            return [(i, parent * self.size + i) for i in range(self.size)]
        span = range(int(self.segments[parent]), int(self.segments[parent + 1]))
        return [(int(self.indices[i]), i) for i in span]


def expand_sparse(
    values: NDArray[Any], shape: list[int], traversal: list[int], block_map: list[int], levels: list[Level]
) -> NDArray[Any]:
    """Expand TFLite's block-sparse storage; the format is SparsityParameters in TensorFlow's schema.fbs.

    Args:
        values: The stored values, in order.
        shape: The shape of the dense array.
        traversal: The axes in the order of storage, those from len(shape) on being places within a block.
        block_map: The axis that each of the latter splits.
        levels: The axes, in the order of storage.

    Returns:
        The dense array.
    """
    rank = len(shape)
    block_sizes = [levels[rank + i].size for i in range(len(block_map))]
    places = np.zeros((1, len(traversal)), np.int64)
    parents = [0]
    for depth, level in enumerate(levels):
        found = [level.entries(parent) for parent in parents]
        places = np.repeat(places, [len(entries) for entries in found], axis=0)
        places[:, depth] = [place for entries in found for place, _ in entries]
        parents = [entry for entries in found for _, entry in entries]
    position = np.zeros((len(places), rank), np.int64)
    for depth, axis in enumerate(traversal):
        if axis < rank:
            position[:, axis] += places[:, depth]
        else:
            split = block_map[axis - rank]
            position[:, split] = position[:, split] * block_sizes[axis - rank] + places[:, depth]
    dense: NDArray[Any] = np.zeros(shape, values.dtype)
    dense[tuple(position.T)] = values
    return dense


def _level(metadata: Any) -> Level:
    if metadata.Format() == tflite.DimensionType.DENSE:
        return Level(size=metadata.DenseSize())
    segments = _indices(metadata.ArraySegmentsType(), metadata.ArraySegments())
    return Level(segments=segments, indices=_indices(metadata.ArrayIndicesType(), metadata.ArrayIndices()))


def _indices(kind: int, table: Any) -> NDArray[Any]:
    vector = _INDEX_VECTORS[kind]()
    vector.Init(table.Bytes, table.Pos)
    values: NDArray[Any] = vector.ValuesAsNumpy()
    return values
