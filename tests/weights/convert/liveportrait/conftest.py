"""Small nets of random weights, and everything that is made of them once. Needs torch, which its tests look for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import onnx
import pytest

if TYPE_CHECKING:
    from weights.convert.liveportrait.export_check import Reference
    from weights.convert.liveportrait.nets import Nets

SEED = 20240703


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small nets are ten times slower where threads wait for each other."""
    torch = sys.modules.get("torch")
    if torch is None:  # what needs it has been skipped by now
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def nets() -> Nets:
    from weights.convert.liveportrait.nets import Nets  # noqa: PLC0415
    from weights.convert.liveportrait.random_weights import randomise  # noqa: PLC0415
    from weights.convert.liveportrait.sizes import TINY  # noqa: PLC0415

    found = Nets.empty(TINY)
    randomise(found, SEED)
    return found


@pytest.fixture(scope="session")
def reference(nets: Nets) -> Reference:
    from weights.convert.liveportrait.export_check import Reference  # noqa: PLC0415

    return Reference.of(nets)


@pytest.fixture(scope="session")
def exported(nets: Nets, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every model, exported once: name → file."""
    from weights.convert.liveportrait.export import build_module, export  # noqa: PLC0415
    from weights.convert.liveportrait.fp16 import to_fp16  # noqa: PLC0415
    from weights.liveportrait import MODELS  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("exported")
    graphs: dict[tuple[str, str], onnx.ModelProto] = {}
    for model in MODELS:
        key = (model.net, model.form)
        graph = graphs.get(key) or export(build_module(nets, model.net, model.form), model.net, nets.sizes, model.form)
        graphs[key] = graph
        onnx.save(to_fp16(graph, model.name) if model.precision == "fp16" else graph, folder / model.file)
    return {model.name: folder / model.file for model in MODELS}


@pytest.fixture
def files(nets: Nets, tmp_path: Path) -> dict[str, Path]:
    """The five checkpoints of the small nets."""
    from weights.convert.liveportrait.random_weights import write_checkpoints  # noqa: PLC0415

    return write_checkpoints(nets, tmp_path / "checkpoints")
