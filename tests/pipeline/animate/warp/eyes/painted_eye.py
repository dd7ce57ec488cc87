"""An eye painted on plain skin, so that the truth under it is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.contour import Contour, EyeLandmarks, trace_contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.animate.warp.eyes.lid_images import LidImages, build_lid_images
from pipeline.faces.finder import Face

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class PaintedEye:
    """An eye painted on plain skin."""

    skin: Pixels
    """The picture without the paint."""
    pixels: Pixels
    """The picture with the eye."""
    contour: Contour
    """The eye's contour, along which it was painted."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom around it."""
    images: LidImages
    """The pictures that were made of it."""

    def look_up(self) -> EyeBox:
        alpha = np.ones(self.pixels.shape[:2], np.float32)
        return EyeBox.look_up(self.pixels, alpha, self.contour, self.box, no_rim(self.box))

    def part(self, image: Pixels) -> NDArray[np.float32]:
        left, top, right, bottom = self.box
        return image[top:bottom, left:right].astype(np.float32)

    def eye(self) -> NDArray[np.bool_]:
        """Where the paint is."""
        return np.asarray((self.part(self.pixels) != self.part(self.skin)).any(-1))


def no_rim(box: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    return np.zeros((box[3] - box[1], box[2] - box[0]), bool)


def outline(contour: Contour, curve: NDArray[np.float64], share: float = 1.0) -> NDArray[np.float64]:
    keep = (contour.at > contour.left_end * share) & (contour.at < contour.right_end * share)
    return contour.centre + contour.at[keep, None] * contour.axis_u + curve[keep, None] * contour.axis_v


def paint_eye(face: Face, size: tuple[int, int], eye: EyeLandmarks, lashes: int) -> PaintedEye:
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    skin = np.stack([200 - 0.1 * y + 0.05 * x, 160 - 0.12 * y, 140 - 0.08 * y + 0.02 * x], -1)
    contour = trace_contour(face.landmarks, eye)
    pixels = skin.copy()
    upper, lower = outline(contour, contour.upper), outline(contour, contour.lower)
    almond = np.round(np.concatenate([upper, lower[::-1]]) * 16).astype(np.int32)
    inside = np.zeros(size, np.float32)
    cv2.fillPoly(inside, [almond], 1.0, cv2.LINE_AA, 4)
    white = np.full_like(pixels, 225)
    iris = contour.centre + contour.iris[0] * contour.axis_u + contour.iris[1] * contour.axis_v
    cv2.circle(white, np.round(iris).astype(int).tolist(), round(0.22 * contour.width), (60, 45, 35), -1, cv2.LINE_AA)
    pixels += (white - pixels) * inside[..., None]
    cv2.polylines(pixels, [np.round(upper * 16).astype(np.int32)], False, (40, 30, 25), lashes, cv2.LINE_AA, 4)
    pixels = np.clip(cv2.GaussianBlur(pixels, (0, 0), 0.7), 0, 255)
    half = np.array([1.0, 0.9]) * contour.width
    left, top = np.floor(contour.centre - half).astype(int)
    right, bottom = np.ceil(contour.centre + half).astype(int)
    box = (int(left), int(top), int(right), int(bottom))
    painted, plain = pixels.astype(np.uint8), cv2.GaussianBlur(skin, (0, 0), 0.7).astype(np.uint8)
    images = build_lid_images(painted, np.ones(size, np.float32), contour, box, 0.8, no_rim(box))
    return PaintedEye(plain, painted, contour, box, images)
