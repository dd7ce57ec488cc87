"""The gallery of people: it finds, lists and forgets them, for one pack of nets, and keeps no photo."""

from __future__ import annotations

import sqlite3
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from filters.embeddings.base import FaceEmbedding, normalize
from filters.errors import GalleryError, GalleryKeyError
from filters.gallery import Gallery, GallerySummary, Person, summarize_gallery
from filters.gallery_cipher import encrypt_gallery
from pipeline.arrays import Float

SIZES = (128, 1024)
RNG = np.random.default_rng(7)


def vector(size: int) -> Float:
    return normalize(RNG.standard_normal(size).astype(np.float32))


def somebody() -> FaceEmbedding:
    return FaceEmbedding(tuple(vector(size) for size in SIZES), clarity=1.0, width=200.0)


def near(embedding: FaceEmbedding, noise: float = 0.01) -> FaceEmbedding:
    moved = (normalize(one + noise * vector(len(one))) for one in embedding.vectors)
    return FaceEmbedding(tuple(moved), embedding.clarity, embedding.width)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "gallery.db", "open-1", SIZES)


def test_a_person_is_found_among_others(gallery: Gallery) -> None:
    known = somebody()
    gallery.add("Анна", [somebody(), somebody()])
    gallery.add("Борис", [known])
    gallery.add("Вера", [somebody()])
    first, second, *_ = gallery.find_nearest(near(known))
    assert first.name == "Борис"
    assert max(first.distances) < 0.02  # what was added, but for half precision
    assert second.name != "Борис"
    assert min(second.distances) > 1.0  # random vectors of so many dimensions


def test_distances_are_those_of_numpy(gallery: Gallery) -> None:
    known, asked = somebody(), somebody()
    gallery.add("Анна", [known])
    (found,) = gallery.find_nearest(asked)
    expected = [np.linalg.norm(a - b) for a, b in zip(known.vectors, asked.vectors, strict=True)]
    assert found.distances == pytest.approx(expected, abs=1e-3)


def open_files(folder: Path) -> list[str]:
    """Files of a folder that this process has open."""
    links = list(Path("/proc/self/fd").iterdir())  # one of them is that of this look
    opened = [one.readlink() for one in links if one.is_symlink()]
    return [str(path) for path in opened if path.is_relative_to(folder)]


def test_a_name_of_a_mac_is_the_same_as_it_is_typed(gallery: Gallery) -> None:
    gallery.add(unicodedata.normalize("NFD", "Андрей Йованович"), [somebody()])
    gallery.add("Андрей Йованович", [somebody()])
    assert [(person.name, person.photos) for person in gallery.people()] == [("Андрей Йованович", 2)]
    assert gallery.remove(unicodedata.normalize("NFD", "Андрей Йованович")) == 2


def test_people_are_listed_and_forgotten(gallery: Gallery, tmp_path: Path) -> None:
    known = somebody()
    assert gallery.add("  Борис   Годунов ", [known, somebody()]) == 2
    assert gallery.add("Борис Годунов", [somebody()]) == 3
    gallery.add("Анна", [somebody()])
    assert [(person.name, person.photos) for person in gallery.people()] == [("Анна", 1), ("Борис Годунов", 3)]
    assert all(isinstance(person, Person) and person.added > 1e9 for person in gallery.people())
    assert len(gallery) == 4
    assert gallery.remove("Борис Годунов") == 3
    assert gallery.remove("Борис Годунов") == 0
    assert [one.name for one in gallery.find_nearest(known)] == ["Анна"]
    gallery.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert known.vectors[0].astype(np.float16).tobytes() not in stored


def test_what_one_process_adds_another_sees(gallery: Gallery, tmp_path: Path) -> None:
    other = Gallery(tmp_path / "gallery.db", "open-1", SIZES)
    known = somebody()
    assert other.find_nearest(known) == ()
    gallery.add("Анна", [known])
    assert [one.name for one in other.find_nearest(known)] == ["Анна"]
    gallery.remove("Анна")
    assert other.find_nearest(known) == ()


