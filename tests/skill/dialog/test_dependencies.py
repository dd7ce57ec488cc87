"""Identities of whoever speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest
import pytest_asyncio

from skill.database.database import Database
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.memory import Memory
from skill.dialog.types import Turn

pytestmark = pytest.mark.asyncio
TURN = Turn("alice", "anna", "speaker", "session", 0, new=True)


@pytest_asyncio.fixture
async def dependencies(sqlite: Database) -> AsyncIterator[DialogDependencies]:
    nothing = cast("Any", None)
    memory = Memory(sqlite, b"secret")
    yield DialogDependencies(animations=nothing, tickets=nothing, memory=memory, eraser=nothing)


async def test_without_account_linking(dependencies: DialogDependencies) -> None:
    assert await dependencies.identities(TURN) == ["anna"]
    assert await dependencies.identities(replace(TURN, account="linked-1")) == ["anna", "linked-1"]


async def test_all_accounts_of_the_user_each_once(dependencies: DialogDependencies) -> None:
    async def linked_accounts(user: str, account: str) -> tuple[str, ...]:
        return (account, "linked-2", user)

    linked = replace(dependencies, linked_accounts=linked_accounts)
    assert await linked.identities(replace(TURN, account="linked-1")) == ["anna", "linked-1", "linked-2"]
