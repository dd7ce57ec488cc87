"""A pipeline that makes no picture: it keeps the wish, and writes files or fails as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from pipeline.output.encode import Clip
from pipeline.run import Wish


@dataclass
class FakePipeline:
    """Stands in for `skill.local_render.render_several`: keeps the last wish, makes files, or raises."""

    error: Exception | None = None
    wish: Wish | None = None
    out: Path | None = None
    restored: tuple[str, ...] = ()

    def render_several(
        self, source: Path | bytes, orders: list[tuple[Wish, Path]], on_step: Callable[[str, float], None],
        *, still: Path | None = None, **_: Any,
    ) -> list[Any]:  # fmt: skip
        if still is not None:
            still.write_bytes(b"still")
        return [self.render(source, wish, out, on_step) for wish, out in orders]

    def render(self, source: Path | bytes, wish: Wish, out: Path, on_step: Callable[[str, float], None]) -> Any:
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
            left_out=0,
            restored=self.restored,
            moods=(),
            numbers=(2,),
            people=2,
            straightened=False,
        )
