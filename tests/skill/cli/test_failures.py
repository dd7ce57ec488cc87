"""Errors of commands: a line and an exit code, or one JSON object."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.errors import FaceError, MotionError, PhotoError, Reason
from skill.cli.main import app
from tests.skill.cli.fake_pipeline import FakePipeline
from weights.errors import MissingWeights

runner = CliRunner()


@pytest.mark.parametrize(
    ("error", "code", "reason", "words"),
    [
        (FaceError(Reason.NO_FACE), 3, "no_face", "не вижу"),
        (PhotoError(Reason.NOT_AN_IMAGE), 3, "not_an_image", "Подойдёт файл JPEG"),
        (MissingWeights("face_detector", Path("x.onnx")), 4, "undetermined", "ozhivi weights build"),
        (PermissionError(13, "Permission denied", "/clip.mp4"), 1, "file", "/clip.mp4: нет прав"),
        (OSError(28, "No space left on device"), 1, "file", "на диске кончилось место"),
        (MotionError("no motion named 'dance'"), 2, "usage", "Такое движение не получится."),
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
    assert re.match("[А-Я]", answer["sentence"])


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
    ("words", "reason", "sentence", "detail"),
    [
        (["none.jpg"], "no_file", "Файла none.jpg нет.", "there is no file none.jpg"),
        (["."], "usage", "папка", "is a folder"),
        (["granny.jpg", "-o", "nowhere/clip.mp4"], "usage", "Папки nowhere нет.", "there is no folder nowhere"),
        (["granny.jpg", "-o", "clip.avi"], "usage", "Формата .avi нет", ".mp4, .gif, .webp, .jpg"),
        (["granny.jpg", "--format", "avi"], "usage", "Формата avi нет", "mp4, gif, webp, jpg"),
        (["granny.jpg", "--gesture", "moonwalk"], "usage", "Такое движение не получится.", "shake, turn, tilt, look"),
        (["granny.jpg", "--seconds", "9"], "usage", "Команда написана неверно.", "--seconds"),
        (["granny.jpg", "--moonwalk"], "usage", "Команда написана неверно.", "--moonwalk"),
        ([], "usage", "Команда написана неверно.", "PHOTO"),
    ],
)
def test_wrong_usage_is_json_too(
    pipeline: FakePipeline, photo: str, words: list[str], reason: str, sentence: str, detail: str
) -> None:
    spoken = runner.invoke(app, ["animate", *words])
    assert (spoken.exit_code, spoken.stdout) == (2, "")
    done = runner.invoke(app, ["animate", *words, "--json"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (2, "")
    assert (answer["ok"], answer["reason"]) == (False, reason)
    assert sentence in answer["sentence"]
    assert detail in answer["detail"].replace("{", "").replace("}", "")
