"""The conversion of @vladmandic/face-api: its weights come without a graph, so the three nets are written out here.

Layers as in face-api.js (MIT). Each net takes RGB 0..255, float32 (N, S, S, 3); its normalisation is inside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from weights.convert.onnx_builder import OnnxBuilder, Padding, Port
from weights.convert.tfjs_weights import Tensors, read_weights

_MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)  # what face-api.js subtracts

# dlib's face_recognition_resnet_model_v1: blocks in order; "down" halves the map and may widen the channels
_RECOGNITION_BLOCKS = (
    *("conv32_1", "conv32_2", "conv32_3"),
    *("conv64_down", "conv64_1", "conv64_2", "conv64_3"),
    *("conv128_down", "conv128_1", "conv128_2"),
    *("conv256_down", "conv256_1", "conv256_2", "conv256_down_out"),
)
_RECOGNITION_FIRST_MAP = 35  # pixels a side after the first convolution and pooling of a 150 px chip


class _Net:
    """A graph being written from named weights; every method takes and returns names of NCHW values."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        groups = json.loads(next(data for path, data in files.items() if path.endswith(".json")))
        self.weights: Tensors = read_weights(groups, files)
        self.builder = OnnxBuilder()

    def normalized_image(self) -> str:
        """Add the input `image` in NCHW, without the mean colour, divided by 255."""
        b = self.builder
        centred = b.op("Sub", [b.nchw("image"), b.constant(_MEAN_RGB.reshape(3, 1, 1))])
        return b.op("Mul", [centred, b.constant(1 / 255)])

    def conv(self, name: str, x: str, stride: int = 1) -> str:
        """Add a convolution with a bias."""
        weight, bias = self.weights[f"{name}/filters"], self.weights[f"{name}/bias"]
        return self.builder.conv(x, weight.transpose(3, 2, 0, 1), bias, strides=(stride, stride))

    def separable(self, name: str, x: str, stride: int = 1) -> str:
        """Add a depthwise and then a pointwise convolution."""
        depthwise = self.weights[f"{name}/depthwise_filter"]
        pointwise = self.weights[f"{name}/pointwise_filter"]
        kernel, channels = depthwise.transpose(2, 3, 0, 1), depthwise.shape[2]
        x = self.builder.conv(x, kernel, strides=(stride, stride), group=channels)
        return self.builder.conv(x, pointwise.transpose(3, 2, 0, 1), self.weights[f"{name}/bias"])

    def scaled_conv(self, name: str, x: str, stride: int = 1, padding: Padding = "SAME") -> str:
        """Add a convolution with the per-channel scale and shift that follow it folded in."""
        scale, shift = self.weights[f"{name}/scale/weights"], self.weights[f"{name}/scale/biases"]
        weight = (self.weights[f"{name}/conv/filters"] * scale).transpose(3, 2, 0, 1)
        bias = self.weights[f"{name}/conv/bias"] * scale + shift
        return self.builder.conv(x, weight, bias, strides=(stride, stride), padding=padding)

    def dense(self, name: str, x: str) -> str:
        """Add a linear layer on `x` (N, C)."""
        product = self.builder.op("MatMul", [x, self.builder.constant(self.weights[f"{name}/weights"])])
        return self.add(product, self.builder.constant(self.weights[f"{name}/bias"]))

    def relu(self, x: str) -> str:
        """Add a ReLU."""
        return self.builder.op("Relu", [x])

    def add(self, first: str, *others: str) -> str:
        """Add a sum of values."""
        for other in others:
            first = self.builder.op("Add", [first, other])
        return first

    def mean(self, x: str) -> str:
        """Add a mean over the picture, (N, C, H, W) → (N, C)."""
        return self.builder.op("Flatten", [self.builder.op("GlobalAveragePool", [x])])

    def serialize(self, size: int, **outputs: tuple[str, int]) -> bytes:
        """The model with an input of `size` pixels a side; outputs: name → value and its width."""
        ports = [(value, Port(name, ["N", width])) for name, (value, width) in outputs.items()]
        return self.builder.serialize([Port("image", ["N", size, size, 3])], ports)


