"""`python -m skill.train.phrases TABLES…`: fits the classifier of phrases, skill/dialog/nlu/phrases.npz.

It learns `examples.tsv` and, so that it knows what the rules know, tables of phrases in the format of
tests/skill/dialog/nlu/phrases.tsv. A ridge regression onto the meanings in the space of likenesses, solved exactly:
nothing is drawn by chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray
from scipy import linalg, sparse

from skill.dialog.nlu.classifier import (
    FILE,
    MEANING,
    OTHER_THINGS,
    SETTINGS,
    Sentences,
    affinity,
    hash_of,
    squared,
    squared_lengths,
)
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.examples import Example, examples
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import Word, read, split_words
from skill.dialog.nlu.phrase_features import BUCKETS, groups_of, vector_of
from skill.dialog.nlu.questions import concepts_of
from skill.dialog.nlu.sentence_encoder import encode_all
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import GRAVE
from skill.dialog.nlu.topics import KEPT, LINK

_RIDGE: Final = 1.5  # the best of 0.5, 1.2 and 1.5, each example left out in turn
_AT_ONCE: Final = 64  # phrases that are encoded together
_AXES: Final = 96  # of what phrases mean: as good as all 512
_STEPS: Final = 25  # of a rarity of one
_FULL: Final = 127  # the greatest of what is kept in whole numbers of one byte
_COARSE: Final = 21  # the same of the features' values, which need not be as fine
# intents that nobody has while such a question is open
_OUT_OF_PLACE: Final = frozenset(
    {"again", "new", "appeal", "hello", "why", "unsupported", "animate", "minor", "status", "exit", "thanks"}
)
_BY_WORDS: Final = frozenset({f"topic={KEPT}", f"topic={LINK}"})  # that the words alone tell
_UNTAUGHT: Final = frozenset({"yes", "entered"})  # intents of the tables that only rules may find


class Fitted(NamedTuple):
    """The regression's outcome."""

    dual: NDArray[np.float32]
    """What likeness to a phrase adds to each meaning (phrases, meanings)."""

    features: sparse.csc_matrix
    """The features of the phrases (phrases, buckets)."""

    sentences: Sentences
    """What the phrases mean."""

    rarity: NDArray[np.uint8]
    """Weight of each bucket (buckets,), in `_STEPS` of one."""

    factor: NDArray[np.float32]
    """Cholesky's factor of the likenesses with the ridge (phrases, phrases), its lower half."""


def read_table(path: Path) -> list[Example]:
    """The phrases of a table as examples, in the order of the file; those without a meaning of ours left out."""
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    rows = [(*line, "", "", "")[:4] for line in lines if line[0] and not line[0].startswith("#")]
    return [
        Example(setting, _meaning(intent, slots), said)
        for said, intent, slots, stakes in rows
        for setting in dict.fromkeys(stake if stake in SETTINGS else "" for stake in stakes.split() or [""])
        if intent not in _UNTAUGHT
    ]


def _meaning(intent: str, slots: str) -> str:
    """The meaning as the examples have it: only the slots that they name, and a wished movement without its kind."""
    named = [slot for slot in slots.split() if slot.partition("=")[0] in {"how", "what", "topic"}]
    kept = [slot for slot in named if slot not in _BY_WORDS]
    if intent == "consent_text" and kept:
        return f"question {kept[0]}"
    if intent == "gesture" or (intent == "again" and "gestures" in slots and not kept):
        return "gesture"
    return " ".join(["choose face" if intent == "choose" and "face" in slots else intent, *kept])


