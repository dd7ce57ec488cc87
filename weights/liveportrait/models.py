"""The ONNX files that are made of the checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Net = Literal["appearance", "motion", "stitch", "eyes", "lips", "frame"]
Precision = Literal["fp32", "fp16"]
Form = Literal["5d", "4d"]
"""`5d`: one GridSample of volumes (ONNX opset 20). `4d`: two GridSamples of pictures, for runtimes without it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One file. `form` says something of `frame` only; every input and output is float32 or uint8 in any precision."""

    name: str
    net: Net
    precision: Precision = "fp32"
    form: Form = "5d"

    @property
    def file(self) -> str:
        return f"{self.name}.onnx"


MODELS: Final[tuple[Exported, ...]] = (
    Exported("liveportrait_appearance", "appearance"),
    Exported("liveportrait_appearance_fp16", "appearance", "fp16"),
    Exported("liveportrait_motion", "motion"),  # runs once a photo; others found its fp16 unusable in TensorRT
    Exported("liveportrait_stitch", "stitch"),
    Exported("liveportrait_eyes", "eyes"),
    Exported("liveportrait_lips", "lips"),
    Exported("liveportrait_frame", "frame"),
    Exported("liveportrait_frame_fp16", "frame", "fp16"),
    Exported("liveportrait_frame_4d", "frame", form="4d"),
    Exported("liveportrait_frame_4d_fp16", "frame", "fp16", form="4d"),
)
