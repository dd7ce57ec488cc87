from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from weights.convert import attention, faceapi, tfjs
from weights.convert.onnx_builder import OnnxBuilder, Port, UnsupportedModelError
from weights.convert.tfjs_weights import read_weights
from weights.convert.tflite_reader import Level, expand_sparse

DENSE = np.array([[1, 0, 2, 3], [0, 4, 0, 0], [0, 0, 5, 0], [0, 0, 0, 6]], np.float32)


def run(model: bytes, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return list(onnxruntime.InferenceSession(model).run(None, inputs))


def test_two_conversions_give_the_same_bytes(tiny_net) -> None:
    first, second = (tfjs.convert(tiny_net.files()) for _ in range(2))
    assert first == second
    model = onnx.load_from_string(first)
    assert (model.ir_version, model.opset_import[0].version, model.producer_name) == (8, 17, "")


def test_weights_are_expanded() -> None:
    stored = [np.array([1, -2], np.int32), np.array([0, 128, 255], np.uint8), np.array([0.5], np.float16)]
    entries = [
        {"name": "axes", "shape": [2], "dtype": "int32"},
        {
            "name": "q8",
            "shape": [3],
            "dtype": "float32",
            "quantization": {"dtype": "uint8", "scale": 0.5, "min": -64},
        },
        {"name": "q16", "shape": [], "dtype": "float32", "quantization": {"dtype": "float16"}},
    ]
    groups = [{"paths": ["a.bin"], "weights": entries}]
    tensors = read_weights(groups, {"models/a.bin": b"".join(array.tobytes() for array in stored)})
    assert tensors["axes"].tolist() == [1, -2]
    assert tensors["q8"].tolist() == [-64, 0, 63.5] and tensors["q8"].dtype == np.float32
    assert tensors["q16"].tolist() == 0.5 and tensors["q16"].dtype == np.float32


def test_weights_must_fill_their_file() -> None:
    entries = [{"name": "a", "shape": [1], "dtype": "float32"}]
    with pytest.raises(UnsupportedModelError, match="4 bytes of 5"):
        read_weights([{"paths": ["a.bin"], "weights": entries}], {"a.bin": b"12345"})
    entries[0]["dtype"] = "complex64"
    with pytest.raises(UnsupportedModelError, match="complex64"):
        read_weights([{"paths": ["a.bin"], "weights": entries}], {"a.bin": b"12345678"})


def test_sparse_rows_are_expanded() -> None:
    rows = Level(segments=np.array([0, 3, 4, 5, 6]), indices=np.array([0, 2, 3, 1, 2, 3]))
    values = np.arange(1, 7, dtype=np.float32)
    dense = expand_sparse(values, [4, 4], [0, 1], [], [Level(size=4), rows])
    np.testing.assert_array_equal(dense, DENSE)


def test_sparse_blocks_are_expanded() -> None:
    blocks = Level(segments=np.array([0, 2, 3]), indices=np.array([0, 1, 1]))
    values = np.array([1, 0, 0, 4, 2, 3, 0, 0, 5, 0, 0, 6], np.float32)
    levels = [Level(size=2), blocks, Level(size=2), Level(size=2)]
    np.testing.assert_array_equal(expand_sparse(values, [4, 4], [0, 1, 2, 3], [0, 1], levels), DENSE)


def test_a_region_is_levelled_and_centred() -> None:
    """The small map's x axis runs from `left` to `right`, its size is the points' box times the scale."""
    angle, centre = np.deg2rad(30), np.array([70.0, 90.0])
    right, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    landmarks = np.zeros((1, 468, 3), np.float32)
    for point, (x, y) in enumerate([(-20, 0), (20, 0), (0, -5), (0, 5)]):
        landmarks[0, point, :2] = centre + x * right + y * down
    b = OnnxBuilder()
    region = attention.Region(left=0, right=1, points=[0, 1, 2, 3], scale=(1.5, 2.0), size=(16, 8))
    matrix = attention.landmarks_to_transform(b, "x", region)
    model = b.serialize([Port("x", [1, 468, 3])], [(matrix, Port("m", [1, 4, 4]))])
    (m,) = run(model, x=landmarks)

    def place(x: float, y: float) -> NDArray[np.float32]:
        return (m[0] @ np.array([x, y, 0, 1], np.float32))[:2]

    np.testing.assert_allclose(place(8, 4), centre, atol=1e-3)
    np.testing.assert_allclose(place(16, 4), centre + 30 * right, atol=1e-3)
    np.testing.assert_allclose(place(8, 8), centre + 10 * down, atol=1e-3)


def test_a_picture_is_sampled_through_a_matrix() -> None:
    picture = np.arange(32, dtype=np.float32).reshape(1, 2, 4, 4)
    shift = np.eye(4, dtype=np.float32)[None]
    shift[0, 0, 3] = 1  # one pixel to the right: the last column looks outside
    b = OnnxBuilder()
    sampled = attention.transform_tensor(b, "x", "m", (4, 4), (4, 4))
    ports = [Port("x", [1, 2, 4, 4]), Port("m", [1, 4, 4])]
    (y,) = run(b.serialize(ports, [(sampled, Port("y", [1, 2, 4, 4]))]), x=picture, m=shift)
    np.testing.assert_allclose(y[..., :3], picture[..., 1:], atol=1e-4)
    assert not y[..., 3].any()


def test_points_go_back_through_the_matrix() -> None:
    matrix = np.eye(4, dtype=np.float32)[None]
    matrix[0, :2] = [[0, -2, 0, 5], [2, 0, 0, 7]]
    b = OnnxBuilder()
    points = attention.transform_landmarks(b, "p", "m")
    model = b.serialize([Port("p", [1, 2, 2]), Port("m", [1, 4, 4])], [(points, Port("y", [1, 2, 2]))])
    (y,) = run(model, p=np.array([[[0, 0], [1, 3]]], np.float32), m=matrix)
    assert y.tolist() == [[[5, 7], [-1, 9]]]


def test_padding_and_channels_that_a_residual_block_lacks() -> None:
    """The recognition net's halving block: 5×5×2 → 2×2×3, both branches brought to the wider one's shape."""
    rng = np.random.default_rng(3)
    net = object.__new__(faceapi._Net)
    net.builder, net.weights = OnnxBuilder(), {}
    for conv, channels in (("conv1", 2), ("conv2", 3)):
        weights = {
            "conv/filters": rng.normal(size=(3, 3, channels, 3)),
            "conv/bias": rng.normal(size=3),
            "scale/weights": rng.normal(size=3),
            "scale/biases": rng.normal(size=3),
        }
        net.weights |= {f"down/{conv}/{key}": value.astype(np.float32) for key, value in weights.items()}
    out = faceapi._recognition_down(net, "down", "x", 5)
    model = net.builder.serialize([Port("x", [1, 2, 5, 5])], [(out, Port("y", [1, 3, 2, 2]))])
    x = rng.normal(size=(1, 2, 5, 5)).astype(np.float32)
    (y,) = run(model, x=x)

    def conv(name: str, x: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
        w = {key: net.weights[f"down/{name}/{key}"] for key in ("conv/filters", "conv/bias")}
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))[:, :, ::stride, ::stride]
        y = np.einsum("nihwkl,klio->nohw", windows, w["conv/filters"]) + w["conv/bias"][:, None, None]
        scale, shift = (net.weights[f"down/{name}/scale/{key}"][:, None, None] for key in ("weights", "biases"))
        return np.asarray(y * scale + shift)

    inner = np.maximum(conv("conv1", x, 2), 0)
    branch = conv("conv2", np.pad(inner, ((0, 0), (0, 0), (1, 1), (1, 1))), 1)
    pooled = x[..., :4, :4].reshape(1, 2, 2, 2, 2, 2).mean((3, 5))
    expected = np.maximum(branch + np.pad(pooled, ((0, 0), (0, 1), (0, 0), (0, 0))), 0)
    np.testing.assert_allclose(y, expected, atol=1e-4)


def test_what_is_not_known_is_refused(tiny_net) -> None:
    files = tiny_net.files()
    for old, new in ((b'"Mean"', b'"Mode"'), (b"UmVsdQ==", b"RWx1")):  # "Relu" and "Elu" in base64
        changed = {**files, "models/tiny.json": files["models/tiny.json"].replace(old, new)}
        assert changed != files
        with pytest.raises(UnsupportedModelError):
            tfjs.convert(changed)
    with pytest.raises(UnsupportedModelError, match="onnx refuses"):
        OnnxBuilder().serialize([], [("nothing", Port("y", [1]))])
