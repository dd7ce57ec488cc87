"""Environment of a process that touches strangers' bytes: a list of what it needs, and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_NAMES: Final = frozenset({
    "HOME", "LANG", "LANGUAGE", "TZ", "PATH", "LD_LIBRARY_PATH", "LD_PRELOAD",
    "XDG_DATA_HOME", "OZHIVI_WEIGHTS",  # by which the models are found
    "PYTHONFAULTHANDLER", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED",
    "GPU_DEVICE_ORDINAL",
})  # fmt: skip
# onnxruntime would write to its maker who runs it
_FIXED: Final = {"PYTHONDONTWRITEBYTECODE": "1", "ORT_DISABLE_TELEMETRY": "1"}
# of the system, the GPU and the libraries that compute
_PREFIXES: Final = ("LC_", "CUDA_", "CUDNN_", "NVIDIA_", "OMP_", "OPENBLAS_", "MKL_", "ORT_", "MALLOC_")


def clean_environment(folder: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for the new process; no setting of ours and no secret is among them.

    Args:
        folder: its own folder, for temporary files.
        variables: those of this process, unless others are given.
    """
    variables = os.environ if variables is None else variables
    kept = {name: value for name, value in variables.items() if name in _NAMES or name.startswith(_PREFIXES)}
    modules = os.pathsep.join(path for path in sys.path if path)
    return kept | _FIXED | {"TMPDIR": str(folder), "PYTHONPATH": modules}
