"""Each attack, a part of it with every run of the tests, the whole with `make fuzz`."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.attack import every_attack
from tests.attack.arena import carry_out
from tests.attack.attack import Findings

WHOLE = os.environ.get("OZHIVI_TEST_FUZZ") == "whole"
AT_ONCE = 1 if WHOLE else 5
"""Attacks that are carried out at the same time: they wait more than they work."""

ALONE = "mixture"
"""The attack that needs the whole machine."""

pytestmark = pytest.mark.timeout(900 if WHOLE else 400)


async def _carry_out_all() -> dict[str, Findings | BaseException]:
    free, attacks = asyncio.Semaphore(AT_ONCE), every_attack()

    async def one(name: str) -> Findings:
        async with free:
            return await carry_out(attacks[name], whole=WHOLE)

    names = [name for name in attacks if name != ALONE]
    found = await asyncio.gather(*(one(name) for name in names), return_exceptions=True)
    found += await asyncio.gather(one(ALONE), return_exceptions=True)
    return dict(zip([*names, ALONE], found, strict=True))


@pytest.fixture(scope="module")
def findings() -> dict[str, Findings | BaseException]:
    """Findings of each attack, by its name; an exception where it was not carried out."""
    return asyncio.run(_carry_out_all())


@pytest.mark.parametrize("name", every_attack())
def test_the_promise_holds(findings: dict[str, Findings | BaseException], name: str) -> None:
    found = findings[name]
    if isinstance(found, BaseException):
        raise found
    assert found.broken == [], found.counts
