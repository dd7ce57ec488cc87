"""The CPU renderer: the warp's formulas with OpenCV's remap, only where something moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import local
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.active_region import find_active_region
from pipeline.animate.warp.eyes.area import eye_moves, eye_window
from pipeline.animate.warp.eyes.draw import draw_eye, lid_way
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.fine_texture import FineTexture
from pipeline.animate.warp.formula import EYE_MATTE, LEAST_JAW
from pipeline.animate.warp.motion_cells import CellMotion, MotionCells
from pipeline.animate.warp.mouth import draw_mouth
from pipeline.animate.warp.silhouette import PERSON, WALL, Rim, Silhouette
from pipeline.animate.warp.tiles import LIT, MOVES, SETTLING, UNCOVERED, Run, Tiles
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import remap, single, smoothstep
from pipeline.motion.channels import CurveValues

_STILL: Final = 0.02  # pixels: what has moved by less shows the photo to 0.01 of its detail, and is left as it is
_UNLIT: Final = 1e-3  # of the light: a change that rounding hides
_BESIDES: Final = 2  # cells: so far around a cell's source lies what the cell can show

Box = tuple[slice, slice]
"""Rows and columns."""


class _Frame:
    """One frame as it is drawn: its motion on the grid, and its pixels where something changes.

    Args:
        motion: The motion on the chosen cells.
        cells: The cells.
        texture: The texture that is sampled.
        step: Pixels a cell.
        canvas: uint8 (H, W, 4), where it is drawn.
    """

    def __init__(self, motion: CellMotion, cells: MotionCells, texture: FineTexture, step: int, canvas: Pixels) -> None:
        self.canvas, self.rim, self.back = canvas, Rim(), cells.spread(motion.back)
        self._step = step
        rows, columns = cells.size
        y, x = np.mgrid[-1 : rows + 1, -1 : columns + 1].astype(np.float32)
        centres = (np.stack([x, y], -1) + np.float32(0.5)) * np.float32(step) - np.float32(0.5)
        self._place = texture.to_place(centres - _surround(self.back))
        self._share = _surround(cells.spread(motion.share))
        self._light = _surround(cells.spread(motion.gain) + np.float32(1.0))

    def place(self, area: Box) -> Float:
        """Positions on the texture of an area's pixels, (h, w, 2)."""
        return self._upsample(self._place, area)

    def share(self, area: Box) -> Float:
        """The share by which an area's pixels have left the photo, (h, w)."""
        return self._upsample(self._share, area)

    def light(self, area: Box) -> Float:
        """The gain of light of an area's pixels, (h, w), 1 leaves it as it is."""
        return self._upsample(self._light, area)

    def _upsample(self, field: Float, area: Box) -> Float:
        """The surrounded grid (h + 2, w + 2, …) at an area's pixels, linear between the cells' centres."""
        step = self._step
        rows, columns = area
        top, left = rows.start // step, columns.start // step
        part = field[top : -(-rows.stop // step) + 2, left : -(-columns.stop // step) + 2]
        size = (part.shape[1] * step, part.shape[0] * step)
        fine = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.float32)
        y, x = rows.start - (top - 1) * step, columns.start - (left - 1) * step
        return fine[y : y + rows.stop - rows.start, x : x + columns.stop - columns.start]


class OpenCvRenderer:
    """Renders frames of one face's region. Thread safe: each thread draws on a canvas of its own."""

    batch_size = 1
    """Frames that it likes to draw at once."""

    def __init__(self, maps: WarpMaps) -> None:
        self._maps = maps
        self._silhouette = Silhouette(maps.pixels, maps.background, maps.alpha)
        self._cells = MotionCells(maps, find_active_region(maps))
        self._tiles = Tiles(maps.grid, maps.region.size)
        used = (self._silhouette.marks > WALL).astype(np.uint8)
        near = cv2.dilate(used, np.ones((9, 9), np.uint8)) > 0
        self._texture = FineTexture.build(maps.texture, self._silhouette.marks, near)
        self._shown, self._eyes = self._summarise(), self._find_eyes()
        self._threads = local()

    def render(self, curve_values: CurveValues) -> Pixels:
        """One frame of the region, uint8 (H, W, 3), at one value of each channel."""
        frame = self._maps.pixels.copy()
        self.draw(curve_values, frame)
        return frame

    def render_batch(self, curve_values: Sequence[CurveValues]) -> list[Pixels]:
        """Frames as of `render`, in order."""
        return [self.render(values) for values in curve_values]

    def draw(self, curve_values: CurveValues, out: Pixels) -> None:
        """Draw the changes of one frame into `out`, the photo's region, uint8 (H, W, 3)."""
        if not any(curve_values.values()):
            return
        motion = self._cells.move(curve_values)
        eyes = self._cells.look_up(self._eyes, motion.back, cv2.INTER_LINEAR)
        motion = replace(motion, share=np.maximum(motion.share, eyes))
        frame = _Frame(motion, self._cells, self._texture, self._maps.grid.step, self._canvas())
        tiles = self._tiles.collect(self._mark_cells(motion, eyes > 0.0))
        if curve_values["jaw"] > LEAST_JAW:
            mouth = self._maps.mouth
            self._tiles.mark(tiles, self._follow_box(mouth.box, mouth.centre, frame.back), MOVES)
        runs = list(self._tiles.runs(tiles))
        for run in runs:
            self._sample(frame, run)
        self._draw_eyes(frame, curve_values)
        if curve_values["jaw"] > LEAST_JAW:
            self._draw_mouth(frame, curve_values["jaw"])
        self._silhouette.compose(frame.rim, frame.canvas, self._texture.to_photo)
        for run in runs:
            cv2.cvtColor(frame.canvas[run.area], cv2.COLOR_RGBA2RGB, dst=out[run.area])

    def _canvas(self) -> Pixels:
        """The canvas of this thread, uint8 (H, W, 4)."""
        canvas: Pixels | None = getattr(self._threads, "canvas", None)
        if canvas is None:
            canvas = self._threads.canvas = np.empty((*self._maps.region.size, 4), np.uint8)
        return canvas

    def _summarise(self) -> Pixels:
        """Summary of each cell and those beside it, uint8 (h, w, 3).

        The most and the least that a pixel is the person, 0..255, and 1 where the wall is not the photo.
        """
        (rows, columns), step = self._maps.grid.size, self._maps.grid.step
        height, width = self._maps.region.size
        pad = ((0, rows * step - height), (0, columns * step - width))
        around = np.ones((2 * _BESIDES + 1, 2 * _BESIDES + 1), np.uint8)
        marks = np.pad(self._silhouette.marks, pad, mode="edge").reshape(rows, step, columns, step)
        refilled = np.pad(self._silhouette.refilled, pad).reshape(rows, step, columns, step).any((1, 3))
        most, least = cv2.dilate(marks.max((1, 3)), around), cv2.erode(marks.min((1, 3)), around)
        return np.dstack([most, least, refilled.astype(np.uint8)])

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
        """The marks of each cell together, uint8 (h, w); `eyes` (r, 128): the cells that show an eye."""
        source = self._cells.look_up(self._shown, motion.back)
        wall = self._cells.take(self._shown)[..., 2] > 0
        moved = (motion.back**2).sum(-1) > _STILL**2
        person = source[..., 0] > WALL
        lit = (np.abs(motion.gain) > _UNLIT) & person
        marks = (moved & (person | wall)) | lit | eyes
        marks = np.where(marks, np.uint8(MOVES), np.uint8(0))
        marks[source[..., 1] < PERSON] |= UNCOVERED
        marks[motion.share < 1.0] |= SETTLING
        marks[lit] |= LIT
        return self._cells.spread(marks)

    def _sample(self, frame: _Frame, run: Run) -> None:
        """Draw the tiles of a run without eyes and mouth, but for the rim's pixels, which are collected."""
        place = frame.place(run.area)
        part = frame.canvas[run.area]
        remap(self._texture.image, place, self._texture.mode, part)
        for columns in run.parts(SETTLING):
            self._settle(frame, run, columns)
        for columns in run.parts(LIT):
            gain, lit = frame.light((run.area[0], _shift(columns, run.left))), part[:, columns]
            cv2.multiply(lit, cv2.merge([gain, gain, gain, np.ones_like(gain)]), dst=lit, dtype=cv2.CV_8U)
        for columns in run.parts(UNCOVERED):
            area = run.area[0], _shift(columns, run.left)
            source = np.ascontiguousarray(place[:, columns]).view(np.complex64)[..., 0]
            light = frame.light(area) if run.has(LIT, columns) else None
            self._silhouette.collect(frame.rim, part[:, columns], source, light, (run.top, area[1].start))

    def _settle(self, frame: _Frame, run: Run, columns: slice) -> None:
        """Let the photo shine through some columns of a run, where hardly anything moves."""
        area = run.area[0], _shift(columns, run.left)
        part, share = frame.canvas[area], frame.share(area)
        person = cv2.extractChannel(part, 3)
        photo = cv2.cvtColor(self._maps.pixels[area], cv2.COLOR_RGB2RGBA)
        cv2.blendLinear(part, photo, share, 1.0 - share, dst=part)
        cv2.insertChannel(person, part, 3)

    def _lids(self, curve_values: CurveValues) -> list[tuple[EyeMaps, float]]:
        """The eyes that are there, each with how far it is shut, 0..1."""
        blinks = (curve_values["blink_r"], curve_values["blink_l"])
        pairs = zip(self._maps.eyes, blinks, strict=True)
        return [(eye, lid_way(blink) * eye.blink) for eye, blink in pairs if eye is not None]

    def _draw_eyes(self, frame: _Frame, curve_values: CurveValues) -> None:
        """Draw both eyes where their boxes have moved to."""
        for eye, way in self._lids(curve_values):
            if eye_moves(eye, way, curve_values):
                self._draw_eye(frame, eye, way, curve_values)

    def _draw_eye(self, frame: _Frame, eye: EyeMaps, blink: float, curve_values: CurveValues) -> None:
        """Draw one eye where its box has moved to."""
        area = self._follow_box(eye.box, eye.contour.centre, frame.back)
        source = self._texture.to_photo(frame.place(area))
        if source.size == 0:
            return
        drawn, window = draw_eye(self._maps.texture, eye, blink, curve_values, source)
        share = window * single(smoothstep(remap(self._maps.alpha, source), *EYE_MATTE))
        _lay(frame, area, drawn, share)

    def _draw_mouth(self, frame: _Frame, jaw: float) -> None:
        """Draw parted lips where the mouth's box has moved to."""
        mouth = self._maps.mouth
        area = self._follow_box(mouth.box, mouth.centre, frame.back)
        source = self._texture.to_photo(frame.place(area))
        if source.size == 0:
            return
        drawn, share = draw_mouth(self._maps.texture, mouth, jaw, source)
        _lay(frame, area, drawn, share)

    def _follow_box(self, box: tuple[int, int, int, int], centre: Double, back: Float) -> Box:
        """Rows and columns of the region to which a box (left, top, right, bottom) has moved with its centre."""
        height, width = self._maps.region.size
        cell = np.clip(((centre + 0.5) / self._maps.grid.step).astype(int), 0, np.array(back.shape[1::-1]) - 1)
        shift = back[cell[1], cell[0]]
        left, top = np.clip(np.floor(np.array(box[:2]) + shift).astype(int) - 2, 0, (width, height)).tolist()
        right, bottom = np.clip(np.ceil(np.array(box[2:]) + shift).astype(int) + 2, 0, (width, height)).tolist()
        return slice(top, bottom), slice(left, right)


def _lay(frame: _Frame, area: Box, drawn: Float, share: Float) -> None:
    """Lay a patch (h, w, 3), in the frame's light, over the canvas by its share (h, w)."""
    under = frame.canvas[area][..., :3]
    patch = under.astype(np.float32)
    drawn = drawn * frame.light(area)[..., None]
    under[:] = np.clip(patch + (drawn - patch) * share[..., None] + 0.5, 0, 255).astype(np.uint8)


def _shift(part: slice, start: int) -> slice:
    """The slice, counted from `start`."""
    return slice(part.start + start, part.stop + start)


def _surround(field: Float) -> Float:
    """The field (h, w, …) with its border repeated once around."""
    return np.asarray(cv2.copyMakeBorder(field, 1, 1, 1, 1, cv2.BORDER_REPLICATE), np.float32)
