"""What the handlers find in the application; put there by `skill.app`, nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from skill.animations import Animations
from skill.privacy import Privacy
from skill.settings import Settings
from skill.web.access import Door
from skill.web.before import Before
from skill.web.metrics import Metrics
from skill.web.names import Names
from skill.web.onlooker import Onlooker
from skill.web.ready import Readiness
from skill.web.templates import Templates
from skill.web.tickets import Tickets

SETTINGS = web.AppKey("settings", Settings)
ANIMATIONS = web.AppKey("animations", Animations)
TICKETS = web.AppKey("tickets", Tickets)
DOOR = web.AppKey("door", Door)
NAMES = web.AppKey("names", Names)
ONLOOKER = web.AppKey("onlooker", Onlooker)
PRIVACY = web.AppKey("privacy", Privacy)
METRICS = web.AppKey("metrics", Metrics)
READINESS = web.AppKey("readiness", Readiness)
TEMPLATES = web.AppKey("templates", Templates)
HEADERS = web.AppKey("headers", Mapping[str, str])  # of every answer
INCOMING = web.AppKey("incoming", Path)  # a private folder for photos on their way in
STOPPING = web.AppKey("stopping", asyncio.Event)  # set when the service begins to stop
BEFORE = web.AppKey("before", Before)
