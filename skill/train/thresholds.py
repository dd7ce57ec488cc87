"""`python -m skill.train.thresholds TABLES…`: fits the scores that guesses need, skill/dialog/nlu/thresholds.tsv.

Each example is guessed without itself and read by the rules; a threshold is the score at which taking the guesses above
it costs least. The costs are below. Nothing that agrees to a consent, a deletion or an age is ever a guess, so that no
threshold can let one through; `cost` holds it for infinitely dear all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import numpy as np
import typer

from skill.dialog.nlu.classifier import SETTINGS, Guess
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.examples import Example
from skill.dialog.nlu.guesses import is_settled, meaning_of, taken_as
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import Word, read, split_words
from skill.dialog.nlu.phrase_reader import read_by_rules
from skill.dialog.nlu.preparation import prepare
from skill.dialog.nlu.stake import GRAVE, Stake
from skill.dialog.nlu.thresholds import ANY, ELSEWHERE, FEW, FILE, LEAST, MARGIN, REFUSAL, Key, weight_of
from skill.train.phrases import allowed_at, fit, scores_left_out, teach

ASKED_AGAIN: Final = 0.4
"""Cost of «не поняла», beside 1 for doing the wrong thing."""
WRONG_ANSWER: Final = 0.7
"""Cost of an answer to another question than the one that was asked."""
GIVEN_UP: Final = 1.5
"""Cost of a refusal, or of asking to delete something, where none was meant."""
LEFT: Final = 3.0
"""Cost of ending the conversation where that was not meant."""
_TELLS: Final = frozenset({Intent.QUESTION, Intent.CONSENT_TEXT, Intent.HELP, Intent.ABILITIES, Intent.REPEAT})
_DEAR: Final = frozenset({Intent.NO, Intent.DELETE, Intent.CANCEL})
_STEPS: Final = np.arange(0, 1.01, 0.02)
_FEW_CASES: Final = 12  # fewer leave a threshold where that of all is
_SHARE: Final = 15.0  # cases as many as which the whole of its kind counts beside those of an intent
_SHORT: Final = 2  # words of a phrase that tells little


class Case(NamedTuple):
    """A guess that may take the place of what the rules understood."""

    kind: str
    """LEAST, FEW, MARGIN, ELSEWHERE or REFUSAL."""

    weight: str
    """Weight of the question that is open: grave or light."""

    intent: str
    """Intent for which a threshold is fitted."""

    score: float
    """Score of the guess, beside what it has to pass."""

    gain: float
    """Cost that is saved by taking it."""


def cost(heard: Understood, wanted: str, setting: str) -> float:
    """Cost of understanding a phrase so.

    Args:
        heard: what was understood.
        wanted: the meaning that it has, as the examples have it.
        setting: the setting that it was said in.
    """
    if _is_right(heard, wanted):
        return 0.0
    if (heard.intent is Intent.YES and setting in GRAVE) or (heard.intent is Intent.APPEAL and setting == Stake.AGE):
        return float("inf")
    if heard.intent is Intent.UNKNOWN:
        return ASKED_AGAIN
    if heard.intent is Intent.EXIT:
        return LEFT
    if heard.intent in _DEAR:
        return GIVEN_UP
    return WRONG_ANSWER if heard.intent in _TELLS else 1.0


def _is_right(heard: Understood, wanted: str) -> bool:
    if wanted == "gesture":
        return bool(heard.gestures) and heard.intent in {Intent.GESTURE, Intent.AGAIN}
    if wanted == "choose face":
        return heard.face is not None
    return meaning_of(heard) == wanted


def find_cases(taught: Sequence[Example], meanings: Sequence[str], scores: np.ndarray) -> Iterable[Case]:
    """The guesses about the examples, each without itself.

    Args:
        taught: the examples.
        meanings: all meanings.
        scores: of each example for each meaning (phrases, meanings).
    """
    allowed = {setting: allowed_at(setting, taught) for setting in SETTINGS}
    for one, row in zip(taught, scores, strict=True):
        found = {name: float(score) for name, score in zip(meanings, row, strict=True) if name in allowed[one.setting]}
        best = max(found, key=lambda name: found[name])
        yield from _cases_of(one, Guess(best, found[best], found))


def _cases_of(one: Example, guess: Guess) -> Iterable[Case]:
    stakes = {str(stake) for stake in Stake}
    expecting = one.setting if one.setting in stakes else ""
    said = prepare(correct(split_words(one.text)), expecting)
    spoken: list[Word] = [read(word) for word in said]
    phrase: Heard = hear(spoken)
    rules = read_by_rules(spoken, phrase, expecting)
    if not spoken or is_settled(spoken, phrase, rules, expecting):
        return
    taken = taken_as(guess, phrase, rules, expecting)
    if taken is None:
        return
    kept, gained = cost(rules, one.meaning, one.setting), cost(taken, one.meaning, one.setting)
    weight = weight_of(expecting)
    if taken.intent is Intent.NO and weight == "grave":
        unclear = cost(Understood(Intent.UNKNOWN), one.meaning, one.setting)
        yield Case(REFUSAL, weight, expecting, guess.score, unclear - gained)
    if rules.intent is Intent.UNKNOWN:
        yield Case(LEAST, weight, guess.intent, guess.score, kept - gained)
        if len(spoken) <= _SHORT:
            yield Case(FEW, weight, ANY, guess.score, kept - gained)
    elif not guess.expects(rules.intent):
        yield Case(ELSEWHERE, weight, ANY, guess.score, kept - gained)
    else:
        over = guess.score - guess.score_of(meaning_of(rules))
        yield Case(MARGIN, weight, rules.intent, over, kept - gained)


def fit_thresholds(cases: Iterable[Case]) -> Mapping[Key, float]:
    """The thresholds at which the cases cost least: one for each kind and weight, and of its own for an intent that has
    cases enough."""
    groups: dict[Key, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.kind, case.weight, ANY].append(case)
        if case.intent != ANY:
            groups[case.kind, case.weight, case.intent].append(case)
    gains = {key: _gains(group) for key, group in groups.items()}
    fitted: dict[Key, float] = {}
    for (kind, weight, intent), group in groups.items():
        whole = groups[kind, weight, ANY]
        if intent != ANY and len(group) < _FEW_CASES:
            continue
        beside = gains[kind, weight, ANY] * (_SHARE / len(whole)) if intent != ANY else 0.0
        best = gains[kind, weight, intent] + beside
        fitted[kind, weight, intent] = float(_STEPS[np.flatnonzero(best >= best.max() - 1e-9)[-1]])
    return fitted


def _gains(cases: Sequence[Case]) -> np.ndarray:
    """Costs that are saved by each threshold of `_STEPS` (steps,)."""
    scores, gains = np.array([case.score for case in cases]), np.array([case.gain for case in cases])
    return np.array([gains[scores >= step].sum() for step in _STEPS])


def main(
    tables: Annotated[list[Path], typer.Argument(help="tables of phrases that the rules know")],
    out: Annotated[Path, typer.Option(help="file of the thresholds")] = FILE,
) -> None:
    """Fit the thresholds and write their file."""
    taught = teach(tables)
    meanings = sorted({one.meaning for one in taught})
    scores = scores_left_out(fit(taught, meanings), taught, meanings)
    cases = list(find_cases(taught, meanings, scores))
    fitted = fit_thresholds(cases)
    lines = ["# kind, weight of the question, intent, score; written by python -m skill.train.thresholds"]
    lines += ["\t".join([*key, f"{score:.2f}"]) for key, score in sorted(fitted.items())]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    typer.echo(f"{len(cases)} guesses about {len(taught)} examples, {len(fitted)} thresholds")


if __name__ == "__main__":
    typer.run(main)
