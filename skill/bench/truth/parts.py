"""Parts of the face whose errors are measured; free of imports, for the command line."""

from __future__ import annotations

from typing import Final

PARTS: Final = ("lids", "mouth", "brows", "face")
"""Names of the parts."""
