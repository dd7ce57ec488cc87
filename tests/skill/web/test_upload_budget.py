"""Photos on their way in take no more room than there is, and nobody takes it all."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress

import pytest
from structlog.testing import capture_logs

from skill.web import upload_budget
from skill.web.errors import ApiError
from skill.web.upload_budget import NETWORK_BYTES, TICKET_UPLOADS, TOTAL_BYTES, UploadBudget
from tests.skill.web.conftest import JPEG, Open, error_code

PHOTO = 40 * 2**20


def test_what_is_over_gives_its_room_back() -> None:
    budget = UploadBudget()
    for _ in range(100):
        with budget.admit("ticket", "network") as share:
            share.grow(NETWORK_BYTES)
    assert not budget._networks
    assert not budget._tickets
    assert budget._total == 0


def test_one_network_does_not_take_all() -> None:
    budget = UploadBudget()
    with ExitStack() as stack:
        for number in range(NETWORK_BYTES // PHOTO):
            stack.enter_context(budget.admit(f"{number}", "network")).grow(PHOTO)
        with capture_logs() as lines, pytest.raises(ApiError) as error, budget.admit("more", "network") as share:
            share.grow(1)
        assert (error.value.status, error.value.code) == (503, "too_many_uploads")
        assert [line["event"] for line in lines] == ["uploads_full"]
        stack.enter_context(budget.admit("other", "another")).grow(PHOTO)


def test_all_together_take_no_more_than_there_is() -> None:
    budget, taken = UploadBudget(), 0
    with ExitStack() as stack:
        for number in range(100):
            share = stack.enter_context(budget.admit(f"{number}", f"network {number}"))
            with suppress(ApiError):
                share.grow(PHOTO)
                taken += PHOTO
        assert TOTAL_BYTES - PHOTO < taken <= TOTAL_BYTES


def test_an_assistant_s_backend_sends_for_many() -> None:
    budget = UploadBudget()
    with ExitStack() as stack:
        for _ in range(TOTAL_BYTES // PHOTO):
            stack.enter_context(budget.admit()).grow(PHOTO)


@pytest.mark.asyncio
async def test_few_photos_come_with_one_ticket_at_a_time(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        head = f"POST /api/v1/animations HTTP/1.1\r\nHost: x\r\nX-Ozhivi-Ticket: {token}\r\nContent-Length: 90000\r\n"
        head += "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        head += '--x\r\nContent-Disposition: form-data; name="photo"'
        writers = []
        for _ in range(TICKET_UPLOADS):
            _, writer = await asyncio.open_connection("127.0.0.1", s.client.port)
            writer.write(head.encode() + b"\r\n\r\n" + JPEG)
            writers.append(writer)
        while len(s.incoming()) < TICKET_UPLOADS:
            await asyncio.sleep(0.01)
        answer = await s.send(token)
        assert (answer.status, await error_code(answer)) == (429, "too_many_photos")
        assert int(answer.headers["Retry-After"]) == 30
        assert (await s.send((await s.issue()).token)).status == 202
        for writer in writers:
            writer.close()
        while s.incoming():
            await asyncio.sleep(0.01)
        assert (await s.send(token)).status == 202


@pytest.mark.asyncio
async def test_without_room_a_photo_is_turned_away(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_budget, "TOTAL_BYTES", 1000)
    async with service() as s:
        token = (await s.issue()).token
        answer = await s.send(token, JPEG * 10)
        assert (answer.status, await error_code(answer)) == (503, "too_many_uploads")
        assert s.incoming() == []
        assert (await s.send(token)).status == 202
        metrics = await (await s.client.get("/metrics")).text()
        assert 'ozhivi_refusals_total{reason="too_many_uploads"} 1.0' in metrics
