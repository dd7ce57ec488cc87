"""The imitation of a GPU's fp16: near to fp32, not the same, and overflows are found."""

from __future__ import annotations

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.export_check import MIN_PSNR, Difference, Reference  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.rounding import emulate_fp16_frame  # noqa: E402


def emulated(nets: Nets, reference: Reference) -> np.ndarray:
    inputs = reference.inputs["frame"]
    points = (torch.from_numpy(inputs[name]) for name in ("feature", "kp_source", "kp_driving"))
    return emulate_fp16_frame(nets, *points).numpy()


def test_rounding_is_seen_and_small(nets: Nets, reference: Reference) -> None:
    difference = Difference.of(emulated(nets, reference), reference.outputs["frame"]["image"])
    assert MIN_PSNR < difference.psnr < 80.0


def test_the_nets_stay_as_they_are(nets: Nets, reference: Reference) -> None:
    np.testing.assert_array_equal(emulated(nets, reference), emulated(nets, reference))


def test_a_value_too_large_for_fp16_is_found(nets: Nets, reference: Reference) -> None:
    large = copy.deepcopy(nets)
    large.warping.fourth.weight.data *= 1e7
    with pytest.raises(OverflowError, match="too large for fp16"):
        emulated(large, reference)
