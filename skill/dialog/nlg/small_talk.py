"""Speeches of any conversation: greetings, help, misunderstandings, farewells."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlg.builder import FACES, YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.upload import rules
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import OFFERS, STAKES, Question

_START: Final = ("Оживи фото", "Готово?", "Помощь")


def welcome(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("welcome"),), (*YES_NO, "Что ты умеешь?"))


def welcome_back(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("welcome_back"),), ("Новое фото", "Готово?", "Помощь"))


def help_(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("help"),), ("Оживи фото", "Готово?", "Ещё раз", "Удали фото", "Хватит"))


def abilities(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("abilities"),), (*YES_NO, "Помощь"))


def the_rules(builder: ResponseBuilder) -> Speech:
    after = "agreed_already" if builder.facts.consented else "again_send"
    return Speech((*rules(builder), builder.say(after)), (*YES_NO, "Помощь"))


def thanks(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("thanks"),), ("Оживи фото", "Хватит"))


def grief(builder: ResponseBuilder) -> Speech:
    """A warm word, and what can be done."""
    gone = builder.decision.topic
    warm = builder.say(f"grief_{gone}" if gone else "grief")
    question = builder.decision.state.question
    if question is Question.NONE:
        return Speech((warm, builder.say("ask_ready")), ("Готово?",))
    return Speech((warm, builder.say("again_smile" if question is Question.GESTURE else "again_send")), YES_NO)


def bye(builder: ResponseBuilder) -> Speech:
    working = any(not job.state.ended for job in builder.facts.own)
    return Speech((builder.say("bye_working" if working else "bye"),), end=True)


def never_mind(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("never_mind"),), ("Оживи фото", "Хватит"))


def dangerous(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("dangerous"),))


def down(builder: ResponseBuilder) -> Speech:
    return Speech((builder.say("down"),), ("Помощь", "Хватит"))


def unclear(builder: ResponseBuilder) -> Speech:
    """Simpler each time; an open question is asked again."""
    question, misses = builder.decision.state.question, builder.decision.state.misses
    if question in OFFERS and misses < 3 and (misses == 1 or question is Question.NONE):
        return Speech((builder.say(f"unclear_{misses}"),), _START)
    if question in OFFERS and misses >= 3:
        return Speech((builder.say("unclear_status" if question is Question.STATUS else "unclear_send"),), YES_NO)
    asked = (builder.say("careful" if question in STAKES else "pardon"), builder.say(f"again_{question}"))
    return Speech(asked, FACES) if question is Question.FACE else Speech((*asked, builder.say("yes_no")), YES_NO)


SPEECHES: Final = {
    ResponseKind.WELCOME: welcome,
    ResponseKind.WELCOME_BACK: welcome_back,
    ResponseKind.HELP: help_,
    ResponseKind.ABILITIES: abilities,
    ResponseKind.RULES: the_rules,
    ResponseKind.THANKS: thanks,
    ResponseKind.GRIEF: grief,
    ResponseKind.BYE: bye,
    ResponseKind.NEVER_MIND: never_mind,
    ResponseKind.UNCLEAR: unclear,
    ResponseKind.DANGEROUS: dangerous,
    ResponseKind.DOWN: down,
}
