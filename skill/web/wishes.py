"""A form's fields → a wish, checked before any work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.motion.errors import MotionError
from pipeline.run import Wish
from skill.web.errors import ApiError, wrong_request

TURNS = (0, 90, 180, 270)  # as pipeline.photo, which brings numpy and Pillow
GESTURES = ("smile", "wink", "blink", "nod", "turn-left", "turn-right", "surprise")


def _words(value: object) -> object:
    return tuple(filter(None, re.split(r"[,\s]+", value.lower()))) if isinstance(value, str) else value


def _is_face(value: str) -> str:
    if value and not re.fullmatch(r"auto|largest|left|right|all|[1-9]\d?", value):
        raise ValueError("a number from 1, largest, left, right or all")
    return value


def _is_turn(value: int) -> int:
    if value not in TURNS:
        raise ValueError("0, 90, 180 or 270 degrees clockwise")
    return value


Turn = Annotated[int, AfterValidator(_is_turn)]


class PhotoForm(BaseModel):
    """What can be said of a photo alone. `turn`: degrees clockwise, after what the file says of itself."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    turn: Turn = 0


class WishForm(PhotoForm):
    """The fields beside the photo; each may be left out. `gesture`: several, separated by commas; they take the
    motion's place. `face`: which of several people, numbered from the left. `card`: the person agrees to a picture in
    the assistant's cards, where there are any. `seconds`: by default 4, or what the gestures need. `adult`: the person
    says that everybody here is an adult. `archive`: the person consents to a child on an old photo. Both count only
    where the filters let them."""

    motion: Literal["nostalgia", "idle"] = "nostalgia"
    card: bool = False
    gesture: Annotated[tuple[str, ...], BeforeValidator(_words), Field(max_length=6)] = ()
    face: Annotated[str, Field(max_length=8), AfterValidator(_is_face)] = ""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    seconds: Annotated[float | None, Field(ge=2, le=6, allow_inf_nan=False)] = None
    adult: bool = False
    archive: bool = False


def wish_of(fields: Mapping[str, str], *, long_side: int) -> Wish:
    """Raises ApiError 400, which names the field."""
    form = _checked(WishForm, fields)
    try:
        seconds = _seconds(form)
    except MotionError as error:
        raise wrong_request(f"gesture: {error}" if set(form.gesture) <= set(GESTURES) else _no_gesture()) from None
    return Wish(
        motion=form.motion,
        gestures=form.gesture,
        seconds=seconds,
        seed=form.seed,
        face=form.face or None,
        long_side=long_side,
        turn=form.turn,
        adult=form.adult,
        archive=form.archive,
    )


def turn_of(fields: Mapping[str, str]) -> int:
    """The one field of a photo that is only looked at. Raises ApiError 400."""
    return _checked(PhotoForm, fields).turn


def wants_card(fields: Mapping[str, str]) -> bool:
    """Whether the person agreed to a picture in the assistant's cards; of fields that `wish_of` took."""
    return _checked(WishForm, fields).card


Form = TypeVar("Form", bound=BaseModel)


def _checked(kind: type[Form], fields: Mapping[str, str]) -> Form:
    try:
        return kind.model_validate({name: value for name, value in fields.items() if value})
    except ValidationError as error:
        raise _named(error, kind) from None


def _named(error: ValidationError, kind: type[BaseModel]) -> ApiError:
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if name not in kind.model_fields:
        return wrong_request(f"there is no such field; there are {', '.join(kind.model_fields)}")
    return wrong_request(f"{name}: {first['msg']}")


def _no_gesture() -> str:
    return f"gesture: there are {', '.join(GESTURES)}"


def _seconds(form: WishForm) -> float:
    """Four, or what the gestures need; raises MotionError where they don't fit."""
    from pipeline.motion.compose import LONGEST, compose  # noqa: PLC0415  (numpy)
    from pipeline.motion.gestures import natural_seconds  # noqa: PLC0415

    seconds = form.seconds if form.seconds is not None else min(LONGEST, max(4.0, natural_seconds(form.gesture)))
    compose(form.motion, form.gesture, seconds=seconds)
    return seconds
