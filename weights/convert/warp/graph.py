"""The whole graph: N frames of a face's window from curve values and the maps of one photo."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from pipeline.animate.warp.formula import EDGE, EYE_MATTE, EYE_VALUES, HEAD_VALUES, MOUTH_VALUES, STILL
from weights.convert.warp.displacement import backward_field, forward_field, light_gain
from weights.convert.warp.eyes import Eyes, draw_eyes
from weights.convert.warp.mouth import Mouth, draw_mouth
from weights.convert.warp.sampling import look_up, smoothstep, to_grid, to_texture

_BOX_LEFT: Final = EYE_VALUES.index("box_left")
_MOUTH_LEFT: Final = MOUTH_VALUES.index("box_left")


class WarpGraph(torch.nn.Module):
    """Holds no weights: every map of a photo is an input, so that one file serves every photo of any size.

    Frames are folded into the grid's height, so that the photo itself is never repeated.
    """

    def forward(
        self, cur: Tensor, texture: Tensor, layers: Tensor, still: Tensor, background: Tensor, corner: Tensor,
        local: Tensor, allowed: Tensor, expressions: Tensor, shade: Tensor, head: Tensor, eyes: Tensor,
        eye_cell: Tensor, eye_table: Tensor, eye_images: Tensor, mouth: Tensor, mouth_cell: Tensor,
        mouth_line: Tensor, mouth_share: Tensor,
    ) -> Tensor:  # fmt: skip
        """Draw the frames, uint8 (N, A, B, 3); see `interface.AXES` for the inputs."""
        step, scale = head[HEAD_VALUES.index("step")], head[HEAD_VALUES.index("texture_scale")]
        back, sources = backward_field(forward_field(cur, local, allowed, expressions, head), step)
        source, gain, moving = _upsample(back, light_gain(cur, shade, sources), background, corner, step)
        # whole levels before the light, as OpenCV samples: rounded at another place both would differ by a level
        sampled = torch.floor(_sample(texture, to_texture(source, scale)).clamp(0.0, 255.0) + 0.5)
        person = still + (sampled - still) * moving
        origin = _patch_origin(back, step, eyes[:, _BOX_LEFT : _BOX_LEFT + 2], eye_cell) - corner
        index = _patch_pixels(origin, eye_images, background, cur.shape[0])
        both = Eyes(eyes, eye_table, eye_images, texture, scale)
        person = _draw_into(person.reshape(-1, 3), both, layers, cur, source.reshape(-1, 2), index)
        origin = _patch_origin(back, step, mouth[_MOUTH_LEFT : _MOUTH_LEFT + 2].unsqueeze(0), mouth_cell) - corner
        index = _patch_pixels(origin, mouth_share, background, cur.shape[0])
        lips = Mouth(mouth, mouth_line, mouth_share, texture, scale)
        person = _draw_lips_into(person, lips, cur, source.reshape(-1, 2), index)
        person = (person.reshape(-1, background.shape[0], background.shape[1], 3) * gain).clamp(0.0, 255.0)
        found = _sample(layers, source)
        uncovered = found[..., 3:4].clamp(0.0, 1.0)
        mixed = found[..., 0:3] * gain + uncovered * background
        person = person + (mixed - person) * (uncovered * EDGE).clamp(max=1.0)
        return (person + 0.5).clamp(0.0, 255.0).to(torch.uint8)


def _sample(image: Tensor, source: Tensor) -> Tensor:
    """Sample image (1, C, H, W) at source (N, A, B, 2), cubic → (N, A, B, C)."""
    frames, rows, columns = source.shape[:3]
    grid = to_grid(image, source[..., 0], source[..., 1]).reshape(1, -1, columns, 2)
    found = look_up(image, grid, "bicubic")
    return found.reshape(image.shape[1], frames, rows, columns).permute(1, 2, 3, 0)


def _upsample(back: Tensor, gain: Tensor, background: Tensor, corner: Tensor, step: Tensor) -> tuple[Tensor, ...]:
    """Grid → window, for each pixel.

    Returns:
        Its place on the photo (N, A, B, 2) in region pixels, its gain of light (N, A, B, 1), 1 = same, and how far it
        has left the photo (N, A, B, 1), 0..1.
    """
    rows, columns = background.shape[0], background.shape[1]
    x = torch.arange(columns).to(back.dtype) + corner[0]
    y = (torch.arange(rows).to(back.dtype) + corner[1]).unsqueeze(-1)
    cell_x = ((x + 0.5) / step - 0.5).unsqueeze(0) + torch.zeros_like(y)
    cell_y = (y + 0.5) / step - 0.5 + torch.zeros_like(x)
    shift = back * step
    moving = smoothstep(torch.sqrt(shift[:, 0:1] * shift[:, 0:1] + shift[:, 1:2] * shift[:, 1:2]), 0.0, STILL)
    fields = torch.cat([shift, gain, moving], 1)
    folded = fields.reshape(1, -1, back.shape[-2], back.shape[-1])
    full = look_up(folded, to_grid(folded, cell_x, cell_y).unsqueeze(0)).reshape(-1, 4, rows, columns)
    place = torch.stack([x - full[:, 0], y - full[:, 1]], -1)
    return place, full[:, 2].unsqueeze(-1) + 1.0, full[:, 3].unsqueeze(-1)


def _patch_origin(back: Tensor, step: Tensor, corners: Tensor, cells: Tensor) -> Tensor:
    """Left and top of the patches to which K boxes have moved: (K, N, 2), whole region pixels.

    corners: left and top of the boxes on the photo, (K, 2); cells: the grid cells of their centres, (K,).
    """
    shift = (back * step).reshape(back.shape[0], 2, -1).index_select(2, cells).permute(2, 0, 1)
    return torch.floor(corners.unsqueeze(1) + shift) - 2.0


def _patch_pixels(origin: Tensor, box_images: Tensor, background: Tensor, frames: int) -> Tensor:
    """Numbers of K patches' pixels among the N·A·B of the window: int64 (K, N, a, b).

    What lies outside the window is drawn in toward its edge: the same pixel several times, with the same value.
    """
    rows, columns = background.shape[0], background.shape[1]
    # the box has moved by a fraction: one pixel more, and two on each side for its bending
    x = torch.arange(box_images.shape[-1] + 5).to(origin.dtype) + origin[:, :, 0:1]
    y = torch.arange(box_images.shape[-2] + 5).to(origin.dtype) + origin[:, :, 1:2]
    x = torch.minimum(x.clamp(min=0.0), torch.ones_like(x) * (columns - 1)).to(torch.int64)
    y = torch.minimum(y.clamp(min=0.0), torch.ones_like(y) * (rows - 1)).to(torch.int64)
    first = (torch.arange(frames) * rows).reshape(1, -1, 1)
    return ((first + y) * columns).unsqueeze(-1) + x.unsqueeze(-2)


def _draw_into(person: Tensor, eyes: Eyes, layers: Tensor, cur: Tensor, source: Tensor, index: Tensor) -> Tensor:
    """Draw both eyes into person (N·A·B, 3), 0..255; source (N·A·B, 2)."""
    place = source.index_select(0, index.reshape(-1)).reshape(*index.shape, 2)
    x, y = place[..., 0], place[..., 1]
    drawn, window = draw_eyes(eyes, cur, x, y)
    uncovered = look_up(layers[:, 3:4], to_grid(layers, x, y).reshape(1, -1, x.shape[-1], 2)).reshape(x.shape)
    share = (window * smoothstep(1.0 - uncovered, *EYE_MATTE)).unsqueeze(-1).reshape(2, -1, 1)
    drawn, flat = drawn.reshape(2, -1, 3), index.reshape(2, -1)
    for eye in range(2):
        patch = person.index_select(0, flat[eye])
        patch = patch + (drawn[eye] - patch) * share[eye]
        person = person.index_put((flat[eye],), patch)
    return person


def _draw_lips_into(person: Tensor, mouth: Mouth, cur: Tensor, source: Tensor, index: Tensor) -> Tensor:
    """Draw parted lips into person (N·A·B, 3), 0..255; source (N·A·B, 2), index (1, N, a, b)."""
    flat = index.reshape(-1)
    place = source.index_select(0, flat).reshape(*index.shape[1:], 2)
    drawn, share = draw_mouth(mouth, cur, place[..., 0], place[..., 1])
    patch = person.index_select(0, flat)
    patch = patch + (drawn.reshape(-1, 3) - patch) * share.reshape(-1, 1)
    return person.index_put((flat,), patch)
