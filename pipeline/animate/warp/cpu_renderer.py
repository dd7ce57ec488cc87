"""The CPU renderer: the warp's formulas with OpenCV's remap, only where something can move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.active_region import bounding_window, find_active_region, measure_reach
from pipeline.animate.warp.displacement import backward_field, forward_field, motion_share
from pipeline.animate.warp.eyes.draw import draw_eye, lid_way
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import EDGE, EYE_MATTE, LEAST_JAW, SHADED_EXPRESSIONS
from pipeline.animate.warp.mouth import draw_mouth
from pipeline.animate.warp.texture import TEXTURE_SCALE, to_photo, to_texture
from pipeline.arrays import Double, Float, Pixels
from pipeline.image_ops import remap, sample, single, smoothstep
from pipeline.motion.channels import CurveValues

_ROW: Final = 1024  # scattered pixels are sampled in rows of this length: remap wants a rectangle
_BACKGROUND_FROM: Final = 253  # of 255: a pixel that is so much uncovered shows the background alone
_REFILLED: Final = 200  # of 255: mark of a pixel of the halo, so that it counts as an edge
_PERSON_TO: Final = 2  # of 255: below it the person alone


class OpenCvRenderer:
    """Renders frames of one face's region. Thread safe: `render` only reads."""

    batch_size = 1
    """Frames that it likes to draw at once."""

    def __init__(self, maps: WarpMaps) -> None:
        self._maps = maps
        self._window = bounding_window(find_active_region(maps))
        rows, columns = self._window
        y, x = np.mgrid[rows, columns].astype(np.float32)
        self._here = to_texture(np.stack([x, y], -1))
        self._background = maps.background[self._window]
        self._background_pixels = np.clip(self._background + 0.5, 0, 255).astype(np.uint8)
        uncovered = 1.0 - maps.alpha
        self._layers = np.dstack([maps.pixels - maps.background * uncovered[..., None], uncovered])
        size = maps.texture.shape[1::-1]
        marked = (255.0 * uncovered + 0.5).astype(np.uint8)
        # beside the silhouette the filled background differs from the photo: there both layers are composed
        refilled = np.abs(maps.pixels - maps.background).max(-1) >= 0.5
        marked[refilled] = np.minimum(marked[refilled], _REFILLED)
        fine = cv2.resize(marked, size, interpolation=cv2.INTER_LINEAR)
        self._texture = np.dstack([maps.texture, fine])
        self._lit = bounding_window(self._upsample(np.abs(maps.shade).max(0)) > 1e-4, measure_reach(maps))

    def render(self, curve_values: CurveValues) -> Pixels:
        """One frame of the region, uint8 (H, W, 3), at one value of each channel."""
        maps = self._maps
        if not any(curve_values.values()):
            return maps.pixels
        back = backward_field(forward_field(maps, curve_values), maps.grid.step)
        place = self._here - self._upsample(back * np.float32(TEXTURE_SCALE))
        sampled = remap(self._texture, place, cv2.INTER_CUBIC)
        share = self._upsample(motion_share(back))
        moved = cv2.cvtColor(sampled, cv2.COLOR_RGBA2RGB)
        out = np.asarray(cv2.blendLinear(moved, maps.pixels[self._window], share, 1.0 - share), np.uint8)
        for eye, blink in zip(maps.eyes, (curve_values["blink_r"], curve_values["blink_l"]), strict=True):
            if eye is not None:
                self._draw_eye(out, eye, lid_way(blink) * eye.blink, curve_values, place, back)
        if curve_values["jaw"] > LEAST_JAW:
            self._draw_mouth(out, curve_values["jaw"], place, back)
        gain = self._light_gain(curve_values, back)
        lit = out[self._lit]
        cv2.multiply(lit, cv2.merge([gain[self._lit]] * 3), dst=lit, dtype=cv2.CV_8U)
        self._uncover(out, sampled[..., 3], place, gain)
        frame = maps.pixels.copy()
        frame[self._window] = out
        return frame

    def render_batch(self, curve_values: Sequence[CurveValues]) -> list[Pixels]:
        """Frames as of `render`, in order."""
        return [self.render(values) for values in curve_values]

    def _upsample(self, field: Float) -> Float:
        """Grid (h, w) or (h, w, C) → the window's pixels, linear between the cells' centres."""
        step = self._maps.grid.step
        rows, columns = field.shape[:2]
        full = cv2.resize(field, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full[self._window], np.float32)

    def _draw_eye(
        self, out: Pixels, eye: EyeMaps, blink: float, curve_values: CurveValues, place: Float, back: Float
    ) -> None:
        """Draw one eye into `out` where its box has moved to."""
        area = self._follow_box(eye.box, eye.contour.centre, back)
        source = to_photo(place[area])
        if source.size == 0:
            return
        drawn, window = draw_eye(self._maps.texture, eye, blink, curve_values, source)
        share = (window * single(smoothstep(remap(self._maps.alpha, source), *EYE_MATTE)))[..., None]
        patch = out[area].astype(np.float32)
        out[area] = np.clip(patch + (drawn - patch) * share + 0.5, 0, 255).astype(np.uint8)

    def _draw_mouth(self, out: Pixels, jaw: float, place: Float, back: Float) -> None:
        """Draw parted lips into `out` where the mouth's box has moved to."""
        mouth = self._maps.mouth
        area = self._follow_box(mouth.box, mouth.centre, back)
        source = to_photo(place[area])
        if source.size == 0:
            return
        drawn, share = draw_mouth(self._maps.texture, mouth, jaw, source)
        patch = out[area].astype(np.float32)
        out[area] = np.clip(patch + (drawn - patch) * share[..., None] + 0.5, 0, 255).astype(np.uint8)

    def _follow_box(self, box: tuple[int, int, int, int], centre: Double, back: Float) -> tuple[slice, slice]:
        """Rows and columns of the window to which a box (left, top, right, bottom) has moved with its centre."""
        corner = np.array([self._window[1].start, self._window[0].start])
        cell = np.clip(((centre + 0.5) / self._maps.grid.step).astype(int), 0, np.array(back.shape[1::-1]) - 1)
        shift = back[cell[1], cell[0]] - corner
        left, top = np.maximum(np.floor(np.array(box[:2]) + shift).astype(int) - 2, 0)
        right, bottom = np.maximum(np.ceil(np.array(box[2:]) + shift).astype(int) + 2, 0)
        return np.s_[top:bottom, left:right]

    def _light_gain(self, curve_values: CurveValues, back: Float) -> Float:
        """Gain of light that turn and expressions bring, over the window; 1 leaves it as it is."""
        maps = self._maps
        turn = (np.sin(np.deg2rad(curve_values[name])) for name in ("yaw", "pitch"))
        shares = (*(curve_values[name] for name in SHADED_EXPRESSIONS), *turn)
        gain = np.zeros_like(maps.shade[0])  # no product of matrices: its threads would wait busily
        for share, one in zip(shares, maps.shade, strict=True):
            if share:
                gain += np.float32(share) * one
        step = np.float32(maps.grid.step)
        y, x = np.mgrid[: gain.shape[0], : gain.shape[1]].astype(np.float32)
        return 1.0 + self._upsample(sample(gain, x - back[..., 0] / step, y - back[..., 1] / step))

    def _uncover(self, out: Pixels, uncovered: Pixels, place: Float, gain: Float) -> None:
        """Draw the background where the person is not, and along the silhouette the person over the background.

        There it is G(q) + (1 - a(q))·B(p) with G = photo - (1 - a)·B, so that the photo itself comes back exactly where
        nothing moved.
        """
        cv2.copyTo(self._background_pixels, cv2.inRange(uncovered, _BACKGROUND_FROM, 255), out)
        edge = np.flatnonzero((uncovered > _PERSON_TO) & (uncovered < _BACKGROUND_FROM))
        if edge.size == 0:
            return
        rows = -(-edge.size // _ROW)
        source = np.zeros((rows * _ROW, 2), np.float32)
        source[: edge.size] = to_photo(place.reshape(-1, 2).take(edge, 0))
        layers = remap(self._layers, source.reshape(rows, _ROW, 2), cv2.INTER_CUBIC).reshape(-1, 4)[: edge.size]
        share = np.clip(layers[:, 3:], 0.0, 1.0)
        composed = layers[:, :3] * gain.reshape(-1).take(edge)[:, None] + share * self._background.reshape(-1, 3).take(
            edge, 0
        )
        flat = out.reshape(-1, 3)
        inside = flat.take(edge, 0).astype(np.float32)
        inside += (composed - inside) * np.minimum(share * EDGE, 1.0)
        flat[edge] = np.clip(inside + 0.5, 0, 255).astype(np.uint8)
