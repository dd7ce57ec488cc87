"""Nets of random weights that are only to take their time: every batch is drawn, in torch and in the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

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


@pytest.mark.parametrize("half", [False, True])
def test_torch_draws_them_too(half: bool) -> None:
    with torch_frames(open_random_nets(full=False), half=half, compiled=False) as draw:
        draw(1)
        draw(2)
    assert "torch" in torch_name()
