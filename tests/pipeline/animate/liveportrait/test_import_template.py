"""LivePortrait's pickles: numbers are read, anything else is refused before it runs."""

from __future__ import annotations

import os
import pickle
import pickletools
import subprocess
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy._core.multiarray import _reconstruct

from pipeline.animate.liveportrait.import_template import read_template
from pipeline.animate.liveportrait.recording import NotAMotionError
from pipeline.animate.liveportrait.source import rotation_matrices


def template(count: int = 20, key: str = "R", **more: Any) -> dict[str, Any]:
    random = np.random.default_rng(1)
    turns = rotation_matrices(np.cumsum(random.normal(0, 1, (count, 3)), axis=0).astype(np.float32))
    frames = [
        {
            "scale": np.full((1, 1), 1.2 + 0.001 * index, np.float32),
            key: turns[index : index + 1],
            "exp": random.normal(0, 0.02, (1, 21, 3)).astype(np.float32),
            "t": random.normal(0, 0.02, (1, 3)).astype(np.float32),
        }
        for index in range(count)
    ]
    return {"n_frames": count, "output_fps": 25, "motion": frames, **more}


def write_pickle(path: Path, content: object, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(content, protocol))
    return path


@pytest.mark.parametrize("protocol", [0, 2, 3, 4, 5])
@pytest.mark.parametrize("key", ["R", "R_d"])
def test_every_protocol_and_both_names(tmp_path: Path, protocol: int, key: str) -> None:
    content = template(key=key, c_d_eyes_lst=[np.zeros((1, 2), np.float32)] * 20)
    found = read_template(write_pickle(tmp_path / "a.pkl", content, protocol)).recording
    assert (len(found), found.fps) == (20, 25.0)
    assert np.array_equal(found.rotation, np.concatenate([frame[key] for frame in content["motion"]]))
    assert np.array_equal(found.expression[3], content["motion"][3]["exp"][0])
    assert np.array_equal(found.translation[7], content["motion"][7]["t"][0, :2])


def test_numbers_may_be_numpys_own(tmp_path: Path) -> None:
    found = read_template(write_pickle(tmp_path / "a.pkl", template(output_fps=np.float64(30.0))))
    assert found.recording.fps == 30.0


@pytest.mark.parametrize("names", [("c_eyes_lst", "c_lip_lst"), ("c_d_eyes_lst", "c_d_lip_lst"), ()])
def test_openness_of_eyes_and_lips_is_read_where_it_is_told(tmp_path: Path, names: tuple[str, ...]) -> None:
    lists = ([np.array([[0.3, 0.01 * at]]) for at in range(20)], [np.array([[0.02 * at]]) for at in range(20)])
    found = read_template(write_pickle(tmp_path / "a.pkl", template(**dict(zip(names, lists, strict=False)))))
    if not names:
        assert found.eyes is None and found.lips is None
        return
    assert found.eyes is not None and found.lips is not None
    assert np.allclose(found.eyes[7], (0.3, 0.07)) and np.allclose(found.lips[7], 0.14)


@pytest.mark.parametrize(
    "eyes",
    [[np.zeros((1, 2))] * 19, [np.zeros((1, 3))] * 20, [np.full((1, 2), np.nan)] * 20, [np.full((1, 2), 1e9)] * 20, 5],
    ids=["fewer frames", "another shape", "no numbers", "no eye", "no list"],
)
def test_a_list_of_eyes_that_makes_no_sense(tmp_path: Path, eyes: object) -> None:
    with pytest.raises(NotAMotionError):
        read_template(write_pickle(tmp_path / "x.pkl", template(c_eyes_lst=eyes)))


class Call:
    def __init__(self, *call: Any) -> None:
        self.call = call

    def __reduce__(self) -> Any:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize(
    "bad",
    [
        Call(eval, "1 / 0"),
        Call(Path, "a"),
        Call(getattr, "a", "upper"),
        Call(np.load, "x.npy"),
        OrderedDict(a=1),
        np.array([{"a": 1}], object),
        np.array(["text"]),
        {1, 2, np.float32},
    ],
    ids=["eval", "path", "getattr", "numpy function", "ordered", "objects", "texts", "a class"],
)
@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_what_is_not_numbers_is_refused(tmp_path: Path, bad: object, protocol: int) -> None:
    path = write_pickle(tmp_path / "bad.pkl", template(extra=bad), protocol)
    with pytest.raises(NotAMotionError, match="a motion is made of numbers"):
        read_template(path)


@pytest.mark.parametrize("run", [os.system, subprocess.getoutput])
def test_no_command_of_a_file_runs(tmp_path: Path, run: object) -> None:
    trace = tmp_path / "ran"
    path = write_pickle(tmp_path / "bad.pkl", template(extra=Call(run, f"touch {trace}")))
    pickle.loads(path.read_bytes())  # what an ordinary reader does with this file
    assert trace.exists()
    trace.unlink()
    with pytest.raises(NotAMotionError, match="is not opened"):
        read_template(path)
    assert not trace.exists()


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.pkl"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse
    with pytest.raises(NotAMotionError, match="larger than 64 MiB"):
        read_template(path)


def test_an_array_may_not_claim_memory_before_it_has_content(tmp_path: Path) -> None:
    path = write_pickle(tmp_path / "bomb.pkl", Call(_reconstruct, np.ndarray, (10**11,), b"b"))
    with pytest.raises(NotAMotionError, match="not built as numpy"):
        read_template(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04",
        b"not a pickle",
        pickle.dumps([1, 2]),
        pickle.dumps({"motion": []}),
        pickle.dumps({"motion": [1]}),
    ],
)
def test_what_is_no_template_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(content)
    with pytest.raises(NotAMotionError):
        read_template(path)


def test_every_cut_of_a_good_file_is_refused_or_read(tmp_path: Path) -> None:
    data = pickletools.optimize(pickle.dumps(template(3), 4))
    path = tmp_path / "cut.pkl"
    for end in range(0, len(data), 37):
        path.write_bytes(data[:end])
        with pytest.raises(NotAMotionError):
            read_template(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("R", np.zeros((1, 3, 3))), ("exp", np.full((1, 21, 3), np.nan)), ("scale", -np.ones((1, 1))), ("t", np.zeros(2))],
)
def test_numbers_that_make_no_sense(tmp_path: Path, name: str, value: Any) -> None:
    content = template()
    content["motion"][5][name] = value
    with pytest.raises(NotAMotionError):
        read_template(write_pickle(tmp_path / "x.pkl", content))
