"""A job as clients see it: the same object from a request, from the events and in the OpenAPI document."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from filters.words import words_of
from pipeline.errors import PipelineError, Reason
from skill.animations import Animations
from skill.jobs.model import Job, JobState

# share of the whole that is done when a step begins, and what people read; as in skill.telling
_STEPS = MappingProxyType(
    {
        "decode": (0.0, "Рассматриваю фотографию"),
        "faces": (0.02, "Ищу лицо"),
        "filters": (0.06, "Проверяю, можно ли"),
        "motion": (0.09, "Придумываю движение"),
        "animate": (0.10, "Оживляю"),
        "finish": (0.92, "Проверяю, всё ли красиво"),
        "encode": (0.95, "Сохраняю видео"),
        "store": (0.99, "Сохраняю видео"),
    }
)
_BEGINS = (*(begin for begin, _ in _STEPS.values()), 1.0)
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
    reason, _, cause = job.reason.partition(".")
    shown = JobView(id=public, state=job.state, reason=reason, cause=cause, expires=job.expires)
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
            shown.sentence, shown.advice = words(job.reason)
        case JobState.FAILED:
            shown.sentence, shown.advice = _FAILED
    return shown


def words(code: str) -> tuple[str, str]:
    """Sentence and advice of a refusal's code, "reason" or "reason.cause"."""
    name, _, cause = code.partition(".")
    try:
        known = PipelineError(Reason(name), words=words_of(cause))
    except ValueError:
        return _REFUSED
    return known.sentence, known.advice


def _place(step: str, share: float) -> tuple[float, str]:
    """How far the whole is, and what is done now."""
    if step not in _STEPS:
        return 0.0, _STEPS["decode"][1]
    begin, says = _STEPS[step]
    end = _BEGINS[list(_STEPS).index(step) + 1]
    return round(begin + min(1.0, max(0.0, share)) * (end - begin), 4), says
