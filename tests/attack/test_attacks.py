"""Each attack, a part of it with every run of the tests, the whole with `make fuzz`."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.attack import every_attack
from tests.attack.arena import carry_out
from tests.attack.attack import Findings

WHOLE = os.environ.get("OZHIVI_TEST_FUZZ") == "whole"
TOGETHER = frozenset({"forms", "connections", "codes", "photos", "identities", "uploads", "locked_file", "watchers"})
"""Attacks that wait more than they work: three of them at the same time, the others one by one."""

pytestmark = pytest.mark.timeout(900 if WHOLE else 400)


async def _carry_out_all() -> dict[str, Findings | BaseException]:
    attacks, free = every_attack(), asyncio.Semaphore(1 if WHOLE else 3)

    async def one(name: str) -> Findings:
        async with free:
            return await carry_out(attacks[name], whole=WHOLE)

    names = sorted(TOGETHER)
    found = dict(zip(names, await asyncio.gather(*map(one, names), return_exceptions=True), strict=True))
    for name in attacks.keys() - TOGETHER:
        (found[name],) = await asyncio.gather(one(name), return_exceptions=True)
    return found


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
