"""Schema of an answer to Alice, our own and strict: the whole documented format with every limit."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from skill.dialog.codec import AnswerError, refuse_nulls
from skill.dialog.limits import clean_url, compact_json, json_size, speech_units, strip_markup, utf16_units
from skill.dialog.types import Surface

WHOLE: Final = 5000
_SLIPS: Final = re.compile(r"undefined|\bNaN\b|\[object|\bNone\b|\bnull\b|[{}]|<(?!\[|speaker)")


def check_answer(answer: object, surface: Surface | None = None) -> None:
    """Check a whole answer.

    Args:
        answer: the JSON object that Alice is to be sent.
        surface: abilities of the device that it is for; None: any device.

    Raises:
        AnswerError: Alice, or the device, would not take it.
    """
    refuse_nulls(answer, allowed="user_state_update")  # there null deletes a field
    try:
        message = _Message.model_validate(answer, strict=True)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in error.errors())
        raise AnswerError("; ".join(faults)) from None
    if len(compact_json(answer)) > WHOLE:
        raise AnswerError(f"answer: {len(compact_json(answer))} characters, {WHOLE} are allowed")
    if surface is not None:
        _fits(message, surface)


def check_words(answer: dict[str, Any]) -> None:
    """Raise AnswerError where a template's mistake shows. Apart from `check_answer`: a person may say «null», too."""
    response = answer.get("response", {})
    words = [response.get("text", ""), response.get("tts", "")]
    words += [button.get("title", "") for button in response.get("buttons", [])]
    if any(_SLIPS.search(text) for text in words):
        raise AnswerError("response: a mistake of a template shows")


def _fits(message: _Message, surface: Surface) -> None:
    response = message.response
    links = message.start_account_linking is not None or (response and response.directives)
    if links and not surface.linking:
        raise AnswerError("start_account_linking: the device can't")
    if response and not surface.screen:
        if response.card:
            raise AnswerError("card: the device has no screen")
        if any(button.url for button in response.buttons):
            raise AnswerError("button url: the device has no screen")


def _units(limit: int) -> AfterValidator:
    def check(value: str) -> str:
        if utf16_units(value) > limit:
            raise ValueError(f"{utf16_units(value)} characters, {limit} are allowed")
        if any("\ud800" <= char <= "\udfff" or (char < " " and char != "\n") for char in value):
            raise ValueError("control characters or lone surrogates")
        return value

    return AfterValidator(check)


def _bytes(limit: int) -> AfterValidator:
    def check(value: dict[str, Any]) -> dict[str, Any]:
        if json_size(value) > limit:
            raise ValueError(f"{json_size(value)} bytes, {limit} are allowed")
        return value

    return AfterValidator(check)


def _speech(value: str) -> str:
    if speech_units(value) > 1024:
        raise ValueError(f"{speech_units(value)} characters, 1024 are allowed")
    if any(char in strip_markup(value) for char in "<>"):
        raise ValueError("broken markup")
    return value


def _url(value: str) -> str:
    if len(value.encode()) > 1024 or clean_url(value) != value:
        raise ValueError("no address of the web in at most 1024 bytes of ASCII")
    return value


Title = Annotated[str, Field(min_length=1), _units(64)]
Url = Annotated[str, AfterValidator(_url)]
Payload = Annotated[dict[str, Any], _bytes(4096)]
State = Annotated[dict[str, Any], _bytes(1024)]
ImageId = Annotated[str, Field(min_length=1)]
CardTitle = Annotated[str, _units(128)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _Empty(_Strict):
    pass


class _Button(_Strict):
    title: Title
    """Words on the button."""
    url: Url | None = None
    """Page to open."""
    payload: Payload | None = None
    """Object that comes back with the press."""
    hide: bool = False
    """Whether it disappears after the next turn; else it stays in the bubble."""


class _CardButton(_Strict):
    text: Annotated[str, _units(64)] | None = None
    """Words on the button."""
    url: Url | None = None
    """Page to open."""
    payload: Payload | None = None
    """Object that comes back with the press."""


class _Big(_Strict):
    type: Literal["BigImage"]
    """Kind of card: one large picture."""
    image_id: ImageId
    """The platform's id of the picture."""
    title: CardTitle | None = None
    """Words under the picture."""
    description: Annotated[str, _units(1024)] | None = None
    """Smaller words under the title."""
    button: _CardButton | None = None
    """Reaction to a tap on the picture."""


class _Item(_Strict):
    image_id: ImageId | None = None
    """The platform's id of the picture."""
    title: CardTitle | None = None
    """Words beside the picture."""
    description: Annotated[str, _units(256)] | None = None
    """Smaller words under the title."""
    button: _CardButton | None = None
    """Reaction to a tap on the item."""


class _Header(_Strict):
    text: Title
    """Words above the list."""


class _Footer(_Strict):
    text: Title
    """Words under the list."""
    button: _CardButton | None = None
    """Reaction to a tap on the footer."""


class _List(_Strict):
    type: Literal["ItemsList"]
    """Kind of card: a list of pictures with words."""
    header: _Header | None = None
    """Heading of the list."""
    items: Annotated[list[_Item], Field(min_length=1, max_length=5)]
    """Rows of the list."""
    footer: _Footer | None = None
    """Last row of the list."""


class _Picture(_Strict):
    image_id: ImageId
    """The platform's id of the picture."""
    title: CardTitle | None = None
    """Words under the picture."""
    button: _CardButton | None = None
    """Reaction to a tap on the picture."""


class _Gallery(_Strict):
    type: Literal["ImageGallery"]
    """Kind of card: pictures in a row."""
    items: Annotated[list[_Picture], Field(min_length=1, max_length=7)]  # 10 on another page
    """The pictures."""


class _Directives(_Strict):
    start_account_linking: _Empty
    """Start of account linking."""


class _Response(_Strict):
    text: Annotated[str, _units(1024)]
    """Words to read."""
    tts: Annotated[str, Field(min_length=1), AfterValidator(_speech)] | None = None
    """Words to speak, with markup."""
    card: Annotated[_Big | _List | _Gallery, Field(discriminator="type")] | None = None
    """Picture card."""
    buttons: Annotated[list[_Button], Field(max_length=6)] = []
    """Buttons under or in the bubble."""
    end_session: bool
    """Whether the session ends."""
    directives: _Directives | None = None
    """Further actions of the platform."""

    @model_validator(mode="after")
    def _says(self) -> _Response:
        if not self.text.strip() and not self.tts:
            raise ValueError("neither text nor tts")
        return self


class _Event(_Strict):
    name: str
    """Name of the event."""
    value: dict[str, Any] | None = None
    """Its parameters."""


class _Analytics(_Strict):
    events: list[_Event]
    """Events for the statistics of the console."""


class _Message(_Strict):
    response: _Response | None = None
    """The answer itself."""
    session_state: State | None = None
    """State that comes back with the next turn of the session."""
    user_state_update: State | None = None
    """Changes to the state of a signed-in user; null deletes a field."""
    application_state: State | None = None
    """State that comes back with each turn from the device."""
    analytics: _Analytics | None = None
    """Statistics of the console."""
    start_account_linking: _Empty | None = None
    """Start of account linking, alone in the message."""
    version: Literal["1.0"]
    """Version of the protocol."""

    @model_validator(mode="after")
    def _one_of_two(self) -> _Message:
        if (self.response is None) == (self.start_account_linking is None):
            raise ValueError("either response or start_account_linking")
        return self
