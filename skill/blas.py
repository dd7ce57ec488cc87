"""Threads of OpenBLAS, by which numpy multiplies matrices."""

from __future__ import annotations

import os
from typing import Final

_VARIABLE: Final = "OPENBLAS_NUM_THREADS"


def limit_blas_threads() -> None:
    """Let OpenBLAS use one thread in this process and those that it begins, unless the environment says otherwise.

    The matrices of a phrase are so small that further threads wait for each other, at twice the CPU, and take cores
    from renders. OpenBLAS asks when numpy is imported: this has to come first.
    """
    os.environ.setdefault(_VARIABLE, "1")
