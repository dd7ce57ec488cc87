"""Look-ups in a gallery of random faces."""

from __future__ import annotations

from skill.bench.gallery import measure_gallery


def test_every_figure_is_there() -> None:
    rows = dict(measure_gallery(30))
    assert rows["entries"] == "30"
    assert rows["look-up, median"].endswith(" ms")
    assert rows["on disk"].endswith(" MiB")
