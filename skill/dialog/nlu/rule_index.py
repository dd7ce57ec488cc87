"""The rules that may fit a phrase, found by its concepts: of hundreds only a few want one that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Generic, Protocol, TypeVar


class HasNeeds(Protocol):
    """A rule."""

    @property
    def needs(self) -> str:
        """Concepts that are all there: «a/b» one of them, «-a» not there."""


R = TypeVar("R", bound=HasNeeds)


@lru_cache(maxsize=512)
def terms(needs: str) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """The needs of a rule: groups of concepts one of each of which is there, and concepts that are not."""
    words = needs.split()
    wanted = tuple(frozenset(word.split("/")) for word in words if not word.startswith("-"))
    return wanted, frozenset(word[1:] for word in words if word.startswith("-"))


class RuleIndex(Generic[R]):
    """Rules by the concepts that they want. Each stands under one group of its needs, of which a phrase has to have
    one: that whose concepts the fewest rules want."""

    def __init__(self, rules: Sequence[R]) -> None:
        self._rules = tuple(rules)
        self._places: dict[str, list[int]] = {}
        groups = [terms(rule.needs)[0] for rule in rules]
        wanting = Counter(concept for wanted in groups for group in wanted for concept in group)
        for place, wanted in enumerate(groups):
            for concept in min(wanted, key=lambda group: sum(wanting[one] for one in group)):
                self._places.setdefault(concept, []).append(place)

    def candidates(self, concepts: frozenset[str]) -> Iterator[R]:
        """The rules that may fit a phrase with these concepts, in their order; no other one does."""
        found = {place for concept in concepts for place in self._places.get(concept, ())}
        return (self._rules[place] for place in sorted(found))
