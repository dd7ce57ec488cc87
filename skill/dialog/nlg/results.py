"""How it is with a photo that came, and new wishes on it."""

from __future__ import annotations

from typing import Final

from filters.messages import find_message
from pipeline.errors import PipelineError, Reason
from skill.dialog.actions import JobStarted, PhotoGone, QueueFull, ResultLink
from skill.dialog.context import KnownJob
from skill.dialog.nlg.builder import FACES, YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.phrases.results import SPOKEN_ADVICE
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.dialog.types import Button, Card
from skill.jobs.model import JobState, Refusal
from skill.russian import VIDEO, Form, counted

_WISHES: Final = ("Ещё раз", "Пусть улыбнётся", "Новое фото", "Удали фото")


def working(act: ResponseBuilder) -> Speech:
    return Speech((act.say("working", wait=act.wait()),), ("Готово?",))


def ready(act: ResponseBuilder) -> Speech:
    links, card = _shown(act, act.decision.job)
    where = "ready_screen" if links else "ready_wish" if _wished_before(act) else "ready_page"
    return Speech((act.say(where), act.say("more")), _WISHES, links, card)


def ready_again(act: ResponseBuilder) -> Speech:
    links, card = _shown(act, act.decision.job)
    where = "where_screen" if links else "where_page"
    parts = (act.say("ready_again"), act.say(where), act.say("after_again"))
    return Speech(parts, _WISHES, links, card)


def refused(act: ResponseBuilder) -> Speech:
    job = act.decision.job
    sentence, advice = words(job.refusal if job else None)
    parts = [act.say("refused", sentence=sentence, advice=advice)]
    titles: tuple[str, ...] = YES_NO
    if job and job.appeal:
        parts.append(act.say("appeal"))
        titles = (*YES_NO, "Это взрослый")
    return Speech((*parts, act.say("another")), titles)


def words(refusal: Refusal | None) -> tuple[Form, Form]:
    """Sentence and advice of a refusal; None, or a reason of a later version, has general ones."""
    reason, cause = (refusal.reason, refusal.cause) if refusal else ("", "")
    narrowed = None if cause == "appeal" else find_message(cause)  # an appeal has a phrase of its own
    try:
        known = PipelineError(Reason(reason), words=narrowed)
    except ValueError:
        return _same("Эту фотографию оживить не получится."), _same("Возьмите снимок, где лицо видно прямо и крупно.")
    spoken = known.advice if narrowed else SPOKEN_ADVICE.get(reason, known.advice)
    return _same(known.sentence), Form(known.advice, spoken)


def which_face(act: ResponseBuilder) -> Speech:
    return Speech((act.say("which_face"),), FACES)


def broke(act: ResponseBuilder) -> Speech:
    return Speech((act.say("broke"),), YES_NO)


def several(act: ResponseBuilder) -> Speech:
    """Counts, so that three photos are not three speeches."""
    fresh = [job for job in act.known.own if job.unannounced or not job.state.ended]
    done = [job for job in fresh if job.state is JobState.DONE]
    waiting = [job for job in fresh if not job.state.ended]
    links, card = _shown(act, act.decision.job)
    parts: list[Form] = []
    if done:
        many = "_many" if len(done) > 1 else ""
        parts += [act.say(f"done{many}", done=_capital(counted(len(done), VIDEO)))]
        parts += [act.say(f"where_screen{many}" if links else f"where_page{many}")]
    if waiting:
        many = "_many" if len(waiting) > 1 else ""
        last = act.wait(max(job.seconds for job in waiting))
        parts += [act.say(f"also_working{many}", working=counted(len(waiting), VIDEO), wait=last)]
    if len(fresh) > len(done) + len(waiting):
        parts += [act.say("several_failed")]
    parts += [act.say("several_next") if waiting else act.say("after_ready")]
    return Speech(tuple(parts), ("Готово?", "Новое фото"), links, card)


def new_wish(act: ResponseBuilder) -> Speech:
    if held := _held(act):
        return held
    began = act.came(JobStarted)
    if began and began.seconds <= 0:
        return Speech((act.say("same_wish"),), ("Готово?", "Ещё раз"))
    wait = act.wait(began.seconds if began else None)
    if act.gestures().text:
        return Speech((act.say("new_wish", gestures=act.gestures(), wait=wait),), ("Готово?",))
    return Speech((act.say("new_variant", wait=wait),), ("Готово?",))


def appealed(act: ResponseBuilder) -> Speech:
    began = act.came(JobStarted)
    return _held(act) or Speech((act.say("appealed", wait=act.wait(began.seconds if began else None)),), ("Готово?",))


def chosen(act: ResponseBuilder) -> Speech:
    began = act.came(JobStarted)
    return _held(act) or Speech((act.say("chosen", wait=act.wait(began.seconds if began else None)),), ("Готово?",))


def _held(act: ResponseBuilder) -> Speech | None:
    """A new wish that did not begin."""
    if full := act.came(QueueFull):
        return Speech((act.say("full", wait=act.wait(full.seconds)),), ("Хватит",), question=Question.NONE)
    if act.came(PhotoGone):  # what was wished is remembered for the photo when it comes again
        return Speech((act.say("gone"),), YES_NO, question=Question.SEND)
    return None


def wait_first(act: ResponseBuilder) -> Speech:
    return Speech((act.say("wait_first", wait=act.wait()),), ("Готово?",))


def all_well(act: ResponseBuilder) -> Speech:
    return Speech((act.say("all_well"),), ("Готово?", "Оживи фото"))


def ask_age(act: ResponseBuilder) -> Speech:
    return Speech((act.say("ask_age"),), YES_NO)


def appeal_child(act: ResponseBuilder) -> Speech:
    return Speech((act.say("appeal_child"),), YES_NO)


def appeal_no(act: ResponseBuilder) -> Speech:
    return Speech((act.say("appeal_no"),), YES_NO)


def _shown(act: ResponseBuilder, job: KnownJob | None) -> tuple[tuple[Button, ...], Card | None]:
    """The link that opens the video, and its picture; nothing without a screen."""
    shown = act.came(ResultLink)
    if shown is None or not act.turn.surface.screen:
        return (), None
    card = Card(job.picture, "Ваше видео", "Нажмите, чтобы посмотреть", shown.link) if job and job.picture else None
    return (Button("Посмотреть видео", url=shown.link, inline=True),), card


def _wished_before(act: ResponseBuilder) -> bool:
    """The page on the phone showed an earlier video of this photo."""
    job = act.decision.job
    return job is not None and job.id != act.known.same_photo(job)[-1].id


def _same(text: str) -> Form:
    return Form(text, text)


def _capital(form: Form) -> Form:
    return Form(form.text[:1].upper() + form.text[1:], form.tts[:1].upper() + form.tts[1:])


SCENES: Final = {
    ResponseKind.WORKING: working,
    ResponseKind.READY: ready,
    ResponseKind.READY_AGAIN: ready_again,
    ResponseKind.REFUSED: refused,
    ResponseKind.WHICH_FACE: which_face,
    ResponseKind.BROKE: broke,
    ResponseKind.SEVERAL: several,
    ResponseKind.NEW_WISH: new_wish,
    ResponseKind.CHOSEN: chosen,
    ResponseKind.WAIT_FIRST: wait_first,
    ResponseKind.ALL_WELL: all_well,
    ResponseKind.ASK_AGE: ask_age,
    ResponseKind.APPEALED: appealed,
    ResponseKind.APPEAL_CHILD: appeal_child,
    ResponseKind.APPEAL_NO: appeal_no,
}
