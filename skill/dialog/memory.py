"""Memory of the dialog: consent, pending wishes, invitations, jobs and the conversation's state, by user."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from skill.database.database import Database
from skill.database.transaction import Statement, bind, upsert
from skill.dialog.sealed import Seal
from skill.dialog.turn_limits import TurnLimits
from skill.dialog.user_record import Invitation, JobOrigin, PendingWish, UserRecord

_HOUR, _DAY = 3600.0, 86400.0
STATE_SECONDS: Final = _DAY
WISH_SECONDS: Final = _HOUR  # a wish for a photo that did not come by then is forgotten
JOB_SECONDS: Final = 7 * _DAY  # longer than a clip lives, to say that it is over
CONSENT_SECONDS: Final = 365 * _DAY  # since it was last of use
EXPLAINED_SECONDS: Final = 365 * _DAY  # by then an explanation is worth repeating
WRONG_DIGITS_LIMIT: Final = 3  # in an hour, then no more are taken
_LATEST_INVITATIONS: Final = 6  # of a user that are looked at

_TABLES: Final = tuple(
    f"ozhivi_{name}" for name in ("consents", "talks", "wishes", "invitations", "origins", "wrong_digits", "explained")
)
_SAVE_TALK: Final = upsert("ozhivi_talks", "session", "user", "talk", expires=":now + :keep")
_RECORD_CONSENT: Final = upsert("ozhivi_consents", "user", "version", given=":now", expires=":now + :keep")
_PROLONG_CONSENT: Final = 'UPDATE ozhivi_consents SET expires = :now + :keep WHERE "user" = :user'
_SAVE_WISH: Final = upsert("ozhivi_wishes", "user", "gestures", "face", "adult", at=":now", expires=":now + :keep")
_END_WISH: Final = 'DELETE FROM ozhivi_wishes WHERE "user" = :user'
_EXPLAIN: Final = upsert("ozhivi_explained", "user, what", expires=":now + :keep")
_COUNT_WRONG_DIGITS: Final = "INSERT INTO ozhivi_wrong_digits VALUES (:user, :now + :keep)"
_FORGET_JOB: Final = "DELETE FROM ozhivi_origins WHERE job = :job"
# An origin that is known already stays: a job does not change hands.
_ADD_ORIGIN: Final = """
    INSERT INTO ozhivi_origins AS known (job, "user", session, root, invitation, digits, expires)
    VALUES (:job, :user, :session, :root, :invitation, :digits, :now + :keep)
    ON CONFLICT (job) DO UPDATE SET session = excluded.session, root = excluded.root,
        invitation = excluded.invitation, digits = excluded.digits WHERE known.session = ''
"""
_ANNOUNCE: Final = """
    INSERT INTO ozhivi_origins (job, "user", session, root, invitation, digits, announced, expires)
    VALUES (:job, :user, '', :job, 0, '', 1, :now + :keep) ON CONFLICT (job) DO UPDATE SET announced = 1
"""
_INVITE: Final = """
    INSERT INTO ozhivi_invitations ("user", session, sealed, at, until, expires)
    VALUES (:user, :session, :sealed, :now, :until, :now + :keep)
"""
_PROLONG_INVITATION: Final = """
    UPDATE ozhivi_invitations SET expires = :now + :keep
    WHERE "user" = :user AND number = :number AND expires < :now + :keep
"""
_END_INVITATION: Final = """
    UPDATE ozhivi_invitations SET until = :now WHERE "user" = :user AND number = :number AND until > :now
"""
_INVITATIONS: Final = """
    SELECT number, session, sealed, at, until FROM ozhivi_invitations WHERE "user" = :user AND expires > :now
    ORDER BY number DESC LIMIT :most
