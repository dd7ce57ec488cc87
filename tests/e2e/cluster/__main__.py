"""`python -m tests.e2e.cluster --jobs 200`: a fleet whose nodes, workers and database are killed with -9 at random.

Three `serve` behind HAProxy, three `worker`, PostgreSQL and Ceph on this machine; each person comes with words, a code
and a photo, sees the clip, every fourth says «удали». The exit code is 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from skill.console import print_line
from tests.e2e.cluster.fleet import fleet
from tests.e2e.cluster.scene import play
from tests.skill.jobs import postgres_server
from tests.skill.media import ceph_server


def main() -> int:
    """Play the scene, and print a report."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.cluster", description="Kill parts of a fleet at random.")
    parser.add_argument("--jobs", type=int, default=200, help="number of people, each with a photo")
    parser.add_argument("--nodes", type=int, default=3, help="number of `serve`")
    parser.add_argument("--workers", type=int, default=3, help="number of `worker`")
    parser.add_argument("--at-once", type=int, default=8, help="people at a time")
    parser.add_argument("--pause", type=float, default=12.0, help="seconds from one kill to the next, on average")
    parser.add_argument("--seed", type=int, default=1, help="of what is random")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="fleet-") as folder,
        postgres_server.serving() as postgres,
        ceph_server.serving() as ceph,
        postgres.database() as dsn,
        fleet(Path(folder), dsn, postgres, ceph, nodes=given.nodes, workers=given.workers) as running,
    ):
        print_line("the fleet is there")
        report = asyncio.run(play(running, given.jobs, seed=given.seed, at_once=given.at_once, pause=given.pause))
    for line in report.lines():
        print_line(line)
    return 1 if report.broken() else 0


if __name__ == "__main__":
    sys.exit(main())
