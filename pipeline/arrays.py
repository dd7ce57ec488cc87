"""Names for the arrays that travel between the steps."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""A picture, H×W×3 RGB in sRGB, or one channel of it, H×W; 0..255."""
Float: TypeAlias = NDArray[np.float32]
Double: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
AnyArray: TypeAlias = NDArray[Any]
