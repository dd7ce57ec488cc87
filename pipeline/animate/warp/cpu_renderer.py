"""The CPU renderer: the warp's formulas with OpenCV's remap, only where something moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.active_region import bounding_window, find_active_region
from pipeline.animate.warp.eyes.area import changed_box, eye_moves, eye_window
from pipeline.animate.warp.eyes.draw import draw_eye, lid_way
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.fine_texture import FineTexture
from pipeline.animate.warp.formula import EDGE, EYE_MATTE, LEAST_JAW, STILL
from pipeline.animate.warp.frame_fields import Box, FieldReader, FrameFields
from pipeline.animate.warp.motion_cells import CellMotion, MotionCells
from pipeline.animate.warp.mouth import draw_mouth
from pipeline.animate.warp.silhouette import WALL, Silhouette
from pipeline.animate.warp.tiles import LIT, MOVES, SETTLING, UNCOVERED, Run, Tiles
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import any_in_cells, channel_max, remap, single, smoothstep
from pipeline.motion.channels import CurveValues

# pixels: what has moved by less shows the photo to 0.01 of its detail, and is left as it is
_STILL: Final = float(smoothstep(0.02, 0.0, STILL))
_UNLIT: Final = 1e-3  # of the light: a change that rounding hides
_BESIDES: Final = 2  # cells: so far around a cell's source lies what the cell can show


class OpenCvRenderer:
    """Renders frames of one face's region. Thread safe: it holds nothing of a frame."""

    batch_size = 1
    """Frames that it likes to draw at once."""

    def __init__(self, maps: WarpMaps) -> None:
        self._maps = maps
        layers = Silhouette(maps.pixels, maps.background, maps.alpha)
        self._wall, self._drawn_share = layers.wall, _share_of_drawing(layers.uncovered)
        self._still = np.dstack([layers.person, 255 - layers.uncovered])
        self._cells = MotionCells(maps, find_active_region(maps))
        self._tiles = Tiles(maps.grid, maps.region.size)
        near = cv2.dilate((layers.seen > WALL).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        self._texture = FineTexture.build(maps.texture, layers, near)
        self._fields = FieldReader(maps.grid, self._cells, self._texture)
        self._shown, self._refilled = self._summarise(layers)
        self._eyes = self._cells.take(self._find_eyes())

    def render(self, curve_values: CurveValues) -> Pixels:
        """One frame of the region, uint8 (H, W, 3), at one value of each channel."""
        frame = self._maps.pixels.copy()
        self.draw(curve_values, frame)
        return frame

    def draw_batch(self, curve_values: Sequence[CurveValues], out: Sequence[Pixels]) -> None:
        """Draw the changes of each frame into its copy of the photo's region, see `draw`."""
        for values, frame in zip(curve_values, out, strict=True):
            self.draw(values, frame)

    def render_batch(self, curve_values: Sequence[CurveValues]) -> list[Pixels]:
        """Frames as of `render`, in order."""
        return [self.render(values) for values in curve_values]

    def draw(self, curve_values: CurveValues, out: Pixels) -> None:
        """Draw the changes of one frame into `out`, the photo's region, uint8 (H, W, 3)."""
        if not any(curve_values.values()):
            return
        motion = self._cells.move(curve_values)
        eyes = remap(self._eyes, motion.place)
        motion = replace(motion, share=np.maximum(motion.share, eyes))
        fields = self._fields.read(motion)
        back = self._cells.spread(motion.back)
        tiles = self._tiles.collect(self._mark_cells(motion, eyes > 0.0))
        if curve_values["jaw"] > LEAST_JAW:
            mouth = self._maps.mouth
            self._tiles.mark(tiles, self._follow_box(mouth.box, mouth.centre, back), MOVES)
        for run in self._tiles.runs(tiles):
            self._sample(fields, run, out)
        self._draw_eyes(fields, back, self._cells.spread(eyes > 0.0), curve_values, out)
        if curve_values["jaw"] > LEAST_JAW:
            self._draw_mouth(fields, back, curve_values["jaw"], out)

    def _summarise(self, layers: Silhouette) -> tuple[Pixels, Mask]:
        """Summaries of the chosen cells.

        Returns:
            uint8 (r, c, 2), 1 where the person is seen in a cell or beside it, and 1 where the wall is; and bool
            (r, c), where the wall is not the photo.
        """
        grid = self._maps.grid
        around = np.ones((2 * _BESIDES + 1, 2 * _BESIDES + 1), np.uint8)
        refilled = channel_max(cv2.absdiff(layers.wall, self._maps.pixels)) > 0
        seen = (any_in_cells(one, grid.size, grid.step) for one in (layers.seen > WALL, layers.uncovered > 0))
        person, wall = (cv2.dilate(one.view(np.uint8), around) for one in seen)
        shown = np.dstack([person, wall]).astype(np.uint8)
        return self._cells.take(shown), self._cells.take(any_in_cells(refilled, grid.size, grid.step))

    def _find_eyes(self) -> Float:
        """The share by which each cell belongs to an eye, float32 (h, w), 0..1."""
        grid = self._maps.grid
        share = np.zeros(grid.size, np.float32)
        for eye in self._maps.eyes:
            if eye is not None:
                np.maximum(share, eye_window(eye, grid.x, grid.y), out=share)
        height, width = self._maps.region.size
        y, x = (np.clip(np.rint(at).astype(int), 0, end - 1) for at, end in ((grid.y, height), (grid.x, width)))
        return share * single(smoothstep(self._maps.alpha[y, x], *EYE_MATTE))

    def _mark_cells(self, motion: CellMotion, eyes: Mask) -> Pixels:
        """The marks of each cell together, uint8 (h, w); `eyes` (r, c): the cells that show an eye."""
        shown = remap(self._shown, motion.place, cv2.INTER_NEAREST)
        person, wall = shown[..., 0] > 0, shown[..., 1]
        lit = (np.abs(motion.gain) > _UNLIT) & person
        moves = (motion.share > _STILL) & (person | self._refilled) | lit | eyes
        settling = motion.share < 1.0
        marks = wall * np.uint8(UNCOVERED)
        for mark, where in ((MOVES, moves), (SETTLING, settling), (LIT, lit)):
            marks |= where.view(np.uint8) * np.uint8(mark)
        return self._cells.spread(marks)

    def _sample(self, fields: FrameFields, run: Run, out: Pixels) -> None:
        """Draw the tiles of a run without eyes and mouth."""
        rows = run.area[0]
        sampled = remap(self._texture.image, fields.place(run.area), self._texture.mode)
        for columns in run.parts(SETTLING):
            area = rows, _shift(columns, run.left)
            share, settling = fields.share(area), sampled[:, columns]
            cv2.blendLinear(settling, self._still[area], share, 1.0 - share, dst=settling)
        person = cv2.cvtColor(sampled, cv2.COLOR_RGBA2RGB, dst=out[run.area])
        for columns in run.parts(LIT):
            gain, lit = fields.light((rows, _shift(columns, run.left))), person[:, columns]
            cv2.multiply(lit, cv2.cvtColor(gain, cv2.COLOR_GRAY2RGB), dst=lit, dtype=cv2.CV_8U)
        for columns in run.parts(UNCOVERED):
            area, part = (rows, _shift(columns, run.left)), person[:, columns]
            cv2.add(part, self._shine_through(sampled[:, columns], area), dst=part)
            # two layers, each rounded, are not the photo bit by bit
            if run.has(SETTLING, columns) and not run.has(LIT, columns):
                cv2.copyTo(self._maps.pixels[area], (fields.share(area) <= _STILL).astype(np.uint8), part)

    def _shine_through(self, sampled: Pixels, area: Box) -> Pixels:
        """The wall in the shares that a sampled layer (h, w, 4) leaves uncovered, uint8 (h, w, 3)."""
        uncovered = cv2.bitwise_not(cv2.extractChannel(sampled, 3))
        shares = cv2.cvtColor(uncovered, cv2.COLOR_GRAY2RGB)
        # whole numbers and a rounded one: no product of bytes lies half-way between two of 255
        return np.asarray(cv2.multiply(shares, self._wall[area], dst=shares, scale=1.0 / 255.0), np.uint8)

    def _lids(self, curve_values: CurveValues) -> list[tuple[EyeMaps, float]]:
        """The eyes that are there, each with how far it is shut, 0..1."""
        blinks = (curve_values["blink_r"], curve_values["blink_l"])
        pairs = zip(self._maps.eyes, blinks, strict=True)
        return [(eye, lid_way(blink) * eye.blink) for eye, blink in pairs if eye is not None]

    def _draw_eyes(self, fields: FrameFields, back: Float, shown: Mask, curve_values: CurveValues, out: Pixels) -> None:
        """Draw both eyes where their boxes have moved to; `shown` (h, w): the cells that show an eye."""
        for eye, way in self._lids(curve_values):
            if not eye_moves(eye, way, curve_values):
                continue
            area = self._narrow(self._follow_box(changed_box(eye, way, curve_values), eye.contour.centre, back), shown)
            if _is_empty(area):
                continue
            source = self._texture.to_photo(fields.place(area))
            drawn, window = draw_eye(self._texture, eye, way, curve_values, source)
            self._lay(out[area], _lighten(drawn, fields.light(area)), window, source)

    def _draw_mouth(self, fields: FrameFields, back: Float, jaw: float, out: Pixels) -> None:
        """Draw parted lips where the mouth's box has moved to."""
        mouth = self._maps.mouth
        area = self._follow_box(mouth.box, mouth.centre, back)
        if _is_empty(area):
            return
        source = self._texture.to_photo(fields.place(area))
        drawn, share = draw_mouth(self._texture, mouth, jaw, source)
        self._lay(out[area], _lighten(drawn, fields.light(area)), share, source)

    def _lay(self, under: Pixels, drawn: Float, share: Float, source: Float) -> None:
        """Lay a patch (h, w, 3) over a part of the frame by its share (h, w), but not over the rim of the person."""
        shares = cv2.cvtColor(cv2.multiply(share, remap(self._drawn_share, source)), cv2.COLOR_GRAY2RGB)
        change = cv2.multiply(cv2.subtract(drawn, under, dtype=cv2.CV_32F), shares)
        cv2.add(under, change, dst=under, dtype=cv2.CV_8U)

    def _follow_box(self, box: tuple[int, int, int, int], centre: Double, back: Float) -> Box:
        """Rows and columns of the region to which a box (left, top, right, bottom) has moved, and may have turned."""
        last_y, last_x = back.shape[0] - 1, back.shape[1] - 1

        def shift(x: float, y: float) -> tuple[float, float]:
            column, row = (int((at + 0.5) / self._maps.grid.step) for at in (x, y))
            by_x, by_y = back[min(max(0, row), last_y), min(max(0, column), last_x)].tolist()
            return by_x, by_y

        corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        middle = shift(*centre.tolist())
        places = [(x + by_x, y + by_y) for x, y in corners for by_x, by_y in (middle, shift(x, y))]
        height, width = self._maps.region.size
        columns, rows = zip(*places, strict=True)
        return _span(rows, height), _span(columns, width)

    def _narrow(self, area: Box, shown: Mask) -> Box:
        """The part of an area that the cells (h, w) beside which something is shown lie in."""
        step = self._maps.grid.step
        cells = tuple(slice(part.start // step, -(-part.stop // step)) for part in area)
        if not shown[cells].any():
            return slice(0, 0), slice(0, 0)
        around = zip(area, cells, bounding_window(shown[cells], 1), strict=True)
        rows, columns = (
            slice(max(part.start, (cell.start + found.start) * step), min(part.stop, (cell.start + found.stop) * step))
            for part, cell, found in around
        )
        return rows, columns


def _share_of_drawing(uncovered: Pixels) -> Float:
    """By how much eyes and lips are drawn at each pixel, (H, W), 0..1: not where the wall shows, see `Silhouette`."""
    levels = np.arange(256, dtype=np.float32) / np.float32(255.0)
    table = smoothstep(1.0 - levels, *EYE_MATTE) * np.maximum(1.0 - EDGE * levels, 0.0)
    return single(cv2.LUT(uncovered, single(table)))


def _lighten(drawn: Float, light: Float) -> Float:
    """A picture (h, w, 3) in its light (h, w)."""
    return single(cv2.multiply(drawn, cv2.cvtColor(light, cv2.COLOR_GRAY2RGB)))


def _is_empty(area: Box) -> bool:
    return any(part.start >= part.stop for part in area)


def _shift(part: slice, start: int) -> slice:
    """The slice, counted from `start`."""
    return slice(part.start + start, part.stop + start)


def _span(places: Sequence[float], end: int) -> slice:
    """The stretch of some places, with two pixels on each side, within 0 … end."""
    return slice(min(max(0, floor(min(places)) - 2), end), min(max(0, ceil(max(places)) + 2), end))