"""
_OF_USER: Final = 'WHERE "user" = :user AND expires > :now'
_WISH: Final = f"SELECT gestures, face, adult, at FROM ozhivi_wishes {_OF_USER}"
_RECORD: Final = (
    f"SELECT talk FROM ozhivi_talks {_OF_USER} AND session = :session",
    f"SELECT what FROM ozhivi_explained {_OF_USER}",
    f"SELECT job, session, root, invitation, digits, announced FROM ozhivi_origins {_OF_USER}",
    f"SELECT version FROM ozhivi_consents {_OF_USER}",
    _WISH,
    _INVITATIONS,
    f"SELECT count(*) FROM ozhivi_wrong_digits {_OF_USER}",
)


class Memory:
    """The dialog's memory in the service's database. Links and codes are sealed under the service's secret. All
    methods raise DatabaseDownError; a power cut may lose what was said last, and nothing else.

    Args:
        database: Where it is.
        secret: Of the service; links and codes can't be read back without it.
        limits: Seconds that a turn and its parts may take.
    """

    def __init__(self, database: Database, secret: bytes, limits: TurnLimits | None = None) -> None:
        self._database, self._seal = database, Seal(secret)
        self._limits = limits or TurnLimits()

    async def load(self, user: str, session: str) -> UserRecord:
        """Everything of the user, with the state of the session."""
        talks, explained, jobs, consents, wishes, invitations, ((wrong_digits,),) = await self._database.ask(
            *(bind(query, user=user, session=session, most=_LATEST_INVITATIONS) for query in _RECORD)
        )
        return UserRecord(
            consent=consents[0][0] if consents else 0,
            state=json.loads(talks[0][0]) if talks else {},
            pending_wish=_pending_wish(wishes),
            invitations=self._invitations(invitations),
            jobs={row[0]: _origin(*row) for row in jobs},
            wrong_digits=wrong_digits,
            explained=frozenset(what for (what,) in explained),
        )

    async def record_consent(self, user: str, version: int) -> None:
        """Note that the user agrees, now, to the rules in this version."""
        await self._database.run(_RECORD_CONSENT, user=user, version=version, keep=CONSENT_SECONDS)

    async def save_turn(
        self,
        user: str,
        session: str,
        state: Mapping[str, Any],
        origins: Sequence[JobOrigin] = (),
        *,
        keep: float = 0.0,
    ) -> None:
        """Keep the conversation's state after a turn, and origins that have become known. A consent that is of use
        lives on, and so do the invitations of those origins, for `keep` seconds from now."""
        await self._change(
            bind(_SAVE_TALK, session=session, user=user, talk=json.dumps(state), keep=STATE_SECONDS),
            bind(_PROLONG_CONSENT, user=user, keep=CONSENT_SECONDS),
            *(change for origin in origins for change in _add_origin(user, origin, keep)),
        )

    async def save_pending_wish(self, user: str, wish: PendingWish) -> None:
        """Keep a wish for the photo to come, from now on."""
        values = {"gestures": json.dumps(wish.gestures), "face": wish.face, "adult": int(wish.adult)}
        await self._change(bind(_SAVE_WISH, user=user, keep=WISH_SECONDS, **values))

    async def pending_wish(self, user: str) -> PendingWish:
        """The wish for the photo that has just come; an empty one where nothing was said."""
        return _pending_wish(await self._database.rows(_WISH, user=user))

    async def add_invitation(
        self, user: str, session: str, *, token: str = "", code: str = "", until: float, keep: float
    ) -> None:
        """Note that a link and a code were given, or that our page was pushed.

        Args:
            user: whose photo is to come.
            session: in which it was invited.
            token: secret of the upload link; empty after a push.
            code: six digits; empty after a push.
            until: seconds since 1970 until when a photo may come by it.
            keep: seconds from now for which it is known which job came of it.
        """
        sealed = self._seal.close(f"{token} {code}")
        await self._change(bind(_INVITE, user=user, session=session, sealed=sealed, until=until, keep=keep))

    async def end_invitations(self, user: str, numbers: Sequence[int]) -> None:
        """Note that no photo is awaited by these invitations any more, and nothing is wished for it."""
        ends = (bind(_END_INVITATION, user=user, number=number) for number in numbers)
        await self._change(*ends, bind(_END_WISH, user=user))

    async def add_origin(self, user: str, origin: JobOrigin, *, keep: float = 0.0) -> None:
        """Note a job whose origin has just become known; its invitation lives on for `keep` seconds from now."""
        await self._change(*_add_origin(user, origin, keep))

    async def mark_announced(self, user: str, jobs: Sequence[str]) -> None:
        """Note that the end of these jobs was announced, once and for all."""
        await self._change(*(bind(_ANNOUNCE, job=job, user=user, keep=JOB_SECONDS) for job in jobs))

    async def mark_explained(self, user: str, what: str) -> None:
        """Note that `what` was explained to the user."""
        await self._change(bind(_EXPLAIN, user=user, what=what, keep=EXPLAINED_SECONDS))

    async def count_wrong_digits(self, user: str) -> None:
        """Count digits that fit no job, for an hour."""
        await self._change(bind(_COUNT_WRONG_DIGITS, user=user, keep=_HOUR))

    async def forget_jobs(self, jobs: Sequence[str]) -> None:
        """Delete what is remembered of deleted jobs."""
        await self._change(*(bind(_FORGET_JOB, job=job) for job in jobs))

    async def forget(self, user: str) -> int:
        """Delete everything of the user, consent included; the number of rows that there were."""
        gone = (bind(f'DELETE FROM {table} WHERE "user" = :user', user=user) for table in _TABLES)
        return sum(answer.number for answer in await self._database.change(*gone))

    async def _change(self, *changes: Statement) -> None:
        await self._database.change(*changes, durable=False, patience=self._limits.change)

    def _invitations(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Invitation, ...]:
        invitations = []
        for number, session, sealed, at, until in rows:
            opened = self._seal.open(sealed)
            if opened is not None:
                token, _, code = opened.partition(" ")
                invitations.append(Invitation(number, session, token, code, at, until))
        return tuple(invitations)


def _origin(job: str, session: str, root: str, invitation: int, digits: str, announced: int) -> JobOrigin:
    return JobOrigin(job, session, root, invitation, digits, bool(announced))


def _add_origin(user: str, origin: JobOrigin, keep: float) -> tuple[Statement, Statement]:
    values = {"job": origin.job, "session": origin.session, "root": origin.root, "digits": origin.digits}
    return (
        bind(_PROLONG_INVITATION, user=user, number=origin.invitation, keep=keep),
        bind(_ADD_ORIGIN, user=user, invitation=origin.invitation, keep=JOB_SECONDS, **values),
    )


def _pending_wish(rows: Sequence[tuple[Any, ...]]) -> PendingWish:
    for gestures, face, adult, at in rows:
        return PendingWish(tuple(json.loads(gestures)), face, bool(adult), at)
    return PendingWish()
