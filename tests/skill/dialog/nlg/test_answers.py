"""Answers to questions about the skill: true, short, and the open question is asked again."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from skill.dialog.context import DialogContext
from skill.dialog.nlg.phrase_book import Voice
from skill.dialog.nlg.phrases.answers import ANSWERS
from skill.dialog.nlg.speech_length import LONGEST, speech_seconds
from skill.dialog.nlu.classifier import example_topics
from skill.dialog.nlu.questions import HOW_LONG, TOPICS, TRUST, UNTAUGHT
from skill.dialog.nlu.role_reader import BY_PLACE
from skill.dialog.nlu.understand import Intent, Understood
from skill.dialog.policy.decide import decide, speak
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.dialog.types import Reply
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import PHONE, SERVICE_INFO, TICKET, asked, facts_with, job, turn

# answers that are no topic of their own: what can't be changed further, what depends on the settings
_BESIDES = {
    "longest",
    "shortest",
    "calmest",
    "undo_nothing",
    "undo_colour",
    "camera_stands",
    "calm",
    "drawing_too",
    "childhood_archive",
    "rules_simply",
    "fear_running",
    "faces_counted",
    "grown_up",
}
# questions that are commands elsewhere, or wishes that can't be met as they were said
_ASIDE = {"save", "share", "movements", "no_hurry", BY_PLACE}
FRESH = facts_with()

END = r"[?»]$|нет\.$|»\.$|всех\.$|цифры кода|(скажите это снова|повторите, пожалуйста|кому.захотите)\.$"
"""What an answer ends with: a question, words to say, or what to do next."""


def reply_to(topic: str, facts: DialogContext, number: int = 3, *, screen: bool = False) -> Reply:
    said = turn("вопрос", number=number, surface=PHONE) if screen else turn("вопрос", number=number)
    return speak(said, facts, decide(said, Understood(Intent.QUESTION, topic=topic), facts))


def test_every_topic_has_an_answer_and_every_answer_a_topic() -> None:
    assert TOPICS | UNTAUGHT | example_topics() | TRUST | {HOW_LONG} | _BESIDES | _ASIDE == set(ANSWERS)


@pytest.mark.parametrize("topic", ANSWERS)
def test_an_answer_ends_with_what_to_say_next_and_is_short(topic: str) -> None:
    open_ones = [FRESH, facts_with(ticket=TICKET), facts_with(job(JobState.RUNNING)), facts_with(job(announced=True))]
    open_ones += [facts_with(job(), state=asked(question)) for question in Question]
    for facts in open_ones:
        for number in range(4):
            reply = reply_to(topic, facts, number)
            assert speech_seconds(reply.tts or reply.text) <= LONGEST, reply.text
            assert re.search(END, reply.text), reply.text


@pytest.mark.parametrize("question", [question for question in Question if question])
def test_an_open_question_stays_open(question: Question) -> None:
    facts = facts_with(job(announced=True), state=asked(question, gestures=("smile",)))
    said = turn("вопрос")
    decision = decide(said, Understood(Intent.QUESTION, topic="price"), facts)
    assert (decision.kind, decision.topic, decision.actions) == (ResponseKind.ANSWER, "price", ())
    assert (decision.state.question, decision.state.job, decision.state.gestures) == (question, "job-1", ("smile",))
    assert Voice(said.session, said.number).say(f"again_{question}").text in speak(said, facts, decision).text


def test_a_photo_is_offered_where_nothing_is_under_way() -> None:
    assert reply_to("price", FRESH).state["question"] == Question.SEND
    assert "question" not in reply_to("price", facts_with(ticket=TICKET)).state


def test_a_photo_that_is_awaited_keeps_its_button() -> None:
    (link, *_) = reply_to("price", facts_with(ticket=TICKET), screen=True).buttons
    assert link.url == TICKET.link


def test_news_is_told_after_the_answer() -> None:
    text = reply_to("price", facts_with(job())).text
    assert "готово" in text
    assert text.endswith("«Готово?»")


@pytest.mark.parametrize(
    ("topic", "words"),
    [("keep", "3 дня"), ("code_life", "10 минут"), ("length", "4 секунды"), ("longest", "6 секунд")],
)
def test_numbers_are_those_of_the_service(topic: str, words: str) -> None:

    service = replace(SERVICE_INFO, keep=3 * 86400.0, ticket_seconds=600.0)
    assert words in reply_to(topic, facts_with(service=service)).text


def test_what_is_animated_depends_on_the_settings() -> None:

    open_minded = facts_with(service=replace(SERVICE_INFO, drawings=True, archive=True))
    for topic, refusal in (("drawing", r"— нет|не оживляю"), ("childhood", r"не оживляю|пропускаю")):
        for number in range(2):
            assert re.search(refusal, reply_to(topic, FRESH, number).text)
            assert not re.search(refusal, reply_to(topic, open_minded, number).text)


def test_a_long_queue_is_told() -> None:
    assert "минут" in reply_to("how_long", facts_with(queue_seconds=200.0)).text
    assert "4 минуты" in reply_to("how_long", facts_with(queue_seconds=200.0)).text
