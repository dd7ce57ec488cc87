"""The conversion of a TensorFlow.js graph: the same bytes each time, and no guesses."""

from __future__ import annotations

import onnx
import pytest

from weights.convert import tfjs
from weights.convert.onnx_builder import UnsupportedModelError


def test_two_conversions_give_the_same_bytes(tiny_net) -> None:
    first, second = (tfjs.convert(tiny_net.files()) for _ in range(2))
    assert first == second
    model = onnx.load_from_string(first)
    assert (model.ir_version, model.opset_import[0].version, model.producer_name) == (8, 17, "")


def test_what_is_not_known_is_refused(tiny_net) -> None:
    files = tiny_net.files()
    for old, new in ((b'"Mean"', b'"Mode"'), (b"UmVsdQ==", b"RWx1")):  # "Relu" and "Elu" in base64
        changed = {**files, "models/tiny.json": files["models/tiny.json"].replace(old, new)}
        assert changed != files
        with pytest.raises(UnsupportedModelError):
            tfjs.convert(changed)
