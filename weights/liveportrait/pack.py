"""What of LivePortrait lies in the store: a folder of ONNX files and `pack.json`, which says what they must be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from weights.errors import HashMismatch, LivePortraitMissing, StoreFailed

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


ADD: Final = "ozhivi weights add liveportrait"
FOLDER: Final = "liveportrait"
RECORD: Final = "pack.json"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Record:
    """`pack.json`. `published`: every checkpoint has the hash that the hub states for it.

    `sources`: checkpoint → sha256. `models`: name → {sha256, bytes, opset, figures: output → {max_abs, span, psnr}}.
    """

    published: bool
    torch: str
    sources: Mapping[str, str]
    models: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> str:
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class PackState:
    """`ready`, `wrong` and `missing` are names of models; all missing when nothing was added."""

    ready: tuple[str, ...]
    wrong: tuple[str, ...]
    missing: tuple[str, ...]
    published: bool

    def __str__(self) -> str:
        if not self.ready and not self.wrong:
            return f"not there – run `{ADD}`"
        weights = "official weights" if self.published else "weights of another origin"
        shorts = ", ".join(name.removeprefix("liveportrait_") for name in self.ready)
        bad = (*self.wrong, *self.missing)
        broken = f"; missing or changed: {', '.join(bad)} – run `{ADD}`" if bad else ""
        return f"{weights}: {shorts}{broken}"


class Pack:
    """The files of one store. One a process: it remembers what it has verified."""

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
        actual = _sha256(path)
        if entry is None or actual is None:
            raise LivePortraitMissing(name, ADD)
        if actual != entry["sha256"]:
            raise HashMismatch(f"model {name!r}", entry["sha256"], actual, f"run `{ADD}` to make {path} anew")
        self._verified[name] = path
        return path

    def record(self) -> Record | None:
        """What was added, None when nothing was. Raises StoreFailed."""
        path = self.folder / RECORD
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            return Record(table["published"], table["torch"], table["sources"], table["models"])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreFailed(path, error.strerror or str(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise StoreFailed(path, f"it is damaged; delete the folder and run `{ADD}`") from error

    def state(self) -> PackState:
        """What lies there now, hashed anew on every call. Raises StoreFailed."""
        record = self.record()
        found: dict[str, list[str]] = {"ready": [], "wrong": [], "missing": []}
        for model in MODELS:
            actual = _sha256(self.folder / model.file)
            entry = record.models.get(model.name) if record else None
            if entry is None or actual is None:
                found["missing"].append(model.name)
            else:
                found["ready" if actual == entry["sha256"] else "wrong"].append(model.name)
        lists = {key: tuple(names) for key, names in found.items()}
        return PackState(**lists, published=bool(record and record.published))


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreFailed(path, error.strerror or str(error)) from error
