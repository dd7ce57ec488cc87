"""Credentials: the library's own reader finds them whole in every format, and broken once a byte has changed."""

from __future__ import annotations

import json
from pathlib import Path

import c2pa
import numpy as np
import pytest
from structlog.testing import capture_logs

from pipeline.output import provenance
from pipeline.output.encode import encode
from pipeline.output.still import write_still
from skill.credentials.certificate import make_development_pem, parse_certificate
from skill.credentials.manifest import build_manifest
from skill.credentials.setup import read_credentials
from skill.credentials.signing import CredentialSigner, leave_unsigned

TYPES = {"mp4": "video/mp4", "gif": "image/gif", "webp": "image/webp", "jpg": "image/jpeg"}


@pytest.fixture(scope="module")
def sign() -> CredentialSigner:
    pem = make_development_pem()
    return CredentialSigner(parse_certificate(pem, pem))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, sign: CredentialSigner) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    files = dict(encode([noise, noise[::-1]], folder / "clip", fps=25, formats=tuple(TYPES)).files)
    sizes = {name: path.stat().st_size for name, path in files.items()}
    assert all(sign(path, name) for name, path in files.items())
    assert {path.name for path in folder.iterdir()} == {path.name for path in files.values()}
    assert all(path.stat().st_size - sizes[name] < 5_000 for name, path in files.items())  # bytes: they stay small
    return files


@pytest.mark.parametrize("name", TYPES)
def test_they_verify_and_say_what_was_done_and_name_nobody(clips: dict[str, Path], name: str) -> None:
    found = read_credentials(clips[name].read_bytes(), TYPES[name])
    assert found["validation_state"] == "Valid"
    manifest = found["manifests"][found["active_manifest"]]
    actions = next(one for one in manifest["assertions"] if one["label"].startswith("c2pa.actions"))["data"]["actions"]
    assert [one["action"] for one in actions] == ["c2pa.opened", "c2pa.edited"]
    assert actions[1]["digitalSourceType"] == provenance.SOURCE_TYPE
    assert {key for one in manifest["ingredients"] for key in one} == {"title", "format", "relationship", "label"}
    text = json.dumps(manifest)
    assert "thumbnail" not in text and str(Path.home()) not in text


@pytest.mark.parametrize("name", TYPES)
def test_a_changed_byte_is_noticed(clips: dict[str, Path], name: str) -> None:
    data = bytearray(clips[name].read_bytes())
    pixels = {"mp4": b"mdat", "jpg": b"\xff\xda"}
    data[data.rindex(pixels[name]) + 40 if name in pixels else len(data) - 60] ^= 1
    assert read_credentials(bytes(data), TYPES[name])["validation_state"] == "Invalid"


def test_a_restored_still_says_what_was_done_and_that_nothing_moves(tmp_path: Path, sign: CredentialSigner) -> None:
    for name, parts in {"still.jpg": ("denoise",), "still.png": ("denoise", "tone")}.items():
        file = tmp_path / name
        write_still(np.full((16, 16, 3), 128, np.uint8), file, parts)
        assert sign(file, "png" if file.suffix == ".png" else "still", parts)
        found = read_credentials(file.read_bytes(), "image/png" if file.suffix == ".png" else "image/jpeg")
        assert found["validation_state"] == "Valid"
        assertions = found["manifests"][found["active_manifest"]]["assertions"]
        _, edited = next(one for one in assertions if one["label"].startswith("c2pa.actions"))["data"]["actions"]
        assert edited["digitalSourceType"] == provenance.ENHANCED_TYPE
        assert edited["description"] == provenance.describe_restoration(parts)
    assert len(build_manifest("mp4", ("tone",))["assertions"][0]["data"]["actions"]) == 3


def test_a_file_without_any_says_so() -> None:
    with pytest.raises(c2pa.C2paError):
        read_credentials(b"\xff\xd8\xff\xd9", "image/jpeg")


def test_what_can_not_be_signed_stays_as_it_is(tmp_path: Path, sign: CredentialSigner) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"no film")
    with capture_logs() as lines:
        assert not sign(file, "mp4")
    assert [line["event"] for line in lines] == ["credentials_failed"]
    assert file.read_bytes() == b"no film" and list(tmp_path.iterdir()) == [file]
    assert not sign(file, "txt") and not sign(file, "before") and not leave_unsigned(file, "mp4")


def test_it_never_writes_through_a_link_that_lies_in_its_way(tmp_path: Path, sign: CredentialSigner) -> None:
    from PIL import Image  # noqa: PLC0415

    file, other = tmp_path / "clip.jpg", tmp_path / "other"
    Image.new("RGB", (8, 8)).save(other, "JPEG")
    before = other.read_bytes()
    file.symlink_to(other)
    assert sign(file, "jpg")
    assert other.read_bytes() == before and not file.is_symlink()
