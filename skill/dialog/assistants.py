"""Assistants that the service answers: their codecs and the secrets of their paths, as the settings say."""

from __future__ import annotations

from skill.dialog.alice.response import AliceCodec
from skill.dialog.codec import Assistant, Pseudonymizer
from skill.dialog.replay.recorder import RecordingCodec
from skill.dialog.salute.response import SaluteCodec
from skill.dialog.webhook import Endpoint
from skill.secrets import path_secrets
from skill.settings import Settings


def build_endpoints(settings: Settings, identity: str, *, strict: bool = False) -> dict[str, Endpoint]:
    """The assistants' endpoints, by the assistant's name.

    Args:
        settings: of the service: secrets of the paths, the skill's id, whether conversations are recorded.
        identity: the service's identity secret. People have pseudonyms under it: without it everybody is a stranger.
        strict: too large a state is an error; else its oldest part is left out.
    """
    pseudonymizer = Pseudonymizer(identity)
    alice = AliceCodec(pseudonymizer, linking=settings.alice_linking, strict=strict)
    codecs: list[Assistant] = [alice, SaluteCodec(pseudonymizer)]
    if settings.record is not None:
        codecs = [RecordingCodec(codec, settings.record) for codec in codecs]
    skills = {"alice": settings.alice_skill_id}
    return {
        codec.name: Endpoint(codec, path_secrets(settings, codec.name), skill=skills.get(codec.name, ""))
        for codec in codecs
    }


def console_addresses(settings: Settings, assistant: str) -> tuple[str, ...]:
    """Whole addresses to paste into the assistant's console, the newest secret first. Not for a log."""
    return tuple(f"{settings.address}/{assistant}/{secret}" for secret in path_secrets(settings, assistant))
