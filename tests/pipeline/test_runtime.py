"""Sessions: cached, shared by threads, and never lost to a GPU that isn't there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import structlog
from onnx import TensorProto, helper

from pipeline.runtime import CPU, CUDA, Runtime, only_input


@pytest.fixture
def doubler(tmp_path: Path) -> Path:
    """A model that doubles a vector of two numbers."""
    vector = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "doubler", vector[:1], vector[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(tmp_path / "doubler.onnx"))
    return tmp_path / "doubler.onnx"


def only_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CPU])


def test_outputs_come_by_name(doubler: Path) -> None:
    runtime = Runtime(lambda _: doubler, providers=[CPU])
    assert only_input(runtime.session("doubler")) == "x"
    outputs = runtime.run("doubler", {"x": np.array([1, 2], np.float32)})
    assert list(outputs) == ["y"]
    np.testing.assert_array_equal(outputs["y"], [2, 4])


def test_a_model_is_looked_up_once_even_by_many_threads(doubler: Path) -> None:
    asked: list[str] = []

    def path(name: str) -> Path:
        asked.append(name)
        return doubler

    runtime = Runtime(path, providers=[CPU])
    with ThreadPoolExecutor(8) as pool:
        sessions = list(pool.map(lambda _: runtime.session("doubler"), range(32)))
    assert asked == ["doubler"]
    assert len(set(map(id, sessions))) == 1


def test_a_provider_that_is_not_built_in_falls_back_and_says_so(doubler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_cpu(monkeypatch)
    with structlog.testing.capture_logs() as logs:
        runtime = Runtime(lambda _: doubler, providers=[CUDA])
    assert runtime.providers == (CPU,)
    assert [entry["event"] for entry in logs] == ["provider_fallback"]
    assert runtime.run("doubler", {"x": np.ones(2, np.float32)})["y"].tolist() == [2, 2]


def test_a_gpu_that_fails_when_a_model_is_opened_falls_back(doubler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = onnxruntime.InferenceSession

    def broken(path: str, options: object, *, providers: list[str]) -> object:
        if CUDA in providers:
            raise RuntimeError("libcudart.so.12: cannot open shared object file")
        return real(path, options, providers=providers)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", broken)
    runtime = Runtime(lambda _: doubler)
    assert CUDA in runtime.providers
    with structlog.testing.capture_logs() as logs:
        runtime.session("doubler")
    assert runtime.providers == (CPU,)
    assert logs[0]["event"] == "provider_fallback"


def test_a_gpu_that_is_left_out_silently_is_noticed(doubler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = onnxruntime.InferenceSession
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(
        onnxruntime, "InferenceSession", lambda path, options, providers: real(path, options, providers=[CPU])
    )
    runtime = Runtime(lambda _: doubler)
    with structlog.testing.capture_logs() as logs:
        runtime.session("doubler")
    assert runtime.providers == (CPU,)
    assert logs[0]["used"] == CPU


def test_a_broken_model_is_an_error_on_the_cpu_too(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with pytest.raises(Exception, match="Protobuf"):
        Runtime(lambda _: tmp_path / "bad.onnx", providers=[CPU]).session("bad")


def test_describe_tells_what_is_used(doubler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_cpu(monkeypatch)
    runtime = Runtime(lambda _: doubler, threads=2)
    runtime.session("doubler")
    described = runtime.describe()
    assert described["providers"] == [CPU]
    assert described["threads"] == 2
    assert described["models"] == {"doubler": [CPU]}
    assert described["onnxruntime"] == onnxruntime.__version__