def fit(taught: Sequence[Example], meanings: Sequence[str]) -> Fitted:
    """The weights of phrases for their meanings.

    Args:
        taught: examples.
        meanings: theirs, in the order of the columns of the weights.
    """
    phrases = [[read(word) for word in correct(split_words(one.text))] for one in taught]
    features, rarity = _features(phrases)
    sentences = _sentences([[word.text for word in phrase] for phrase in phrases])
    kernel = np.asarray((features @ features.T).todense())
    kernel += MEANING * _alike(sentences.placed)
    settings = np.array([SETTINGS.index(one.setting) for one in taught])
    table = np.array([[affinity(one, other) for other in SETTINGS] for one in SETTINGS], np.float32)
    kernel *= table[np.ix_(settings, settings)]
    kernel[np.diag_indices_from(kernel)] += np.float32(_RIDGE)
    wanted = np.array([[one.meaning == meaning for meaning in meanings] for one in taught], np.float32)
    factor = linalg.cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    dual = np.asarray(linalg.cho_solve(factor, wanted, check_finite=False), np.float32)
    return Fitted(dual, features.tocsc(), sentences, rarity, factor[0])


def scores_left_out(fitted: Fitted, taught: Sequence[Example], meanings: Sequence[str]) -> NDArray[np.float32]:
    """The scores that each example gives each meaning without itself (phrases, meanings). It takes a minute and
    more."""
    inverse = linalg.lapack.spotri(fitted.factor, lower=1)[0]
    wanted = np.array([[one.meaning == meaning for meaning in meanings] for one in taught], np.float32)
    return np.asarray(wanted - fitted.dual / np.diag(inverse)[:, None], np.float32)


