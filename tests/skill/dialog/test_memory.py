"""What the dialog remembers, for how long, and how it forgets."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from skill.database.database import Database
from skill.database.errors import DatabaseDownError
from skill.dialog.memory import CONSENT_SECONDS, JOB_SECONDS, STATE_SECONDS, WISH_SECONDS, Memory
from skill.dialog.user_record import JobOrigin, PendingWish
from skill.purge import purge
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio
SECRET = b"a secret of this service"


@pytest_asyncio.fixture
async def memory(database: Database) -> Memory:
    return Memory(database, SECRET)


async def fill(memory: Memory, clock: FakeClock, user: str = "anna") -> None:
    await memory.record_consent(user, 3)
    await memory.save_pending_wish(user, PendingWish(("smile",), "left", True))
    await memory.add_invitation(user, f"{user} now", token="t" * 43, code="524871", until=clock.now + 900, keep=86400)
    await memory.save_turn(
        user, f"{user} now", {"number": 2, "question": "send"}, [JobOrigin(f"{user} job", f"{user} now", "root")]
    )
    await memory.mark_announced(user, [f"{user} job"])
    await memory.count_wrong_digits(user)
    await memory.mark_explained(user, "way_back")


async def test_everything_is_found_again_also_by_another(memory: Memory, database: Database, clock: FakeClock) -> None:
    await fill(memory, clock)
    other = Memory(database, SECRET)
    for one in (memory, other):
        found = await one.load("anna", "anna now")
        assert (found.consent, found.state, found.wrong_digits) == (3, {"number": 2, "question": "send"}, 1)
        assert found.pending_wish == PendingWish(("smile",), "left", True, clock.now)
        assert [(i.token, i.code, i.digits, i.until - i.at) for i in found.invitations] == [
            ("t" * 43, "524871", "71", 900)
        ]
        assert found.jobs == {"anna job": JobOrigin("anna job", "anna now", "root", announced=True)}


async def test_users_and_sessions_are_apart(memory: Memory, clock: FakeClock) -> None:
    await fill(memory, clock)
    nobody = await memory.load("boris", "anna now")
    assert (nobody.consent, nobody.state, nobody.jobs, nobody.invitations, nobody.wrong_digits) == (0, {}, {}, (), 0)
    assert (await memory.load("anna", "later")).state == {}
    assert await memory.pending_wish("boris") == PendingWish()


async def test_everything_expires(memory: Memory, clock: FakeClock) -> None:
    await fill(memory, clock)
    clock.now += WISH_SECONDS
    found = await memory.load("anna", "anna now")
    assert (found.pending_wish, found.wrong_digits) == (PendingWish(), 0)
    assert found.state
    clock.now += STATE_SECONDS
    found = await memory.load("anna", "anna now")
    assert (found.state, found.invitations) == ({}, ())
    assert found.jobs
    clock.now += JOB_SECONDS
    found = await memory.load("anna", "anna now")
    assert (found.jobs, found.consent) == ({}, 3)
    clock.now += CONSENT_SECONDS
    assert (await memory.load("anna", "anna now")).consent == 0


async def test_nothing_of_a_forgotten_user_is_on_the_disk(sqlite: Database, clock: FakeClock, tmp_path: Path) -> None:
    memory = Memory(sqlite, SECRET)
    await fill(memory, clock)
    await memory.forget("anna")
    await sqlite.erase()
    assert b"anna" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def test_what_has_expired_is_gone(memory: Memory, database: Database, clock: FakeClock) -> None:
    await fill(memory, clock)
    clock.now += 2 * CONSENT_SECONDS
    await purge(database)
    assert await memory.forget("anna") == 0
    await purge(database)


async def test_a_consent_of_use_lives_on(memory: Memory, clock: FakeClock) -> None:
    await memory.record_consent("anna", 1)
    for _ in range(3):
        clock.now += CONSENT_SECONDS - 10
        await memory.save_turn("anna", "now", {"number": 0})
    assert (await memory.load("anna", "now")).consent == 1


async def test_forgetting_leaves_nothing_of_one_and_all_of_the_other(memory: Memory, clock: FakeClock) -> None:
    await fill(memory, clock)
    await fill(memory, clock, "boris")
    assert await memory.forget("anna") == 7
    assert await memory.forget("anna") == 0
    assert (await memory.load("boris", "boris now")).consent == 3
    await memory.forget("boris")
    await memory.record_consent("boris", 1)


async def test_links_and_codes_are_not_readable_on_the_disk(sqlite: Database, clock: FakeClock, tmp_path: Path) -> None:
    memory = Memory(sqlite, SECRET)
    await fill(memory, clock)
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"tttttttt" not in left
    assert b"524871" not in left
    other = Memory(sqlite, b"another secret")
    assert (await other.load("anna", "anna now")).invitations == ()


async def test_a_job_does_not_change_hands(memory: Memory) -> None:
    await memory.mark_announced("anna", ["job"])
    await memory.add_origin("anna", JobOrigin("job", "morning", "root", 1, "71"))
    await memory.add_origin("anna", JobOrigin("job", "evening", "other", 2, "05"))
    assert (await memory.load("anna", "x")).jobs == {"job": JobOrigin("job", "morning", "root", 1, "71", True)}


async def test_an_invitation_lives_as_long_as_the_newest_wish_on_its_photo(memory: Memory, clock: FakeClock) -> None:
    await memory.add_invitation("anna", "now", token="t" * 43, code="524871", until=clock.now + 900, keep=1000)
    (invitation,) = (await memory.load("anna", "now")).invitations
    clock.now += 900
    await memory.add_origin("anna", JobOrigin("late", "now", "first", invitation.number), keep=1000)
    await memory.add_origin("bert", JobOrigin("his", "now", "his", invitation.number), keep=9000)
    clock.now += 999
    assert (await memory.load("anna", "now")).invitations == (invitation,)
    clock.now += 2
    assert (await memory.load("anna", "now")).invitations == ()


async def test_deleted_jobs_are_dropped(memory: Memory) -> None:
    await memory.mark_announced("anna", ["one", "two"])
    await memory.forget_jobs(["one"])
    assert set((await memory.load("anna", "x")).jobs) == {"two"}


async def test_an_ended_invitation_waits_for_nothing(memory: Memory, clock: FakeClock) -> None:
    for code in ("111111", "222222"):
        await memory.add_invitation("anna", "now", token=code, code=code, until=clock.now + 900, keep=86400)
    await memory.save_pending_wish("anna", PendingWish(("smile",)))
    second = (await memory.load("anna", "now")).invitations[0]
    await memory.end_invitations("anna", [second.number])
    await memory.end_invitations("boris", [second.number - 1])
    found = await memory.load("anna", "now")
    assert [(one.code, one.until) for one in found.invitations] == [
        ("222222", clock.now),
        ("111111", clock.now + 900),
    ]
    assert found.pending_wish == PendingWish()


async def test_an_explanation_is_remembered_for_a_year(memory: Memory, clock: FakeClock) -> None:
    await memory.mark_explained("anna", "way_back")
    await memory.mark_explained("anna", "way_back")
    assert (await memory.load("anna", "x")).explained == {"way_back"}
    assert (await memory.load("boris", "x")).explained == frozenset()
    clock.now += 366 * 86400
    assert (await memory.load("anna", "x")).explained == frozenset()


async def test_only_the_newest_invitations_are_looked_at(memory: Memory, clock: FakeClock) -> None:
    for code in range(10):
        await memory.add_invitation("anna", "now", token="t", code=f"{code:06}", until=clock.now + 900, keep=86400)
    codes = [one.code for one in (await memory.load("anna", "now")).invitations]
    assert codes == [f"{code:06}" for code in (9, 8, 7, 6, 5, 4)]


async def test_what_fails_half_way_leaves_nothing(memory: Memory) -> None:
    await memory.record_consent("anna", 1)
    with pytest.raises(DatabaseDownError):
        await memory.add_origin("anna", JobOrigin("job", "now", None))  # type: ignore[arg-type]
    assert (await memory.load("anna", "now")).jobs == {}
    await memory.record_consent("anna", 2)
    assert (await memory.load("anna", "now")).consent == 2
