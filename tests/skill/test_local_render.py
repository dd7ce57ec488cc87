"""Rendering in the process of a command, and the result as the object of `--json`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.animate.warp.animator import WarpAnimator
from pipeline.output.encode import Clip
from skill.local_render import describe_result, open_photo_renderer
from skill.settings import WrongSettings


def test_a_result_is_described() -> None:
    clip = Clip({"mp4": Path("a.mp4")}, 100, 25, (640, 480), 4.0)
    result: Any = SimpleNamespace(
        clip=clip,
        timings={"decode": 0.012345},
        figures={"moved": 3.21},
        left_out=3,
        restored=("tone",),
        moods=(),
        numbers=(2,),
        people=2,
        straightened=False,
    )
    assert describe_result(result) == {
        "ok": True,
        "files": {"mp4": "a.mp4"},
        "size": [640, 480],
        "frames": 100,
        "fps": 25,
        "seconds": 4.0,
        "faces": 2,
        "left_out": 3,
        "restored": ["tone"],
        "chosen": [2],
        "straightened": False,
        "moods": [],
        "timings": {"decode": 0.0123},
        "figures": {"moved": 3.21},
    }


def test_the_settings_of_this_machine_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_ANIMATOR", "warp")
    assert isinstance(open_photo_renderer().animator, WarpAnimator)
    monkeypatch.setenv("OZHIVI_ANIMATOR", "crayon")
    with pytest.raises(WrongSettings, match="OZHIVI_ANIMATOR"):
        open_photo_renderer()
