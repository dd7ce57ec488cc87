"""The codec of Sber's assistants: Сбер, Афина and Джой, over the same conversation."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Any, Final
from xml.sax.saxutils import escape

from skill.dialog.codec import Incoming, Pseudonymizer
from skill.dialog.limits import (
    clean,
    clean_json,
    clean_url,
    clip_speech,
    clip_text,
    compact_json,
    json_size,
    split_text,
    strip_markup,
)
from skill.dialog.salute import request
from skill.dialog.types import Button, Card, Reply, Surface

SPEECH: Final = 1024  # characters; no number is documented
BUBBLE: Final = 250
BUBBLES: Final = 5
TITLE: Final = 64
PAYLOAD: Final = 4096
BUTTONS: Final = 6
STATE_SECONDS: Final = 900.0  # a session of theirs ends after 10 minutes
_STATES: Final = 10_000
_NOTHING_SAID: Final = "Я слушаю."
_SPEAKER: Final = re.compile(r"<speaker(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_PAUSE: Final = re.compile(r"sil\s*<\[\s*(\d+)\s*\]>", re.IGNORECASE)
_STRESS: Final = re.compile(r"\+([аеёиоуыэюя])", re.IGNORECASE)


class SaluteCodec:
    """The codec of Sber's assistants. Their platform keeps no state of ours between turns: it stays here, in memory,
    for as long as a session of theirs lasts; after a restart the conversation begins anew, as it has to anyway.

    Args:
        pseudonymizer: makes our opaque keys of the platform's ids.
        clock: seconds, monotonic.
    """

    name = request.PLATFORM

    def __init__(self, pseudonymizer: Pseudonymizer, clock: Callable[[], float] = time.monotonic) -> None:
        self._pseudonymizer, self._clock = pseudonymizer, clock
        self._states: OrderedDict[tuple[str, str], tuple[Mapping[str, Any], float]] = OrderedDict()

    def decode(self, body: bytes, bearer: str = "") -> Incoming:
        incoming = request.parse_request(body, self._pseudonymizer)
        turn = incoming.turn
        if turn is None or turn.new:
            return incoming
        state, until = self._states.get((turn.user, turn.device), ({}, 0.0))
        return replace(incoming, turn=replace(turn, state=state)) if until > self._clock() else incoming

    def encode(self, incoming: Incoming, reply: Reply) -> bytes:
        if incoming.turn is None:
            return compact_json(_error(incoming)).encode()
        self._remember((incoming.turn.user, incoming.turn.device), reply.state)
        return compact_json(build_answer(incoming, reply, incoming.turn.surface)).encode()

    def _remember(self, user_and_device: tuple[str, str], state: Mapping[str, Any]) -> None:
        self._states.pop(user_and_device, None)
        if state:
            self._states[user_and_device] = (state, self._clock() + STATE_SECONDS)
        while len(self._states) > _STATES:
            self._states.popitem(last=False)


def build_answer(incoming: Incoming, reply: Reply, surface: Surface) -> dict[str, Any]:
    """The message ANSWER_TO_USER as a JSON object: no nulls, no line feeds, the request's ids repeated.

    Args:
        incoming: the message that is answered.
        reply: to be said and shown; what the device or the limits don't allow is clipped or left out.
        surface: the abilities of the device.
    """
    text = _line(reply.text) or _NOTHING_SAID
    speech, kind = _speech(reply.tts) or _speech(text) or (_NOTHING_SAID, "application/text")
    items: list[dict[str, Any]] = [
        {"bubble": {"text": piece, "expand_policy": "auto_expand"}} for piece in split_text(text, BUBBLE)[:BUBBLES]
    ]
    if reply.card and surface.screen and (card := _card(reply.card)):
        items.append({"card": card})
    if reply.end:
        items.append({"command": {"type": "close_app"}})
    payload: dict[str, Any] = {
        "pronounceText": speech,
        "pronounceTextType": kind,
        "items": items,
        "auto_listening": not reply.end,
        "finished": reply.end,
    }
    if buttons := [fields for button in reply.buttons if (fields := _button(button, surface))][:BUTTONS]:
        payload["suggestions"] = {"buttons": buttons}
    return _enveloped(incoming, "ANSWER_TO_USER", payload)


def _error(incoming: Incoming) -> dict[str, Any]:
    """The assistant itself tells the person."""
    return _enveloped(incoming, "ERROR", {"code": 400, "description": "unclear"})


def _enveloped(incoming: Incoming, name: str, payload: dict[str, Any]) -> dict[str, Any]:
    echo = incoming.echo
    if "device" in echo:
        payload["device"] = echo["device"]
    envelope = {"messageName": name, "sessionId": "", "messageId": 0, "uuid": {}}
    envelope |= {key: echo[key] for key in ("sessionId", "messageId", "uuid") if key in echo}
    return envelope | {"payload": payload}


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _speech(tts: str) -> tuple[str, str] | None:
    """Alice's markup as SSML where there is any: «+а» is «а'», a pause a break; sounds are Alice's own. None where
    nothing is left to say."""
    clipped = clip_speech(_SPEAKER.sub("", _line(tts)), SPEECH)
    pieces = [strip_markup(piece) for piece in _PAUSE.split(clipped)[::2]]
    pauses = _PAUSE.findall(clipped)
    if not "".join(pieces).strip():
        return None
    if not pauses and not _STRESS.search(pieces[0]):
        return " ".join(pieces[0].split()), "application/text"
    said = [escape(_STRESS.sub(r"\1'", piece)) for piece in pieces]
    breaks = [f'<break time="{pause}ms"/>' for pause in pauses]
    return f"<speak>{''.join(chain(*zip_longest(said, breaks, fillvalue='')))}</speak>", "application/ssml"


def _button(button: Button, surface: Surface) -> dict[str, Any] | None:
    title = clip_text(_line(button.title), TITLE)
    action: dict[str, Any] = {"type": "text", "text": title, "should_send_to_backend": True}
    if button.url:
        url = clean_url(button.url) if surface.screen else ""
        action = {"type": "deep_link", "deep_link": url} if url else {}
    elif (payload := clean_json(button.payload)) and json_size(payload) <= PAYLOAD:
        carried = {"action_id": "pressed", "parameters": payload, "payload": payload}
        action = {"type": "server_action", "message_name": "SERVER_ACTION", "server_action": carried}
    return {"title": title, "actions": [action]} if title and action else None


def _card(card: Card) -> dict[str, Any] | None:
    """A gallery of one; here a picture is an address."""
    image = clean_url(card.image)
    if not image:
        return None
    size_ = {"width": "medium", "aspect_ratio": 1.46}  # height to width
    item: dict[str, Any] = {"type": "media_gallery_item", "image": {"url": image, "size": size_}}
    if title := clip_text(_line(card.title), 128):
        item["top_text"] = {"text": title, "typeface": "footnote1", "text_color": "default", "max_lines": 2}
    if description := clip_text(_line(card.description), 256):
        item["bottom_text"] = {"text": description, "typeface": "caption", "text_color": "secondary", "max_lines": 3}
    if url := clean_url(card.url):
        item["image"]["actions"] = [{"type": "deep_link", "deep_link": url}]
    return {"type": "gallery_card", "items": [item]}
