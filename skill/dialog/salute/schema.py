"""Our own strict model of an answer to Sber's assistants."""

# ruff: noqa: N815  (their names)

from __future__ import annotations

from typing import Annotated, Any, Literal
from xml.etree import ElementTree

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from skill.dialog.codec import AnswerError, refuse_nulls
from skill.dialog.limits import clean_url


def check_salute(message: object, request: dict[str, Any] | None = None) -> None:
    """Raises AnswerError where the assistant would not take it; `request`: what it answers, whose ids it repeats."""
    refuse_nulls(message)
    try:
        checked = _Message.model_validate(message, strict=True)
    except ValidationError as error:
        told = (f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in error.errors())
        raise AnswerError("; ".join(told)) from None
    for name in ("sessionId", "messageId", "uuid") if request else ():
        if getattr(checked, name) != (request or {})[name]:
            raise AnswerError(f"{name}: not that of the request")


def _line(value: str) -> str:
    if any(char in value for char in "\n\r"):
        raise ValueError("a line feed")
    return value


Line = Annotated[str, Field(min_length=1), AfterValidator(_line)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _TextAction(_Strict):
    type: Literal["text"]
    text: Line
    should_send_to_backend: bool = True


class _LinkAction(_Strict):
    type: Literal["deep_link"]
    deep_link: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _is_address(self) -> _LinkAction:
        if clean_url(self.deep_link) != self.deep_link:
            raise ValueError("no address of the web in ASCII")
        return self


class _Carried(_Strict):
    action_id: str
    parameters: dict[str, Any]
    payload: dict[str, Any]


class _ServerAction(_Strict):
    type: Literal["server_action"]
    message_name: Literal["SERVER_ACTION"]
    server_action: _Carried


Action = Annotated[_TextAction | _LinkAction | _ServerAction, Field(discriminator="type")]


class _Bubble(_Strict):
    text: Annotated[Line, Field(max_length=250)]
    expand_policy: Literal["auto_expand", "force_expand", "preserve_panel_state"]


class _Command(_Strict):
    type: Literal["close_app"]


class _Label(_Strict):
    text: Line
    typeface: str
    text_color: str
    max_lines: int


class _Size(_Strict):
    width: Literal["small", "medium", "large", "resizable"]
    aspect_ratio: float


class _Image(_Strict):
    url: Annotated[str, Field(min_length=1)]
    size: _Size
    actions: list[_LinkAction] = []


class _Cell(_Strict):
    type: Literal["media_gallery_item"]
    image: _Image
    top_text: _Label | None = None
    bottom_text: _Label | None = None


class _Card(_Strict):
    type: Literal["gallery_card"]
    items: Annotated[list[_Cell], Field(min_length=1)]


class _Item(_Strict):
    bubble: _Bubble | None = None
    card: _Card | None = None
    command: _Command | None = None

    @model_validator(mode="after")
    def _is_one(self) -> _Item:
        if len(self.model_fields_set) != 1:
            raise ValueError("one of bubble, card, command")
        return self


class _Suggestion(_Strict):
    title: Annotated[Line, Field(max_length=64)]
    actions: Annotated[list[Action], Field(min_length=1, max_length=1)]


class _Suggestions(_Strict):
    buttons: Annotated[list[_Suggestion], Field(max_length=6)]


class _Answer(_Strict):
    pronounceText: Line
    pronounceTextType: Literal["application/text", "application/ssml"]
    items: Annotated[list[_Item], Field(min_length=1)]
    suggestions: _Suggestions | None = None
    auto_listening: bool
    finished: bool
    device: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_spoken(self) -> _Answer:
        if self.pronounceTextType == "application/ssml":
            try:
                ElementTree.fromstring(self.pronounceText)
            except ElementTree.ParseError:
                raise ValueError("no SSML") from None
        elif "<" in self.pronounceText or "sil " in self.pronounceText:
            raise ValueError("markup in plain text")
        return self


class _Error(_Strict):
    code: int
    description: Annotated[str, Field(max_length=30)]
    device: dict[str, Any] | None = None


class _Message(_Strict):
    messageName: Literal["ANSWER_TO_USER", "ERROR"]
    sessionId: str
    messageId: int | str
    uuid: dict[str, Any]
    payload: _Answer | _Error