def test_a_gallery_belongs_to_its_pack(gallery: Gallery, tmp_path: Path) -> None:
    gallery.close()
    with pytest.raises(GalleryError, match="open-1"):
        Gallery(tmp_path / "gallery.db", "insightface-0123", (512,))
    assert not open_files(tmp_path)
    Gallery(tmp_path / "gallery.db", "open-1", SIZES).close()


def test_a_file_that_is_no_gallery_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "gallery.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(GalleryError, match="can't open the gallery") as caught:
        Gallery(tmp_path / "gallery.db", "open-1", SIZES)
    assert not open_files(tmp_path), caught  # whoever keeps the error keeps no file


def test_nobody_else_may_read_it(gallery: Gallery, tmp_path: Path) -> None:
    assert (tmp_path / "gallery.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["", "  "])
def test_a_person_needs_a_name(gallery: Gallery, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        gallery.add(name, [somebody()])
    with pytest.raises(ValueError, match="face"):
        gallery.add("Анна", [])
    assert gallery.people() == ()


def test_vectors_of_another_pack_change_nothing(gallery: Gallery) -> None:
    with pytest.raises(ValueError, match="1024"):
        gallery.add("Анна", [somebody(), FaceEmbedding((vector(512),), 0.9, 100.0)])
    assert gallery.people() == ()


def test_no_photo_and_no_more_than_vectors_is_kept(gallery: Gallery, tmp_path: Path) -> None:
    gallery.add("Анна", [somebody()])
    with sqlite3.connect(tmp_path / "gallery.db") as base:
        ((first, rest),) = base.execute("SELECT first, rest FROM faces").fetchall()
    assert (len(first), len(rest)) == (256, 2048)


def test_a_gallery_is_counted_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a gallery?.db"
    assert summarize_gallery(path) == GallerySummary("", 0, 0)
    assert not path.exists()
    gallery = Gallery(path, "open-1", SIZES)
    gallery.add("Анна", [somebody(), somebody()])
    gallery.close()
    assert summarize_gallery(path) == GallerySummary("open-1", 1, 2)
    path.write_bytes(b"something else")
    with pytest.raises(GalleryError, match="check the path"):
        summarize_gallery(path)
    with pytest.raises(GalleryError, match="check the path"):
        summarize_gallery(tmp_path / ("g" * 300))  # no system has such a name


def test_an_encrypted_gallery_answers_its_key_alone_and_tells_nothing(gallery: Gallery, tmp_path: Path) -> None:
    path, key, known = tmp_path / "gallery.db", "k" * 32, somebody()
    gallery.add("Анна", [known])
    gallery.close()
    with pytest.raises(GalleryKeyError, match="ozhivi gallery encrypt"):
        summarize_gallery(path, key)
    encrypt_gallery(path, key)
    opened = Gallery(path, "open-1", SIZES, key)
    assert opened.find_nearest(known)[0].distances == pytest.approx((0, 0), abs=1e-3)
    assert opened.add("Анна", [somebody()]) == 2
    opened.add("Борис", [somebody()])
    assert [(one.name, one.photos) for one in opened.people()] == [("Анна", 2), ("Борис", 1)]
    assert opened.remove("Борис") == 1
    opened.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not any(plain in stored for plain in ("Анна".encode(), known.vectors[0].astype(np.float16).tobytes()[:16]))
    assert summarize_gallery(path, key) == GallerySummary("open-1", 1, 2, encrypted=True)
    for wrong, words in (("", "no key is given"), ("w" * 32, "another key")):
        with pytest.raises(GalleryKeyError, match=words):
            summarize_gallery(path, wrong)
        with pytest.raises(GalleryKeyError, match=words) as caught:
            Gallery(path, "open-1", SIZES, wrong)
        assert not open_files(tmp_path), caught


def test_an_empty_gallery_becomes_encrypted_by_a_key(gallery: Gallery, tmp_path: Path) -> None:
    gallery.close()
    Gallery(tmp_path / "gallery.db", "open-1", SIZES, "k" * 32).close()
    assert summarize_gallery(tmp_path / "gallery.db", "k" * 32).encrypted
    with pytest.raises(GalleryKeyError, match="already"):
        encrypt_gallery(tmp_path / "gallery.db", "k" * 32)
    with pytest.raises(GalleryError, match="check the path"):
        encrypt_gallery(tmp_path / "none.db", "k" * 32)
