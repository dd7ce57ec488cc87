"""A job as clients see it: the same from a request and from the events."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from filters.messages import find_message
from pipeline.errors import PipelineError, Reason
from pipeline.limits import MAX_ANIMATED_FACES
from pipeline.progress import Step, overall
from skill.animations import Animations
from skill.jobs.estimate import Estimate
from skill.jobs.model import LARGEST_FACES, Job, JobState, Refusal
from skill.movements import MOOD_SENTENCES
from skill.web.schemas import JobView, ResultView

_STEPS: Final = MappingProxyType(
    {
        Step.DECODE: "Рассматриваю фотографию",
        Step.FACES: "Ищу лицо",
        Step.FILTERS: "Проверяю, можно ли",
        Step.RESTORE: "Подправляю снимок",
        Step.MOTION: "Придумываю движение",
        Step.ANIMATE: "Оживляю",
        Step.FINISH: "Проверяю, всё ли красиво",
        Step.ENCODE: "Сохраняю видео",
    }
)
_STORE, _RUN = "store", 0.99  # the step that comes after the run, and the share of a job that its run takes
_WAITING, _DONE = "Жду своей очереди", "Готово"


# remark → sentence
_REMARKS: Final = MappingProxyType(
    {
        **{reason: sentence for reason, sentence in MOOD_SENTENCES.items() if reason},
        LARGEST_FACES: f"На фотографии много людей, поэтому ожили только самые крупные лица, {MAX_ANIMATED_FACES}.",
    }
)


class Explanation(NamedTuple):
    """The reason why there is no clip, in Russian, for people."""

    sentence: str
    """What went wrong."""
    advice: str
    """What helps."""


_FAILED = Explanation(
    "Что-то сломалось у нас, а не у вас.", "Попробуйте ещё раз чуть позже — фотография тут ни при чём."
)
_REFUSED = Explanation("Эту фотографию оживить нельзя.", "Попробуйте другой снимок.")


async def view_job(animations: Animations, job: Job, public: str, estimate: Estimate | None = None) -> JobView:
    """The view of a job as it is now, with links that are good for 15 minutes where it is done.

    Args:
        animations: Knows the job's estimate and its files' addresses.
        job: The job as the queue has it.
        public: The job's id for clients.
        estimate: Of the job, where it is known already.

    Raises:
        DatabaseDownError, MediaError: Queue or store do not answer.
    """
    wish = job.wish
    view = JobView(id=public, state=job.state, expires=job.expires, motion=wish.motion, face=wish.face or "")
    view.gesture, view.camera, view.restore = list(wish.gestures), wish.camera, wish.restore
    view.adult, view.archive = wish.adult, wish.archive
    if not job.state.ended:
        estimate = estimate or await animations.estimate(job.id)
        view.wait, view.left = round(estimate.begins, 1), round(estimate.ends, 1)
    match job.state:
        case JobState.WAITING:
            view.says, view.stalled = _WAITING, not await animations.workers()
        case JobState.RUNNING:
            view.step = job.step
            view.progress, view.says = _progress(job.step, job.share)
        case JobState.DONE:
            view.progress, view.says = 1.0, _DONE
            view.remark, view.sentence = job.remark, _REMARKS.get(job.remark, "")
            links = await animations.links(job)
            view.results = [ResultView.model_validate(link, from_attributes=True) for link in links]
        case JobState.REFUSED:
            refusal = Refusal.parse(job.reason)
            view.reason, view.cause = refusal.reason, refusal.cause
            view.sentence, view.advice = explain(refusal)
        case JobState.FAILED:
            view.reason = job.reason
            view.sentence, view.advice = _FAILED
    return view


def explain(refusal: Refusal) -> Explanation:
    """The explanation of a refusal; a reason of a later version has a general one."""
    try:
        known = PipelineError(Reason(refusal.reason), words=find_message(refusal.cause))
    except ValueError:
        return _REFUSED
    return Explanation(known.sentence, known.advice)


def _progress(step: str, share: float) -> tuple[float, str]:
    """The share of the whole job that is done, 0..1, and what is done now."""
    if step == _STORE:
        return _RUN, _STEPS[Step.ENCODE]
    if step not in set(Step):
        return 0.0, _STEPS[Step.DECODE]
    return round(_RUN * overall(Step(step), share), 4), _STEPS[Step(step)]
