"""Answers to Alice: a Reply within every documented limit."""

from __future__ import annotations

from typing import Any, Final, Literal

import structlog

from skill.dialog.alice import request
from skill.dialog.codec import AnswerError, Incoming, Pseudonymizer
from skill.dialog.limits import (
    clean,
    clean_json,
    clean_url,
    clip_speech,
    clip_state,
    clip_text,
    compact_json,
    json_size,
)
from skill.dialog.types import Button, Card, Reply, Surface

TEXT: Final = 1024  # characters, of text and of speech
TITLE: Final = 64
CARD_TITLE = 128
PAYLOAD, STATE = 4096, 1024  # bytes
BUTTONS: Final = 6  # «не более шести» is a recommendation
WHOLE: Final = 5000  # characters of the answer
VERSION: Final = "1.0"
_NOTHING_SAID: Final = "Я слушаю."

LinkingForm = Literal["directive", "top"]

log = structlog.get_logger(__name__)


class AliceCodec:
    """The codec of Alice.

    Args:
        pseudonymizer: makes our opaque keys of the platform's ids.
        linking: which of the two documented forms starts account linking: `directive` beside an answer, or `top`,
            alone in the message.
        strict: whether too large a state raises AnswerError (tests, terminal); else its oldest entries are left out.
    """

    name = request.PLATFORM

    def __init__(
        self, pseudonymizer: Pseudonymizer, *, linking: LinkingForm = "directive", strict: bool = False
    ) -> None:
        self._pseudonymizer, self._linking, self._strict = pseudonymizer, linking, strict

    def decode(self, body: bytes, bearer: str = "") -> Incoming:
        return request.parse_request(body, bearer, self._pseudonymizer)

    def encode(self, incoming: Incoming, reply: Reply) -> bytes:
        surface = incoming.turn.surface if incoming.turn else Surface()
        return compact_json(build_answer(reply, surface, linking=self._linking, strict=self._strict)).encode()


def build_answer(
    reply: Reply, surface: Surface, *, linking: LinkingForm = "directive", strict: bool = False
) -> dict[str, Any]:
    """The answer as a JSON object.

    Args:
        reply: to be said and shown; what the device or the limits don't allow is clipped or left out.
        surface: the abilities of the device.
        linking: form of `start_account_linking`, as in `AliceCodec`.
        strict: whether a state of more than 1 KB raises.

    Raises:
        AnswerError: it is `strict` and the state has more than 1 KB.
    """
    link = reply.link_account and surface.linking
    if link and linking == "top":
        return {"start_account_linking": {}, "version": VERSION}
    response: dict[str, Any] = {"text": clip_text(clean(reply.text), TEXT), "end_session": reply.end}
    speech = clip_speech(clean(reply.tts), TEXT)
    if speech:
        response["tts"] = speech
    elif not response["text"]:
        response["text"] = _NOTHING_SAID
    buttons = [fields for button in reply.buttons if (fields := _button(button, surface))][:BUTTONS]
    if buttons:
        response["buttons"] = buttons
    if reply.card and surface.screen and (card := _card(reply.card)):
        response["card"] = card
    if link:
        response["directives"] = {"start_account_linking": {}}
    message: dict[str, Any] = {"response": response, "version": VERSION}
    if state := _state(reply, strict):
        message["session_state"] = state
    return _within(message)


def _button(button: Button, surface: Surface) -> dict[str, Any] | None:
    """None where it would do nothing: without a title, or a link that can't be opened."""
    fields: dict[str, Any] = {"title": clip_text(" ".join(clean(button.title).split()), TITLE)}
    if button.url:
        fields["url"] = clean_url(button.url) if surface.screen else ""
    elif (payload := clean_json(button.payload)) and json_size(payload) <= PAYLOAD:
        fields["payload"] = payload  # one that is too large is left out: the title is sent as if it had been said
    if not button.inline:
        fields["hide"] = True
    return fields if all(fields.values()) else None


def _card(card: Card) -> dict[str, Any] | None:
    """A gallery of one: the form for a picture in portrait shape, as all of ours are."""
    image = clean(card.image)
    if not image:
        return None
    item: dict[str, Any] = {"image_id": image}
    if title := clip_text(clean(card.title), CARD_TITLE):
        item["title"] = title
    if url := clean_url(card.url):
        item["button"] = {"url": url}
    return {"type": "ImageGallery", "items": [item]}


def _state(reply: Reply, strict: bool) -> dict[str, Any]:
    whole: dict[str, Any] = clean_json(reply.state)
    clipped = clip_state(whole, STATE)
    if len(clipped) < len(whole):
        if strict:
            raise AnswerError(f"session_state has {json_size(whole)} bytes, {STATE} are allowed")
        log.error("state_too_large", left_out=len(whole) - len(clipped))
    return clipped


def _within(message: dict[str, Any]) -> dict[str, Any]:
    """Leave out what can be missed until the whole has at most 5,000 characters: payloads from the last (the title
    says the same), buttons from the last, the card, the speech."""
    response = message["response"]
    buttons = response.get("buttons", [])
    missed = [(button, "payload") for button in reversed(buttons) if "payload" in button]
    missed += [(response, name) for name in ("card", "tts")]
    while len(compact_json(message)) > WHOLE and missed:
        if missed[0][1] == "card" and buttons:
            buttons.pop()
        else:
            holder, name = missed.pop(0)
            holder.pop(name, None)
    if not buttons:
        response.pop("buttons", None)
    if not response["text"] and "tts" not in response:
        response["text"] = _NOTHING_SAID
    return message
