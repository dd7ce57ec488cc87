"""A rolling upgrade: the next version's tables are there, nodes of both versions work on them for a while."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from pipeline.run import Wish
from skill.components import open_database
from skill.database import revision, upgrade
from skill.database.errors import DatabaseVersionError
from skill.database.revision import HEAD
from skill.dialog.memory import Memory
from skill.dialog.reply_cache import Claim, ReplyCache
from skill.jobs.model import Done, JobState
from skill.jobs.queue import JobQueue
from skill.settings import Settings, load
from skill.tickets import Tickets
from tests.skill.jobs.postgres_server import PostgresServer

pytestmark = pytest.mark.asyncio

SECRET, NEXT = b"s" * 32, "9001"
MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{NEXT}", "{HEAD}"


def upgrade():
    for table in ("jobs", "tickets", "replies", "talks"):
        with op.batch_alter_table(f"ozhivi_{{table}}") as changed:
            changed.add_column(sa.Column("news", sa.Text, nullable=False, server_default="none"))
    op.create_table("ozhivi_novelties", sa.Column("name", sa.Text, primary_key=True))
    op.create_index("ozhivi_jobs_news", "ozhivi_jobs", ["news"])
"""


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    given = {"data_dir": tmp_path / "data", "queue": request.param}
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        database = server.database()
        request.addfinalizer(lambda: database.__exit__(None, None, None))
        given["postgres"] = database.__enter__()
    return load(given)


def migrate(settings: Settings, folder: Path) -> None:
    """What `ozhivi db upgrade` of the next version does: this version's migrations and one more."""
    shutil.copytree(Path(upgrade.__file__).with_name("migrations"), folder / "migrations")
    (folder / "migrations" / "versions" / f"r{NEXT}.py").write_text(MIGRATION, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(folder / "migrations"))
    with upgrade._connection(settings) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


async def test_nodes_of_both_versions_work_on_the_next_version_s_tables(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await open_database(settings)
    kept = await Tickets(old, SECRET).issue("anna")
    waiting = await JobQueue(old).put("anna", "photo", Wish(), digest="d")
    await asyncio.to_thread(migrate, settings, tmp_path)
    with monkeypatch.context() as next_version:
        next_version.setattr(revision, "HEAD", NEXT)
        new = await open_database(settings)
        await new.rows("SELECT count(*) FROM ozhivi_novelties")
        for one, other in ((old, new), (new, old)):
            queue = JobQueue(other)
            leased = await queue.lease("w", 30.0)
            assert leased is not None and await queue.finish(leased.id, "w", Done((("mp4", "clip"),)))
            ended = await JobQueue(one).get(leased.id)
            assert ended is not None and ended.state is JobState.DONE
            issued = await Tickets(one, SECRET).issue("boris")
            assert (await Tickets(other, SECRET).redeem(issued.token, "d")).user == "boris"
            await Memory(one, SECRET).save_turn("boris", "morning", {"number": 1})
            assert (await Memory(other, SECRET).load("boris", "morning")).state == {"number": 1}
            replies = [ReplyCache(node, SECRET) for node in (one, other)]
            assert await replies[0].claim(issued.token) is Claim.MINE
            assert await replies[1].claim(issued.token) is Claim.OTHERS
            await queue.put("boris", "photo", Wish(), digest=issued.token)
        assert (await Tickets(new, SECRET).get(kept.token)).user == "anna"
        assert leased.id != waiting.id
    await new.close()
    await old.close()
    late = None
    with pytest.raises(DatabaseVersionError, match="later version"):  # whoever starts now has to be the next version
        late = await open_database(settings)
        await late.open()
    if late is not None:
        await late.close()
