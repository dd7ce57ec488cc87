"""Speeches about a photo that came, and about new wishes on it."""

from __future__ import annotations

from typing import Final

from filters.messages import find_message
from pipeline.errors import PipelineError, Reason
from pipeline.faces.people import ONLY_ONE
from pipeline.limits import RESTORE_COLOUR
from skill.dialog.actions import JobStarted, PhotoGone, QueueFull, StartJob
from skill.dialog.context import KnownJob
from skill.dialog.nlg.answers import LONGEST_CLIP
from skill.dialog.nlg.builder import FACES, YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.phrase_book import capital
from skill.dialog.nlg.phrases.results import MOVEMENTS, PLACES, SPOKEN_ADVICE
from skill.dialog.nlg.stress import spoken, stressed
from skill.dialog.nlg.video_page import link_to, say_where
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.gesture_words import read_gesture, say_infinitive
from skill.jobs.model import LARGEST_FACES, REMARKS, JobState, Refusal
from skill.restore_words import restore_of
from skill.russian import VIDEO, Form, counted

_JUST_BEGUN: Final = 5.0  # seconds of age up to which nothing is «left» of a job
_WISHES: Final = ("Ещё раз", "Пусть улыбнётся", "Новое фото", "Удали фото")


def working(builder: ResponseBuilder) -> Speech:
    job = builder.decision.job
    if job and job.age < _JUST_BEGUN:
        return Speech((builder.say("just_begun", wait=builder.begun()),), ("Готово?",))
    return Speech((builder.say("working", wait=builder.wait()),), ("Готово?",))


def ready(builder: ResponseBuilder) -> Speech:
    job = builder.decision.job
    links, card = link_to(builder, job)
    opening = (
        builder.say("ready_wish") if not links and _wished_before(job, builder) else say_where(builder, job, "ready")
    )
    if builder.decision.gestures:
        return Speech((opening, *_remark(builder, job), _remembered(builder)), YES_NO, links, card)
    return Speech((opening, *_remark(builder, job), builder.say("more")), _WISHES, links, card)


def _remembered(builder: ResponseBuilder) -> Form:
    """The wish of before the video was there, once more."""
    if builder.gestures().text:
        return builder.say("wished_before", gestures=builder.gestures())
    coloured = any(RESTORE_COLOUR in restore_of(one) for one in builder.decision.gestures)
    return builder.say("wished_colour" if coloured else "wished_restored")


def _remark(builder: ResponseBuilder, job: KnownJob | None) -> tuple[Form, ...]:
    """The remark on a clip: that only the largest faces move, or why the photo chose its motion."""
    if job is None or job.remark not in REMARKS - {""}:
        return ()
    return (builder.say(job.remark if job.remark == LARGEST_FACES else f"mood_{job.remark}"),)


def ready_again(builder: ResponseBuilder) -> Speech:
    job = builder.decision.job
    links, card = link_to(builder, job)
    parts = (builder.say("ready_again"), say_where(builder, job, "where"), builder.say("after_again"))
    return Speech(parts, _WISHES, links, card)


def refused(builder: ResponseBuilder) -> Speech:
    job = builder.decision.job
    sentence, advice = words(job.refusal if job else None)
    if job and job.appeal:
        return Speech((sentence, builder.say("appeal"), builder.say("another")), (*YES_NO, "Это взрослый"))
    return Speech((builder.say("refused", sentence=sentence, advice=advice), builder.say("another")), YES_NO)


def words(refusal: Refusal | None) -> tuple[Form, Form]:
    """Sentence and advice of a refusal; None, or a reason of a later version, has general ones."""
    reason, cause = (refusal.reason, refusal.cause) if refusal else ("", "")
    narrowed = None if cause == "appeal" else find_message(cause)  # an appeal has a phrase of its own
    try:
        known = PipelineError(Reason(reason), words=narrowed)
    except ValueError:
        return spoken("Эту фотографию оживить не получится."), spoken("Возьмите снимок, где лицо видно прямо и крупно.")
    said = known.advice if narrowed else SPOKEN_ADVICE.get(reason, known.advice)
    return spoken(known.sentence), Form(known.advice, stressed(said))


def which_face(builder: ResponseBuilder) -> Speech:
    refusal = builder.decision.job.refusal if builder.decision.job else None
    if refusal is None or not refusal.cause:
        return Speech((builder.say("which_face"),), FACES)
    if refusal.cause == ONLY_ONE:
        return Speech((builder.say("only_one_face", sentence=words(refusal)[0]),), YES_NO)
    return Speech((builder.say("which_of_them", sentence=words(refusal)[0]),), FACES)


def face_help(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say(f"face_help_{builder.decision.topic}"),), FACES)


def stopped(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("stopped"),), YES_NO)


def cannot(builder: ResponseBuilder) -> Speech:
    """Name the movement that can't be made, and offer one that can."""
    decision = builder.decision
    wish = read_gesture(decision.gestures[0]) if decision.gestures else None
    if decision.topic not in MOVEMENTS or wish is None:
        return Speech((builder.say("cannot_other"),), ("Пусть улыбнётся", "Пусть кивнёт"))
    instead = say_infinitive(wish)
    parts = builder.say(
        "cannot",
        what=capital(spoken(MOVEMENTS[decision.topic])),
        instead=spoken(instead),
        offer=capital(spoken(instead)),
    )
    return Speech((parts,), YES_NO)


def broke(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("broke"),), YES_NO)


