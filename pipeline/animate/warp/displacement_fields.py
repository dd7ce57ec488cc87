"""Displacement fields of expressions and of what follows the head, each kept only where it moves anything."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from pipeline.arrays import Float
from pipeline.motion.channels import CurveValues


class DisplacementFields:
    """Fields over one motion grid.

    Args:
        fields: Name of a curve → displacement at its value 1, float32 (h, w, 2), pixels; all of one size, ≥ 1 field.
    """

    def __init__(self, fields: Mapping[str, Float]) -> None:
        self._size = next(iter(fields.values())).shape
        self._parts = []
        for name, field in fields.items():
            moves = (field[..., 0] != 0.0) | (field[..., 1] != 0.0)  # ten times as fast as .any(-1)
            rows, columns = np.flatnonzero(moves.any(1)), np.flatnonzero(moves.any(0))
            if rows.size:
                area = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                self._parts.append((name, area, np.ascontiguousarray(field[area])))

    def sum(self, curve_values: CurveValues) -> Float:
        """The displacement of a frame, float32 (h, w, 2), pixels; a curve that is left out is 0."""
        moved = np.zeros(self._size, np.float32)
        for name, area, field in self._parts:
            if value := curve_values.get(name, 0.0):
                part = moved[area]
                cv2.scaleAdd(field, value, part, dst=part)
        return moved
