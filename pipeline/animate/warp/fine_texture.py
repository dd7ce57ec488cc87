"""The photo as the CPU's renderer samples it: four or eight times as fine, so that linear sampling does for cubic."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final, Self

import cv2
import numpy as np

from pipeline.animate.warp.formula import EDGE
from pipeline.animate.warp.silhouette import Silhouette
from pipeline.animate.warp.texture import TEXTURE_SCALE
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import any_in_cells, gaussian, remap, single

_FINEST: Final = 6_000_000  # pixels of a region: of larger ones the texture itself is sampled, for the memory
_SMALL: Final = 250_000  # pixels of a region: in smaller ones eyes are so small that one more doubling shows
_SHARPENING: Final = 0.24  # over the square of the refinement: what linear sampling loses, mean of all phases
_BLOCK: Final = 64  # photo pixels: the fine texture is filled in blocks, where the person is
_MARGIN: Final = 4  # pixels of the texture around a block, from which its edge is interpolated
# By how much of a pixel is uncovered, of 255: the share of the silhouette's layer in it, and how much it covers.
_LEVELS: Final = np.arange(256, dtype=np.float32)
_EDGES: Final = np.minimum(_LEVELS * np.float32(EDGE / 255.0), np.float32(1.0))
_COVERED: Final = (255.0 - np.rint(_LEVELS * _EDGES)).astype(np.uint8)


@dataclass(frozen=True)
class FineTexture:
    """The person's layer of a texture with a fourth channel, and how both are sampled.

    Linear sampling at four pixels a photo pixel differs by 53 to 57 dB from cubic sampling at two on sharp portraits
    (at three by 48 to 55), and takes an eighth of its time.
    """

    image: Pixels
    """uint8 (S·H, S·W, 4): the person, and how much of the wall it covers; 0 where nothing is going to be sampled.

    Where no wall shows the person is the texture; from `EDGE` on it is the silhouette's layer."""
    scale: int
    """S, pixels of it a photo pixel."""
    mode: int
    """OpenCV's interpolation."""

    @classmethod
    def build(cls, texture: Pixels, layers: Silhouette, used: Mask) -> Self:
        """Refine a texture where it is going to be sampled; elsewhere it takes no memory.

        Args:
            texture: uint8 (2H, 2W, 3), see `build_texture`.
            layers: The layers of the region, (H, W).
            used: bool (H, W), the pixels that are going to be sampled.
        """
        finer = 1 if used.size > _FINEST else 2 if used.size > _SMALL else 4
        rows, columns = texture.shape[:2]
        image = np.zeros((finer * rows, finer * columns, 4), np.uint8)
        step = _BLOCK * TEXTURE_SCALE
        blocks = -(-used.shape[0] // _BLOCK), -(-used.shape[1] // _BLOCK)
        around = np.ones((2 * _MARGIN // TEXTURE_SCALE + 1,) * 2, np.uint8)
        shows_wall = any_in_cells(cv2.dilate(layers.uncovered, around), blocks, _BLOCK)
        kinds = np.where(any_in_cells(used, blocks, _BLOCK), np.where(shows_wall, 2, 1), 0)
        for number, row in enumerate(kinds.tolist()):
            for kind, stretch in groupby(range(blocks[1]), row.__getitem__):
                if kind:
                    found = list(stretch)
                    area = slice(number * step, (number + 1) * step), slice(found[0] * step, (found[-1] + 1) * step)
                    _fill(image, texture, layers, area, finer, shows_wall=kind == 2)
        return cls(image, TEXTURE_SCALE * finer, cv2.INTER_LINEAR if finer > 1 else cv2.INTER_CUBIC)

    def sample(self, source: Float) -> Pixels:
        """The person at photo positions `source` (h, w, 2), uint8 (h, w, 3)."""
        return np.asarray(cv2.cvtColor(remap(self.image, self.to_place(source), self.mode), cv2.COLOR_RGBA2RGB))

    def to_place(self, source: Float) -> Float:
        """Photo positions (…, 2) → positions on the image."""
        return single(source * np.float32(self.scale) + np.float32(0.5 * (self.scale - 1)))

    def to_photo(self, place: Float) -> Float:
        """Positions on the image (…, 2) → photo positions."""
        return single((place - np.float32(0.5 * (self.scale - 1))) * np.float32(1.0 / self.scale))


def _fill(
    image: Pixels, texture: Pixels, layers: Silhouette, area: tuple[slice, slice], finer: int, *, shows_wall: bool
) -> None:
    """Fill in an area, rows and columns of the texture, which may reach beyond it."""
    with_margin = tuple(slice(max(0, part.start - _MARGIN), part.stop + _MARGIN) for part in area)
    part = texture[with_margin]
    whole = (finer * part.shape[1], finer * part.shape[0])
    if finer > 1:
        amount = _SHARPENING / finer**2
        part = np.asarray(cv2.addWeighted(part, 1.0 + amount, gaussian(part, 1.0), -amount, 0.0), np.uint8)
        part = np.asarray(cv2.resize(part, whole, interpolation=cv2.INTER_CUBIC), np.uint8)
    target = image[tuple(slice(finer * one.start, finer * one.stop) for one in area)]
    top, left = (finer * (one.start - around.start) for one, around in zip(area, with_margin, strict=True))
    inner = slice(top, top + target.shape[0]), slice(left, left + target.shape[1])
    if shows_wall:
        photo = tuple(slice(one.start // TEXTURE_SCALE, one.stop // TEXTURE_SCALE) for one in with_margin)
        uncovered = cv2.resize(layers.uncovered[photo], whole, interpolation=cv2.INTER_CUBIC)[inner]
        person = cv2.resize(layers.person[photo], whole, interpolation=cv2.INTER_CUBIC)[inner]
        shares = (cv2.LUT(uncovered, table) for table in (_EDGES, 1.0 - _EDGES))
        cv2.cvtColor(cv2.blendLinear(person, part[inner], *shares), cv2.COLOR_RGB2RGBA, dst=target)
        cv2.insertChannel(cv2.LUT(uncovered, _COVERED), target, 3)
    else:
        cv2.cvtColor(part[inner], cv2.COLOR_RGB2RGBA, dst=target)
