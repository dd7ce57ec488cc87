"""A real server on port 0 with an in-memory queue and store behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from skill.app import build_service
from skill.components import Components
from skill.renditions.maker import MakeRendition
from skill.settings import load
from skill.ticket_model import IssuedTicket
from skill.tickets import Tickets
from skill.web import app_keys
from skill.web.auth import TICKET_HEADER
from skill.web.face_preview import FindFaces
from skill.web.movement_previews import PreviewMaker
from skill.web.schemas import FacesView
from tests.service_process import nameless_files
from tests.skill.web.fakes import FakeQueue, FakeStore
from weights.store import default_root

JPEG = b"\xff\xd8\xff\xe0" + b"pixels" * 100


@dataclass
class Service:
    """A running service and what lies behind it."""

    client: TestClient[Any, Any]
    """Sends requests to it."""
    queue: FakeQueue
    """Its jobs."""
    store: FakeStore
    """Its media."""
    tickets: Tickets
    """Its tickets."""
    data: Path
    """Its data folder."""

    async def issue(self, user: str = "user-1", *, cards: bool = False) -> IssuedTicket:
        """A new ticket. `cards`: of an assistant that shows pictures in cards."""
        return await self.tickets.issue(user, cards=cards)

    async def send(
        self, token: str, photo: bytes = JPEG, *, headers: dict[str, str] | None = None, **fields: str
    ) -> aiohttp.ClientResponse:
        """POST a photo as the page does."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        form.add_field("photo", BytesIO(photo), filename="Бабушка Нюра.jpg")
        return await self.client.post(
            "/api/v1/animations", data=form, headers={TICKET_HEADER: token} if headers is None else headers
        )

    def incoming(self) -> list[Path]:
        """Photos that are on their way in, with a name or without."""
        folder = self.data / "incoming"
        return [*folder.iterdir(), *nameless_files(folder)]


Open = Callable[..., AbstractAsyncContextManager[Service]]
FindFacesNow = Callable[[Path, int, int], FacesView]
"""(photo, long side, turn) → its faces."""


def _in_no_time(find_faces: FindFacesNow) -> FindFaces:
    async def find(photo: Path, long_side: int, turn: int) -> FacesView:
        return find_faces(photo, long_side, turn)

    return find


@asynccontextmanager
async def open_service(
    data: Path,
    *,
    limit: int = 10,
    weights: bool = True,
    find_faces: FindFacesNow | None = None,
    make_rendition: MakeRendition | None = None,
    previews: PreviewMaker | None = None,
    **settings: Any,
) -> AsyncIterator[Service]:
    """A service with a data folder.

    Args:
        data: The folder.
        limit: Jobs that the queue takes.
        weights: Whether every model is there.
        find_faces: Finds the faces of a photo; None for the real ones.
        make_rendition: Makes a rendition of a clip; None for the real one.
        previews: Makes previews of movements; None where there are none.
        **settings: Settings of the service.
    """
    queue, store = FakeQueue(limit), FakeStore()

    chosen = {"data_dir": data, "workers": 0, "previews": previews is not None, **settings}
    components = Components(
        make_queue=lambda _: queue,
        store=store,
        weights_ready=lambda: weights,
        find_faces=None if find_faces is None else _in_no_time(find_faces),
        make_rendition=make_rendition,
        preview_maker=previews,
    )
    app = build_service(load(chosen), components)
    async with TestClient(TestServer(app)) as client:
        yield Service(client, queue, store, app[app_keys.TICKETS], data)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """`async with service(setting=…) as s:`"""
    monkeypatch.delenv("OZHIVI_CONFIG", raising=False)

    def open_(**settings: Any) -> AbstractAsyncContextManager[Service]:
        return open_service(tmp_path / "data", **settings)

    return open_


@pytest.fixture(autouse=True)
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The gallery's file, not the one of whoever runs the tests; there is none at first."""
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(default_root()))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "ozhivi" / "gallery.db"


async def error_code(response: aiohttp.ClientResponse) -> str:
    """The code of an error that has words for people."""
    error = (await response.json())["error"]
    assert error["sentence"]
    assert error["advice"]
    return str(error["code"])


async def begin_job(s: Service, **fields: Any) -> dict[str, Any]:
    """Send a photo with a new ticket; the job as the answer has it."""
    answer = await s.send((await s.issue()).token, **fields)
    assert answer.status == 202, await answer.text()
    job: dict[str, Any] = await answer.json()
    assert answer.headers["Location"] == f"/api/v1/animations/{job['id']}"
    return job
