"""Nets of ncnn (`.param` and `.bin`) → ONNX: plain convolutions, sums, concatenations and enlargements.

The format is that of ncnn's `ParamDict` and `ModelBin`: a line of text for each layer, and the weights of all layers
one after the other, 16-bit floats where a tag says so.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weights.convert.onnx_builder import OnnxBuilder, Port, UnsupportedModelError

_MAGIC: Final = 7767517
_HALF_FLOATS: Final = 0x01306B47  # the tag of weights that are kept as 16-bit floats
_LEAKY_RELU: Final = 2
_NEAREST: Final = 1
_ARRAY: Final = -23300  # keys of lists are this minus the key of a number


@dataclass(frozen=True, slots=True)
class _Layer:
    """A line of a .param."""

    kind: str
    """ncnn's name of what it does."""
    inputs: list[str]
    """Names of the values that it takes."""
    outputs: list[str]
    """Names of the values that it gives."""
    options: dict[int, Any] = field(default_factory=dict)
    """ncnn's number of an option → its value, a number or a list of them."""

    def number(self, key: int, usual: float = 0) -> Any:
        """A number of the options."""
        return self.options.get(key, usual)

    def only(self, **wanted: Any) -> None:
        """Raise UnsupportedModelError unless the options have these values (`k9=2`), which is all that is known."""
        for name, value in wanted.items():
            if self.number(int(name[1:])) != value:
                raise UnsupportedModelError(f"{self.kind} with option {name[1:]} = {self.number(int(name[1:]))}")


class _Weights:
    """The weights of a .bin, read in the order of its layers."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def tagged(self, count: int) -> NDArray[np.float32]:
        """The next `count` weights, behind a tag that says how they are kept."""
        (tag,) = struct.unpack("<I", self._take(4))
        if tag == _HALF_FLOATS:
            halves = np.frombuffer(self._take(2 * count), "<f2").astype(np.float32)
            self._take(-self._at % 4)
            return halves
        if tag:
            raise UnsupportedModelError(f"weights of kind {tag:#x}")
        return self.plain(count)

    def plain(self, count: int) -> NDArray[np.float32]:
        """The next `count` 32-bit floats."""
        return np.frombuffer(self._take(4 * count), "<f4")

    def end(self) -> None:
        """Raise UnsupportedModelError unless all was read."""
        if self._at != len(self._data):
            raise UnsupportedModelError(f"{len(self._data) - self._at} bytes of weights are left")

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise UnsupportedModelError("the weights end too early")
        self._at += size
        return self._data[self._at - size : self._at]


def convert(files: Mapping[str, bytes]) -> bytes:
    """Convert one net of one picture.

    Args:
        files: Path → content: one .param and its .bin.

    Returns:
        The ONNX file: `image` float32 (1, 3, h, w), as the net wants it, → `output`; h and w are free.

    Raises:
        UnsupportedModelError: It is no such net, or uses a layer that is not known here.
    """
    (param,) = (content for path, content in files.items() if path.endswith(".param"))
    (data,) = (content for path, content in files.items() if path.endswith(".bin"))
    layers, weights, graph = _read_layers(param.decode("ascii")), _Weights(data), OnnxBuilder()
    values: dict[str, str] = {}
    for layer in layers:
        if layer.kind == "Input":
            values[layer.outputs[0]] = "image"
        elif layer.kind == "Split":
            values |= dict.fromkeys(layer.outputs, values[layer.inputs[0]])
        elif layer.kind in _NODES:
            found = [values[name] for name in layer.inputs]
            values[layer.outputs[0]] = _NODES[layer.kind](graph, layer, found, weights)
        else:
            raise UnsupportedModelError(f"layer {layer.kind} is not known")
    weights.end()
    ends = Port("image", (1, 3, "h", "w")), Port("output", (1, 3, "h_out", "w_out"))
    return graph.serialize([ends[0]], [(values[layers[-1].outputs[0]], ends[1])])


def _read_layers(text: str) -> list[_Layer]:
    magic, _, *lines = text.splitlines()
    if int(magic) != _MAGIC:
        raise UnsupportedModelError("no .param of ncnn")
    return [_read_layer(line.split()) for line in lines if line.strip()]


def _read_layer(words: list[str]) -> _Layer:
    inputs, outputs = int(words[2]), int(words[3])
    names = words[4 : 4 + inputs + outputs]
    options: dict[int, Any] = {}
    for word in words[4 + inputs + outputs :]:
        key, value = word.split("=")
        if int(key) <= _ARRAY:  # the first of a list is its length
            options[_ARRAY - int(key)] = [float(number) for number in value.split(",")[1:]]
        else:
            options[int(key)] = float(value) if "." in value or "e" in value else int(value)
    return _Layer(words[0], names[:inputs], names[inputs:], options)


def _convolution(graph: OnnxBuilder, layer: _Layer, inputs: list[str], weights: _Weights) -> str:
    """A square convolution that keeps the size, with or without a leaky ReLU."""
    outputs, side, padding = layer.number(0), layer.number(1), layer.number(4)
    layer.only(k3=0 if 3 not in layer.options else 1, k8=0)
    if layer.number(2, 1) != 1 or 2 * padding != side - 1:
        raise UnsupportedModelError("a convolution that changes the size")
    kernel = weights.tagged(layer.number(6)).reshape(outputs, -1, side, side)
    bias = weights.plain(outputs) if layer.number(5) else None
    made = graph.conv(inputs[0], kernel, bias)
    if layer.number(9) == 0:
        return made
    layer.only(k9=_LEAKY_RELU)
    return graph.op("LeakyRelu", [made], alpha=layer.number(10)[0])


def _concatenation(graph: OnnxBuilder, layer: _Layer, inputs: list[str], weights: _Weights) -> str:
    layer.only(k0=0)
    return graph.op("Concat", inputs, axis=1)


def _weighted_sum(graph: OnnxBuilder, layer: _Layer, inputs: list[str], weights: _Weights) -> str:
    layer.only(k0=1)
    shares = layer.number(1) or [1.0] * len(inputs)
    parts = [
        name if share == 1.0 else graph.op("Mul", [name, graph.constant(share)])
        for name, share in zip(inputs, shares, strict=True)
    ]
    return graph.op("Sum", parts)


def _sum(graph: OnnxBuilder, layer: _Layer, inputs: list[str], weights: _Weights) -> str:
    layer.only(k0=0)
    return graph.op("Add", inputs)


def _enlargement(graph: OnnxBuilder, layer: _Layer, inputs: list[str], weights: _Weights) -> str:
    layer.only(k0=_NEAREST)
    scales = graph.constant([1.0, 1.0, layer.number(1), layer.number(2)])
    return graph.op(
        "Resize", [inputs[0], "", scales], mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )  # fmt: skip


_NODES: Final[Mapping[str, Callable[[OnnxBuilder, _Layer, list[str], _Weights], str]]] = {
    "Convolution": _convolution,
    "Concat": _concatenation,
    "Eltwise": _weighted_sum,
    "BinaryOp": _sum,
    "Interp": _enlargement,
}
