"""The inputs and outputs of each exported file. Free of torch, so that tests can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from weights.convert.liveportrait.sizes import KEYPOINTS, Sizes
from weights.liveportrait.pack import Form, Net

OPSETS: Final[Mapping[Form, int]] = {"5d": 20, "4d": 16}
"""GridSample knows volumes from opset 20 on; the 4-D form asks for the oldest that has GridSample at all."""

Shape = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs and outputs of a net, float32 but for `frames`, which are uint8."""

    inputs: Mapping[str, Shape]
    """Name → shape, in order; an axis with a name is free."""
    outputs: Mapping[str, Shape]
    """The same of the outputs."""


def signatures(sizes: Sizes) -> dict[Net, Signature]:
    """Net → its signature; docs/liveportrait.md says what the values mean."""
    picture: Shape = ("N", 3, sizes.side, sizes.side)
    points: Shape = ("N", KEYPOINTS, 3)
    source: Shape = ("S", KEYPOINTS, 3)  # S is 1 or N
    volume: Shape = (sizes.channels, sizes.depth, sizes.grid, sizes.grid)
    large = 2 * sizes.side
    pose: dict[str, Shape] = {"pose": ("N", 3), "translation": ("N", 3), "expression": points}
    return {
        "appearance": Signature({"picture": picture}, {"feature": ("N", *volume)}),
        "motion": Signature({"picture": picture}, {**pose, "scale": ("N", 1), "keypoints": points}),
        "stitch": Signature({"kp_source": source, "kp_driving": points}, {"kp_stitched": points}),
        "eyes": Signature({"kp_source": source, "ratios": ("N", 3)}, {"delta": points}),
        "lips": Signature({"kp_source": source, "ratios": ("N", 2)}, {"delta": points}),
        "frame": Signature(
            {"feature": (1, *volume), "kp_source": (1, KEYPOINTS, 3), "kp_driving": points},
            {"image": ("N", 3, large, large), "frames": ("N", large, large, 3), "mean": ("N",)},
        ),
    }
