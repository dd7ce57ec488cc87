"""The way through the service, measured once; figures → a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.bench.errors import BenchError
from skill.bench.service import PhotoTimes, ServiceFigures, measure_service, table
from skill.demo_portrait import astronaut
from weights.store import WeightStore

TIMES = (PhotoTimes(0.2, 1.0, 6.0, 7.2), PhotoTimes(0.1, 0.2, 3.0, 3.3), PhotoTimes(0.1, 0.4, 5.0, 5.5))


def test_cold_is_the_first_photo_and_warm_the_median_of_the_others() -> None:
    shown = {what.strip(): (cold, warm) for what, cold, warm in table(ServiceFigures(TIMES, None, 57.3))}
    assert shown["upload to link"] == ("7.20 s", "4.40 s")
    assert shown["waiting"] == ("1.00 s", "0.30 s")
    assert shown["memory of a 40 MiB upload"] == ("", "–")
    assert shown["weight of the page"] == ("", "57.3 KiB")


def test_a_service_is_measured(tmp_path: Path, built_weights: WeightStore) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(astronaut((320, 240)))
    figures = measure_service(photo, runs=1)
    (times,) = figures.photos
    assert times.total == pytest.approx(times.sending + times.waiting + times.rendering)
    assert min(times.sending, times.rendering) > 0
    assert 20 < figures.page_kib <= 84
    assert figures.upload_mib is None or figures.upload_mib < 100


def test_a_photo_that_is_refused_is_an_error(tmp_path: Path, built_weights: WeightStore) -> None:
    photo = tmp_path / "photo.gif"
    photo.write_bytes(b"GIF89a and no more")
    with pytest.raises(BenchError, match="broken_file"):
        measure_service(photo, runs=1)
