"""Which assistants are let in, by which secrets, as the settings say."""

from __future__ import annotations

from collections.abc import Sequence

from skill.dialog.alice.response import Alice
from skill.dialog.codec import Assistant, Pseudonymizer
from skill.dialog.replay.recorder import Recording
from skill.dialog.salute.response import Salute
from skill.dialog.webhook import Door
from skill.secrets import path_secrets
from skill.settings import Settings


def doors(settings: Settings, secrets: Sequence[str]) -> tuple[Door, ...]:
    """`secrets`: of the service; people are named under the oldest: without it everybody is a stranger."""
    namer = Pseudonymizer(secrets[-1])
    codecs: list[Assistant] = [Alice(namer, linking=settings.alice_linking), Salute(namer)]
    if settings.record is not None:
        codecs = [Recording(codec, settings.record) for codec in codecs]
    skills = {"alice": settings.alice_skill_id}
    return tuple(Door(one, path_secrets(settings, one.name), skill=skills.get(one.name, "")) for one in codecs)


def addresses(settings: Settings, assistant: str) -> tuple[str, ...]:
    """What to paste into the console: the webhook's address, the newest secret first. Not for a log."""
    return tuple(f"{settings.address}/{assistant}/{secret}" for secret in path_secrets(settings, assistant))
