"""A package made by hand: a tiny TensorFlow.js net in a tarball, as npm would bring it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from weights.convert import tfjs
from weights.manifest import Converter, Digest, Manifest, Model, Package, Registry
from weights.store import WeightStore


def _text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def _list(*values: int | str) -> dict[str, Any]:
    if isinstance(values[0], str):
        return {"list": {"s": [base64.b64encode(str(value).encode()).decode() for value in values]}}
    return {"list": {"i": [str(value) for value in values]}}


def _sizes(*sizes: int) -> dict[str, Any]:
    return {"dim": [{"size": str(size)} for size in sizes]}


@dataclass(frozen=True)
class TinyNet:
    """4×4×2 picture → padded by 1 → 3×3 convolution, stride 2, SAME, ReLU → mean → product with a matrix."""

    kernel: NDArray[np.float32]  # (3, 3, 2, 3)
    bias: NDArray[np.float32]
    matrix: NDArray[np.float32]  # (3, 2), stored as uint8: 0.25 · n - 8
    shift: NDArray[np.float32]

    @classmethod
    def random(cls) -> TinyNet:
        rng = np.random.default_rng(7)
        kernel, bias = rng.normal(size=(3, 3, 2, 3)), rng.normal(size=3)
        matrix = rng.integers(0, 64, (3, 2)) * 0.25 - 8
        return cls(*(a.astype(np.float32) for a in (kernel, bias, matrix, rng.normal(size=2))))

    def files(self) -> dict[str, bytes]:
        pads = np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32)
        stored = {"kernel": self.kernel, "bias": self.bias, "shift": self.shift, "pads": pads}
        stored["axes"] = np.array([1, 2], np.int32)
        entries = [{"name": k, "shape": v.shape, "dtype": v.dtype.name} for k, v in stored.items()]
        quantization = {"dtype": "uint8", "scale": 0.25, "min": -8}
        entries.append({"name": "matrix", "shape": (3, 2), "dtype": "float32", "quantization": quantization})
        data = b"".join(v.tobytes() for v in stored.values())
        data += np.round((self.matrix + 8) * 4).astype(np.uint8).tobytes()
        document = {
            "modelTopology": {"node": self._nodes()},
            "weightsManifest": [{"paths": ["tiny.bin"], "weights": entries}],
            "signature": {"outputs": {"out/y:0": {"name": "y:0", "tensorShape": _sizes(1, 2)}}},
        }
        return {"models/tiny.json": json.dumps(document).encode(), "models/tiny.bin": data}

    @staticmethod
    def _nodes() -> list[dict[str, Any]]:
        conv = {"strides": _list(1, 2, 2, 1), "padding": _text("SAME"), "fused_ops": _list("BiasAdd", "Relu")}
        constants = ("kernel", "bias", "matrix", "shift", "pads", "axes")
        return [
            *({"name": name, "op": "Const"} for name in constants),
            {"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": _sizes(-1, 4, 4, 2)}}},
            {"name": "padded", "op": "Pad", "input": ["x", "pads"]},
            {"name": "c", "op": "_FusedConv2D", "input": ["padded", "kernel", "bias"], "attr": conv},
            {"name": "m", "op": "Mean", "input": ["c:0", "axes"], "attr": {"keep_dims": {"b": False}}},
            {
                "name": "y",
                "op": "_FusedMatMul",
                "input": ["m", "matrix", "shift"],
                "attr": {"fused_ops": _list("BiasAdd")},
            },
        ]

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same in plain numpy. A 6 px side, stride 2, window 3: SAME adds one row after, none before."""
        padded = np.pad(x, ((0, 0), (1, 2), (1, 2), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))[:, ::2, ::2]
        c = np.maximum(np.einsum("nhwikl,klio->nhwo", windows, self.kernel) + self.bias, 0)
        return np.asarray(c.mean((1, 2)) @ self.matrix + self.shift, np.float32)


@pytest.fixture
def tiny_net() -> TinyNet:
    return TinyNet.random()


def _tarball(files: dict[str, bytes]) -> bytes:
    """As `npm pack` makes it: everything under `package/`."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


MakeTarball = Callable[[dict[str, bytes]], bytes]


@pytest.fixture
def make_tarball() -> MakeTarball:
    return _tarball


@dataclass
class TinyRegistry:
    """Serves one tarball as `Fetch` does, and remembers the folders it was given."""

    payload: bytes
    folders: list[Path]

    def fetch(self, package: Package, folder: Path) -> Path:
        self.folders.append(folder)
        file = folder / "tiny-1.0.0.tgz"
        file.write_bytes(self.payload)
        return file


@pytest.fixture
def registry(tiny_net: TinyNet) -> TinyRegistry:
    return TinyRegistry(_tarball(tiny_net.files()), [])


@pytest.fixture
def package(registry: TinyRegistry) -> Package:
    digest = Digest("sha512", hashlib.sha512(registry.payload).hexdigest())
    return Package("tiny", Registry.NPM, "@someone/tiny", "1.0.0", digest, "MIT")


MakeModel = Callable[..., Model]


@pytest.fixture
def make_model(tiny_net: TinyNet) -> MakeModel:
    sha256 = hashlib.sha256(tfjs.convert(tiny_net.files())).hexdigest()

    def make(name: str, **changes: Any) -> Model:
        fields: dict[str, Any] = {
            "converter": Converter.TFJS,
            "package": "tiny",
            "files": ("models/tiny.json", "models/tiny.bin"),
            "digest": Digest("sha256", sha256),
            "licence": "MIT",
            "task": "testing",
            "description": "a tiny net",
        }
        return Model(name=name, **{**fields, **changes})

    return make


@pytest.fixture
def manifest(package: Package, make_model: MakeModel, tmp_path: Path) -> Manifest:
    """Two models of one package."""
    return Manifest((package,), (make_model("first"), make_model("second")), tmp_path)


@pytest.fixture
def store(manifest: Manifest, tmp_path: Path) -> WeightStore:
    return WeightStore(tmp_path / "store", manifest)
