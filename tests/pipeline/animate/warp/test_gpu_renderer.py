"""The exported graph draws what the OpenCV renderer draws, on any photo, from one file; and a GPU can run all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import pytest
from skimage import data

from pipeline.animate.warp.animator import WarpAnimator, choose_renderer
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.gpu_renderer import MODEL, GraphRenderer
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.motion.channels import CHANNELS, FOLLOWER_LIMITS, LIMITS
from pipeline.motion.curves import Motion
from pipeline.runtime import CPU, CUDA, Runtime
from weights.store import WeightStore


def make_curves(**values: float) -> dict[str, float]:
    return {**dict.fromkeys(CHANNELS, 0.0), **values}


def extreme(side: int) -> dict[str, float]:
    """Every curve, and what follows the head, at its lowest (0) or highest (1) value."""
    late = {name: (2 * side - 1) * most for name, most in FOLLOWER_LIMITS.items()}
    return {name: LIMITS[name][side] for name in CHANNELS} | late


FRAMES = {
    "nearly still": make_curves(breath=0.01),
    "blink": make_curves(blink_r=1.0, blink_l=1.0),
    "wink, half shut, turned": make_curves(blink_r=0.2, blink_l=0.5, yaw=5.0),
    "gaze": make_curves(gaze_x=0.1, gaze_y=-0.05),
    "smile": make_curves(smile=1.0),
    "full turn": make_curves(yaw=14.0, pitch=8.0, roll=7.0),
    "full turn back": make_curves(yaw=-14.0, pitch=-8.0, roll=-7.0, smile=0.5),
    "surprise": make_curves(widen=1.0, brow=1.0),
    "hair follows": make_curves(hang=0.06, dangle=-0.035, crown_x=0.03, crown_y=-0.02, roll=3.0),
    "breath": make_curves(breath=1.0, sway_x=0.03, sway_y=-0.03),
    "lips part": make_curves(jaw=0.8, yaw=4.0),
    "small movements": make_curves(pucker=0.6, frown=0.8, squint=0.7, cheek=0.5, smile=0.4, smile_side=0.3, jaw=0.3),
    "lowest": extreme(0),
    "highest": extreme(1),
}


EXTREME = {
    name: FRAMES[name] for name in ("wink, half shut, turned", "full turn back", "lips part", "lowest", "highest")
}
"""Those that move everything, for a photo more."""


def rotated(image: Pixels, degrees: float) -> Pixels:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


def photo(name: str) -> Pixels:
    astronaut: Pixels = data.astronaut()
    match name:
        case "small":
            image = cv2.resize(astronaut, (300, 300), interpolation=cv2.INTER_AREA)
        case "odd crop":
            image = astronaut[:331, 60:383]
        case "close":
            image = cv2.resize(astronaut[30:190, 130:310], (397, 353), interpolation=cv2.INTER_CUBIC)
        case "mirrored":
            image = astronaut[:299, 10:390, :][:, ::-1]
        case _:
            image = rotated(astronaut, 17)[:391, :377]
    return np.ascontiguousarray(image, np.uint8)


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=[CPU], threads=1)


@pytest.fixture(scope="module")
def finder(runtime: Runtime) -> FaceFinder:
    return FaceFinder(runtime)


def maps_of(runtime: Runtime, finder: FaceFinder, name: str) -> WarpMaps:
    image = photo(name)
    return build_maps(runtime, image, finder.find(image)[0])


@pytest.fixture(scope="module")
def small(runtime: Runtime, finder: FaceFinder) -> WarpMaps:
    return maps_of(runtime, finder, "small")


def psnr(one: Pixels, other: Pixels) -> float:
    error = float(((one.astype(np.float64) - other) ** 2).mean())
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def check_agreement(runtime: Runtime, maps: WarpMaps, frame_values: Mapping[str, Mapping[str, float]]) -> None:
    """≥ 55 dB over the region, ≥ 49 dB in the boxes of the eyes and the mouth alone, where a number that was
    changed on one side only would show: 41 dB when the lash line had been changed, and still 58 over the region."""
    expected = OpenCvRenderer(maps)
    frames = GraphRenderer(runtime, maps).render_batch(list(frame_values.values()))
    assert frames.shape == (len(frame_values), *maps.pixels.shape)
    assert frames.dtype == np.uint8
    drawn = [expected.render(each) for each in frame_values.values()]
    figures = {name: psnr(one, frame) for name, one, frame in zip(frame_values, drawn, frames, strict=True)}
    assert min(figures.values()) >= 55.0, figures
    for left, top, right, bottom in (maps.mouth.box, *(eye.box for eye in maps.eyes if eye is not None)):
        box = np.s_[top:bottom, left:right]
        figures = {
            name: psnr(one[box], frame[box]) for name, one, frame in zip(frame_values, drawn, frames, strict=True)
        }
        assert min(figures.values()) >= 49.0, figures


@pytest.mark.parametrize("name", ["small", "odd crop", "close", "mirrored", "rotated"])
def test_both_renderers_agree(runtime: Runtime, finder: FaceFinder, name: str) -> None:
    check_agreement(runtime, maps_of(runtime, finder, name), FRAMES if name == "small" else EXTREME)


@pytest.mark.parametrize("present", [(False, False), (False, True), (True, False)])
def test_eyes_may_be_absent(runtime: Runtime, small: WarpMaps, present: tuple[bool, bool]) -> None:
    right, left = (eye if is_there else None for eye, is_there in zip(small.eyes, present, strict=True))
    check_agreement(runtime, replace(small, eyes=(right, left)), {"blink": FRAMES["blink"], "gaze": FRAMES["gaze"]})


def test_an_eye_that_may_not_shut_stays_open(runtime: Runtime, small: WarpMaps) -> None:
    eyes = tuple(replace(eye, blink=0.0) for eye in small.eyes if eye is not None)
    check_agreement(runtime, replace(small, eyes=(eyes[0], eyes[1])), {"blink": FRAMES["blink"]})


def test_a_batch_is_its_single_frames(runtime: Runtime, small: WarpMaps) -> None:
    renderer = GraphRenderer(runtime, small)
    frame_values = [FRAMES["blink"], make_curves(), FRAMES["full turn"], FRAMES["smile"], make_curves()]
    renderer.batch_size = 2
    together = renderer.render_batch(frame_values)
    assert all(np.array_equal(renderer.render(each), frame) for each, frame in zip(frame_values, together, strict=True))
    assert np.array_equal(together[1], small.pixels)
    assert not np.array_equal(together[0], small.pixels)


def test_no_frames_are_no_error(runtime: Runtime, small: WarpMaps) -> None:
    assert GraphRenderer(runtime, small).render_batch([]).shape == (0, *small.pixels.shape)


def test_the_animator_takes_either(runtime: Runtime, small: WarpMaps) -> None:
    turn = np.sin(np.arange(7) * 2 * np.pi / 7).astype(np.float32)
    curves = {name: np.zeros(7, np.float32) for name in CHANNELS} | {"yaw": 8 * turn, "blink_l": np.abs(turn)}
    image, motion = photo("small"), Motion("test", 25, curves)

    def frames(animator: WarpAnimator) -> Iterator[Pixels]:
        return animator.render(image, [small], [motion])

    pairs = zip(frames(WarpAnimator(runtime)), frames(WarpAnimator(runtime, GraphRenderer)), strict=True)
    figures = [psnr(one, other) for one, other in pairs]
    assert len(figures) == 7
    assert min(figures) >= 55.0


class GpuRuntime(Runtime):
    """Says that it has a GPU, and runs on the CPU."""

    @property
    def providers(self) -> tuple[str, ...]:
        return CUDA, CPU


def test_the_graph_is_for_the_gpu(built_weights: WeightStore, runtime: Runtime, small: WarpMaps) -> None:
    assert isinstance(choose_renderer(runtime, small), OpenCvRenderer)
    assert isinstance(choose_renderer(GpuRuntime(built_weights.path, providers=[CPU]), small), GraphRenderer)


def test_a_graph_for_other_curves_is_refused(built_weights: WeightStore, small: WarpMaps, tmp_path: Path) -> None:
    model = onnx.load(built_weights.path(MODEL))
    onnx.helper.set_model_props(model, {"channels": "roll,yaw"})
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(ValueError, match=r"weights\.convert\.warp\.export"):
        GraphRenderer(Runtime(lambda _: tmp_path / "other.onnx", providers=[CPU]), small)


# What onnxruntime's CUDA provider has kernels for at opset 16, with the types used here (docs/OperatorKernels.md there,
# read 2026-11). Anything else would be computed on the CPU, with a copy of the frames there and back.
ON_GPU = {
    # arithmetic, float32 (Add, Mul also int64: numbers of pixels)
    *("Abs", "Add", "Clip", "Cos", "Div", "Exp", "Floor", "MatMul", "Max", "Min", "Mul", "Neg", "Pow", "Reciprocal"),
    *("Sin", "Sqrt", "Sub"),
    # comparisons of float32, choice between float32
    *("Greater", "Less", "Where"),
    # 4-D, float32; its only CUDA kernel up to onnxruntime 1.22 is that of opset 16
    "GridSample",
    # of any type; the numbers are int64
    *("Concat", "Expand", "Gather", "Reshape", "ScatterND", "Slice", "Transpose", "Unsqueeze"),
    # float32 → int64, uint8
    "Cast",
    # shapes: onnxruntime keeps these small values on the CPU on purpose
    *("Constant", "ConstantOfShape", "Range", "Shape", "Squeeze"),
}
FLOAT, UINT8, INT64 = onnx.TensorProto.FLOAT, onnx.TensorProto.UINT8, onnx.TensorProto.INT64


def test_every_operator_has_a_cuda_kernel(built_weights: WeightStore) -> None:
    model = onnx.load(built_weights.path(MODEL))
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 16)]
    assert {node.op_type for node in model.graph.node} <= ON_GPU
    typed = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    types = {value.name: value.type.tensor_type.elem_type for value in (*typed.graph.value_info, *typed.graph.input)}
    # double would be a stray Python number, GridSample and Pow have no integer kernels
    assert set(types.values()) <= {FLOAT, INT64, UINT8, onnx.TensorProto.BOOL}
    for node in model.graph.node:
        if node.op_type in {"GridSample", "Pow", "Clip", "Max", "Min", "Floor"}:
            assert all(types.get(name, FLOAT) == FLOAT for name in node.input if name), node.name


def test_the_file_is_small_and_whole(built_weights: WeightStore) -> None:
    path = built_weights.path(MODEL)
    assert path.stat().st_size < 300_000
    session = ort.InferenceSession(str(path), providers=[CPU])
    assert [output.name for output in session.get_outputs()] == ["frames"]
    assert session.get_outputs()[0].type == "tensor(uint8)"


def test_faces_anywhere_in_the_photo(runtime: Runtime, finder: FaceFinder) -> None:
    """The region ends inside the photo, with its corner away from the photo's."""
    image = np.zeros((400, 400, 3), np.uint8) + np.uint8(200)
    image[170:370, 190:390] = cv2.resize(photo("odd crop"), (200, 200), interpolation=cv2.INTER_AREA)
    face: Face = finder.find(image)[0]
    maps = build_maps(runtime, image, face)
    assert maps.region.left > 0
    check_agreement(runtime, maps, {"full turn": FRAMES["full turn"], "blink": FRAMES["blink"]})
