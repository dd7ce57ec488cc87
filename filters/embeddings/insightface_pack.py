"""A pack of insightface (a folder of ONNX files, `buffalo_l` or another) as a face analyser; nothing is downloaded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from filters.embeddings.base import FaceEmbedding, MatchRule, normalize
from filters.errors import PackError
from filters.face_features import FaceFeatures
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face, cheek_width
from pipeline.faces.mesh_topology import LEFT_MOUTH_CORNER, LEFT_PUPIL, NOSE_TIP, RIGHT_MOUTH_CORNER, RIGHT_PUPIL
from pipeline.runtime import CPU

# the five landmarks that insightface aligns by, in its order
_FIVE: Final = (RIGHT_PUPIL, LEFT_PUPIL, NOSE_TIP, RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER)


class InsightfaceAnalyser:
    """Recognition (w600k and its kin) and age of a pack, aligned by our landmarks.

    The clarity of an embedding is the cosine between those of the face and of its mirror image. The models of
    insightface's own packs are licensed for non-commercial research only.

    Args:
        folder: Holds at least a recognition net; a net of age and sex is used where there is one, detectors and
            landmark nets are not.
        licensed: Whether the operator confirms that this pack may be used.
        providers: The providers of onnxruntime, in the order in which they are tried.

    Raises:
        PackError: There is no licence, no package, or no such net.
    """

    # Euclidean between unit vectors: 1.14 is a cosine of 0.35, what insightface's users take for ArcFace; not measured
    # here, for the packs are not ours to use
    rule = MatchRule(
        weights=(1.0,), same=1.14, same_small=1.05, unsure=1.2, unsure_step=0.03, unsure_soft=1.25,
        unsure_damaged=1.3, clear=0.5,
    )  # fmt: skip
    """The rule by which two embeddings are one person's."""

    def __init__(self, folder: Path, *, licensed: bool, providers: tuple[str, ...] = (CPU,)) -> None:
        if not licensed:
            raise PackError(
                "insightface's packs are for non-commercial research unless you have a licence: confirm that you may"
                " use this one with OZHIVI_INSIGHTFACE_LICENSED=true"
            )
        files = sorted(folder.glob("*.onnx"))
        if not files:
            raise PackError("the insightface pack holds no .onnx file: OZHIVI_FACES=insightface:/path/to/pack")
        models = {model.taskname: (file, model) for file, model in _open_models(files, providers)}
        if "recognition" not in models:
            raise PackError("the insightface pack has no recognition net (112×112 in, one embedding out)")
        file, self._recognition = models["recognition"]
        self._age = models["genderage"][1] if "genderage" in models else None
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        self.pack = f"insightface-{digest[:16]}"
        self.sizes: tuple[int, ...] = (int(self._recognition.output_shape[-1]),)

    def embed(self, pixels: Pixels, face: Face, features: FaceFeatures | None = None) -> FaceEmbedding:
        """See `FaceAnalyser`; the pack has a net of its own."""
        chip = self._chip(pixels, face)
        plain, mirrored = (normalize(vector) for vector in self._run(chip, np.ascontiguousarray(chip[:, ::-1])))
        both = normalize(np.asarray(plain + mirrored, np.float32))
        return FaceEmbedding((both,), float(plain @ mirrored), cheek_width(face))

    def read_ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        """See `FaceAnalyser`."""
        if self._age is None:
            return ()
        _, age = self._age.get(_bgr(pixels), _InsightfaceFace(face))
        return (float(age),)

    def _chip(self, pixels: Pixels, face: Face) -> Pixels:
        from insightface.utils.face_align import norm_crop  # noqa: PLC0415  (an extra)

        five = face.landmarks[list(_FIVE), :2]
        side = int(self._recognition.input_size[0])
        return np.asarray(norm_crop(_bgr(pixels), five.astype(np.float32), side), np.uint8)

    def _run(self, *chips: Pixels) -> Float:
        return np.asarray(self._recognition.get_feat(list(chips)), np.float32)


class _InsightfaceFace(dict[str, Any]):
    """A face as insightface passes it about."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self.bbox: Final = face.box


def _bgr(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)


def _open_models(files: list[Path], providers: tuple[str, ...]) -> list[tuple[Path, Any]]:
    try:
        from insightface.model_zoo import get_model  # noqa: PLC0415  (an extra)
    except ImportError:
        raise PackError("insightface is not installed: pip install --no-deps insightface") from None
    found = []
    for file in files:
        try:
            model = get_model(str(file), providers=list(providers), allow_download=False)
        except Exception as error:  # onnxruntime's own, and asserts
            raise PackError(f"{file.name} of the insightface pack can't be opened ({type(error).__name__})") from error
        if model is not None:
            found.append((file, model))
    return found
