"""What the handlers find in the application; put there by `skill.app`, nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

from pipeline.run import Wish
from skill.animations import Animations
from skill.privacy import Privacy
from skill.settings import Settings
from skill.tickets import Tickets
from skill.web.auth import Authenticator, JobIdSigner
from skill.web.face_preview import FacePreview
from skill.web.metrics import Metrics
from skill.web.readiness import Readiness
from skill.web.templates import Templates

AddPendingWish = Callable[[str, Wish], Awaitable[Wish]]


async def _add_nothing(user: str, wish: Wish) -> Wish:
    return wish


class UploadHooks:
    """The dialog's part in an upload; the dialog sets it while it is open."""

    def __init__(self) -> None:
        self.add_pending_wish: AddPendingWish = _add_nothing
        """(user, the page's wish) → the wish with what the user asked for in words."""
        self.agree_to_card: Callable[[str], Awaitable[None]] | None = None
        """Remembers that the person of a job (its id in the queue) agreed to a picture in the assistant's cards. None
        where there are no cards: the page does not ask then."""


SETTINGS = web.AppKey("settings", Settings)
ANIMATIONS = web.AppKey("animations", Animations)
TICKETS = web.AppKey("tickets", Tickets)
AUTHENTICATOR = web.AppKey("authenticator", Authenticator)
JOB_ID_SIGNER = web.AppKey("job_id_signer", JobIdSigner)
FACE_PREVIEW = web.AppKey("face_preview", FacePreview)
PRIVACY = web.AppKey("privacy", Privacy)
METRICS = web.AppKey("metrics", Metrics)
READINESS = web.AppKey("readiness", Readiness)
TEMPLATES = web.AppKey("templates", Templates)
HEADERS = web.AppKey("headers", Mapping[str, str])  # of every answer
INCOMING = web.AppKey("incoming", Path)  # a private folder for photos on their way in
STOPPING = web.AppKey("stopping", asyncio.Event)  # set when the service begins to stop
UPLOAD_HOOKS = web.AppKey("upload_hooks", UploadHooks)
