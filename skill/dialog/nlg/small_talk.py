"""Greetings, help, misunderstandings, farewells."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlg.builder import FACES, YES_NO, ResponseBuilder, Speech
from skill.dialog.nlg.upload import rules
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import OFFERS, STAKES, Question

_START: Final = ("Оживи фото", "Готово?", "Помощь")


def welcome(act: ResponseBuilder) -> Speech:
    return Speech((act.say("welcome"),), (*YES_NO, "Что ты умеешь?"))


def welcome_back(act: ResponseBuilder) -> Speech:
    return Speech((act.say("welcome_back"),), ("Новое фото", "Готово?", "Помощь"))


def help_(act: ResponseBuilder) -> Speech:
    return Speech((act.say("help"),), ("Оживи фото", "Готово?", "Ещё раз", "Удали фото", "Хватит"))


def abilities(act: ResponseBuilder) -> Speech:
    return Speech((act.say("abilities"),), (*YES_NO, "Помощь"))


def the_rules(act: ResponseBuilder) -> Speech:
    after = "agreed_already" if act.known.consented else "again_send"
    return Speech((*rules(act), act.say(after)), (*YES_NO, "Помощь"))


def thanks(act: ResponseBuilder) -> Speech:
    return Speech((act.say("thanks"),), ("Оживи фото", "Хватит"))


def bye(act: ResponseBuilder) -> Speech:
    working = any(not job.state.ended for job in act.known.own)
    return Speech((act.say("bye_working" if working else "bye"),), end=True)


def never_mind(act: ResponseBuilder) -> Speech:
    return Speech((act.say("never_mind"),), ("Оживи фото", "Хватит"))


def dangerous(act: ResponseBuilder) -> Speech:
    return Speech((act.say("dangerous"),))


def down(act: ResponseBuilder) -> Speech:
    return Speech((act.say("down"),), ("Помощь", "Хватит"))


def unclear(act: ResponseBuilder) -> Speech:
    """Simpler each time; an open question is asked again."""
    question, misses = act.decision.talk.question, act.decision.talk.misses
    if question in OFFERS and misses < 3 and (misses == 1 or question is Question.NONE):
        return Speech((act.say(f"unclear_{misses}"),), _START)
    if question in OFFERS and misses >= 3:
        return Speech((act.say("unclear_status" if question is Question.STATUS else "unclear_send"),), YES_NO)
    asked = (act.say("careful" if question in STAKES else "pardon"), act.say(f"again_{question}"))
    return Speech(asked, FACES) if question is Question.FACE else Speech((*asked, act.say("yes_no")), YES_NO)


SCENES: Final = {
    ResponseKind.WELCOME: welcome,
    ResponseKind.WELCOME_BACK: welcome_back,
    ResponseKind.HELP: help_,
    ResponseKind.ABILITIES: abilities,
    ResponseKind.RULES: the_rules,
    ResponseKind.THANKS: thanks,
    ResponseKind.BYE: bye,
    ResponseKind.NEVER_MIND: never_mind,
    ResponseKind.UNCLEAR: unclear,
    ResponseKind.DANGEROUS: dangerous,
    ResponseKind.DOWN: down,
}
