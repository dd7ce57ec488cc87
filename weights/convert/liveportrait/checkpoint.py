"""The loading of the official .pth files into our nets, strictly and without running anything that they bring."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.sizes import OFFICIAL, Sizes
from weights.errors import BadCheckpoint

CORRECTIONS: Final = {"stitching": "retarget_shoulder", "eyes": "retarget_eye", "lips": "retarget_mouth"}
"""Net → its name in the one file that has all three; what else lies in that file is not read."""

_SHOWN: Final = 3


def load_nets(files: Mapping[str, Path], sizes: Sizes = OFFICIAL) -> Nets:
    """Load all nets.

    Args:
        files: appearance, motion, warping, generator, corrections → .pth.
        sizes: The widths of the nets.

    Raises:
        BadCheckpoint: A file is not a checkpoint, or is one of another net.
    """
    nets = Nets.empty(sizes)
    for name in ("appearance", "motion", "warping", "generator"):
        _fill(nets.by_name()[name], _read(files[name]), files[name])
    together = _read(files["corrections"])
    for name, key in CORRECTIONS.items():
        if not isinstance(together.get(key), Mapping):
            raise BadCheckpoint(files["corrections"], f"it has no {key!r}")
        _fill(nets.by_name()[name], together[key], files["corrections"])
    return nets


def _read(file: Path) -> Mapping[str, Any]:
    """The table of weights in a file. Raises BadCheckpoint."""
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise BadCheckpoint(file, "it is not there") from error
    except pickle.UnpicklingError as error:
        raise BadCheckpoint(file, "it is no checkpoint, or holds more than weights, which is never run") from error
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        detail = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise BadCheckpoint(file, f"it is no checkpoint ({detail})") from error
    if not isinstance(content, Mapping):
        raise BadCheckpoint(file, "it is no table of weights")
    return content


def _fill(net: nn.Module, table: Mapping[str, Any], file: Path) -> None:
    """Load one net as the official loader does.

    The prefix that training on several GPUs leaves is dropped, all else must fit. Raises BadCheckpoint.
    """
    loaded = {key.replace("module.", ""): value for key, value in table.items()}
    wanted = net.state_dict()
    if missing := sorted(wanted.keys() - loaded.keys()):
        raise BadCheckpoint(file, f"{len(missing)} weights are missing: {_some(missing)}")
    if strange := sorted(loaded.keys() - wanted.keys()):
        raise BadCheckpoint(file, f"{len(strange)} weights belong to another net: {_some(strange)}")
    for key, value in loaded.items():
        if not isinstance(value, Tensor) or value.shape != wanted[key].shape:
            shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise BadCheckpoint(file, f"{key} is {shape} instead of {tuple(wanted[key].shape)}")
        if not torch.isfinite(value).all():
            raise BadCheckpoint(file, f"{key} is not finite")
    net.load_state_dict(loaded, strict=True)


def _some(names: list[str]) -> str:
    """The first few names, for a message."""
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
