"""Whatever is said, whatever is known: a valid, short reply that ends with what can be said next."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skill.dialog.actions import (
    Action,
    ActionFailed,
    InvitationIssued,
    JobStarted,
    Outcome,
    PhotoGone,
    QueueFull,
    ResultLink,
    StartJob,
)
from skill.dialog.context import DialogContext, KnownJob, KnownTicket
from skill.dialog.nlg.stress import stressed
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.policy.decide import decide, speak
from skill.dialog.policy.decision import Decision, ResponseKind
from skill.dialog.policy.upload import WAY_BACK
from skill.dialog.state import DialogState, Question
from skill.dialog.types import Kind, Reply, Surface, Turn
from skill.gesture_words import GESTURE_WORDS
from skill.jobs.model import JobState
from tests.skill.dialog.nlu.intent_topics import INTENT_TOPICS
from tests.skill.dialog.policy.policy_fixture import SERVICE_INFO, outcome

GESTURES = st.lists(
    st.sampled_from([*GESTURE_WORDS, "wink:left:2:0.6:slow", "turn-left", "dance", "smile:9"]), max_size=4
).map(tuple)
IDS = st.sampled_from(["job-1", "job-2", "job-3", "job-4", "gone", ""])
SECONDS = st.floats(0, 1e6)
REASONS = st.sampled_from(["no_face", "several_faces", "child", "child.young", "too_large", "crashed", "new_one"])

TURNS = st.builds(
    Turn,
    platform=st.sampled_from(["alice", "salute", "state"]),
    user=st.just("user"),
    device=st.just("device"),
    session=st.sampled_from(["one", "two"]),
    number=st.integers(0, 40),
    new=st.booleans(),
    kind=st.sampled_from(Kind),
    text=st.sampled_from(["", "да", "семь один", "что угодно", "None {", "\ud800"]),
    signed_in=st.booleans(),
    linked=st.booleans(),
    dangerous=st.sampled_from([False, False, False, True]),
    surface=st.builds(Surface, st.booleans(), st.booleans()),
)
UNDERSTOOD = st.sampled_from(Intent).flatmap(
    lambda intent: st.builds(
        Understood,
        st.just(intent),
        GESTURES,
        st.sampled_from([None, "left", "right", "all", "largest", "3"]),
        st.sampled_from(["", "link", "code", "phone", "repeat"]),
        st.sampled_from(["", "photo", "all"]),
        st.sampled_from([None, 5, 17, 18, 90]),
        st.sampled_from(sorted(INTENT_TOPICS[intent])),
    )
)
STATES = st.builds(
    DialogState,
    st.integers(-1, 39),
    st.sampled_from(Question),
    IDS,
    st.integers(0, 5),
    GESTURES,
    st.lists(IDS).map(tuple),
)
JOBS = st.builds(
    KnownJob,
    id=IDS.filter(lambda key: key.startswith("job")),
    state=st.sampled_from([state for state in JobState if state is not JobState.DELETED]),
    photo=st.sampled_from(["job-1", "job-2"]),
    gestures=GESTURES,
    seed=st.integers(0, 9),
    seconds=SECONDS,
    age=SECONDS,
    reason=REASONS,
    appeal=st.booleans(),
    announced=st.booleans(),
    mine=st.booleans(),
    digits=st.sampled_from(["", "71", "07"]),
    picture=st.sampled_from(["", "1652229/abc"]),
)
TICKETS = st.builds(KnownTicket, st.just("https://ozhivi.ru/u/token"), st.just("524871"), SECONDS, st.just(False))
FACTS = st.builds(
    DialogContext,
    service=st.just(SERVICE_INFO),
    state=STATES,
    consented=st.booleans(),
    jobs=st.lists(JOBS, max_size=4, unique_by=lambda job: job.id).map(tuple),
    ticket=st.none() | TICKETS | st.just(KnownTicket(pushed=True)),
    queue_seconds=st.none() | SECONDS,
    gestures=GESTURES,
    expired=st.booleans(),
    explained=st.sampled_from([frozenset(), frozenset({WAY_BACK})]),
    locked=st.booleans(),
    down=st.sampled_from([False, False, False, True]),
)


def outcomes_of(decision: Decision, luck: Outcome | None) -> tuple[Outcome, ...]:
    def came(action: Action) -> Outcome:
        if luck is None or (isinstance(luck, PhotoGone | QueueFull) and not isinstance(action, StartJob)):
            return outcome(action)
        return luck

    return tuple(came(action) for action in decision.actions)


OWN_ONLY = {"InviteUpload", "RememberGestures", "MarkExplained", "WithdrawInvitation"}  # need no job
LUCK = st.sampled_from([None, None, None, PhotoGone(), QueueFull(100.0), ActionFailed()])
NEXT = re.compile(
    r"[?»]|\d{3} \d{3}\.|[Пп]овторите|[Пп]ереформулируйте|кого оживить: |ещё раз\.|"
    r"снова\.|да или нет|назову|секунд|минут|цифр"
)


@given(TURNS, UNDERSTOOD, FACTS, LUCK)
def test_any_reply_is_valid(turn: Turn, understood: Understood, facts: DialogContext, luck: Outcome | None) -> None:
    decision = decide(turn, understood, facts)
    reply = speak(turn, facts, decision, outcomes_of(decision, luck))
    assert 0 < len(reply.text) <= 450
    assert len(reply.tts) <= 900
    assert reply.tts == stressed(reply.tts)
    assert reply.tts or stressed(reply.text) == reply.text
    assert "+" not in reply.text
    assert "sil <" not in reply.text
    for word in ("None", "null", "undefined", "{", "}", "Form(", "  "):
        assert word not in reply.text + reply.tts
    assert len(reply.buttons) <= 5
    assert len(json.dumps(dict(reply.state), ensure_ascii=False).encode()) <= 700
    if not turn.surface.screen:
        assert reply.buttons == ()
        assert reply.card is None
    says_what_next(reply)


def says_what_next(reply: Reply) -> None:
    """The last sentence asks, or names words to say; or the conversation is over."""
    last = re.split(r"(?<=[.!?])\s+(?=[А-ЯЁ«])", reply.text)[-1]
    assert reply.end or NEXT.search(last), reply.text


@given(TURNS, UNDERSTOOD, FACTS, LUCK)
def test_no_promise_without_a_job(
    turn: Turn, understood: Understood, facts: DialogContext, luck: Outcome | None
) -> None:
    decision = decide(turn, understood, facts)
    outcomes = outcomes_of(decision, luck)
    text = speak(turn, facts, decision, outcomes).text
    begun = any(isinstance(one, JobStarted) and one.seconds for one in outcomes)
    working = any(job.mine and not job.state.ended for job in facts.jobs) or decision.kind is ResponseKind.WORKING
    if re.search("удет готово|сталось", text):
        assert begun or working
    if any(isinstance(one, JobStarted) for one in outcomes) and begun and ActionFailed() not in outcomes:
        assert "«Готово?»" in text


@given(TURNS, UNDERSTOOD, FACTS)
def test_links_and_codes_are_those_that_were_made(turn: Turn, understood: Understood, facts: DialogContext) -> None:
    decision = decide(turn, understood, facts)
    outcomes = outcomes_of(decision, None)
    reply = speak(turn, facts, decision, outcomes)
    made = {one.link for one in outcomes if isinstance(one, InvitationIssued | ResultLink)}
    made |= {facts.ticket.link} if facts.ticket else set()
    assert {button.url for button in reply.buttons if button.url} <= made
    if decision.kind in {ResponseKind.BY_LINK, ResponseKind.BY_CODE} and not turn.surface.screen:
        assert re.search(r"\d{3} \d{3}", reply.text)


@given(TURNS, UNDERSTOOD, FACTS)
def test_what_is_not_ones_own_is_neither_shown_nor_changed(
    turn: Turn, understood: Understood, facts: DialogContext
) -> None:
    foreign = replace(facts, jobs=tuple(replace(job, mine=False) for job in facts.jobs), state=DialogState())
    decision = decide(turn, understood, foreign)
    assert decision.actions == tuple(m for m in decision.actions if type(m).__name__ in OWN_ONLY)
    assert decision.kind not in {
        ResponseKind.READY,
        ResponseKind.READY_AGAIN,
        ResponseKind.REFUSED,
        ResponseKind.WORKING,
        ResponseKind.SEVERAL,
    }
