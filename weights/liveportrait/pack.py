"""LivePortrait's pack in the store: a folder of ONNX files and `pack.json`, which pins them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from weights.errors import HashMismatch, LivePortraitMissing, StoreFailed
from weights.hashing import stored_sha256

Net = Literal["appearance", "motion", "stitch", "eyes", "lips", "frame"]
Precision = Literal["fp32", "fp16"]
Form = Literal["5d", "4d"]
"""`5d`: one GridSample of volumes (ONNX opset 20). `4d`: two GridSamples of pictures, for runtimes without it."""


@dataclass(frozen=True, slots=True)
class PackModel:
    """One model of the pack. Its inputs and outputs are float32 or uint8 in any precision."""

    name: str
    """Its name in the store."""
    net: Net
    """The net that it holds; `frame` is W and G together."""
    precision: Precision = "fp32"
    """Precision of weights and activations inside."""
    form: Form = "5d"
    """How `frame` samples its volume; it means nothing for the other nets."""

    @property
    def file(self) -> str:
        """Its file's name in the pack's folder."""
        return f"{self.name}.onnx"


MODELS: Final[tuple[PackModel, ...]] = (
    PackModel("liveportrait_appearance", "appearance"),
    PackModel("liveportrait_appearance_fp16", "appearance", "fp16"),
    PackModel("liveportrait_motion", "motion"),  # runs once a photo; others found its fp16 unusable in TensorRT
    PackModel("liveportrait_stitch", "stitch"),
    PackModel("liveportrait_eyes", "eyes"),
    PackModel("liveportrait_lips", "lips"),
    PackModel("liveportrait_frame", "frame"),
    PackModel("liveportrait_frame_fp16", "frame", "fp16"),
    PackModel("liveportrait_frame_4d", "frame", form="4d"),
    PackModel("liveportrait_frame_4d_fp16", "frame", "fp16", form="4d"),
)

ADD: Final = "ozhivi weights add liveportrait"
"""The command that brings the pack."""
FOLDER: Final = "liveportrait"
RECORD: Final = "pack.json"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class PackRecord:
    """The content of `pack.json`."""

    published: bool
    """Whether every checkpoint has the hash that the hub states for it."""
    torch: str
    """Version of torch that exported the models."""
    sources: Mapping[str, str]
    """Checkpoint's file name → its sha256 in hex."""
    models: Mapping[str, Mapping[str, Any]]
    """Model's name → {sha256, bytes, opset, figures}; figures: output → {max_abs, span, psnr}, see `Difference`."""
    oddities: tuple[str, ...] = ()
    """Sentences on what the trained weights would not do, and these do."""

    def to_json(self) -> str:
        """The text of `pack.json`."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class PackState:
    """The state of the pack's files, by the models' names."""

    ready: tuple[str, ...]
    """Models that are there with the recorded hash."""
    wrong: tuple[str, ...]
    """Models that are there with another hash."""
    missing: tuple[str, ...]
    """Models that are not there; all of them when nothing was added."""
    published: bool
    """See `PackRecord.published`; False when nothing was added."""
    oddities: tuple[str, ...] = ()
    """See `PackRecord.oddities`."""

    def __str__(self) -> str:
        """One line for `ozhivi doctor`."""
        if not self.ready and not self.wrong:
            return f"not there – run `{ADD}`"
        origin = "official weights" if self.published else "weights of another origin"
        odd = f"; odd: {'; '.join(self.oddities)}" if self.oddities else ""
        shorts = ", ".join(name.removeprefix("liveportrait_") for name in self.ready)
        bad = (*self.wrong, *self.missing)
        broken = f"; missing or changed: {', '.join(bad)} – run `{ADD}`" if bad else ""
        return f"{origin}: {shorts}{broken}{odd}"


class Pack:
    """The pack of the store at `root`. A process has one, which remembers the files it has verified."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER
        self._verified: dict[str, Path] = {}

    def path(self, name: str) -> Path:
        """The model's file, its sha256 verified on the first call.

        Raises LivePortraitMissing, HashMismatch or StoreFailed.
        """
        if (verified := self._verified.get(name)) is not None:
            return verified
        record = self.record()
        entry = record.models.get(name) if record else None
        path = self.folder / f"{name}.onnx"
        actual = stored_sha256(path)
        if entry is None or actual is None:
            raise LivePortraitMissing(name, ADD)
        if actual != entry["sha256"]:
            raise HashMismatch(f"model {name!r}", entry["sha256"], actual, f"run `{ADD}` to make {path} anew")
        self._verified[name] = path
        return path

    def record(self) -> PackRecord | None:
        """The record of the weights that were added, None when none were. Raises StoreFailed."""
        path = self.folder / RECORD
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            oddities = tuple(table.get("oddities", ()))  # none in older records
            return PackRecord(table["published"], table["torch"], table["sources"], table["models"], oddities)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreFailed(path, error.strerror or str(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise StoreFailed(path, f"it is damaged; delete the folder and run `{ADD}`") from error

    def state(self) -> PackState:
        """The state of all files, hashed anew on every call. Raises StoreFailed."""
        record = self.record()
        found: dict[str, list[str]] = {"ready": [], "wrong": [], "missing": []}
        for model in MODELS:
            actual = stored_sha256(self.folder / model.file)
            entry = record.models.get(model.name) if record else None
            if entry is None or actual is None:
                found["missing"].append(model.name)
            else:
                found["ready" if actual == entry["sha256"] else "wrong"].append(model.name)
        lists = {key: tuple(names) for key, names in found.items()}
        oddities = record.oddities if record else ()
        return PackState(**lists, published=bool(record and record.published), oddities=oddities)
