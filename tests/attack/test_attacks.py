"""Each attack, a part of it with every run of the tests, the whole with `make fuzz`."""

from __future__ import annotations

import os

import pytest

from tests.attack import every_attack
from tests.attack.arena import carry_out

WHOLE = os.environ.get("OZHIVI_TEST_FUZZ") == "whole"

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(600 if WHOLE else 300)]


@pytest.mark.parametrize("name", every_attack())
async def test_the_promise_holds(name: str) -> None:
    findings = await carry_out(every_attack()[name], whole=WHOLE)
    assert findings.broken == [], findings.counts
