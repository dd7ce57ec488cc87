"""Greetings, help, misunderstandings, farewells."""

from __future__ import annotations

from typing import Final

from skill.dialog.decision import Scene
from skill.dialog.speaking.act import FACES, YES_NO, Act, Speech
from skill.dialog.speaking.sending import rules
from skill.dialog.talk import OFFERS, Question

_START: Final = ("Оживи фото", "Готово?", "Помощь")


def welcome(act: Act) -> Speech:
    return Speech((act.say("welcome"),), (*YES_NO, "Что ты умеешь?"))


def welcome_back(act: Act) -> Speech:
    return Speech((act.say("welcome_back"),), ("Новое фото", "Готово?", "Помощь"))


def help_(act: Act) -> Speech:
    return Speech((act.say("help"),), ("Оживи фото", "Готово?", "Ещё раз", "Удали фото", "Хватит"))


def abilities(act: Act) -> Speech:
    return Speech((act.say("abilities"),), (*YES_NO, "Помощь"))


def the_rules(act: Act) -> Speech:
    after = "agreed_already" if act.known.consented else "again_send"
    return Speech((*rules(act), act.say(after)), (*YES_NO, "Помощь"))


def thanks(act: Act) -> Speech:
    return Speech((act.say("thanks"),), ("Оживи фото", "Хватит"))


def bye(act: Act) -> Speech:
    working = any(not job.state.ended for job in act.known.own)
    return Speech((act.say("bye_working" if working else "bye"),), end=True)


def never_mind(act: Act) -> Speech:
    return Speech((act.say("never_mind"),), ("Оживи фото", "Хватит"))


def dangerous(act: Act) -> Speech:
    return Speech((act.say("dangerous"),))


def down(act: Act) -> Speech:
    return Speech((act.say("down"),), ("Помощь", "Хватит"))


def unclear(act: Act) -> Speech:
    """Simpler each time; an open question is asked again."""
    question, misses = act.decision.talk.question, act.decision.talk.misses
    if question in OFFERS and misses < 3 and (misses == 1 or question is Question.NONE):
        return Speech((act.say(f"unclear_{misses}"),), _START)
    if question in OFFERS and misses >= 3:
        return Speech((act.say("unclear_status" if question is Question.STATUS else "unclear_send"),), YES_NO)
    asked = (act.say("pardon"), act.say(f"again_{question}"))
    return Speech(asked, FACES) if question is Question.FACE else Speech((*asked, act.say("yes_no")), YES_NO)


SCENES: Final = {
    Scene.WELCOME: welcome,
    Scene.WELCOME_BACK: welcome_back,
    Scene.HELP: help_,
    Scene.ABILITIES: abilities,
    Scene.RULES: the_rules,
    Scene.THANKS: thanks,
    Scene.BYE: bye,
    Scene.NEVER_MIND: never_mind,
    Scene.UNCLEAR: unclear,
    Scene.DANGEROUS: dangerous,
    Scene.DOWN: down,
}
