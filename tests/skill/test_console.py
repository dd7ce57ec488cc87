"""Output of the commands: the bar, one line, one JSON object."""

from __future__ import annotations

import json

import pytest

from skill.console import print_estimate, print_json, progress


def test_the_bar_is_for_terminals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with progress() as on_step:
        on_step("decode", 0.5)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress() as on_step:
        on_step("animate", 0.5)
        on_step("finish", 0.5)
    shown = capsys.readouterr()
    assert (shown.out, "Оживляю" in shown.err) == ("", True)
    with progress(shown=False) as on_step:
        on_step("animate", 0.5)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("seconds", "words"), [(30.2, "около 30 с."), (89.0, "около 89 с."), (150.0, "около 2 мин.")])
def test_a_slow_animator_says_how_long(capsys: pytest.CaptureFixture[str], seconds: float, words: str) -> None:
    print_estimate(seconds)
    assert capsys.readouterr().err.rstrip().endswith(words)


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"sentence": "Две\nстроки"})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"sentence": "Две\nстроки"}
