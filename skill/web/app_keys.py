"""Typed keys of the application: `skill.app` sets them, nobody else, and the handlers read them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from aiohttp import web

from pipeline.run import Wish
from skill.animations import Animations
from skill.database.database import Database
from skill.eraser import UserEraser
from skill.filter_status import FilterStatusReader
from skill.rare_log import RareLines
from skill.renditions.service import Renditions
from skill.settings import Settings
from skill.tickets import Tickets
from skill.web.auth import Authenticator, JobIdSigner
from skill.web.client_address import ClientAddresses
from skill.web.face_preview import FindFaces
from skill.web.job_watch import JobWatches
from skill.web.metrics import Metrics
from skill.web.movement_previews import PreviewMaker
from skill.web.preview_budget import PreviewBudget
from skill.web.readiness import Readiness
from skill.web.templates import Templates
from skill.web.upload_budget import UploadBudget

AddPendingWish = Callable[[str, Wish], Awaitable[Wish]]
"""(user, the page's wish) → the wish with what the user asked for in words before the photo came."""


async def _add_nothing(user: str, wish: Wish) -> Wish:
    return wish


async def _withdraw_nothing(jobs: Sequence[str]) -> None:
    """There are no cards."""


class UploadHooks:
    """The dialog's part in an upload; the dialog sets it while it is open."""

    def __init__(self) -> None:
        self.add_pending_wish: AddPendingWish = _add_nothing
        """Adds what was asked for in words to the page's wish."""
        self.agree_to_card: Callable[[str], Awaitable[None]] | None = None
        """Remembers that the person of a job (its id in the queue) agreed to a picture in the assistant's cards. None
        where there are no cards: the page does not ask then."""
        self.withdraw_cards: Callable[[Sequence[str]], Awaitable[None]] = _withdraw_nothing
        """Takes the pictures of deleted jobs (their ids in the queue) away from the assistant's platform."""


SETTINGS: Final = web.AppKey("settings", Settings)
DATABASE: Final = web.AppKey("database", Database)
ANIMATIONS: Final = web.AppKey("animations", Animations)
TICKETS: Final = web.AppKey("tickets", Tickets)
AUTHENTICATOR: Final = web.AppKey("authenticator", Authenticator)
CLIENT_ADDRESSES: Final = web.AppKey("client_addresses", ClientAddresses)
JOB_ID_SIGNER: Final = web.AppKey("job_id_signer", JobIdSigner)
FACE_FINDER: Final = web.AppKey[FindFaces]("face_finder")
PREVIEW_MAKER: Final = web.AppKey[PreviewMaker | None]("preview_maker")
"""Makes previews of movements; None where the settings want none."""
PREVIEW_BUDGET: Final = web.AppKey("preview_budget", PreviewBudget)
LOOK_SIGNER: Final = web.AppKey("look_signer", JobIdSigner)
"""Signs the ids by which a clip may be looked at, and nothing else."""
JOB_WATCHES: Final = web.AppKey("job_watches", JobWatches)
FILTERS: Final = web.AppKey("filters", FilterStatusReader)
ERASER: Final = web.AppKey("eraser", UserEraser)
METRICS: Final = web.AppKey("metrics", Metrics)
RENDITIONS: Final = web.AppKey("renditions", Renditions)
REFUSALS: Final = web.AppKey("refusals", RareLines)
READINESS: Final = web.AppKey("readiness", Readiness)
TEMPLATES: Final = web.AppKey("templates", Templates)
UPLOAD_BUDGET: Final = web.AppKey("upload_budget", UploadBudget)
UPLOAD_HOOKS: Final = web.AppKey("upload_hooks", UploadHooks)
HEADERS: Final = web.AppKey("headers", Mapping[str, str])
"""Headers of every answer."""
INCOMING: Final = web.AppKey("incoming", Path)
"""A private folder for photos on their way in."""
DRAINING: Final = web.AppKey("draining", asyncio.Event)
"""Set by the signal to stop: no job is begun any more, and /readyz answers 503. Requests are answered as before."""
STOPPING: Final = web.AppKey("stopping", asyncio.Event)
"""Set when the port is closed: open answers end."""
