"""A small reader of the console's grammars, as their documentation describes them: what a file's root covers.

It is not the platform's own parser; it shows that our files say what we mean by them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from skill.dialog.nlu.morphology import Word, read, split_words

_TOKEN = re.compile(r"\$[\w.]+|[\w]+|[\[\]()|?*+]")


@dataclass(frozen=True)
class _Item:
    """A word, a part («$Name»), or alternatives in brackets; `free`: in any order; `times`: ?, *, + or nothing."""

    word: str = ""
    choices: tuple[tuple[_Item, ...], ...] = ()
    free: bool = False
    times: str = ""
    lemma: bool = False


class Grammar:
    """One file."""

    def __init__(self, text: str) -> None:
        self.parts: dict[str, list[tuple[_Item, ...]]] = {}
        name, lemma = "", False
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith(" "):
                name, lemma = line.strip().rstrip(":"), False
                self.parts[name] = []
            elif line.strip() == "%lemma":
                lemma = True
            elif name != "slots":
                self.parts[name] += _choices(_TOKEN.findall(line), lemma=lemma)

    def covers(self, phrase: str) -> bool:
        """Whether root covers all of the phrase, but for fillers."""
        said = [read(word) for word in split_words(phrase)]
        return any(len(said) in self._skipped(said, end) for end in self._any(said, 0, self.parts["root"]))

    def _any(self, said: Sequence[Word], start: int, choices: Sequence[tuple[_Item, ...]]) -> set[int]:
        return {end for items in choices for end in self._all(said, {start}, items)}

    def _all(self, said: Sequence[Word], starts: set[int], items: Sequence[_Item]) -> set[int]:
        for item in items:
            starts = {end for start in starts for end in self._item(said, start, item)}
        return starts

    def _item(self, said: Sequence[Word], start: int, item: _Item) -> set[int]:
        ends = self._once(said, start, item)
        while item.times in ("*", "+"):
            more = ends | {end for before in ends for end in self._once(said, before, item)}
            if more == ends:
                break
            ends = more
        return ends | {start} if item.times in ("?", "*") else ends

    def _once(self, said: Sequence[Word], start: int, item: _Item) -> set[int]:
        if item.free:
            orders = (order for items in item.choices for order in permutations(items))
            return {end for order in orders for end in self._all(said, {start}, order)}
        if item.choices:
            return self._any(said, start, item.choices)
        if item.word.startswith("$") and item.word in self.parts:
            return self._any(said, start, self.parts[item.word])
        places = self._skipped(said, start)
        return {place + 1 for place in places if place < len(said) and _same(said[place], item)}

    def _skipped(self, said: Sequence[Word], start: int) -> set[int]:
        """Where one may be after fillers."""
        places, fillers = {start}, self.parts.get("filler", [])
        at = start
        while at < len(said) and any(len(items) == 1 and _same(said[at], items[0]) for items in fillers):
            at += 1
            places.add(at)
        return places


def _same(said: Word, item: _Item) -> bool:
    if item.word == "$YANDEX.NUMBER":
        return said.cardinal is not None
    wanted = item.word.replace("ё", "е")
    return bool(said.keys & read(wanted).keys) if item.lemma else said.text == wanted


def _choices(tokens: list[str], *, lemma: bool) -> list[tuple[_Item, ...]]:
    """The tokens up to a closing bracket, which is taken too."""
    choices: list[list[_Item]] = [[]]
    while tokens:
        token = tokens.pop(0)
        if token in "])":
            break
        if token == "|":
            choices.append([])
        elif token in "?*+":
            last = choices[-1][-1]
            choices[-1][-1] = _Item(last.word, last.choices, last.free, token, last.lemma)
        elif token in "[(":
            inner = tuple(_choices(tokens, lemma=lemma))
            choices[-1].append(_Item(choices=inner, free=token == "["))
        else:
            choices[-1].append(_Item(token, lemma=lemma))
    return [tuple(items) for items in choices]
