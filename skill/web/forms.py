"""Forms as they are read: the checked fields of an upload, and the wish that they make."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from pipeline.errors import MotionError
from pipeline.limits import AUTO, PRESETS, RESTORE_OFF
from pipeline.run import Wish
from skill.web.errors import wrong_request
from skill.web.schemas import PhotoForm, WishFields, WishForm
from skill.web.upload import Upload

_Form = TypeVar("_Form", bound=PhotoForm)


def parse_form(kind: type[_Form], upload: Upload) -> _Form:
    """Check the fields of a form; empty ones count as absent.

    Args:
        kind: The form that is expected.
        upload: The form that came.

    Returns:
        The form, with its photo.

    Raises:
        ApiError: 400; it names the field.
    """
    try:
        return kind.model_validate(
            {"photo": upload.photo, **{name: value for name, value in upload.fields.items() if value}}
        )
    except ValidationError as error:
        raise wrong_request(_format_validation_error(error, kind)) from None


def parse_wish(body: bytes) -> WishFields:
    """Check a wish that comes as JSON. Raises ApiError 400; it names the field."""
    try:
        return WishFields.model_validate_json(body)
    except ValidationError as error:
        raise wrong_request(_format_validation_error(error, WishFields)) from None


def wish_of(form: WishFields, *, long_side: int) -> Wish:
    """The wish that a form makes. Blocks: the motion is composed once, to see whether it fits.

    Args:
        form: A checked form.
        long_side: Pixels of the clip's longer side.

    Returns:
        The wish; its length is 4 seconds, or what the gestures need, where the form names none.

    Raises:
        ApiError: 400; the gestures don't fit into the seconds.
    """
    from pipeline.motion.ensemble import check_fit, choose_seconds  # noqa: PLC0415  (numpy)

    seconds = form.seconds if form.seconds is not None else choose_seconds(form.gesture)
    try:
        check_fit(PRESETS[0] if form.motion == AUTO else form.motion, form.gesture, seconds=seconds)
    except MotionError as error:
        raise wrong_request(f"gesture: {error}") from None
    return Wish(
        motion=form.motion,
        gestures=form.gesture,
        seconds=seconds,
        seed=form.seed,
        face=form.face,
        long_side=long_side,
        turn=form.turn if isinstance(form, WishForm) else 0,
        adult=form.adult,
        archive=form.archive,
        camera=form.camera,
        restore=form.restore or RESTORE_OFF,
        straighten=form.straighten if isinstance(form, WishForm) else True,
    )


def _format_validation_error(error: ValidationError, kind: type[PhotoForm | WishFields]) -> str:
    """The first thing that is wrong, in English; holds nothing that came in."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if name not in kind.model_fields:
        return f"there is no such field; there are {', '.join(kind.model_fields)}"
    return f"{name}: {first['msg']}"
