"""The colour net: its shapes, and a loss that a right and sure answer makes smallest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.train.colour import ColourNet, colour_loss, export  # noqa: E402
from weights.train.colour_samples import COLOUR_SIDE, SIDE  # noqa: E402


# torch.export, which torch would rather have, needs onnxscript; the net has neither loops nor branches
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_exported_net_answers_colour_and_doubt(tmp_path: Path) -> None:
    net = ColourNet().eval()
    export(net, tmp_path / "colour.onnx")
    views = np.random.default_rng(0).random((3, 8, SIDE, SIDE), np.float32)
    (answer,) = onnxruntime.InferenceSession(str(tmp_path / "colour.onnx")).run(None, {"view": views})
    assert answer.shape == (3, 3, COLOUR_SIDE, COLOUR_SIDE)
    assert (answer[:, 2] > 0).all()
    with torch.no_grad():
        assert np.allclose(answer, net(torch.from_numpy(views)).numpy(), atol=1e-3)


def test_a_right_answer_has_the_smallest_loss_and_doubt_costs_where_it_is_right() -> None:
    true = torch.full((1, 2, 4, 4), 12.0)
    weights = torch.ones(1, 4, 4)

    def loss(colour: float, doubt: float) -> float:
        answer = torch.full((1, 3, 4, 4), colour)
        answer[:, 2] = doubt
        return float(colour_loss(answer, true, weights, weights))

    assert loss(12, 2) < loss(10, 2) < loss(4, 2)
    assert loss(12, 2) < loss(12, 10)
    assert loss(-20, 10) < loss(-20, 2)
