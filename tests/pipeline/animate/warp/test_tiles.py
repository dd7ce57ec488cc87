"""Tiles: marks of cells become runs of whole tiles."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.head_frame import build_grid
from pipeline.animate.warp.tiles import LIT, MOVES, SETTLING, Run, Tiles

SIZE = (100, 150)  # cells of 4 pixels, tiles of 48


@pytest.fixture
def tiles() -> Tiles:
    return Tiles(build_grid(SIZE, 4), SIZE)


def test_runs_are_whole_tiles_within_the_region(tiles: Tiles) -> None:
    marks = np.zeros((25, 38), np.uint8)
    marks[24, 37] = MOVES | LIT
    marks[0, [0, 13, 37]] = MOVES, MOVES | SETTLING, MOVES
    assert list(tiles.runs(tiles.collect(marks))) == [
        Run(0, 48, 0, 96, 48, (MOVES, MOVES | SETTLING)),
        Run(0, 48, 144, 150, 48, (MOVES,)),
        Run(96, 100, 144, 150, 48, (MOVES | LIT,)),
    ]


def test_what_does_not_move_is_no_run(tiles: Tiles) -> None:
    assert list(tiles.runs(tiles.collect(np.full((25, 38), LIT | SETTLING, np.uint8)))) == []


def test_an_area_marks_every_tile_that_it_touches(tiles: Tiles) -> None:
    collected = tiles.collect(np.zeros((25, 38), np.uint8))
    tiles.mark(collected, np.s_[47:49, 60:97], MOVES)
    assert np.argwhere(collected).tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]


def test_parts_of_a_run_have_a_mark() -> None:
    run = Run(0, 32, 64, 200, 32, (MOVES, MOVES | LIT, MOVES | LIT, MOVES, MOVES | LIT))
    assert list(run.parts(LIT)) == [slice(32, 96), slice(128, 136)]
    assert list(run.parts(MOVES)) == [slice(0, 136)]
    assert list(run.parts(SETTLING)) == []
    assert run.has(LIT, slice(32, 64))
    assert not run.has(LIT, slice(96, 128))
