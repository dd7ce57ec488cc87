"""The check of every format: ordinary files pass, hostile ones end with a sentence, and what passes is cheap."""

from __future__ import annotations

from time import thread_time

import pytest

from pipeline.errors import PhotoError, Reason
from pipeline.photo.cost.check import check_cost
from pipeline.photo.decode import sniff
from pipeline.photo.load import read_photo
from tests.pipeline.photo.cost.files import EMPTY_SCAN, before_end, behind_header, chunk, outcome, tiled_tiff
from tests.pipeline.photo.pictures import FORMATS, picture, reason, saved


@pytest.mark.parametrize("kind", FORMATS)
def test_an_ordinary_file_passes_and_a_cut_one_ends_with_a_reason(kind: str) -> None:
    data = saved(picture(), kind)
    name = sniff(data)
    assert name is not None
    check_cost(name, data)
    for end in range(16, len(data), max(1, len(data) // 97)):
        assert outcome(lambda cut: check_cost(name, cut), data[:end]) in {None, Reason.BROKEN_FILE}


def test_a_refusal_has_a_sentence_for_people() -> None:
    with pytest.raises(PhotoError) as caught:
        read_photo(before_end(saved(picture(), "JPEG", progressive=True), EMPTY_SCAN * 200))
    assert caught.value.sentence == "Файл повреждён, открыть его не получилось."
    assert "сохраните её заново" in caught.value.advice
    assert caught.value.detail == "jpeg: scans over 100"


PROGRESSIVE = saved(picture(2_000, 1_500), "JPEG", progressive=True)
DEAREST = {
    "scans": before_end(PROGRESSIVE, EMPTY_SCAN * 89),
    "pieces of pixels": behind_header(saved(picture(), "PNG"), chunk(b"IDAT") * 99_000),
    "tiles": tiled_tiff(255, 256, (1, 1)),
}


@pytest.mark.parametrize("name", DEAREST)
def test_whatever_passes_is_decoded_soon(name: str) -> None:
    begun = thread_time()
    assert reason(DEAREST[name]) in {None, Reason.BROKEN_FILE}
    assert thread_time() - begun < 8
