"""Repair: what is hidden comes back from around it, and nothing else changes."""

from __future__ import annotations

import numpy as np

from pipeline.arrays import Pixels
from pipeline.restore.repair import repair_defects


def waves() -> Pixels:
    """A smooth picture."""
    y, x = np.mgrid[:120, :160].astype(np.float32)
    grey = 128 + 60 * np.sin(x / 23) * np.cos(y / 31)
    return np.repeat(np.rint(grey)[..., None], 3, axis=2).astype(np.uint8)


def test_a_scratch_and_a_torn_corner_come_back_and_the_rest_stays() -> None:
    truth, mask = waves(), np.zeros((120, 160), bool)
    mask[:, 70:73] = True
    mask[:30, :30] = True
    repaired = repair_defects(np.where(mask[..., None], np.uint8(255), truth), mask)
    error = np.abs(repaired.astype(int) - truth).max(axis=2)
    assert error[:, 70:73][40:].mean() < 4 and error[:30, :30].mean() < 40  # levels; 100 and more before
    far = np.ones_like(mask)
    far[:, 67:76] = far[:34, :34] = False
    assert error[far].max() == 0


def test_without_a_defect_it_is_the_same_picture() -> None:
    picture = waves()
    assert repair_defects(picture, np.zeros((120, 160), bool)) is picture


def test_the_shade_beside_a_crack_goes_with_it() -> None:
    truth = waves()
    x = np.arange(160, dtype=np.float32)
    worn = 90 * np.exp(-(((x - 80) / 2.2) ** 2) / 2)  # levels: a crack whose emulsion is worn thin beside it
    hurt = np.clip(truth + worn[None, :, None], 0, 255).astype(np.uint8)
    mask = np.zeros((120, 160), bool)
    mask[:, 79:82] = True  # what a net finds of it
    repaired = repair_defects(hurt, mask)
    left = np.abs(repaired.astype(int) - truth).max(axis=2)[:, 75:86].mean()
    assert left < 6  # levels; 25 where the crack alone is filled


def test_a_dark_line_beside_a_light_crack_stays() -> None:
    hurt, mask = waves(), np.zeros((120, 160), bool)
    hurt[:, 84] = 20  # a line of the picture
    mask[:, 79:82] = True
    hurt[mask] = 255
    repaired = repair_defects(hurt, mask)
    assert np.abs(repaired[:, 84].astype(int) - 20).max() <= 1
