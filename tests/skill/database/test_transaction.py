"""SQL that both databases understand."""

from __future__ import annotations

from skill.database.postgres import PostgresDialect
from skill.database.sqlite import SqliteDialect
from skill.database.transaction import upsert


def test_each_driver_has_its_own_words() -> None:
    line = "SELECT a::text, '50%' FROM t WHERE b = :b_c FOR UPDATE SKIP LOCKED"
    assert SqliteDialect.translate(line) == "SELECT a::text, '50%' FROM t WHERE b = :b_c"
    assert PostgresDialect.translate(line) == ("SELECT a::text, '50%%' FROM t WHERE b = %(b_c)s FOR UPDATE SKIP LOCKED")


def test_an_upsert_overwrites_all_but_the_key() -> None:
    assert upsert("t", "a, user", "c") == (
        'INSERT INTO t ("a", "user", "c") VALUES (:a, :user, :c)'
        ' ON CONFLICT ("a", "user") DO UPDATE SET "c" = excluded."c"'
    )
