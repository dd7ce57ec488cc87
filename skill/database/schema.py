"""Tables of the service, declared once for both databases.

The statements of the stores are SQL text that both databases understand (`skill.database.transaction`). Nothing of this
module is imported while the service runs: new databases are made of the SQL files that `python -m
skill.database.snapshot` writes, existing ones are changed by Alembic (`skill.database.migrations`).

Times are seconds since 1970, in the clock of the database.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    desc,
    text,
)

METADATA: Final = MetaData()
"""All tables; the version of them is in one more, `ozhivi_schema`, which is Alembic's."""

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up rows of an INTEGER key alone


def _key(name: str, *, always: bool = False) -> Column[Any]:
    """A primary key that counts up."""
    return Column(name, _NUMBER, Identity(always=always), primary_key=True)


def _text(name: str, default: str | None = None, **options: Any) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default=default, **options)


def _time(name: str, default: str | None = None, **options: Any) -> Column[Any]:
    return Column(name, Double, nullable=False, server_default=default and text(default), **options)


def _count(name: str, default: str | None = None) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=default and text(default))


def _hash(name: str, **options: Any) -> Column[Any]:
    return Column(name, LargeBinary, nullable=False, **options)


def _parent(name: str, table: str, **options: Any) -> Column[Any]:
    """A row of another table, whose deletion deletes this one."""
    return Column(name, _NUMBER, ForeignKey(table, ondelete="CASCADE"), nullable=False, index=True, **options)


def _table(name: str, *parts: Any, **options: Any) -> Table:
    keys = [part for part in parts if isinstance(part, Column) and part.primary_key]
    counts = not keys or keys[0].type is _NUMBER
    return Table(f"ozhivi_{name}", METADATA, *parts, sqlite_with_rowid=counts, **options)


# Of the queue (skill.jobs).
_JOBS: Final = _table(
    "jobs",
    _key("number", always=True),  # the order of asking, where the clock is too coarse
    _text("id", unique=True),
    _text("user"),
    _text("source"),
    _text("digest"),
    _text("wish"),
    _count("priority"),
    _text("state"),
    _text("step", ""),
    _time("share", "0"),
    _text("reason", ""),
    _text("results", "[]"),
    _count("attempts", "0"),
    _text("owner", ""),  # the worker that holds the lease, or ended the job
    _time("lease", "0"),  # when it ends
    _time("began", "0"),  # when it was taken
    _time("created"),
    _time("updated"),
    _time("expires"),
    _text("household", ""),
    _text("trace", ""),
)
Index("ozhivi_jobs_state", _JOBS.c.state, desc(_JOBS.c.priority), _JOBS.c.number)
Index("ozhivi_jobs_user", _JOBS.c.user, _JOBS.c.digest)
_SOURCE: Final = text("source <> ''")
Index("ozhivi_jobs_source", _JOBS.c.source, sqlite_where=_SOURCE, postgresql_where=_SOURCE)
_RUNNING: Final = text("state = 'running'")
Index("ozhivi_jobs_running", _JOBS.c.user, unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING)
Index("ozhivi_jobs_expires", _JOBS.c.expires)
_table("durations", _key("number", always=True), _time("seconds"))
_table("workers", _text("name", primary_key=True), _time("seen"))

# Of tickets (skill.tickets).
_table(
    "tickets",
    _key("id"),
    _text("user", index=True),
    Column("code", LargeBinary, unique=True),
    _time("until"),
    _time("expires", index=True),
    _text("digest", ""),
    _text("job", ""),
    _count("uploads", "0"),
    _text("household", ""),
    _count("cards", "0"),
    _text("trace", ""),
)
_table("links", _hash("token", primary_key=True), _parent("ticket", "ozhivi_tickets.id"))
_table(
    "ticket_jobs",
    _key("number"),
    _parent("ticket", "ozhivi_tickets.id"),
    _text("job"),
    UniqueConstraint("ticket", "job", name="ozhivi_ticket_jobs_once"),
)
_GUESSES: Final = _table("guesses", _hash("address"), _time("at", index=True))
Index("ozhivi_guesses_address", _GUESSES.c.address, _GUESSES.c.at)

# Of the dialog (skill.dialog.memory).
_table(
    "consents",
    _text("user", primary_key=True),
    _count("version"),
    _time("given"),
    _time("expires", index=True),
)
_table(
    "talks",
    _text("session", primary_key=True),
    _text("user", index=True),
    _text("talk"),
    _time("expires", index=True),
)
_table(
    "wishes",
    _text("user", primary_key=True),
    _text("gestures"),
    Column("face", Text),
    _count("adult"),
    _time("at"),
    _time("expires", index=True),
)
_table(
    "invitations",
    _key("number"),
    _text("user", index=True),
    _text("session"),
    _hash("sealed"),
    _time("at"),
    _time("until"),
    _time("expires", index=True),
)
_table(
    "origins",
    _text("job", primary_key=True),
    _text("user", index=True),
    _text("session"),
    _text("root"),
    Column("invitation", _NUMBER, nullable=False),
    _text("digits"),
    _count("announced", "0"),
    _time("expires", index=True),
)
_table("wrong_digits", _text("user", index=True), _time("expires", index=True))
_table(
    "explained",
    _text("user", primary_key=True),
    _text("what", primary_key=True),
    _time("expires", index=True),
)
_table(
    "replies",
    _text("key", primary_key=True),
    Column("body", LargeBinary),
    _time("lease"),
    _time("expires", index=True),
)

# Of account linking (skill.oauth).
_table(
    "families",
    _key("id"),
    _text("account", index=True),
    _text("scope"),
    sqlite_autoincrement=True,  # no number twice: a used code names its family
)
_table(
    "codes",
    _hash("hash", primary_key=True),
    _text("account", index=True),
    _text("redirect"),
    _text("challenge"),
    _text("scope"),
    Column("family", _NUMBER, nullable=False, server_default=text("0")),
    _time("until"),
    _time("expires", index=True),
)
_table(
    "access",
    _hash("hash", primary_key=True),
    _parent("family", "ozhivi_families.id"),
    _time("expires", index=True),
)
_table(
    "refresh",
    _hash("hash", primary_key=True),
    _parent("family", "ozhivi_families.id"),
    Column("used", Double),
    _count("again", "0"),
    _time("expires", index=True),
)
_table(
    "pairs",
    _text("user", primary_key=True),
    _text("account", primary_key=True, index=True),
    _time("expires", index=True),
)
_REQUESTS: Final = _table("requests", _hash("address"), _time("expires", index=True))
Index("ozhivi_requests_address", _REQUESTS.c.address, _REQUESTS.c.expires)

# Of pictures in cards (skill.dialog.cards).
_IMAGES: Final = _table(
    "images",
    _key("number"),
    _text("job"),
    _text("image", ""),
    _count("size"),
    _text("state"),  # sending, shown, gone
    _time("began"),
    _time("used"),
    _time("expires"),
    _count("tries", "0"),
    _time("due", "0"),
    sqlite_autoincrement=True,  # no number twice: an upload that was cut off may still name its row
)
_NOT_GONE: Final = text("state <> 'gone'")
Index("ozhivi_images_job", _IMAGES.c.job, unique=True, sqlite_where=_NOT_GONE, postgresql_where=_NOT_GONE)
_table("doubts", _count("size"), _time("since"))
_table("agreed", _text("job", primary_key=True), _time("until"), _count("tried", "0"))
