"""Words of Russian speech: their dictionary forms, numbers, and which of them carry no meaning of their own."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from skill.dialog.nlu.numerals import cardinal, ordinal
from skill.dialog.nlu.synonyms import SYNONYMS

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

MOST_WORDS = 64  # what is said longer than this is not a command; it also bounds the time
_LONGEST = 32  # letters of a word that is worth a dictionary
_RUSSIAN = re.compile(r"[а-я]+")  # the dictionary raises ValueError on letters without a Unicode name
_LETTERS = re.compile(r"[^\W_]+")
# all but nouns, verbs and numerals: understood by the grammar or passed over
_SOFT = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO", "ADJF", "ADJS", "PRED", "COMP", "ADVB"})
_PARTICIPLES = {"PRTF": "^", "PRTS": "~"}
# before a verb these change how, not what: «заморгать», «поулыбаться»
_PREFIXES = ("за", "по", "при", "раз", "рас")
_NAMES = ("Name", "Patr", "Surn")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the dictionary knows it; of an ambiguous form all readings together."""

    text: str
    """The word itself, ё as е."""

    keys: frozenset[str]
    """The word and its dictionary forms; a participle has its verb's, with a mark."""

    known: bool = True
    """Whether the dictionary has it."""

    soft: bool = False
    """Passed over where it is not understood: no noun, verb or numeral."""

    name: bool = False
    """A person's name."""

    past: bool = False
    """A verb in the past tense."""

    finite: bool = False
    """A verb in the present or future, not in the first person."""

    imperative: bool = False
    """May be an order."""

    dative: bool = False
    """May be the one that something is for."""

    gender: str = ""
    """masc, femn or neut, empty where it has none."""

    cardinal: int | None = None
    """Its number: «пять», «5»."""

    ordinal: int | None = None
    """Its place in a row, 1 … 20: «второй»."""


def split_words(text: str) -> tuple[str, ...]:
    """Lower case, ё as е, without marks and stress signs: «Оживи ф+ото!» → оживи, фото."""
    plain = unicodedata.normalize("NFKC", text).replace("+", "").lower().replace("ё", "е")
    plain = unicodedata.normalize("NFC", plain.replace("\u0301", ""))
    return tuple(_LETTERS.findall(plain)[:MOST_WORDS])


@lru_cache(maxsize=16384)  # a word costs 0.2 ms to look up and 0.6 KiB to keep
def read(word: str) -> Word:
    """One of `words` as the dictionary knows it."""
    if word.isdecimal():
        return Word(word, frozenset({word}), cardinal=cardinal(word))
    if len(word) > _LONGEST or not _RUSSIAN.fullmatch(word):
        return Word(word, frozenset({word}), known=False)
    morph = _morph()
    parses = morph.parse(word)
    keys = {word} | {_key(parse) for parse in parses}
    keys |= {SYNONYMS[key] for key in keys if key in SYNONYMS}
    best = parses[0].tag
    return Word(
        text=word,
        keys=frozenset(keys),
        known=bool(morph.word_is_known(word)),
        soft=best.POS in _SOFT,
        name=any(mark in best for mark in _NAMES),
        past=best.tense == "past",
        finite=best.POS == "VERB" and best.tense in ("pres", "futr") and best.person != "1per",
        imperative=any(parse.tag.mood == "impr" for parse in parses),
        dative=any(parse.tag.case == "datv" for parse in parses),
        gender=str(best.gender or ""),
        cardinal=cardinal(word, *keys),
        ordinal=ordinal(word, *keys),
    )


def bare_verb(word: Word) -> frozenset[str]:
    """The forms of a verb without their prefixes, as they may stand in a lexicon."""
    return frozenset(
        key.removeprefix(prefix) for key in word.keys for prefix in _PREFIXES if key.startswith(prefix) and len(key) > 6
    )


def _key(parse: Any) -> str:
    lemma = str(parse.normal_form).replace("ё", "е")
    return lemma + _PARTICIPLES.get(str(parse.tag.POS), "")


def is_known(word: str) -> bool:
    """Whether the dictionary has the word, in any form."""
    return read(word).known


@lru_cache(maxsize=1)
def _morph() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer as Analyzer  # noqa: PLC0415  (0.2 s and 26 MiB, only where words are read)

    return Analyzer(lang="ru")
