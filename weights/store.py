"""The store of built models. A model is opened through it alone, and its hash is checked first."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from weights.errors import HashMismatch, MissingWeights
from weights.hashing import stored_sha256
from weights.liveportrait import MODELS, Pack
from weights.manifest import Converter, Manifest, Model, load_manifest

_LIVEPORTRAIT_MODELS = frozenset(model.name for model in MODELS)


class State(StrEnum):
    """The state of a model's file in the store."""

    READY = "ready"
    """It is there with the hash of the manifest."""
    MISSING = "missing"
    """It is not there."""
    WRONG = "wrong hash"
    """It is there with another hash."""


def default_root() -> Path:
    """The folder of the models: `OZHIVI_WEIGHTS`, else ozhivi/weights in `XDG_DATA_HOME`, else in `~/.local/share`."""
    if chosen := os.environ.get("OZHIVI_WEIGHTS"):
        return Path(chosen).expanduser()
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    # the XDG specification: a relative path there is to be ignored
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "ozhivi" / "weights"


class WeightStore:
    """A folder of ONNX files named after their models. A process has one, which remembers the files it has verified.

    Args:
        root: The folder; by default `default_root`.
        manifest: The list of models; by default the one of this package.
    """

    def __init__(self, root: Path | None = None, manifest: Manifest | None = None) -> None:
        self.root = default_root() if root is None else root
        self.manifest = load_manifest() if manifest is None else manifest
        self.liveportrait = Pack(self.root)
        self._verified: dict[str, Path] = {}

    def path(self, name: str) -> Path:
        """The model's file, its sha256 verified on the first call.

        Models of LivePortrait are in its pack, see `weights.liveportrait`, and pinned there.

        Args:
            name: A model of the manifest or of LivePortrait.

        Raises:
            UnknownModel: There is no model of that name.
            MissingWeights: Its file is not in the store.
            LivePortraitMissing: It is one of LivePortrait, whose weights were not added.
            HashMismatch: Its file is not what was pinned.
            StoreFailed: Its file can't be read.
        """
        if name in _LIVEPORTRAIT_MODELS:
            return self.liveportrait.path(name)
        if (verified := self._verified.get(name)) is not None:
            return verified
        model = self.manifest.model(name)
        path = self.location(model)
        actual = stored_sha256(path)
        if actual is None:
            raise MissingWeights(name, path, model.extra)
        if actual != model.digest.hexdigest:
            advice = f"run `ozhivi weights build` to replace {path}"
            if model.converter is Converter.OWN:
                advice = "install ozhivi anew, its own file was changed"
            raise HashMismatch(f"model {name!r}", model.digest.hexdigest, actual, advice)
        self._verified[name] = path
        return path

    def verify(self) -> None:
        """Verify every model that everybody has, as `path` does: files that were verified are not read again."""
        for model in self.manifest.models:
            self.path(model.name)

    def state(self, name: str) -> State:
        """The state of a model's file, hashed anew on every call. Raises UnknownModel or StoreFailed."""
        model = self.manifest.model(name)
        actual = stored_sha256(self.location(model))
        if actual is None:
            return State.MISSING
        return State.READY if actual == model.digest.hexdigest else State.WRONG

    def location(self, model: Model) -> Path:
        """The path of the model's file, whether it is there or not."""
        if model.converter is Converter.OWN:
            return self.manifest.folder / model.files[0]
        return self.root / f"{model.name}.onnx"