def convert_age_gender(files: Mapping[str, bytes]) -> bytes:
    """Convert TinyXception.

    Its outputs are `age` (N, 1) in years and `gender_male_female` (N, 2), probabilities; its input has 112 px.
    """
    net = _Net(files)
    x = net.relu(net.conv("entry_flow/conv_in", net.normalized_image(), 2))
    x = _reduction(net, "entry_flow/reduction_block_0", x, x)
    x = _reduction(net, "entry_flow/reduction_block_1", x, net.relu(x))
    for block in range(2):
        y = x
        for layer in range(3):
            y = net.separable(f"middle_flow/main_block_{block}/separable_conv{layer}", net.relu(y))
        x = net.add(y, x)
    x = _reduction(net, "exit_flow/reduction_block", x, net.relu(x))
    x = net.mean(net.relu(net.separable("exit_flow/separable_conv", x)))
    gender = net.builder.op("Softmax", [net.dense("fc/gender", x)], axis=-1)
    return net.serialize(112, age=(net.dense("fc/age", x), 1), gender_male_female=(gender, 2))


def convert_expression(files: Mapping[str, bytes]) -> bytes:
    """Convert a DenseNet of four blocks.

    Its output is `expression` (N, 7), probabilities; its input has 112 px.
    Their order: neutral, happy, sad, angry, fearful, disgusted, surprised.
    """
    net = _Net(files)
    x = net.normalized_image()
    for block in range(4):
        name = f"dense{block}/conv"
        halve = net.conv if block == 0 else net.separable
        first = net.relu(halve(f"{name}0", x, 2))
        second = net.separable(f"{name}1", first)
        third = net.separable(f"{name}2", net.relu(net.add(first, second)))
        fourth = net.separable(f"{name}3", net.relu(net.add(first, second, third)))
        x = net.relu(net.add(first, second, third, fourth))
    y = net.builder.op("Softmax", [net.dense("fc", net.mean(x))], axis=-1)
    return net.serialize(112, expression=(y, 7))


def convert_recognition(files: Mapping[str, bytes]) -> bytes:
    """Convert dlib's ResNet.

    Its output is `descriptor` (N, 128), compared by Euclidean distance; its input is an aligned chip of 150 px.
    """
    net = _Net(files)
    x = net.relu(net.scaled_conv("conv32_down", net.normalized_image(), 2, "VALID"))
    x = net.builder.pool("MaxPool", x, (3, 3), (2, 2), "VALID")
    size = _RECOGNITION_FIRST_MAP
    for name in _RECOGNITION_BLOCKS:
        if "down" in name:
            x, size = _recognition_down(net, name, x, size), size // 2
        else:
            y = net.relu(net.scaled_conv(f"{name}/conv1", x))
            x = net.relu(net.add(net.scaled_conv(f"{name}/conv2", y), x))
    product = net.builder.op("MatMul", [net.mean(x), net.builder.constant(net.weights["fc"])])
    return net.serialize(150, descriptor=(product, 128))


def _reduction(net: _Net, name: str, x: str, activated: str) -> str:
    """Xception's reduction: two separable convolutions and a pooling, beside a strided 1×1 convolution."""
    y = net.separable(f"{name}/separable_conv0", activated)
    y = net.separable(f"{name}/separable_conv1", net.relu(y))
    pooled = net.builder.pool("MaxPool", y, (3, 3), (2, 2), "SAME")
    return net.add(pooled, net.conv(f"{name}/expansion_conv", x, 2))


def _recognition_down(net: _Net, name: str, x: str, size: int) -> str:
    """A residual block that halves a map of `size` pixels a side; the smaller branch is padded with zeros."""
    b = net.builder
    y = net.relu(net.scaled_conv(f"{name}/conv1", x, 2, "VALID"))
    y = net.scaled_conv(f"{name}/conv2", y)
    pooled = b.pool("AveragePool", x, (2, 2), (2, 2), "VALID")
    channels_in, channels = net.weights[f"{name}/conv1/conv/filters"].shape[2:]
    if channels != channels_in:
        pooled = b.op("Pad", [pooled, b.integers([0, 0, 0, 0, 0, channels - channels_in, 0, 0])])
    if short := size // 2 - ((size - 3) // 2 + 1):
        y = b.op("Pad", [y, b.integers([0, 0, 0, 0, 0, 0, short, short])])
    return net.relu(net.add(pooled, y))
