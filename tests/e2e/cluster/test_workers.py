"""Two workers, one service, PostgreSQL and Ceph, nothing faked: a worker is killed, links are forged."""

from __future__ import annotations

import asyncio
import io
import re
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from tests.e2e.cluster.machines import KEY, WORKERS, Cluster
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.media.ceph_server import Ceph, bucket_store
from tests.small_portrait import small_portrait

pytestmark = pytest.mark.asyncio

SOON = 35.0
"""Seconds within which nobody waits in vain on a machine that has much to do; on an idle one these are 4."""


@pytest_asyncio.fixture
async def client(cluster: Cluster) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"X-Api-Key": KEY}) as session:
        yield session


async def ask(client: aiohttp.ClientSession, cluster: Cluster, user: str, **fields: str) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData(fields)
    form.add_field("photo", io.BytesIO(small_portrait()), filename="photo.png")
    address = f"{cluster.address}/api/v1/animations"
    async with client.post(address, data=form, headers={"X-Ozhivi-User": user}) as answer:
        return answer.status, await answer.json()


async def done(client: aiohttp.ClientSession, cluster: Cluster, job: str) -> dict[str, Any]:
    """A job after its end, as the API shows it."""
    async with asyncio.timeout(120):
        while True:
            async with client.get(f"{cluster.address}/api/v1/animations/{job}") as answer:
                shown: dict[str, Any] = await answer.json()
            if shown["state"] not in {"waiting", "running"}:
                return shown
            await asyncio.sleep(0.1)


async def got(link: str) -> tuple[int, bytes]:
    """What somebody who has no key gets for a link."""
    async with aiohttp.ClientSession() as stranger, stranger.get(URL(link, encoded=True)) as answer:
        return answer.status, await answer.read()


def logged(cluster: Cluster) -> list[dict[str, Any]]:
    """The lines of all workers."""
    return [line for name in WORKERS for line in cluster.log(name)]


def stored(cluster: Cluster, ceph: Ceph) -> set[str]:
    """Names in the cluster's bucket."""
    with closing(ceph.client()) as client:
        listing = client.list_objects_v2(Bucket=cluster.store.bucket)
    return {item["Key"] for item in listing.get("Contents", ())}


async def test_the_job_of_a_killed_worker_is_done_once_by_the_other(
    cluster: Cluster, client: aiohttp.ClientSession, ceph: Ceph
) -> None:
    before = stored(cluster, ceph)
    status, asked = await ask(client, cluster, "anna", seconds="4")
    assert (status, asked["state"]) == (202, "waiting") and asked["left"] > asked["wait"] >= 0
    killed = await asyncio.to_thread(cluster.taker, asked["id"], *WORKERS)
    await asyncio.to_thread(cluster.kill, killed)
    (other,) = set(WORKERS) - {killed}
    shown = await done(client, cluster, asked["id"])
    assert shown["state"] == "done", shown
    assert cluster.taker(asked["id"], other) == other
    links = {one["format"]: one["url"] for one in shown["results"]}
    assert sorted(links) == ["gif", "jpg", "mp4"]
    assert (await got(links["mp4"]))[1][4:8] == b"ftyp"
    async with asyncio.timeout(120):  # the worker deletes the photo when the job's end is told
        while stored(cluster, ceph) - before != {URL(link).name for link in links.values()}:
            await asyncio.sleep(0.1)
    ended = [line for line in cluster.log(other) if line["event"] == "job_ended" and line["job"] in asked["id"]]
    assert [line["reason"] for line in ended] == ["done"]
    _, told = await got(cluster.metrics[other])
    assert re.search(rb'ozhivi_jobs_total\{state="done"\} [1-9]', told)
    assert re.search(rb'ozhivi_step_seconds_count\{step="animate"\} [1-9]', told)
    await asyncio.to_thread(cluster.work, killed)  # back, for those who come after
    async with client.delete(f"{cluster.address}/api/v1/animations/{asked['id']}") as answer:
        assert answer.status == 204
    assert stored(cluster, ceph) == before
    assert (await got(links["mp4"]))[0] == 404