def left_out(fitted: Fitted, taught: Sequence[Example], meanings: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each of the examples has its meaning found without itself (phrases,)."""
    best = scores_left_out(fitted, taught, meanings).argmax(axis=1)
    return np.array([meanings[at] == one.meaning for at, one in zip(best, taught, strict=True)])


def teach(tables: Iterable[Path]) -> list[Example]:
    """All examples, the written ones first, then those of tables that are none of them."""
    own = examples()
    seen = {(one.setting, one.text) for one in own}
    more = [one for path in tables for one in read_table(path) if (one.setting, one.text) not in seen]
    return list(dict.fromkeys([*own, *more]))


def _alike(placed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Likeness of phrases to each other in meaning (phrases, phrases), as `Sentences.likeness` has it."""
    squares = (placed * placed).sum(axis=1)
    return np.asarray(np.exp(2 * (placed @ placed.T) - squares[:, None] - squares))


def _features(phrases: Sequence[Sequence[Word]]) -> tuple[sparse.csr_matrix, NDArray[np.uint8]]:
    """The features of phrases (phrases, buckets), and the weight of each bucket (buckets,) in `_STEPS` of one."""
    grouped = [groups_of(phrase, sorted(hear(phrase).concepts | concepts_of(phrase))) for phrase in phrases]
    counts = np.zeros(BUCKETS)
    for groups in grouped:
        for features in groups.values():
            counts[list(features)] += 1
    rarity = np.where(counts > 1, np.log(len(phrases) / np.maximum(counts, 1)), 0)
    steps = np.round(rarity * _STEPS).clip(0, 255).astype(np.uint8)
    vectors = [vector_of(groups, steps.astype(np.float32) / np.float32(_STEPS)) for groups in grouped]
    rows = np.repeat(np.arange(len(vectors)), [len(at) for at, _ in vectors])
    values, columns = np.concatenate([one for _, one in vectors]), np.concatenate([at for at, _ in vectors])
    known = sparse.csr_matrix((values, (rows, columns)), shape=(len(phrases), BUCKETS), dtype=np.float32)
    known.sum_duplicates()
    return known, steps


def _sentences(said: Sequence[Sequence[str]]) -> Sentences:
    """The meanings of phrases on the axes along which they differ most, rounded as they are kept."""
    vectors = np.concatenate([encode_all(said[at : at + _AT_ONCE]) for at in range(0, len(said), _AT_ONCE)])
    mean = vectors.mean(axis=0)
    axes = np.linalg.svd(vectors - mean, full_matrices=False)[2][:_AXES].T.astype(np.float16).astype(np.float32)
    placed, unit = _in_steps((vectors - mean) @ axes)
    return Sentences(axes, mean @ axes, placed * unit, squared_lengths(placed * unit))


def _in_steps(values: NDArray[np.float32], full: int = _FULL) -> tuple[NDArray[np.int8], np.float32]:
    """Values in whole numbers up to `full`, and the size of one."""
    unit = np.float32(np.abs(values).max() / full)
    return np.round(values / unit).astype(np.int8), unit


def _in_squares(dual: NDArray[np.float32], order: NDArray[np.int64]) -> NDArray[np.int8]:
    """The roots of weights in whole numbers of one byte, so that the many small ones are kept finely.

    What is lost of one goes to the next in the order, which is alike: else the losses would add up, as each phrase is a
    little like all others.
    """
    kept, lost = np.zeros(dual.shape, np.int8), np.zeros(dual.shape[1])
    most = np.abs(dual).max()
    for place in order:
        wanted = np.clip(dual[place] + lost, -most, most)
        kept[place] = np.sign(wanted) * np.round(np.sqrt(np.abs(wanted) / most) * _FULL)
        lost = wanted - squared(kept[place], most)
    return kept


def allowed_at(setting: str, taught: Iterable[Example]) -> frozenset[str]:
    """Meanings that a phrase may have in a setting."""
    grave, light = setting in GRAVE, {"", *Stage}
    return frozenset(
        one.meaning
        for one in taught
        if one.setting == setting or (one.setting in light and not (grave and one.meaning.split()[0] in _OUT_OF_PLACE))
    )


def main(
    tables: Annotated[list[Path] | None, typer.Argument(help="tables of phrases that the rules know")] = None,
    out: Annotated[Path, typer.Option(help="file of the weights")] = FILE,
    *,
    check: Annotated[bool, typer.Option("--check", help="also say how many are found without themselves")] = False,
) -> None:
    """Fit the classifier and write its file."""
    own, taught = examples(), teach(tables or ())
    meanings = sorted({one.meaning for one in taught})
    fitted = fit(taught, meanings)
    _save(out, fitted, own, taught, meanings)
    typer.echo(f"{len(taught)} examples, {len(meanings)} meanings, {OTHER_THINGS} among them")
    if check:
        found = left_out(fitted, taught, meanings)[: len(own)]
        typer.echo(f"{found.mean():.1%} of the {len(own)} written ones found without themselves")


def _save(out: Path, fitted: Fitted, own: Sequence[Example], taught: Sequence[Example], meanings: list[str]) -> None:
    allowed = [allowed_at(setting, taught) for setting in SETTINGS]
    heart = {hash_of(one.setting, " ".join(correct(split_words(one.text)))): one.meaning for one in own}
    values, values_unit = _in_steps(fitted.features.data, _COARSE)
    placed, placed_unit = _in_steps(fitted.sentences.placed)
    np.savez_compressed(
        out,
        dual=_in_squares(fitted.dual, np.argsort(placed[:, 0], kind="stable")), dual_most=np.abs(fitted.dual).max(),
        counts=np.diff(fitted.features.indptr).astype(np.uint16),
        holder_steps=np.diff(fitted.features.indices, prepend=0).astype(np.int16),
        values=values, values_unit=values_unit,
        axes=fitted.sentences.axes.astype(np.float16), centre=fitted.sentences.centre,
        sentences=placed, sentences_unit=placed_unit,
        settings_of=np.array([SETTINGS.index(one.setting) for one in taught], np.uint8),
        rarity=fitted.rarity, rarity_steps=np.float32(_STEPS), meanings=np.array(meanings), names=np.array(SETTINGS),
        allowed=np.array([[meaning in there for meaning in meanings] for there in allowed]),
        known=np.array(list(heart), np.uint32),
        known_meanings=np.array([meanings.index(meaning) for meaning in heart.values()], np.uint8),
    )  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
