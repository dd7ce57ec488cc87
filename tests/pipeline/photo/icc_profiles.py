"""Colour profiles that are made by hand."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray


def profile(primaries: tuple[tuple[float, float], ...], gamma: float) -> bytes:
    """A matrix profile by hand: xy of red, green, blue under D65, one gamma."""
    white = np.array([0.3127, 0.3290, 0.3583]) / 0.3290
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    matrix = columns * np.linalg.solve(columns, white)
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d50 = np.array([0.9642, 1.0, 0.8249])
    adapted = np.linalg.inv(bradford) @ np.diag((bradford @ d50) / (bradford @ white)) @ bradford @ matrix

    def xyz(values: NDArray[np.float64]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78
    blocks = [(b"desc", text), (b"cprt", b"text\0\0\0\0CC0\0"), (b"wtpt", xyz(d50))]
    blocks += [(b"rXYZ", xyz(adapted[:, 0])), (b"gXYZ", xyz(adapted[:, 1])), (b"bXYZ", xyz(adapted[:, 2]))]
    blocks += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, body, start = b"", b"", 128 + 4 + 12 * len(blocks)
    for name, block in blocks:
        table += name + struct.pack(">II", start + len(body), len(block))
        body += block + b"\0" * (-len(block) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += b"".join(struct.pack(">i", round(value * 65536)) for value in d50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(blocks)) + table + body


P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))


DISPLAY_P3 = profile(P3, 2.2)


def chained(elements: int) -> bytes:
    """A profile that chains the same element again and again: a curve of two pieces for each channel."""
    piece = b"parf" + bytes(4) + struct.pack(">HH4f", 0, 0, 1, 1, 0, 0)
    curve = b"curf" + bytes(4) + struct.pack(">HHf", 2, 0, 0.5) + piece * 2
    element = b"cvst" + bytes(4) + struct.pack(">HH", 3, 3) + struct.pack(">II", 36, len(curve)) * 3 + curve
    head = b"mpet" + bytes(4) + struct.pack(">HHI", 3, 3, elements)
    place = struct.pack(">II", len(head) + 8 * elements, len(element))
    tag = head + place * elements + element
    start = 128 + 4 + 12
    size = start + len(tag)
    whole = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x04300000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    return whole.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"D2B1", start, len(tag)) + tag
