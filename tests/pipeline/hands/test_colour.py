"""A black-and-white photo of people with hands: these get the colour of the faces."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.restore.colour import colour_photo
from pipeline.runtime import Runtime
from weights.train import damage


def test_hands_get_the_colour_of_the_faces(runtime: Runtime, table: Pixels, people: Sequence[Face]) -> None:
    coloured = colour_photo(runtime, damage.to_grayscale(table), people)
    lab = cv2.cvtColor(coloured.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 1:]
    faces = [np.median(lab[y - 12 : y + 12, x - 12 : x + 12], axis=(0, 1)) for x, y in ((490, 370), (1165, 360))]
    cheek = np.mean(faces, axis=0)
    for x, y in ((709, 537), (1009, 472), (249, 460), (325, 631)):
        palm = np.median(lab[y - 10 : y + 10, x - 10 : x + 10], axis=(0, 1))
        assert np.hypot(*palm) > 0.55 * np.hypot(*cheek)
        assert abs(np.degrees(np.arctan2(palm[1], palm[0]) - np.arctan2(cheek[1], cheek[0]))) < 25
