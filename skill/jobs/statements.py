"""Statements of the queue, which both databases understand."""

from __future__ import annotations

from typing import Final

from skill.database.transaction import upsert
from skill.jobs.estimate import WORKER_SEEN_SECONDS
from skill.jobs.serialization import COLUMNS

_MINE: Final = "id = :job AND owner = :worker AND state = 'running'"
JOB: Final = f"SELECT {COLUMNS} FROM ozhivi_jobs WHERE id = :job"
OF_USER: Final = f'SELECT {COLUMNS} FROM ozhivi_jobs WHERE "user" = :user ORDER BY number DESC'
SAME: Final = f"""
    SELECT {COLUMNS} FROM ozhivi_jobs WHERE "user" = :user AND digest = :digest AND wish = :wish AND state <> 'failed'
    AND (expires > :now OR state = 'running') ORDER BY number DESC LIMIT 1
"""
WAITING: Final = """
    SELECT count(*), count(*) FILTER (WHERE "user" = :user),
        count(*) FILTER (WHERE household <> '' AND household = :household), count(*) FILTER (WHERE household <> '')
    FROM ozhivi_jobs WHERE state = 'waiting'
"""
PUT: Final = f"""
    INSERT INTO ozhivi_jobs (id, "user", household, source, digest, wish, priority, trace, state, created, updated,
        expires)
    VALUES (:id, :user, :household, :source, :digest, :wish, :priority, :trace, 'waiting', :now, :now, :now + :patience)
    RETURNING {COLUMNS}
"""
# Jobs of lost workers wait again; those begun too often have failed.
TAKE_BACK: Final = """
    UPDATE ozhivi_jobs SET owner = '', step = '', share = 0, updated = :now,
        state = CASE WHEN attempts >= :most THEN 'failed' ELSE 'waiting' END,
        reason = CASE WHEN attempts >= :most THEN 'crashed' ELSE '' END,
        expires = CASE WHEN attempts >= :most THEN :now + :keep ELSE expires END
    WHERE number IN (
        SELECT number FROM ozhivi_jobs
        WHERE state = 'running' AND lease <= :now OR state = 'waiting' AND attempts >= :most
        FOR UPDATE SKIP LOCKED)
"""
LEASE: Final = f"""
    UPDATE ozhivi_jobs SET state = 'running', owner = :worker, lease = :now + :seconds, began = :now, updated = :now,
        step = '', share = 0, attempts = attempts + 1, household = ''
    WHERE number = (
        SELECT number FROM ozhivi_jobs AS job WHERE state = 'waiting' AND expires > :now
        AND NOT EXISTS (SELECT 1 FROM ozhivi_jobs AS other WHERE other.state = 'running' AND other."user" = job."user")
        ORDER BY priority DESC, number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {COLUMNS}
"""
RENEW: Final = f"""
    UPDATE ozhivi_jobs SET lease = :now + :seconds, step = :step, share = :share, updated = :now WHERE {_MINE}
"""
BEGAN: Final = f"SELECT began FROM ozhivi_jobs WHERE {_MINE} FOR UPDATE"
FINISH: Final = f"""
    UPDATE ozhivi_jobs SET state = :state, reason = :reason, results = :results, share = 1, updated = :now,
        expires = :now + :keep
    WHERE {_MINE}
"""
# The same end once more: the first time the connection may have gone between commit and answer, and a worker that hears
# "lost" deletes what it stored. Meanwhile results may have been added.
FINISHED: Final = """
    SELECT 1 FROM ozhivi_jobs WHERE id = :job AND owner = :worker AND state = :state AND reason = :reason
    AND substr(results, 1, length(:results) - 1) = substr(:results, 1, length(:results) - 1)
"""
FORGET_DURATIONS: Final = """
    DELETE FROM ozhivi_durations WHERE number <= (SELECT max(number) FROM ozhivi_durations) - :last
"""
ADD_RESULT: Final = """
    UPDATE ozhivi_jobs SET results = substr(results, 1, length(results) - 1) || ', ' || :result || ']'
    WHERE id = :job AND state = 'done' AND replace(results, :same, '') = results
"""
GIVE_BACK: Final = f"""
    UPDATE ozhivi_jobs SET state = 'waiting', owner = '', step = '', share = 0, updated = :now,
        attempts = attempts - :uncounted
    WHERE {_MINE}
"""
DELETE_ONE: Final = f"DELETE FROM ozhivi_jobs WHERE id = :job RETURNING {COLUMNS}"
_BATCH: Final = 500  # expired jobs that one transaction deletes: it looks for others of the same photo, one by one
DELETE_EXPIRED: Final = f"""
    DELETE FROM ozhivi_jobs WHERE number IN (
        SELECT number FROM ozhivi_jobs WHERE state <> 'running' AND expires <= :now ORDER BY expires LIMIT {_BATCH})
    RETURNING {COLUMNS}
"""
NEEDED: Final = "SELECT 1 FROM ozhivi_jobs AS other WHERE source = :source AND state IN ('waiting', 'running') LIMIT 1"
# SQLite has to be kept from the index of states, in which all jobs that ended are.
LEFTOVERS: Final = f"""
    SELECT {COLUMNS} FROM ozhivi_jobs AS job WHERE source <> '' AND state || '' IN ('done', 'refused', 'failed')
    AND NOT EXISTS (SELECT 1 FROM ozhivi_jobs AS other
        WHERE other.source = job.source AND other.state IN ('waiting', 'running'))
"""
CLEAR_SOURCE: Final = "UPDATE ozhivi_jobs SET source = '' WHERE id = :job AND state NOT IN ('waiting', 'running')"
MEDIA: Final = "SELECT source, results FROM ozhivi_jobs WHERE source <> '' OR results <> '[]'"
WORKERS: Final = f"SELECT count(*) FROM ozhivi_workers WHERE seen > :now - {WORKER_SEEN_SECONDS}"
# In one statement: the dialog asks it in every turn.
SPEED: Final = f"""
    SELECT 'waiting', count(*) * 1.0 FROM ozhivi_jobs WHERE state = 'waiting'
    UNION ALL SELECT 'workers', ({WORKERS}) * 1.0
    UNION ALL SELECT 'elapsed', :now - began FROM ozhivi_jobs WHERE state = 'running'
    UNION ALL SELECT 'durations', seconds FROM ozhivi_durations
"""
PLACE: Final = """
    SELECT state, :now - began, (
        SELECT count(*) FROM ozhivi_jobs AS other WHERE state = 'waiting'
        AND (other.priority > job.priority OR other.priority = job.priority AND other.number < job.number)
    ) FROM ozhivi_jobs AS job WHERE id = :job
"""
OLDEST: Final = "SELECT :now - min(created) FROM ozhivi_jobs WHERE state = 'waiting'"
NOTE_WORKER: Final = upsert("ozhivi_workers", "name", seen=":now")
FORGET_WORKERS: Final = f"DELETE FROM ozhivi_workers WHERE seen <= :now - {WORKER_SEEN_SECONDS} AND name <> :name"
NOTE_DURATION: Final = "INSERT INTO ozhivi_durations (seconds) VALUES (:seconds)"
