"""A job as clients see it: the same object from a request, from the events and in the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from filters.messages import words_of
from pipeline.errors import MotionError, PipelineError, Reason
from pipeline.limits import FACE_CHOICES, GESTURES, MAX_SECONDS, MIN_SECONDS, TURNS
from pipeline.progress import Step, overall
from pipeline.run import Wish
from skill.animations import Animations
from skill.jobs.model import Job, JobState, Refusal
from skill.web.errors import ApiError, wrong_request


def _words(value: object) -> object:
    return tuple(filter(None, re.split(r"[,\s]+", value.lower()))) if isinstance(value, str) else value


def _is_face(value: str) -> str:
    if value and value not in FACE_CHOICES and not re.fullmatch(r"[1-9]\d?", value):
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
    seconds: Annotated[float | None, Field(ge=MIN_SECONDS, le=MAX_SECONDS, allow_inf_nan=False)] = None
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
    from pipeline.motion.compose import compose  # noqa: PLC0415  (numpy)
    from pipeline.motion.gestures import default_seconds  # noqa: PLC0415

    seconds = form.seconds if form.seconds is not None else default_seconds(form.gesture)
    compose(form.motion, form.gesture, seconds=seconds)
    return seconds


# what people read of a step of the run
_STEPS = MappingProxyType(
    {
        Step.DECODE: "Рассматриваю фотографию",
        Step.FACES: "Ищу лицо",
        Step.FILTERS: "Проверяю, можно ли",
        Step.MOTION: "Придумываю движение",
        Step.ANIMATE: "Оживляю",
        Step.FINISH: "Проверяю, всё ли красиво",
        Step.ENCODE: "Сохраняю видео",
    }
)
_STORE, _RUN = "store", 0.99  # the step that comes after the run, and the share of a job that its run takes
_WAITING, _DONE = "Жду своей очереди", "Готово"
_FAILED = ("Что-то сломалось у нас, а не у вас.", "Попробуйте ещё раз чуть позже – фотография тут ни при чём.")
_REFUSED = ("Эту фотографию оживить нельзя.", "Попробуйте другой снимок.")


class ResultView(BaseModel):
    """A file that was made: signed addresses to show and to save it, good for 15 minutes."""

    format: Literal["mp4", "gif", "webp", "jpg"]
    url: str
    download: str


class JobView(BaseModel):
    """A job. `progress`: 0..1 over all steps. `says`, `sentence`, `advice`: Russian, for people. `reason`: the code of
    a refusal or failure; `cause` narrows it down: "dark_glasses"; "appeal" where the person may answer that this is an
    adult (field `adult` of a new wish), "archive" where a child on an old photo may be animated with consent (field
    `archive`). `wait`: estimated seconds until it begins, `left`: until it is done. `expires`: when results are
    deleted, seconds since 1970."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: str
    state: JobState
    step: str = ""
    progress: Annotated[float, Field(ge=0, le=1)] = 0.0
    says: str = ""
    reason: str = ""
    cause: str = ""
    sentence: str = ""
    advice: str = ""
    wait: float = 0.0
    left: float = 0.0
    expires: float = 0.0
    results: list[ResultView] = []


async def view(animations: Animations, job: Job, public: str) -> JobView:
    """What a client sees of `job` now; `public`: its id for clients."""
    shown = JobView(id=public, state=job.state, expires=job.expires)
    if not job.state.ended:
        estimate = await animations.estimate(job.id)
        shown.wait, shown.left = round(estimate.begins, 1), round(estimate.ends, 1)
    match job.state:
        case JobState.WAITING:
            shown.says = _WAITING
        case JobState.RUNNING:
            shown.step = job.step
            shown.progress, shown.says = _place(job.step, job.share)
        case JobState.DONE:
            shown.progress, shown.says = 1.0, _DONE
            links = await animations.links(job)
            shown.results = [ResultView.model_validate(link, from_attributes=True) for link in links]
        case JobState.REFUSED:
            refusal = Refusal.parse(job.reason)
            shown.reason, shown.cause = refusal.reason, refusal.cause
            shown.sentence, shown.advice = words(refusal)
        case JobState.FAILED:
            shown.reason = job.reason
            shown.sentence, shown.advice = _FAILED
    return shown


def words(refusal: Refusal) -> tuple[str, str]:
    """Sentence and advice of a refusal; a reason of a later version has general ones."""
    try:
        known = PipelineError(Reason(refusal.reason), words=words_of(refusal.cause))
    except ValueError:
        return _REFUSED
    return known.sentence, known.advice


def _place(step: str, share: float) -> tuple[float, str]:
    """How far the whole is, and what is done now."""
    if step == _STORE:
        return _RUN, _STEPS[Step.ENCODE]
    if step not in set(Step):
        return 0.0, _STEPS[Step.DECODE]
    return round(_RUN * overall(Step(step), share), 4), _STEPS[Step(step)]
