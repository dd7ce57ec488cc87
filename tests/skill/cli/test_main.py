"""The command line: what it asks the pipeline for, what it says, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.errors import FaceError, PhotoError, Reason
from pipeline.output.encode import Clip
from pipeline.run import Wish
from skill import local_render as rendering
from skill.cli.main import app
from skill.demo_portrait import astronaut
from weights.errors import MissingWeights
from weights.store import WeightStore

runner = CliRunner()


@dataclass
class FakePipeline:
    """Stands in for `skill.local_render.render`: keeps the wish, makes a file, or raises."""

    error: Exception | None = None
    wish: Wish | None = None
    out: Path | None = None

    def render(
        self, source: Path | bytes, wish: Wish, out: Path, on_step: Callable[[str, float], None], **_: Any
    ) -> Any:
        self.wish, self.out = wish, out
        for step in ("decode", "faces", "filters", "motion", "animate", "finish", "encode"):
            on_step(step, 0.0)
            on_step(step, 1.0)
        if self.error is not None:
            raise self.error
        files = {name: out.with_suffix(f".{name}") for name in wish.formats}
        for path in files.values():
            path.write_bytes(b"clip")
        left, right = (SimpleNamespace(box=np.array([x, 0, x + 50, 60], np.float32)) for x in (10, 200))
        return SimpleNamespace(
            clip=Clip(files, round(wish.seconds * wish.fps), wish.fps, (640, 480), wish.seconds),
            faces=(right, left),
            chosen=(right,),
            timings={"decode": 0.01, "animate": 1.23456},
            figures={"moved": 3.21},
        )


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setattr(rendering, "render", fake.render)
    monkeypatch.setattr(rendering, "open_runtime", lambda **_: None)
    return fake


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "granny.jpg").write_bytes(b"a photo")
    return "granny.jpg"


def test_a_photo_is_all_it_takes(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo])
    assert done.exit_code == 0, done.output
    assert pipeline.wish == Wish()
    assert pipeline.out == Path("granny-ozhivi.mp4")
    assert "Готово: granny-ozhivi.mp4" in done.stdout
    assert "640×480, 4 с, 25 кадров в секунду" in done.stdout


def test_every_option_reaches_the_wish(pipeline: FakePipeline, photo: str) -> None:
    options = "--motion idle --gesture smile,Wink --gesture nod --seconds 5 --fps 30 --face left --format gif,webp"
    done = runner.invoke(
        app,
        [
            "animate",
            photo,
            *options.split(),
            "--seed",
            "7",
            "--long-side",
            "800",
            "--turn",
            "90",
            "-o",
            "a.gif",
            "--adult",
        ],
    )
    assert done.exit_code == 0, done.output
    assert pipeline.wish == Wish(
        "idle", ("smile", "wink", "nod"), 5.0, 30, 7, "left", ("gif", "webp"), 800, 90, adult=True
    )


@pytest.mark.parametrize(
    ("out", "formats"), [("a.gif", ("gif",)), ("a", ("mp4",)), ("b.MP4", ("mp4",)), ("a.1944", ("mp4",))]
)
def test_the_file_says_its_format(pipeline: FakePipeline, photo: str, out: str, formats: tuple[str, ...]) -> None:
    assert runner.invoke(app, ["animate", photo, "-o", out]).exit_code == 0
    assert pipeline.wish is not None
    assert pipeline.wish.formats == formats


def test_many_gestures_make_a_longer_loop(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--gesture", "turn-left,turn-right,nod"])
    assert done.exit_code == 0, done.output
    assert pipeline.wish is not None
    assert 5 < pipeline.wish.seconds <= 6


def test_json_is_one_object_and_nothing_else(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--json", "--format", "mp4,gif"])
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "ok": True,
        "files": {"mp4": "granny-ozhivi.mp4", "gif": "granny-ozhivi.gif"},
        "size": [640, 480],
        "frames": 100,
        "fps": 25,
        "seconds": 4.0,
        "faces": 2,
        "chosen": [2],
        "timings": {"decode": 0.01, "animate": 1.2346},
        "figures": {"moved": 3.21},
    }


@pytest.mark.parametrize(
    ("error", "code", "reason", "words"),
    [
        (FaceError(Reason.NO_FACE), 3, "no_face", "не вижу"),
        (PhotoError(Reason.NOT_AN_IMAGE), 3, "not_an_image", "Пришлите снимок"),
        (MissingWeights("face_detector", Path("x.onnx")), 4, "undetermined", "ozhivi weights build"),
        (PermissionError(13, "Permission denied", "/clip.mp4"), 1, "file", "/clip.mp4"),
        (ZeroDivisionError("two\nlines"), 1, "unexpected", "ZeroDivisionError: two lines"),
    ],
)
def test_an_error_is_a_line_and_a_code(
    pipeline: FakePipeline, photo: str, error: Exception, code: int, reason: str, words: str
) -> None:
    pipeline.error = error
    spoken = runner.invoke(app, ["animate", photo])
    assert spoken.exit_code == code
    assert spoken.stdout == ""
    assert words in spoken.stderr
    assert "Traceback" not in spoken.stderr
    told = runner.invoke(app, ["animate", photo, "--json"])
    assert told.exit_code == code
    answer = json.loads(told.stdout)
    assert (answer["ok"], answer["reason"]) == (False, reason)
    assert words in f"{answer['sentence']} {answer['advice']}"


@pytest.mark.parametrize(("cause", "option"), [("appeal", "(--adult)"), ("archive", "(--archive)"), ("", "")])
def test_a_refusal_that_can_be_answered_says_how(pipeline: FakePipeline, photo: str, cause: str, option: str) -> None:
    pipeline.error = FaceError(Reason.CHILD, cause=cause)
    spoken = runner.invoke(app, ["animate", photo])
    assert spoken.exit_code == 3
    assert spoken.stderr.strip().endswith(option)
    assert ("--" in spoken.stderr) == bool(option)
    told = json.loads(runner.invoke(app, ["animate", photo, "--json"]).stdout)
    assert (told["reason"], told["cause"]) == ("child", cause)


def test_debug_lets_the_traceback_through(pipeline: FakePipeline, photo: str) -> None:
    pipeline.error = ZeroDivisionError("here")
    assert isinstance(runner.invoke(app, ["animate", photo, "--debug"]).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    "options",
    [
        ["--gesture", "moonwalk"],
        ["--motion", "dance"],
        ["--motion", "dance", "--seconds", "3"],
        ["--seconds", "9"],
        ["--seconds", "nan"],
        ["--fps", "24"],
        ["--face", "0"],
        ["--face", "uncle"],
        ["--turn", "45"],
        ["--format", "avi"],
        ["-o", "nowhere/clip.mp4"],
        ["--seed", "-1"],
        ["--gesture", "turn-left,turn-right,nod", "--seconds", "2"],
    ],
)
def test_wrong_usage_is_told_before_any_work(pipeline: FakePipeline, photo: str, options: list[str]) -> None:
    done = runner.invoke(app, ["animate", photo, *options])
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr
    assert pipeline.wish is None


def test_a_photo_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert runner.invoke(app, ["animate", str(tmp_path / "none.jpg")]).exit_code == 2


def test_doctor_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(tmp_path))
    done = runner.invoke(app, ["doctor"], env={"COLUMNS": "200"})
    assert done.exit_code == 4, done.output
    assert "CPUExecutionProvider" in done.stdout
    assert "ozhivi weights build" in done.stdout


def test_doctor_shows_the_settings_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_API_KEYS", f"{'k' * 40},{'l' * 40}")
    monkeypatch.setenv("OZHIVI_KEEP", "90m")
    done = runner.invoke(app, ["doctor"], env={"COLUMNS": "200"})
    assert "OZHIVI_KEEP" in done.stdout
    assert "5400" in done.stdout
    assert "2 given" in done.stdout
    assert "kkk" not in done.stdout


def test_wrong_settings_are_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_PORT", "http")
    for command in ("doctor", "serve", "ticket"):
        done = runner.invoke(app, [command])
        assert done.exit_code == 2
        assert "OZHIVI_PORT: should be a whole number" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_ticket_is_a_link_and_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path / "data"))
    link, code = runner.invoke(app, ["ticket", "--address", "https://photo.example.ru/"]).stdout.split("\n")[:2]
    assert link.startswith("https://photo.example.ru/u/")
    assert len(code.replace(" ", "")) == 6


def test_help_is_light() -> None:
    heavy = ("cv2", "onnxruntime", "av", "scipy", "numpy", "PIL", "onnx", "torch")
    script = f"import skill.cli.main, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_astronaut_comes_alive(built_weights: WeightStore, tmp_path: Path) -> None:
    """The whole way, on a real portrait, with nothing faked."""
    photo, clip = tmp_path / "astronaut.png", tmp_path / "clip.mp4"
    photo.write_bytes(astronaut())
    options = [
        "--seconds",
        "2",
        "--long-side",
        "384",
        "--format",
        "mp4,gif",
        "--sheet",
        str(tmp_path / "sheet.png"),
    ]
    done = runner.invoke(app, ["animate", str(photo), "-o", str(clip), "--json", *options])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["size"], answer["frames"], answer["faces"], answer["chosen"]) == ([384, 384], 50, 1, [1])
    assert set(answer["timings"]) == {"decode", "faces", "filters", "motion", "animate", "finish", "encode"}
    assert all(Path(path).stat().st_size > 10_000 for path in answer["files"].values())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "astronaut.png",
        "clip.gif",
        "clip.mp4",
        "sheet.png",
    ]
    landscape = tmp_path / "grey.png"
    landscape.write_bytes(photo.read_bytes()[:500])
    refused = runner.invoke(app, ["animate", str(landscape), "--json"])
    assert (refused.exit_code, json.loads(refused.stdout)["reason"]) == (3, "broken_file")
