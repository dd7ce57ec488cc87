"""The list of models: which package each comes from, how it is converted, what its bytes must be."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Self

from weights.errors import ManifestError, UnknownModel

MANIFEST_FILE = Path(__file__).with_name("manifest.toml")

_MODEL_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PACKAGE_NAME = re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]*")
_HEX_LENGTH = {"sha256": 64, "sha512": 128}


class Registry(StrEnum):
    """Who brings a package; the registry itself is whatever pip and npm are set up to use."""

    PYPI = "pypi"
    NPM = "npm"


class Converter(StrEnum):
    """How a file of a package becomes ONNX. `own` models are ONNX already and lie beside the manifest."""

    TFLITE = "tflite"
    TFJS = "tfjs"
    FACEAPI_AGE_GENDER = "faceapi_age_gender"
    FACEAPI_EXPRESSION = "faceapi_expression"
    FACEAPI_RECOGNITION = "faceapi_recognition"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Digest:
    """A pinned hash: `algorithm` sha256 or sha512, `hexdigest` in lower case."""

    algorithm: str
    hexdigest: str

    def __post_init__(self) -> None:
        length = _HEX_LENGTH.get(self.algorithm)
        if length is None or not re.fullmatch(f"[0-9a-f]{{{length}}}", self.hexdigest):
            raise ManifestError(f"hash {self.algorithm}:{self.hexdigest[:16]}…", "not a sha256 or sha512")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the registries' own notations: `sha256:<hex>` of pip, `sha512-<base64>` of npm."""
        algorithm, colon, rest = text.partition(":")
        if colon:
            return cls(algorithm, rest)
        algorithm, _, rest = text.partition("-")
        try:
            return cls(algorithm, base64.b64decode(rest, validate=True).hex())
        except binascii.Error as error:
            raise ManifestError(f"hash {text[:16]}…", f"not base64: {error}") from error

    def of(self, data: bytes) -> str:
        """The same kind of hash of `data`, in hex."""
        return hashlib.new(self.algorithm, data).hexdigest()


@dataclass(frozen=True, slots=True)
class Package:
    """A download: a wheel of PyPI or a tarball of npm, pinned by version and by `digest` of its bytes."""

    key: str
    registry: Registry
    name: str
    version: str
    digest: Digest
    licence: str

    def __post_init__(self) -> None:
        if not _PACKAGE_NAME.fullmatch(self.name) or not _VERSION.fullmatch(self.version):
            raise ManifestError(f"packages.{self.key}", f"bad name or version: {self.name} {self.version}")
        if not self.licence:
            raise ManifestError(f"packages.{self.key}", "no licence")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Model:
    """One ONNX file. `files`: inside the package, or beside the manifest for `own`; `digest`: of the ONNX."""

    name: str
    converter: Converter
    package: str | None
    files: tuple[str, ...]
    digest: Digest
    licence: str
    task: str
    description: str

    def __post_init__(self) -> None:
        where = f"models.{self.name}"
        if not _MODEL_NAME.fullmatch(self.name):
            raise ManifestError(where, "a name is lower case letters, digits and underscores")
        if not (self.licence and self.task and self.description):
            raise ManifestError(where, "licence, task and description must not be empty")
        if not self.files or any(not _is_inside(file) for file in self.files):
            raise ManifestError(where, "files must be relative paths without '..'")
        if (self.converter is Converter.OWN) != (self.package is None):
            raise ManifestError(where, "an own model has no package, any other has one")
        if self.digest.algorithm != "sha256":
            raise ManifestError(where, "a model is pinned by sha256")


@dataclass(frozen=True, slots=True)
class Manifest:
    """All packages and models; `folder` is where the files of `own` models lie."""

    packages: tuple[Package, ...]
    models: tuple[Model, ...]
    folder: Path

    def __post_init__(self) -> None:
        known = {package.key for package in self.packages}
        for model in self.models:
            if model.package is not None and model.package not in known:
                raise ManifestError(f"models.{model.name}", f"no package is called {model.package!r}")

    def model(self, name: str) -> Model:
        """The model called `name`; UnknownModel when there is none."""
        for model in self.models:
            if model.name == name:
                return model
        raise UnknownModel(name, (model.name for model in self.models))


def load_manifest(path: Path = MANIFEST_FILE) -> Manifest:
    """Read and check a manifest; ManifestError says which entry is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ManifestError(path.name, str(error)) from error
    packages = tuple(_package(key, entry) for key, entry in table.get("packages", {}).items())
    models = tuple(_model(name, entry) for name, entry in table.get("models", {}).items())
    return Manifest(packages, models, path.parent)


def _package(key: str, entry: Mapping[str, Any]) -> Package:
    try:
        fields = dict(entry)
        registry, digest = Registry(fields.pop("registry")), Digest.parse(fields.pop("hash"))
        return Package(key=key, registry=registry, digest=digest, **fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"packages.{key}", str(error)) from error


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    try:
        fields = {"package": None, **entry}
        converter, digest = Converter(fields.pop("converter")), Digest("sha256", fields.pop("sha256"))
        return Model(name, converter, files=tuple(fields.pop("files")), digest=digest, **fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"models.{name}", str(error)) from error


def _is_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path
