"""The label: legible, small, clear of faces, on every format but the poster, and taken off again from a crop."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.output.encode import encode
from pipeline.output.label import MAX_AREA, Label, LabelledFrames, find_label


def wall(height: int, width: int, level: int, spread: int = 8) -> Pixels:
    noise = np.random.default_rng(0).integers(-spread, spread + 1, (height, width, 3))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


def contrast(one: float, other: float) -> float:
    """The contrast of two grey levels as WCAG counts it."""
    light, dark = sorted((((level / 255 + 0.055) / 1.055) ** 2.4 for level in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "size", [(120, 200), (200, 200), (480, 640), (720, 1280), (1280, 720), (750, 2000), (2160, 3840)]
)
def test_it_is_legible_and_small_on_any_ground(size: tuple[int, int]) -> None:
    for level in (4, 60, 128, 150, 200, 252):
        picture = np.full((*size, 3), level, np.uint8)
        stamp = Label(place="top-left").fix(picture).stamp(picture)
        rows, columns = stamp.keep.shape[:2]
        part = stamp.apply(picture)[stamp.top : stamp.top + rows, stamp.left : stamp.left + columns]
        letters = part[stamp.keep[..., 0] < 0.3].mean()
        assert contrast(letters, level) > 3, level
        assert rows * columns <= MAX_AREA * picture.shape[0] * picture.shape[1]
        ink = np.flatnonzero((stamp.keep < 0.5).any(axis=(1, 2)))  # the rows of «о», half as many as the letters' size
        shown = min(1.0, 358 / size[1], 439 / size[0])  # as our page shows the clip on a phone
        assert (ink[-1] - ink[0] + 1) * shown >= 4.5


def test_nothing_but_its_box_changes_and_what_stands_still_stays() -> None:
    frame = wall(200, 300, 90)
    stamp = Label().fix(frame).stamp(frame)
    first = stamp.apply(frame)
    assert np.array_equal(first, stamp.apply(frame.copy()))
    changed = (first != frame).any(axis=2)
    changed[stamp.top : stamp.top + stamp.keep.shape[0], stamp.left : stamp.left + stamp.keep.shape[1]] = False
    assert not changed.any()


@pytest.mark.parametrize(
    ("faces", "corner"),
    [
        ([], (True, False)),
        ([(200, 10, 290, 120)], (False, False)),
        ([(10, 20, 90, 120)], (True, False)),
        ([(0, 20, 300, 150)], (True, True)),
    ],
)
def test_it_leaves_faces_and_their_hair_clear(faces: list[tuple[int, ...]], corner: tuple[bool, bool]) -> None:
    boxes = [np.asarray(face, np.float32) for face in faces]
    assert Label().fix(wall(300, 300, 100, 0), boxes).corner == corner


def test_the_calmer_corner_at_the_top_is_taken() -> None:
    picture = wall(300, 300, 100)
    picture[:100, 150:] = wall(100, 150, 120, 120)
    assert Label().fix(picture).corner == (False, False)
    assert Label(place="top-right").fix(picture).corner == (True, False)


@pytest.mark.parametrize("wrong", [{"text": "  "}, {"place": "middle"}])
def test_what_can_not_be_a_label_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="label"):
        Label(**wrong)


def test_every_format_but_the_poster_bears_it(tmp_path: Path) -> None:
    frames = [wall(240, 320, 60)] * 4
    clip = encode(frames, tmp_path / "clip", fps=4, formats=("mp4", "gif", "webp", "jpg"), label=Label())
    with av.open(clip.files["mp4"]) as video:
        shown = {"mp4": next(video.decode(video=0)).to_ndarray(format="rgb24")}
    for name in ("gif", "webp", "jpg"):
        with Image.open(clip.files[name]) as picture:
            shown[name] = np.asarray(picture.convert("RGB"))
    bright = {name: int(np.count_nonzero(picture[:40].min(axis=2) > 150)) for name, picture in shown.items()}
    assert bright.pop("jpg") == 0
    assert all(count > 80 for count in bright.values()), bright


def test_frames_are_labelled_when_they_are_asked_for() -> None:
    frames = [wall(100, 200, 90), wall(100, 200, 92)]
    labelled = LabelledFrames(frames, Label().fix(frames[0]))
    assert len(labelled) == 2
    assert [np.array_equal(one, labelled[index]) for index, one in enumerate(labelled[:])] == [True, True]
    assert not np.array_equal(labelled[0], frames[0])


def test_a_label_is_found_and_taken_off_and_nothing_else_is_touched() -> None:
    picture = wall(240, 320, 100)
    labelled = Label().fix(picture).stamp(picture).apply(picture)
    labelled[100:140, 100:200] += 40  # a difference far from the corners
    restored = find_label(picture, labelled).apply(labelled)
    assert np.abs(restored[:60].astype(int) - picture[:60]).max() <= 9  # the halo's faint edge is left
    assert np.array_equal(restored[60:], labelled[60:])
    assert not find_label(picture, picture).add.size
