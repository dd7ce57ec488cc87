"""The photo as the CPU's renderer samples it: four or eight times as fine, so that linear sampling does for cubic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np

from pipeline.animate.warp.formula import EDGE
from pipeline.animate.warp.silhouette import Silhouette
from pipeline.animate.warp.texture import TEXTURE_SCALE
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import gaussian, remap, single

_FINEST: Final = 6_000_000  # pixels of a region: of larger ones the texture itself is sampled, for the memory
_SMALL: Final = 250_000  # pixels of a region: in smaller ones eyes are so small that one more doubling shows
_SHARPENING: Final = 0.24  # over the square of the refinement: what linear sampling loses, mean of all phases
_BLOCK: Final = 64  # photo pixels: the fine texture is filled in blocks, where the person is
_MARGIN: Final = 4  # pixels of the texture around a block, from which its edge is interpolated


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
        for top in range(0, rows, step):
            for left in range(0, columns, step):
                y, x = top // TEXTURE_SCALE, left // TEXTURE_SCALE
                if used[y : y + _BLOCK, x : x + _BLOCK].any():
                    _fill_block(image, texture, layers, (top, left), finer)
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


def _fill_block(image: Pixels, texture: Pixels, layers: Silhouette, corner: tuple[int, int], finer: int) -> None:
    """Fill in one block, whose corner (top, left) is on the texture."""
    (top, left), size = corner, _BLOCK * TEXTURE_SCALE
    above, before = min(_MARGIN, top), min(_MARGIN, left)
    part = texture[top - above : top + size + _MARGIN, left - before : left + size + _MARGIN]
    rows, columns = part.shape[:2]
    whole = (finer * columns, finer * rows)
    if finer > 1:
        amount = _SHARPENING / finer**2
        part = np.asarray(cv2.addWeighted(part, 1.0 + amount, gaussian(part, 1.0), -amount, 0.0), np.uint8)
        part = np.asarray(cv2.resize(part, whole, interpolation=cv2.INTER_CUBIC), np.uint8)
    y, x = (top - above) // TEXTURE_SCALE, (left - before) // TEXTURE_SCALE
    photo = slice(y, y + rows // TEXTURE_SCALE), slice(x, x + columns // TEXTURE_SCALE)
    uncovered = layers.uncovered[photo]
    if uncovered.any():
        uncovered = np.asarray(cv2.resize(uncovered, whole, interpolation=cv2.INTER_CUBIC), np.uint8)
        person = cv2.resize(layers.person[photo], whole, interpolation=cv2.INTER_CUBIC)
        edge = np.minimum(uncovered * np.float32(EDGE / 255.0), np.float32(1.0))
        part = np.asarray(cv2.blendLinear(person, part, edge, 1.0 - edge), np.uint8)
        block = cv2.merge([*cv2.split(part), cv2.bitwise_not(cv2.multiply(uncovered, edge, dtype=cv2.CV_8U))])
    else:
        block = cv2.cvtColor(part, cv2.COLOR_RGB2RGBA)
    target = image[finer * top : finer * (top + size), finer * left : finer * (left + size)]
    target[:] = block[finer * above :, finer * before :][: target.shape[0], : target.shape[1]]
