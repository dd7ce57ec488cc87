"""Training of the classifier of phrases: a few examples are learnt, and what the tables say is read as it is meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skill.dialog.nlu.examples import Example
from skill.dialog.nlu.phrase_features import BUCKETS
from skill.train.phrases import allowed_at, fit, left_out, read_table

LATER = Example("", "wait", "погоди очки найду")
TAUGHT = [
    LATER,
    Example("", "wait", "подожди ручку найду"),
    Example("", "again", "переделай криво вышло"),
    Example("", "again", "переделай плохо вышло"),
    Example("consent", "no", "муж не велит"),
]


def test_words_that_a_meaning_has_alone_weigh_for_it() -> None:
    fitted = fit(TAUGHT, ["again", "no", "wait"])
    assert fitted.features.shape == (len(TAUGHT), BUCKETS)
    assert fitted.dual.argmax(axis=1).tolist() == [2, 2, 0, 0, 1]
    assert (fitted.rarity > 0).any()
    assert left_out(fitted, TAUGHT, ["again", "no", "wait"]).tolist() == [True, True, True, True, False]
    assert np.array_equal(fit(TAUGHT, ["again", "no", "wait"]).dual, fitted.dual)


def test_a_meaning_out_of_place_is_not_allowed_at_a_grave_question() -> None:
    assert allowed_at("", TAUGHT) == {"wait", "again"}
    assert allowed_at("consent", TAUGHT) == {"wait", "no"}


def test_a_table_gives_meanings_without_what_only_words_tell(tmp_path: Path) -> None:
    rows = ("# comment", "пусть кивнёт\tgesture\tgestures=nod", "левую\tchoose\tface=left\tface", "да\tyes\t\tconsent",
            "кто увидит фото\tconsent_text\ttopic=privacy\toffer", "")  # fmt: skip
    (tmp_path / "table.tsv").write_text("\n".join(rows), encoding="utf-8")
    assert read_table(tmp_path / "table.tsv") == [
        Example("", "gesture", "пусть кивнёт"),
        Example("face", "choose face", "левую"),
        Example("", "question topic=privacy", "кто увидит фото"),
    ]
