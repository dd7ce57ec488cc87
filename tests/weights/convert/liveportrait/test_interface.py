"""Signatures are for every net of the pack, at any width."""

from __future__ import annotations

from weights.convert.liveportrait.interface import OPSETS, signatures
from weights.convert.liveportrait.sizes import OFFICIAL, TINY
from weights.liveportrait import MODELS


def test_every_model_of_the_pack_has_a_signature() -> None:
    assert {model.net for model in MODELS} == set(signatures(TINY))
    assert {model.form for model in MODELS} == set(OPSETS)


def test_the_official_ones_are_those_of_the_docs() -> None:
    frame = signatures(OFFICIAL)["frame"]
    assert frame.inputs["feature"] == (1, 32, 16, 64, 64)
    assert frame.outputs["frames"] == ("N", 512, 512, 3)
    assert signatures(OFFICIAL)["motion"].inputs == {"picture": ("N", 3, 256, 256)}
