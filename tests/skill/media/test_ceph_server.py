"""The S3 server of the tests is replaced where it answers no more: it may fail the test that it hung in, no other."""

from __future__ import annotations

from tests.skill.media.ceph_server import serving


def test_another_server_takes_the_place_of_one_that_hangs() -> None:
    with serving(seconds=5.0) as ceph:
        with ceph.frozen():
            said = ceph.need_answer()
        assert "rgw.out" in said
        assert ceph.answers()
