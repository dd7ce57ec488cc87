"""The widths of the nets: the official ones, and a tiny set for tests. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KEYPOINTS: Final = 21
BINS: Final = 66  # of an angle, 3 degrees each


@dataclass(frozen=True, slots=True)
class Sizes:
    """Widths of all nets. The feature volume is `channels` × `depth` × side/4 × side/4."""

    side: int
    """Pixels a side of the picture that F and M read; a frame is twice as large."""
    channels: int
    """Channels of the feature volume."""
    depth: int
    """Cells of the feature volume inward."""
    base: int
    """Channels of F at full resolution; two halvings double them twice."""
    residuals: int
    """Residual blocks of F in three dimensions."""
    stages: tuple[int, int, int, int]
    """Blocks of each stage of M."""
    widths: tuple[int, int, int, int]
    """Channels of each stage of M."""
    compressed: int
    """Channels of the volume that the dense motion looks at."""
    hourglass_base: int
    """Channels of the hourglass at full resolution."""
    hourglass_most: int
    """The most channels that the hourglass has at a lower one."""
    hourglass_blocks: int
    """Halvings in the hourglass."""
    spade_hidden: int
    """Channels between the features and SPADE's gain and offset."""
    last: int
    """Channels of G before the picture."""
    stitch_hidden: tuple[int, ...]
    """Widths of the hidden layers of the stitching net."""
    eyes_hidden: tuple[int, ...]
    """Widths of the hidden layers of the eyes' net."""
    lips_hidden: tuple[int, ...]
    """Widths of the hidden layers of the lips' net."""

    def __post_init__(self) -> None:
        if self.side % (4 << self.hourglass_blocks):
            raise ValueError(f"side {self.side} can't be halved {self.hourglass_blocks + 2} times")

    @property
    def grid(self) -> int:
        """Width and height of the feature volume."""
        return self.side // 4

    @property
    def flat(self) -> int:
        """Channels of the volume with its depth folded into them."""
        return self.channels * self.depth

    @property
    def decoded(self) -> int:
        """Channels between W and G."""
        return self.base * 4


OFFICIAL: Final = Sizes(
    side=256,
    channels=32,
    depth=16,
    base=64,
    residuals=6,
    stages=(3, 3, 9, 3),
    widths=(96, 192, 384, 768),
    compressed=4,
    hourglass_base=32,
    hourglass_most=1024,
    hourglass_blocks=5,
    spade_hidden=128,
    last=64,
    stitch_hidden=(128, 128, 64),
    eyes_hidden=(256, 256, 128, 128, 64),
    lips_hidden=(128, 128, 64),
)

TINY: Final = Sizes(
    side=64,
    channels=6,
    depth=4,
    base=8,
    residuals=2,
    stages=(1, 1, 2, 1),
    widths=(8, 12, 16, 24),
    compressed=2,
    hourglass_base=4,
    hourglass_most=12,
    hourglass_blocks=3,
    spade_hidden=8,
    last=8,
    stitch_hidden=(16, 16, 8),
    eyes_hidden=(24, 24, 16, 16, 8),
    lips_hidden=(16, 16, 8),
)