async def test_forged_links_are_refused(cluster: Cluster, client: aiohttp.ClientSession) -> None:
    _, asked = await ask(client, cluster, "boris", seconds="2")
    shown = await done(client, cluster, asked["id"])
    links = {one["format"]: one["url"] for one in shown["results"]}
    key = URL(links["mp4"]).name
    ours, foreign = bucket_store(cluster.store), bucket_store(replace(cluster.store, secret_key="another"))
    soon = await ours.url(key, seconds=1)
    assert (await got(links["mp4"]))[0] == 200
    forged = {
        "signature": re.sub(r"(X-Amz-Signature=)(.)", lambda m: m[1] + ("0" if m[2] != "0" else "1"), links["mp4"]),
        "expiry": re.sub(r"X-Amz-Expires=\d+", "X-Amz-Expires=604800", links["mp4"]),
        "key": links["mp4"].replace(key, URL(links["gif"]).name),
        "no signature": links["mp4"].split("?")[0],
        "foreign": foreign._presigned(key, {}, 600),
    }
    async with asyncio.timeout(120):  # the link's second, and one for the rounding of the server's clock
        while (await got(soon))[0] == 200:
            await asyncio.sleep(0.1)
    for what, link in (forged | {"late": soon}).items():
        status, body = await got(link)
        assert (what, status) == (what, 403)
        assert b"ftyp" not in body
    await ours.close()
    await foreign.close()


async def test_a_user_who_asks_too_often_is_told_kindly(cluster: Cluster, client: aiohttp.ClientSession) -> None:
    answers = [await ask(client, cluster, "vera", seed=str(number), seconds="6") for number in range(5)]
    refused = [answer for status, answer in answers if status == 429]
    assert refused and refused[0]["error"]["code"] == "too_many_jobs"
    async with client.get(f"{cluster.address}/metrics") as told:
        text = await told.text()
    assert f'ozhivi_refusals_total{{reason="too_many_jobs"}} {len(refused)}.0' in text
    assert re.search(r"ozhivi_queue_oldest_seconds 0\.\d*[1-9]|ozhivi_queue_oldest_seconds [1-9]", text)
    for status, answer in answers:
        if status == 202:
            async with client.delete(f"{cluster.address}/api/v1/animations/{answer['id']}") as deleted:
                assert deleted.status == 204


async def test_a_store_and_a_database_that_freeze_keep_nobody_waiting(
    cluster: Cluster, client: aiohttp.ClientSession, ceph: Ceph, postgres: PostgresServer
) -> None:
    """A look at a job took 15 to 70 s. What could not be stored is not there when the store thaws."""

    async def look() -> tuple[int, str, float]:
        began = time.monotonic()
        async with client.get(f"{cluster.address}/api/v1/animations/{asked['id']}") as answer:
            shown = await answer.json()
        return answer.status, shown["error"]["sentence"] if "error" in shown else "", time.monotonic() - began

    before = stored(cluster, ceph)
    _, asked = await ask(client, cluster, "galina", seconds="2")
    async with asyncio.timeout(120):  # nobody looks at it: what was seen a moment ago needs no question
        while not any(line["event"] == "job_ended" and line["job"] in asked["id"] for line in logged(cluster)):
            await asyncio.sleep(0.1)
    unseen = "Сейчас не получается посмотреть, что готово."
    with ceph.frozen():
        began = time.monotonic()
        sending = asyncio.create_task(ask(client, cluster, "galina", seconds="3"))
        looks = await asyncio.gather(*(look() for _ in range(12)))
        assert {(code, said) for code, said, _ in looks} == {(503, unseen)}
        assert max(seconds for *_, seconds in looks) < SOON
        status, refused = await sending
        assert (status, refused["error"]["code"]) == (503, "unavailable") and time.monotonic() - began < 2 * SOON
    async with asyncio.timeout(120):
        while (await look())[0] != 200:
            await asyncio.sleep(0.2)
    with ceph.frozen():
        assert (await look())[0] == 200
    with postgres.frozen():
        looks = await asyncio.gather(*(look() for _ in range(12)))
        assert {(code, said) for code, said, _ in looks} == {(503, unseen)}
        assert max(seconds for *_, seconds in looks) < SOON
    async with client.delete(f"{cluster.address}/api/v1/animations/{asked['id']}") as answer:
        assert answer.status == 204
    async with asyncio.timeout(120):
        while stored(cluster, ceph) != before:
            await asyncio.sleep(0.2)
