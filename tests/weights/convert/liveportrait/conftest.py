"""Small nets of random weights, and everything that is made of them once. Needs torch, which its tests look for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

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


@dataclass(frozen=True, slots=True)
class Converted:
    """What `ozhivi weights add liveportrait` said and made of the small nets' checkpoints."""

    result: Result
    root: Path
    files: Mapping[str, Path]
    """Those that it was given."""


@pytest.fixture(scope="session")
def converted(nets: Nets, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """The whole conversion, once: from a folder of checkpoints to a store."""
    import weights.cli  # noqa: PLC0415
    from weights.convert.liveportrait import conversion  # noqa: PLC0415
    from weights.convert.liveportrait.random_weights import write_checkpoints  # noqa: PLC0415

    root = tmp_path_factory.mktemp("converted") / "store"
    files = write_checkpoints(nets, tmp_path_factory.mktemp("checkpoints"))
    arguments = ["add", "liveportrait", "--from", str(files["motion"].parent), "--trust", "--root", str(root)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion, "convert_checkpoints", partial(conversion.convert_checkpoints, sizes=nets.sizes))
        result = CliRunner().invoke(weights.cli.app, arguments)
    assert result.exit_code == 0, result.output
    return Converted(result, root, files)


@pytest.fixture(scope="session")
def exported(converted: Converted) -> dict[str, Path]:
    """Every model as the conversion wrote it: name → file."""
    from weights.liveportrait import MODELS, Pack  # noqa: PLC0415

    return {model.name: Pack(converted.root).folder / model.file for model in MODELS}


@pytest.fixture
def files(nets: Nets, tmp_path: Path) -> dict[str, Path]:
    """The five checkpoints of the small nets."""
    from weights.convert.liveportrait.random_weights import write_checkpoints  # noqa: PLC0415

    return write_checkpoints(nets, tmp_path / "checkpoints")
