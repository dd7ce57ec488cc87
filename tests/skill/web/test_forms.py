"""Forms: what a wish may say, and what is answered where it says something else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.skill.web.conftest import Open, begin_job, error_code

pytestmark = pytest.mark.asyncio


async def test_many_gestures_make_a_longer_loop(service: Open) -> None:
    async with service() as s:
        await begin_job(s, gesture="turn:left,turn:right,nod")
        assert 5 < s.queue.only.wish.seconds <= 6


async def test_a_restoration_is_wished_for_in_one_spelling(service: Open) -> None:
    async with service() as s:
        await begin_job(s, restore="tone, AUTO")
        assert s.queue.only.wish.restore == "auto,tone"


@pytest.mark.parametrize(
    "fields",
    [
        {"motion": "dance"},
        {"gesture": "moonwalk"},
        {"gesture": "turn:left,turn:right,nod", "seconds": "2"},
        {"face": "uncle"},
        {"seed": "-1"},
        {"seconds": "nan"},
        {"seconds": "60"},
        {"turn": "45"},
        {"camera": "handheld"},
        {"restore": "magic"},
        {"restore": "off,auto"},
        {"long_side": "9000"},
        {"motion": "x" * 300},
        {"seed": "1" * 150},
    ],
)
async def test_a_wrong_wish_is_told_and_leaves_nothing(service: Open, fields: dict[str, Any]) -> None:
    async with service() as s:
        issued = await s.issue()
        answer = await s.send(issued.token, **fields)
        assert (answer.status, await error_code(answer)) == (400, "wrong_request")
        assert (s.queue.jobs, s.store.objects, s.incoming()) == ({}, {}, [])
        assert (await s.send(issued.token)).status == 202  # the ticket is as good as before


async def test_a_word_that_is_neither_yes_nor_no_is_told(service: Open) -> None:
    async with service() as s:
        answer = await s.send((await s.issue()).token, adult="наверное")
        assert answer.status == 400
        assert "adult" in (await answer.json())["error"]["advice"]
