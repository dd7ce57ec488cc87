"""Our own strict model of an answer to Alice: the whole documented format with every limit."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from skill.dialog.codec import AnswerError, refuse_nulls
from skill.dialog.limits import clean_url, compact, size, spoken_units, units, unmarked
from skill.dialog.types import Surface

WHOLE: Final = 5000
_SLIPS: Final = re.compile(r"undefined|\bNaN\b|\[object|\bNone\b|\bnull\b|[{}]|<(?!\[|speaker)")


def check_answer(answer: object, surface: Surface | None = None) -> None:
    """Raises AnswerError where Alice would not take it; `surface`: of the turn, for what not every device can do."""
    refuse_nulls(answer, allowed="user_state_update")  # there null deletes a field
    try:
        message = _Message.model_validate(answer, strict=True)
    except ValidationError as error:
        told = (f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in error.errors())
        raise AnswerError("; ".join(told)) from None
    if len(compact(answer)) > WHOLE:
        raise AnswerError(f"answer: {len(compact(answer))} characters, {WHOLE} are allowed")
    if surface is not None:
        _fits(message, surface)


def check_words(answer: dict[str, Any]) -> None:
    """Raises AnswerError where a template's mistake shows. Apart from `check_answer`: a person may say «null», too."""
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
        if units(value) > limit:
            raise ValueError(f"{units(value)} characters, {limit} are allowed")
        if any("\ud800" <= char <= "\udfff" or (char < " " and char != "\n") for char in value):
            raise ValueError("control characters or lone surrogates")
        return value

    return AfterValidator(check)


def _bytes(limit: int) -> AfterValidator:
    def check(value: dict[str, Any]) -> dict[str, Any]:
        if size(value) > limit:
            raise ValueError(f"{size(value)} bytes, {limit} are allowed")
        return value

    return AfterValidator(check)


def _speech(value: str) -> str:
    if spoken_units(value) > 1024:
        raise ValueError(f"{spoken_units(value)} characters, 1024 are allowed")
    if any(char in unmarked(value) for char in "<>"):
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
    url: Url | None = None
    payload: Payload | None = None
    hide: bool = False


class _CardButton(_Strict):
    text: Annotated[str, _units(64)] | None = None
    url: Url | None = None
    payload: Payload | None = None


class _Big(_Strict):
    type: Literal["BigImage"]
    image_id: ImageId
    title: CardTitle | None = None
    description: Annotated[str, _units(1024)] | None = None
    button: _CardButton | None = None


class _Item(_Strict):
    image_id: ImageId | None = None
    title: CardTitle | None = None
    description: Annotated[str, _units(256)] | None = None
    button: _CardButton | None = None


class _Header(_Strict):
    text: Title


class _Footer(_Strict):
    text: Title
    button: _CardButton | None = None


class _List(_Strict):
    type: Literal["ItemsList"]
    header: _Header | None = None
    items: Annotated[list[_Item], Field(min_length=1, max_length=5)]
    footer: _Footer | None = None


class _Picture(_Strict):
    image_id: ImageId
    title: CardTitle | None = None
    button: _CardButton | None = None


class _Gallery(_Strict):
    type: Literal["ImageGallery"]
    items: Annotated[list[_Picture], Field(min_length=1, max_length=7)]  # 10 on another page


class _Directives(_Strict):
    start_account_linking: _Empty


class _Response(_Strict):
    text: Annotated[str, _units(1024)]
    tts: Annotated[str, Field(min_length=1), AfterValidator(_speech)] | None = None
    card: Annotated[_Big | _List | _Gallery, Field(discriminator="type")] | None = None
    buttons: Annotated[list[_Button], Field(max_length=6)] = []
    end_session: bool
    directives: _Directives | None = None

    @model_validator(mode="after")
    def _says(self) -> _Response:
        if not self.text.strip() and not self.tts:
            raise ValueError("neither text nor tts")
        return self


class _Event(_Strict):
    name: str
    value: dict[str, Any] | None = None


class _Analytics(_Strict):
    events: list[_Event]


class _Message(_Strict):
    response: _Response | None = None
    session_state: State | None = None
    user_state_update: State | None = None
    application_state: State | None = None
    analytics: _Analytics | None = None
    start_account_linking: _Empty | None = None
    version: Literal["1.0"]

    @model_validator(mode="after")
    def _one_of_two(self) -> _Message:
        if (self.response is None) == (self.start_account_linking is None):
            raise ValueError("either response or start_account_linking")
        return self
