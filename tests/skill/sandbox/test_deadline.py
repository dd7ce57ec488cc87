"""The time of a photo: of decoding, and in all."""

from __future__ import annotations

import asyncio

import pytest

from skill.sandbox.deadline import PhotoDeadline

pytestmark = pytest.mark.asyncio


async def test_decoding_has_less_time_than_the_whole() -> None:
    deadline = PhotoDeadline(30.0, 0.05)
    with pytest.raises(TimeoutError):
        async with deadline:
            deadline.begin("decode")
            await asyncio.sleep(10)
    assert deadline.decoding


async def test_what_follows_has_the_rest() -> None:
    deadline = PhotoDeadline(0.3, 0.05)
    with pytest.raises(TimeoutError):
        async with deadline:
            deadline.begin("decode")
            deadline.begin("faces")
            await asyncio.sleep(0.1)  # longer than decoding may take
            deadline.begin("animate")
            await asyncio.sleep(10)
    assert not deadline.decoding


async def test_decoding_that_goes_on_gets_no_more_time() -> None:
    deadline = PhotoDeadline(30.0, 0.1)
    with pytest.raises(TimeoutError):
        async with deadline:
            for _ in range(100):
                deadline.begin("decode")
                await asyncio.sleep(0.01)


async def test_decoding_can_not_go_beyond_the_whole() -> None:
    with pytest.raises(TimeoutError):
        async with PhotoDeadline(0.05, 30.0) as deadline:
            deadline.begin("decode")
            await asyncio.sleep(10)


async def test_a_block_in_time_is_not_disturbed() -> None:
    async with PhotoDeadline(5.0) as deadline:
        deadline.begin("decode")
        deadline.begin("faces")
    await asyncio.sleep(0)
