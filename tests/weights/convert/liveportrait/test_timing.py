"""Nets of random weights that are only to take their time: every batch is drawn, in torch and in the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.random_weights import randomise
from weights.convert.liveportrait.sizes import TINY
from weights.convert.liveportrait.timing import (
    make_inputs,
    open_random_nets,
    torch_frames,
    torch_name,
    write_frame_models,
)


def test_files_draw_batches_of_any_size(tmp_path: Path) -> None:
    nets = open_random_nets(full=False)
    files = write_frame_models(nets, tmp_path)
    assert files.keys() == {"fp32", "fp16"}
    for file in files.values():
        session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        for batch in (1, 3):
            (frames,) = session.run(["frames"], make_inputs(nets.sizes, batch))
            assert frames.shape == (batch, 2 * nets.sizes.side, 2 * nets.sizes.side, 3)
            assert frames.dtype == np.uint8


@pytest.mark.parametrize(("half", "batches"), [(False, (1, 2)), (True, (1,))])
def test_torch_draws_them_too(half: bool, batches: tuple[int, ...]) -> None:
    """In 16 bits one small frame: torch has no fast ones on a CPU."""
    nets = Nets.empty(replace(TINY, side=32))
    randomise(nets, 1)
    with torch_frames(nets, half=half, compiled=False) as draw:
        for batch in batches:
            draw(batch)
    assert "torch" in torch_name()