def several(builder: ResponseBuilder) -> Speech:
    """Counts, so that three photos are not three speeches."""
    fresh = [job for job in builder.facts.own if job.unannounced or not job.state.ended]
    done = [job for job in fresh if job.state is JobState.DONE]
    waiting = [job for job in fresh if not job.state.ended]
    links, card = link_to(builder, builder.decision.job)
    parts: list[Form] = []
    if done:
        many = "_many" if len(done) > 1 else ""
        parts += [builder.say(f"done{many}", done=capital(counted(len(done), VIDEO)))]
        parts += [builder.say(f"where_screen{many}" if links else f"where_page{many}")]
    if waiting:
        many = "_many" if len(waiting) > 1 else ""
        last = builder.begun(max(job.seconds for job in waiting))
        parts += [builder.say(f"also_working{many}", working=counted(len(waiting), VIDEO), wait=last)]
    if len(fresh) > len(done) + len(waiting):
        parts += [builder.say("several_failed")]
    parts += [builder.say("several_next") if waiting else builder.say("after_ready")]
    return Speech(tuple(parts), ("Готово?", "Новое фото"), links, card)


def new_wish(builder: ResponseBuilder) -> Speech:
    if held := _held(builder):
        return held
    began = builder.outcome(JobStarted)
    if began and began.seconds <= 0:
        return Speech((builder.say("same_wish"),), ("Готово?", "Ещё раз"))
    wait = builder.begun(began.seconds if began else None)
    if builder.decision.topic:
        values = {"longest": LONGEST_CLIP} if builder.decision.topic == "longer" else {}
        return Speech((builder.say(builder.decision.topic, wait=wait, **values),), ("Готово?",))
    if builder.gestures().text:
        return Speech((builder.say("new_wish", gestures=builder.gestures(), wait=wait),), ("Готово?",))
    return Speech((builder.say("new_variant", wait=wait),), ("Готово?",))


def undone(builder: ResponseBuilder) -> Speech:
    """An earlier video; where it is not there any more it is made anew."""
    if held := _held(builder):
        return held
    began, job = builder.outcome(JobStarted), builder.decision.job
    if began and began.seconds > 0:
        return Speech((builder.say("undone_anew", wait=builder.begun(began.seconds)),), ("Готово?",))
    links, card = link_to(builder, job)
    parts = (builder.say("undone"), say_where(builder, job, "where"), builder.say("after_again"))
    return Speech(parts, _WISHES, links, card)


def appealed(builder: ResponseBuilder) -> Speech:
    began = builder.outcome(JobStarted)
    return _held(builder) or Speech(
        (builder.say("appealed", wait=builder.begun(began.seconds if began else None)),), ("Готово?",)
    )


def chosen(builder: ResponseBuilder) -> Speech:
    began = builder.outcome(JobStarted)
    if held := _held(builder):
        return held
    wait = builder.begun(began.seconds if began else None)
    started = (action for action in builder.decision.actions if isinstance(action, StartJob))
    place = PLACES.get(next((action.face or "" for action in started), ""))
    if place:
        return Speech((builder.say("chosen_place", whom=spoken(place), wait=wait),), ("Готово?",))
    return Speech((builder.say("chosen", wait=wait),), ("Готово?",))


def _held(builder: ResponseBuilder) -> Speech | None:
    """A new wish that did not begin."""
    if full := builder.outcome(QueueFull):
        return Speech((builder.say("full", wait=builder.wait(full.seconds)),), ("Хватит",), question=Question.NONE)
    if builder.outcome(PhotoGone):  # gestures that were wished are remembered for the photo when it comes again
        remembered = not builder.decision.topic and builder.decision.kind is not ResponseKind.UNDONE
        return Speech((builder.say("gone" if remembered else "gone_photo"),), YES_NO, question=Question.SEND)
    return None


def wait_first(builder: ResponseBuilder) -> Speech:
    kept = "wait_first_kept" if builder.decision.gestures else "wait_first"
    return Speech((builder.say(kept, wait=builder.wait()),), ("Готово?",))


def all_well(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("all_well"),), ("Готово?", "Оживи фото"))


def ask_age(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("ask_age"),), YES_NO)


def appeal_child(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("appeal_child"),), YES_NO)


def appeal_no(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("appeal_no"),), YES_NO)


def _wished_before(job: KnownJob | None, builder: ResponseBuilder) -> bool:
    """Whether the page on the phone is open at an earlier video of this photo."""
    return job is not None and bool(job.digits) and job.id != builder.facts.same_photo(job)[-1].id


SPEECHES: Final = {
    ResponseKind.WORKING: working,
    ResponseKind.READY: ready,
    ResponseKind.READY_AGAIN: ready_again,
    ResponseKind.REFUSED: refused,
    ResponseKind.WHICH_FACE: which_face,
    ResponseKind.FACE_HELP: face_help,
    ResponseKind.STOPPED: stopped,
    ResponseKind.CANNOT: cannot,
    ResponseKind.BROKE: broke,
    ResponseKind.SEVERAL: several,
    ResponseKind.NEW_WISH: new_wish,
    ResponseKind.UNDONE: undone,
    ResponseKind.CHOSEN: chosen,
    ResponseKind.WAIT_FIRST: wait_first,
    ResponseKind.ALL_WELL: all_well,
    ResponseKind.ASK_AGE: ask_age,
    ResponseKind.APPEALED: appealed,
    ResponseKind.APPEAL_CHILD: appeal_child,
    ResponseKind.APPEAL_NO: appeal_no,
}
