"""The CPU renderer: the warp's formulas with OpenCV's remap, only where something can move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.active_region import active_zone, reach_of, window_of
from pipeline.animate.warp.displacement import backward_field, forward_field, moving
from pipeline.animate.warp.eyes.draw import draw_eye
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.texture import FINER, on_photo, on_texture
from pipeline.arrays import Float, Pixels
from pipeline.image_ops import remap, sample, single, smoothstep

_EDGE: Final = 20.0  # 1/0.05: from that much uncovered wall on, a pixel is composed of the two layers
_ROW: Final = 1024  # scattered pixels are sampled in rows of this length: remap wants a rectangle
_WALL_FROM: Final = 253  # of 255: a pixel that is so much uncovered shows the wall alone
_REFILLED: Final = 200  # of 255: what a pixel of the halo is marked with, so that it counts as an edge
_PERSON_TO: Final = 2  # of 255: below it the person alone


class OpenCvRenderer:
    """Renders frames of one face's region. Thread safe: `render` only reads."""

    batch = 1

    def __init__(self, maps: WarpMaps) -> None:
        self._maps = maps
        self._window = window_of(active_zone(maps))
        rows, columns = self._window
        y, x = np.mgrid[rows, columns].astype(np.float32)
        self._here = on_texture(np.stack([x, y], -1))
        self._wall = maps.background[self._window]
        self._wall_shown = np.clip(self._wall + 0.5, 0, 255).astype(np.uint8)
        uncovered = 1.0 - maps.alpha
        self._layers = np.dstack([maps.pixels - maps.background * uncovered[..., None], uncovered])
        size = maps.texture.shape[1::-1]
        marked = (255.0 * uncovered + 0.5).astype(np.uint8)
        # beside the silhouette the filled wall differs from the photo: there both layers are composed
        refilled = np.abs(maps.pixels - maps.background).max(-1) >= 0.5
        marked[refilled] = np.minimum(marked[refilled], _REFILLED)
        fine = cv2.resize(marked, size, interpolation=cv2.INTER_LINEAR)
        self._texture = np.dstack([maps.texture, fine])
        self._lit = window_of(self._upsampled(np.abs(maps.shade).max(0)) > 1e-4, reach_of(maps))

    def render(self, pose: Mapping[str, float]) -> Pixels:
        """One frame of the region, uint8 (H, W, 3), for one value of each curve."""
        maps = self._maps
        if not any(pose.values()):
            return maps.pixels
        back = backward_field(forward_field(maps, pose), maps.grid.step)
        place = self._here - self._upsampled(back * np.float32(FINER))
        sampled = remap(self._texture, place, cv2.INTER_CUBIC)
        share = self._upsampled(moving(back))
        moved = cv2.cvtColor(sampled, cv2.COLOR_RGBA2RGB)
        out = np.asarray(cv2.blendLinear(moved, maps.pixels[self._window], share, 1.0 - share), np.uint8)
        for eye, blink in zip(maps.eyes, (pose["blink_r"], pose["blink_l"]), strict=True):
            if eye is not None:
                self._eye(out, eye, blink * eye.blink, pose, place, back)
        gain = self._gain(pose, back)
        lit = out[self._lit]
        cv2.multiply(lit, cv2.merge([gain[self._lit]] * 3), dst=lit, dtype=cv2.CV_8U)
        self._uncover(out, sampled[..., 3], place, gain)
        frame = maps.pixels.copy()
        frame[self._window] = out
        return frame

    def render_batch(self, poses: Sequence[Mapping[str, float]]) -> list[Pixels]:
        return [self.render(pose) for pose in poses]

    def _upsampled(self, field: Float) -> Float:
        """Grid (h, w) or (h, w, C) → the window's pixels, linear between the cells' centres."""
        step = self._maps.grid.step
        rows, columns = field.shape[:2]
        full = cv2.resize(field, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full[self._window], np.float32)

    def _eye(
        self, out: Pixels, eye: EyeMaps, blink: float, pose: Mapping[str, float], place: Float, back: Float
    ) -> None:
        """Draw one eye into `out` where its box has moved to."""
        step = self._maps.grid.step
        corner = np.array([self._window[1].start, self._window[0].start])
        cell = np.clip(((eye.contour.centre + 0.5) / step).astype(int), 0, np.array(back.shape[1::-1]) - 1)
        shift = back[cell[1], cell[0]] - corner
        left, top = np.maximum(np.floor(np.array(eye.box[:2]) + shift).astype(int) - 2, 0)
        right, bottom = np.maximum(np.ceil(np.array(eye.box[2:]) + shift).astype(int) + 2, 0)
        area = np.s_[top:bottom, left:right]
        source = on_photo(place[area])
        if source.size == 0:
            return
        drawn, window = draw_eye(self._maps.texture, eye, blink, pose, source)
        share = (window * single(smoothstep(remap(self._maps.alpha, source), 0.90, 0.995)))[..., None]
        patch = out[area].astype(np.float32)
        out[area] = np.clip(patch + (drawn - patch) * share + 0.5, 0, 255).astype(np.uint8)

    def _gain(self, pose: Mapping[str, float], back: Float) -> Float:
        """1 + the shading that the turn and the smile bring, over the window."""
        maps = self._maps
        yaw, pitch = np.sin(np.deg2rad(pose["yaw"])), np.sin(np.deg2rad(pose["pitch"]))
        gain = np.float32(pose["smile"]) * maps.shade[0] + np.float32(yaw) * maps.shade[1]
        gain += np.float32(pitch) * maps.shade[2]
        step = np.float32(maps.grid.step)
        y, x = np.mgrid[: gain.shape[0], : gain.shape[1]].astype(np.float32)
        return 1.0 + self._upsampled(sample(gain, x - back[..., 0] / step, y - back[..., 1] / step))

    def _uncover(self, out: Pixels, uncovered: Pixels, place: Float, gain: Float) -> None:
        """The wall where the person is not, and along the silhouette person over wall: G(q) + (1 - a(q))·B(p) with
        G = photo - (1 - a)·B, so that the photo itself comes back exactly where nothing moved."""
        cv2.copyTo(self._wall_shown, cv2.inRange(uncovered, _WALL_FROM, 255), out)
        edge = np.flatnonzero((uncovered > _PERSON_TO) & (uncovered < _WALL_FROM))
        if edge.size == 0:
            return
        rows = -(-edge.size // _ROW)
        source = np.zeros((rows * _ROW, 2), np.float32)
        source[: edge.size] = on_photo(place.reshape(-1, 2).take(edge, 0))
        layers = remap(self._layers, source.reshape(rows, _ROW, 2), cv2.INTER_CUBIC).reshape(-1, 4)[: edge.size]
        share = np.clip(layers[:, 3:], 0.0, 1.0)
        composed = layers[:, :3] * gain.reshape(-1).take(edge)[:, None] + share * self._wall.reshape(-1, 3).take(
            edge, 0
        )
        flat = out.reshape(-1, 3)
        inside = flat.take(edge, 0).astype(np.float32)
        inside += (composed - inside) * np.minimum(share * _EDGE, 1.0)
        flat[edge] = np.clip(inside + 0.5, 0, 255).astype(np.uint8)
