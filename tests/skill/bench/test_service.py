"""The way through the service, measured once; figures → a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.bench.service import Served, ServiceFigures, measure, rows
from skill.demo_portrait import astronaut
from weights.store import WeightStore

WAYS = (Served(0.2, 1.0, 6.0, 7.2), Served(0.1, 0.2, 3.0, 3.3), Served(0.1, 0.4, 5.0, 5.5))


def test_cold_is_the_first_photo_and_warm_the_median_of_the_others() -> None:
    told = {what.strip(): (cold, warm) for what, cold, warm in rows(ServiceFigures(WAYS, None, 57.3))}
    assert told["upload to link"] == ("7.20 s", "4.40 s")
    assert told["waiting"] == ("1.00 s", "0.30 s")
    assert told["memory of a 40 MiB upload"] == ("", "–")
    assert told["weight of the page"] == ("", "57.3 KiB")


def test_a_service_is_measured(tmp_path: Path, built_weights: WeightStore) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(astronaut((320, 240)))
    figures = measure(photo, runs=1)
    (way,) = figures.ways
    assert way.all == pytest.approx(way.sent + way.waited + way.made)
    assert min(way.sent, way.made) > 0
    assert 20 < figures.page_kib <= 60
    assert figures.upload_mib is None or figures.upload_mib < 100


def test_a_photo_that_is_refused_is_told(tmp_path: Path, built_weights: WeightStore) -> None:
    photo = tmp_path / "photo.gif"
    photo.write_bytes(b"GIF89a and no more")
    with pytest.raises(RuntimeError, match="broken_file"):
        measure(photo, runs=1)
