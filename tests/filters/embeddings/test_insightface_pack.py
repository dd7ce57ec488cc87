"""A small pack with the signatures of insightface's own: random weights, the real package, no network."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from filters.embeddings.insightface_pack import InsightfaceAnalyser
from filters.errors import PackError
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore

pytest.importorskip("insightface", reason="pip install --no-deps insightface")
RNG = np.random.default_rng(3)


def net(path: Path, side: int, outputs: int) -> None:
    """Convolution, mean over the picture in a 4×4 grid, and a matrix: N×3×side×side → N×outputs."""
    cell = side // 4
    kernel = RNG.standard_normal((8, 3, cell, cell)).astype(np.float32) / cell
    matrix = RNG.standard_normal((8 * 16, outputs)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["data", "kernel"], ["cells"], strides=[cell, cell]),
        helper.make_node("Relu", ["cells"], ["positive"]),
        helper.make_node("Flatten", ["positive"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["fc1"]),
    ]
    data = helper.make_tensor_value_info("data", TensorProto.FLOAT, ["N", 3, side, side])
    answer = helper.make_tensor_value_info("fc1", TensorProto.FLOAT, ["N", outputs])
    weights = [numpy_helper.from_array(kernel, "kernel"), numpy_helper.from_array(matrix, "matrix")]
    graph = helper.make_graph(nodes, "net", [data], [answer], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    net(folder / "w600k_small.onnx", 112, 512)
    net(folder / "genderage.onnx", 96, 3)
    return folder


@pytest.fixture(scope="module")
def face(built_weights: WeightStore) -> tuple[NDArray[np.uint8], Face]:
    pixels = read_photo(astronaut(), long_side=1024)
    return pixels, FaceFinder(Runtime(built_weights.path)).find(pixels)[0]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a pack must never ask the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_a_pack_reads_the_person_and_the_age(pack: Path, face: tuple[NDArray[np.uint8], Face]) -> None:
    analyser = InsightfaceAnalyser(pack, licensed=True)
    embedding = analyser.embed(*face)
    assert analyser.sizes == (512,)
    (vector,) = embedding.vectors
    assert (vector.shape, vector.dtype) == ((512,), np.float32)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert -1 <= embedding.clarity <= 1
    assert embedding.width > 50
    (age,) = analyser.read_ages(*face)
    assert np.isfinite(age)


def test_the_chip_is_aligned(pack: Path, face: tuple[NDArray[np.uint8], Face]) -> None:
    """The same face on a photo turned upside down and mirrored twice is the same chip, so the same embedding."""
    pixels, found = face
    analyser = InsightfaceAnalyser(pack, licensed=True)
    shifted = np.pad(pixels, ((40, 0), (24, 0), (0, 0)), mode="edge")
    landmarks = found.landmarks + np.array([24, 40, 0], np.float32)
    moved = Face(found.box + np.array([24, 40, 24, 40], np.float32), landmarks, found.pose, 1.0, 1.0)
    here, there = analyser.embed(pixels, found).vectors[0], analyser.embed(shifted, moved).vectors[0]
    assert float(here @ there) > 0.999
    elsewhere = Face(found.box, found.landmarks + np.array([60, 30, 0], np.float32), found.pose, 1.0, 1.0)
    assert float(here @ analyser.embed(pixels, elsewhere).vectors[0]) < float(here @ there)


def test_a_gallery_knows_the_pack_by_its_net(pack: Path, tmp_path: Path) -> None:
    net(tmp_path / "other.onnx", 112, 512)
    assert InsightfaceAnalyser(pack, licensed=True).pack == InsightfaceAnalyser(pack, licensed=True).pack
    assert InsightfaceAnalyser(pack, licensed=True).pack != InsightfaceAnalyser(tmp_path, licensed=True).pack


def test_a_pack_without_an_age_net_reads_none(tmp_path: Path, face: tuple[NDArray[np.uint8], Face]) -> None:
    net(tmp_path / "only.onnx", 112, 128)
    assert InsightfaceAnalyser(tmp_path, licensed=True).read_ages(*face) == ()


def test_the_licence_has_to_be_confirmed(pack: Path) -> None:
    with pytest.raises(PackError, match="OZHIVI_INSIGHTFACE_LICENSED"):
        InsightfaceAnalyser(pack, licensed=False)


def test_a_folder_that_is_no_pack_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"no \.onnx"):
        InsightfaceAnalyser(tmp_path, licensed=True)
    net(tmp_path / "genderage.onnx", 96, 3)
    with pytest.raises(PackError, match="no recognition net"):
        InsightfaceAnalyser(tmp_path, licensed=True)
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    with pytest.raises(PackError, match=r"broken\.onnx"):
        InsightfaceAnalyser(tmp_path, licensed=True)
