"""Where built models lie, and the only way to get at one: its hash is checked first."""

from __future__ import annotations

import hashlib
import os
from enum import StrEnum
from pathlib import Path

from weights.errors import HashMismatch, MissingWeights, StoreFailed
from weights.liveportrait import MODELS, Pack
from weights.manifest import Converter, Manifest, Model, load_manifest

LIVEPORTRAIT = frozenset(model.name for model in MODELS)


class State(StrEnum):
    """What lies in the store under a model's name."""

    READY = "ready"
    MISSING = "missing"
    WRONG = "wrong hash"


def default_root() -> Path:
    """`OZHIVI_WEIGHTS`, else `$XDG_DATA_HOME/ozhivi/weights`, else `~/.local/share/ozhivi/weights`."""
    if chosen := os.environ.get("OZHIVI_WEIGHTS"):
        return Path(chosen).expanduser()
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    # the XDG specification: a relative path there is to be ignored
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "ozhivi" / "weights"


class WeightStore:
    """A folder of ONNX files named after their models. One a process: it remembers what it has verified."""

    def __init__(self, root: Path | None = None, manifest: Manifest | None = None) -> None:
        self.root = default_root() if root is None else root
        self.manifest = load_manifest() if manifest is None else manifest
        self.liveportrait = Pack(self.root)
        self._verified: dict[str, Path] = {}

    def path(self, name: str) -> Path:
        """The model's file, its sha256 verified on the first call.

        Those of LivePortrait are in its pack, see `weights.liveportrait`, and pinned there.
        Raises UnknownModel, MissingWeights, LivePortraitMissing, HashMismatch or StoreFailed.
        """
        if name in LIVEPORTRAIT:
            return self.liveportrait.path(name)
        if (verified := self._verified.get(name)) is not None:
            return verified
        model = self.manifest.model(name)
        path = self.location(model)
        actual = _sha256(path)
        if actual is None:
            raise MissingWeights(name, path)
        if actual != model.digest.hexdigest:
            advice = f"run `ozhivi weights build` to replace {path}"
            if model.converter is Converter.OWN:
                advice = "install ozhivi anew, its own file was changed"
            raise HashMismatch(f"model {name!r}", model.digest.hexdigest, actual, advice)
        self._verified[name] = path
        return path

    def verify(self) -> None:
        """Every model is there with the right hash; what was verified before is not read again. Raises as `path`."""
        for model in self.manifest.models:
            self.path(model.name)

    def state(self, name: str) -> State:
        """What lies there now, hashed anew on every call. Raises UnknownModel or StoreFailed."""
        model = self.manifest.model(name)
        actual = _sha256(self.location(model))
        if actual is None:
            return State.MISSING
        return State.READY if actual == model.digest.hexdigest else State.WRONG

    def location(self, model: Model) -> Path:
        """Where the model's file is or would be; says nothing of whether it is there."""
        if model.converter is Converter.OWN:
            return self.manifest.folder / model.files[0]
        return self.root / f"{model.name}.onnx"


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreFailed(path, error.strerror or str(error)) from error
