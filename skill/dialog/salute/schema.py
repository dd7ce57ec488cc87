"""Schema of an answer to Sber's assistants, our own and strict."""

# ruff: noqa: N815  (their names)

from __future__ import annotations

from typing import Annotated, Any, Literal
from xml.etree import ElementTree

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from skill.dialog.codec import AnswerError, refuse_nulls
from skill.dialog.limits import clean_url


def check_salute(message: object, request: dict[str, Any] | None = None) -> None:
    """Check a whole answer.

    Args:
        message: the JSON object that the assistant is to be sent.
        request: the message that it answers, whose ids it has to repeat; None: ids are not looked at.

    Raises:
        AnswerError: the assistant would not take it.
    """
    refuse_nulls(message)
    try:
        checked = _Message.model_validate(message, strict=True)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in error.errors())
        raise AnswerError("; ".join(faults)) from None
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
    """Kind of action: words are said."""
    text: Line
    """Words that are sent."""
    should_send_to_backend: bool = True
    """Whether the words come to the skill, and are not only shown."""


class _LinkAction(_Strict):
    type: Literal["deep_link"]
    """Kind of action: a page is opened."""
    deep_link: Annotated[str, Field(min_length=1)]
    """Address of the page."""

    @model_validator(mode="after")
    def _is_address(self) -> _LinkAction:
        if clean_url(self.deep_link) != self.deep_link:
            raise ValueError("no address of the web in ASCII")
        return self


class _Carried(_Strict):
    action_id: str
    """Name of the action."""
    parameters: dict[str, Any]
    """Payload of the button, as one page of the documentation has it."""
    payload: dict[str, Any]
    """The same payload, as another page has it."""


class _ServerAction(_Strict):
    type: Literal["server_action"]
    """Kind of action: a message with a payload is sent."""
    message_name: Literal["SERVER_ACTION"]
    """Name of that message."""
    server_action: _Carried
    """Its contents."""


Action = Annotated[_TextAction | _LinkAction | _ServerAction, Field(discriminator="type")]


class _Bubble(_Strict):
    text: Annotated[Line, Field(max_length=250)]
    """Words in the bubble."""
    expand_policy: Literal["auto_expand", "force_expand", "preserve_panel_state"]
    """Whether the assistant unfolds to show it."""


class _Command(_Strict):
    type: Literal["close_app"]
    """Kind of command: the skill is closed."""


class _Label(_Strict):
    text: Line
    """The words."""
    typeface: str
    """Name of a typeface of the platform."""
    text_color: str
    """Name of a colour of the platform."""
    max_lines: int
    """Lines after which the words are cut off."""


class _Size(_Strict):
    width: Literal["small", "medium", "large", "resizable"]
    """Width of the picture, by name."""
    aspect_ratio: float
    """Height of the picture, in widths."""


class _Image(_Strict):
    url: Annotated[str, Field(min_length=1)]
    """Public address of the picture."""
    size: _Size
    """Size of the picture."""
    actions: list[_LinkAction] = []
    """Reactions to a tap."""


class _Cell(_Strict):
    type: Literal["media_gallery_item"]
    """Kind of cell: a picture with words."""
    image: _Image
    """The picture."""
    top_text: _Label | None = None
    """First words under the picture."""
    bottom_text: _Label | None = None
    """Second, smaller words."""


class _Card(_Strict):
    type: Literal["gallery_card"]
    """Kind of card: cells in a row."""
    items: Annotated[list[_Cell], Field(min_length=1)]
    """The cells."""


class _Item(_Strict):
    bubble: _Bubble | None = None
    """A bubble with words."""
    card: _Card | None = None
    """A picture card."""
    command: _Command | None = None
    """A command to the assistant."""

    @model_validator(mode="after")
    def _is_one(self) -> _Item:
        if len(self.model_fields_set) != 1:
            raise ValueError("one of bubble, card, command")
        return self


class _Suggestion(_Strict):
    title: Annotated[Line, Field(max_length=64)]
    """Words on the button."""
    actions: Annotated[list[Action], Field(min_length=1, max_length=1)]
    """Reaction to a press."""


class _Suggestions(_Strict):
    buttons: Annotated[list[_Suggestion], Field(max_length=6)]
    """Buttons under the conversation."""


class _Answer(_Strict):
    pronounceText: Line
    """Words to speak."""
    pronounceTextType: Literal["application/text", "application/ssml"]
    """Whether they are plain words or SSML."""
    items: Annotated[list[_Item], Field(min_length=1)]
    """Things to show, in their order."""
    suggestions: _Suggestions | None = None
    """Buttons under the conversation."""
    auto_listening: bool
    """Whether the assistant listens right after the answer."""
    finished: bool
    """Whether the session ends."""
    device: dict[str, Any] | None = None
    """The device of the request, repeated."""

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
    """Number of the error."""
    description: Annotated[str, Field(max_length=30)]
    """Words for the log of the platform."""
    device: dict[str, Any] | None = None
    """The device of the request, repeated."""


class _Message(_Strict):
    messageName: Literal["ANSWER_TO_USER", "ERROR"]
    """Kind of message."""
    sessionId: str
    """Session of the request, repeated."""
    messageId: int | str
    """Number of the request, repeated."""
    uuid: dict[str, Any]
    """User of the request, repeated."""
    payload: _Answer | _Error
    """The answer itself, or an error."""
