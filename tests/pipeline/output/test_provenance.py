"""Every file says that a program made it."""

from __future__ import annotations

from pathlib import Path

import av

from pipeline.limits import RESTORE_PARTS
from pipeline.output import provenance
from pipeline.output.encode import encode
from pipeline.output.rendition import write_rendition
from tests.pipeline.output.loops import moving


def test_every_file_says_what_it_is(tmp_path: Path) -> None:
    clip = encode(moving(2), tmp_path / "clip", fps=25, formats=("mp4", "gif", "webp", "jpg"))
    for path in clip.files.values():
        assert provenance.COMMENT.encode() in path.read_bytes()
    with av.open(clip.files["mp4"]) as container:
        assert container.metadata["title"] == "Ozhivi"
        assert container.metadata["comment"] == provenance.COMMENT
        assert "creation_time" not in container.metadata
    for kind in ("webp", "jpg"):
        assert provenance.SOURCE_TYPE.encode() in clip.files[kind].read_bytes()


def test_each_part_of_a_restoration_has_words() -> None:
    assert set(provenance.RESTORED) == set(RESTORE_PARTS)
    assert provenance.restoration_type(("tone",)) == provenance.ENHANCED_TYPE


def test_every_file_says_that_its_colours_are_a_guess(tmp_path: Path) -> None:
    done = ("tone", "colour")
    clip = encode(moving(2), tmp_path / "clip", fps=25, formats=("mp4", "gif", "webp", "jpg"), restored=done)
    for path in clip.files.values():
        assert provenance.RESTORED["colour"].encode() in path.read_bytes()
    for name in ("messenger", "wallpaper"):
        out = tmp_path / name
        assert write_rendition(clip.files["mp4"], clip.files["jpg"], name, out, lambda picture: ()) == done
        assert provenance.RESTORED["colour"].encode() in out.read_bytes()
