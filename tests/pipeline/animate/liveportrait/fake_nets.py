"""Nets of LivePortrait's signatures that need no weights: the drawn frame is the crop, shifted as the keypoints are.

Written by hand with onnx alone. `SIDE` is what they read, a frame is twice as large.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
LARGE = 2 * SIDE
_random = np.random.default_rng(7)
# mean depth -0.5 (in front of the turning axis), so that a turn of the head shifts the picture
KEYPOINTS = np.add(_random.uniform(-0.3, 0.3, (1, 21, 3)), (0.0, 0.0, -0.5)).astype(np.float32)
KEYPOINTS[0, (11, 13), 0], KEYPOINTS[0, (15, 16), 0] = -0.15, 0.15  # the eyes
LIDS = np.zeros((1, 21, 3), np.float32)
LIDS[0, (11, 13, 15, 16), 1] = -0.1
MOUTH = np.zeros((1, 21, 3), np.float32)
MOUTH[0, (14, 17), 1] = 0.2

Io = dict[str, list[int | str]]


def write(folder: Path) -> dict[str, Path]:
    """Model name → file, in `folder`. `liveportrait_frame_fp16` answers NaN."""
    models = {
        "liveportrait_appearance": _appearance(),
        "liveportrait_motion": _motion(),
        "liveportrait_stitch": _stitch(),
        "liveportrait_eyes": _retarget("eyes", 3, LIDS),
        "liveportrait_lips": _retarget("lips", 2, MOUTH),
        "liveportrait_frame": _frame(1.0),
        "liveportrait_frame_fp16": _frame(float("nan")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in models.items():
        onnx.save(model, folder / f"{name}.onnx")
    return {name: folder / f"{name}.onnx" for name in models}


def _model(name: str, inputs: Io, outputs: Io, nodes: list[Any], constants: dict[str, Any]) -> onnx.ModelProto:
    def infos(table: Io) -> list[Any]:
        return [
            helper.make_tensor_value_info(key, TensorProto.UINT8 if key == "frames" else TensorProto.FLOAT, shape)
            for key, shape in table.items()
        ]

    initializers = [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()]
    graph = helper.make_graph(nodes, name, infos(inputs), infos(outputs), initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def _node(kind: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def _appearance() -> onnx.ModelProto:
    nodes = [_node("Unsqueeze", "picture two", "feature")]
    shapes: tuple[Io, Io] = ({"picture": ["N", 3, SIDE, SIDE]}, {"feature": ["N", 3, 1, SIDE, SIDE]})
    return _model("appearance", *shapes, nodes, {"two": np.array([2])})


def _motion() -> onnx.ModelProto:
    """A face straight ahead whose translation is where the picture is bright."""
    nodes = [
        _node("Mul", "picture across", "weighted"),
        _node("ReduceMean", "weighted axes", "there", keepdims=0),
        _node("Reshape", "there column", "x"),
        _node("Mul", "x unit", "translation"),
        _node("Mul", "x zero", "nothing"),
        _node("Add", "nothing zero_pose", "pose"),
        _node("Add", "nothing one", "scale"),
        _node("Reshape", "nothing cube", "nothings"),
        _node("Add", "nothings points", "keypoints"),
        _node("Add", "nothings still", "expression"),
    ]
    constants = {
        "across": np.linspace(-1, 1, SIDE, dtype=np.float32).reshape(1, 1, 1, SIDE),
        "axes": np.array([1, 2, 3]),
        "column": np.array([-1, 1]),
        "cube": np.array([-1, 1, 1]),
        "unit": np.array([[1, 0, 0]], np.float32),
        "zero": np.float32(0),
        "zero_pose": np.zeros((1, 3), np.float32),
        "one": np.ones((1, 1), np.float32),
        "points": KEYPOINTS,
        "still": np.zeros_like(KEYPOINTS),
    }
    outputs: Io = {"pose": ["N", 3], "translation": ["N", 3], "scale": ["N", 1]}
    outputs |= {"keypoints": ["N", 21, 3], "expression": ["N", 21, 3]}
    return _model("motion", {"picture": ["N", 3, SIDE, SIDE]}, outputs, nodes, constants)


def _stitch() -> onnx.ModelProto:
    nodes = [_node("Mul", "kp_source zero", "nothing"), _node("Add", "kp_driving nothing", "kp_stitched")]
    inputs: Io = {"kp_source": ["S", 21, 3], "kp_driving": ["N", 21, 3]}
    return _model("stitch", inputs, {"kp_stitched": ["N", 21, 3]}, nodes, {"zero": np.float32(0)})


def _retarget(name: str, ratios: int, step: Any) -> onnx.ModelProto:
    """delta = (wanted - the first of the photo) · step."""
    difference = np.zeros((ratios, 1), np.float32)
    difference[0], difference[-1] = -1, 1
    nodes = [
        _node("MatMul", "ratios difference", "wanted"),
        _node("Reshape", "wanted cube", "cubed"),
        _node("Mul", "cubed step", "moved"),
        _node("Mul", "kp_source zero", "nothing"),
        _node("Add", "moved nothing", "delta"),
    ]
    constants = {"difference": difference, "cube": np.array([-1, 1, 1]), "step": step, "zero": np.float32(0)}
    inputs: Io = {"kp_source": ["S", 21, 3], "ratios": ["N", ratios]}
    return _model(name, inputs, {"delta": ["N", 21, 3]}, nodes, constants)


def _frame(gain: float) -> onnx.ModelProto:
    nodes = [
        _node("Sub", "kp_source kp_driving", "back"),
        _node("ReduceMean", "back one", "mean_back", keepdims=0),
        _node("Slice", "mean_back zero two one", "shift"),
        _node("Reshape", "shift flat", "shifts"),
        _node("Add", "base shifts", "grid"),
        _node("Squeeze", "feature two", "picture"),
        _node("Shape", "kp_driving", "count", end=1),
        _node("Concat", "count tail", "whole", axis=0),
        _node("Expand", "picture whole", "pictures"),
        _node("GridSample", "pictures grid", "sampled", mode="bilinear", padding_mode="border", align_corners=0),
        _node("Mul", "sampled gain", "image"),
        _node("Transpose", "image", "last", perm=[0, 2, 3, 1]),
        _node("Mul", "last most", "scaled"),
        _node("Add", "scaled half", "rounded"),
        _node("Cast", "rounded", "frames", to=TensorProto.UINT8),
        _node("ReduceMean", "image axes", "mean", keepdims=0),
    ]
    line = ((np.arange(LARGE) + 0.5) / SIDE - 1.0).astype(np.float32)
    base = np.stack(np.meshgrid(line, line), axis=-1)[None]
    constants = {
        "zero": np.array([0]), "one": np.array([1]), "two": np.array([2]), "axes": np.array([1, 2, 3]),
        "flat": np.array([-1, 1, 1, 2]), "tail": np.array([3, SIDE, SIDE]), "base": base,
        "gain": np.float32(gain), "most": np.float32(255), "half": np.float32(0.5),
    }  # fmt: skip
    inputs: Io = {"feature": [1, 3, 1, SIDE, SIDE], "kp_source": [1, 21, 3], "kp_driving": ["N", 21, 3]}
    outputs: Io = {"image": ["N", 3, LARGE, LARGE], "frames": ["N", LARGE, LARGE, 3], "mean": ["N"]}
    return _model("frame", inputs, outputs, nodes, constants)
