"""The words for each gesture: what asks for it, what is said of it, and the words for its sides.

With the table of the movements, `pipeline/motion/gestures.py`, this is the whole declaration of a gesture. The files
that follow from the two (grammars for the assistant's console, docs/gestures.md) are written anew by
`python -m skill.gesture_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pipeline.errors import MotionError
from pipeline.motion.gesture_wish import GestureWish, parse_gesture
from skill.manner_words import COUNTS, MANNERS, ORDERS

_ASIDE: Mapping[str, tuple[str, ...]] = MappingProxyType({"left": ("налево", "влево"), "right": ("направо", "вправо")})


@dataclass(frozen=True, slots=True)
class GestureWords:
    """The words for one gesture."""

    imperative: str
    """What asks for it: «кивни»."""
    future: str
    """What the person on the photo will do: «кивнёт»."""
    infinitive: str
    """What can be done: «кивнуть»."""
    expressions: str
    """Everything that asks for it, as in `skill.dialog.nlu.lexicon`: dictionary forms, commas between."""
    console: tuple[str, ...]
    """Dictionary forms for the grammars of the assistant's console; two or more, the first is its title."""
    examples: tuple[str, ...]
    """Further phrases that ask for it; with the imperative and «пусть …» they test the console's grammar."""
    counterexamples: tuple[str, ...]
    """Phrases that don't ask for it."""
    label: str = ""
    """Its name on the page, a noun; empty: the first of `console`. No story has the same."""
    vague: bool = False
    """Whether the expressions say other things as well, so that a wish has hardly any other words."""
    sides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Side → the words for it after the verb; the first of them is said to people."""
    no_side: str = ""
    """What is said after the verb where no side was asked for: «в сторону»."""
    beside_side: str = ""
    """Concept of the lexicon that means this gesture where a side is said with it: «посмотри направо»."""
    console_beside_side: tuple[str, ...] = ()
    """Dictionary forms that mean the gesture where a side is said with them, for the console's grammars."""
    side_expressions: Mapping[str, str] = field(default_factory=dict)
    """Side → expressions that mean the gesture to this side: «подними глаза»."""


GESTURE_WORDS: Final[Mapping[str, GestureWords]] = MappingProxyType(
    {
        "smile": GestureWords(
            imperative="улыбнись",
            future="улыбнётся",
            infinitive="улыбнуться",
            label="лёгкая улыбка",
            expressions=(
                "рассмешить, развеселить, повеселить, улыбнуться, улыбаться, улыбка, улыбочка, заулыбаться, "
                "разулыбаться, засмеяться, рассмеяться, смеяться, посмеяться, поулыбаться, усмехнуться, лыбиться, "
                "улыбчивый, улыбнуть, хихикнуть, веселый, радостный, радоваться, обрадоваться, порадоваться, "
                "повеселеть, ухмыльнуться, рот до ухо, расплыться в улыбка, оскалиться, скалиться, "
                "скалить зуб, сиять"
            ),
            console=("улыбка", "улыбнуться", "улыбнись", "улыбаться", "засмеяться"),
            examples=("добавь улыбку", "сделай чтобы мама улыбнулась", "с улыбкой"),
            counterexamples=("не надо улыбки", "не улыбайся", "убери улыбку", "оживи фото с улыбкой", "подмигни"),
        ),
        "wink": GestureWords(
            imperative="подмигни",
            future="подмигнёт",
            infinitive="подмигнуть",
            expressions="подмигнуть, подмигивать, подмигивание, подмиг, подморгнуть, подмигиваться, "
            "моргнуть один глаз, один глаз моргнуть, мигнуть один глаз, один глаз мигнуть, моргнуть один глазик, "
            "один глаз чтоб моргнуть, один глазок чтоб моргнуть, один глазик моргнуть, один глазок моргнуть, "
            "моргнуть один глазок, один глазок мигнуть, закрыть один глаз, прикрыть один глаз, зажмурить один глаз, "
            "один глаз закрыть, один глаз прикрыть, состроить глазки, построить глазки, строить глазки, "
            "глазки строить, глазки построить, сострить глазки, пофлиртовать",
            console=("подмигивание", "подмигнуть", "подмигни", "подмигивать"),
            examples=("подмигни мне", "сделай подмигивание", "подмигни левым глазом"),
            counterexamples=("не подмигивай", "моргни", "улыбнись"),
            sides=MappingProxyType({"left": ("левым глазом", "левым"), "right": ("правым глазом", "правым")}),
            side_expressions=MappingProxyType(
                {
                    "left": "закрыть левый глаз, прикрыть левый глаз, левый глаз закрыть, левый глаз прикрыть, "
                    "зажмурить левый глаз",
                    "right": "закрыть правый глаз, прикрыть правый глаз, правый глаз закрыть, правый глаз прикрыть, "
                    "зажмурить правый глаз",
                }
            ),
        ),
        "nod": GestureWords(
            imperative="кивни",
            future="кивнёт",
            infinitive="кивнуть",
            expressions="голова вверх вниз, повести вверх вниз, голова вниз вверх, "
            "кивнуть, кивать, кивок, покивать, кивание, закивать, качнуть голова, кивнуть голова, сказать голова да, "
            "голова сказать да, сказать да голова",
            console=("кивок", "кивнуть", "кивни", "покивать", "кивнуть головой"),
            examples=("сделай кивок", "кивни головой"),
            counterexamples=("не кивай", "поверни голову"),
        ),
        "surprise": GestureWords(
            imperative="удивись",
            future="удивится",
            infinitive="удивиться",
            label="лёгкое удивление",
            expressions=(
                "удивить, удивиться, удивление, удивляться, удивлять, удивленный, удивить~, удивить^, изумиться, "
                "изумление, изумленный, поразиться, поднять бровь, вскинуть бровь, приподнять бровь, "
                "бровь вверх, бровь кверху, ахнуть, поднять левый бровь, поднять правый бровь, левый бровь поднять, "
                "правый бровь поднять, бровь поднять, "
                "обалдеть, открыть рот, повести бровь, пошевелить бровь, поиграть бровь, шевельнуть бровь, "
                "подвигать бровь, лицо вау, лицо типа вау, сделать вау, вау лицо, поднять один бровь, "
                "вытаращить глаз, выпучить глаз, "
                "расширить глаз, распахнуть глаз, широко открыть глаз, открыть широко глаз, сделать большой глаз, "
                "сделать круглый глаз, округлить глаз"
            ),
            console=("удивление", "удивиться", "удивить", "удивись", "поднять брови"),
            examples=("удиви", "добавь удивление", "подними брови"),
            counterexamples=("не удивляйся", "улыбнись"),
        ),
        "shake": GestureWords(
            imperative="покачай головой",
            future="покачает головой",
            infinitive="покачать головой",
            expressions=(
                "покачать голова, качать голова, покачивать голова, помотать голова, мотать голова, мотнуть "
                "голова, потрясти голова, голова покачать, голова помотать, покачать отрицательно, покачать, "
                "помотать башка, мотать башка, голова туда сюда, голова из сторона в сторона, сказать голова нет, "
                "голова сказать нет, сказать нет голова"
            ),
            console=(
                "покачивание головой",
                "покачать головой",
                "покачай головой",
                "помотать головой",
                "мотать головой",
            ),
            examples=("помотай головой", "пусть она покачает головой медленно"),
            counterexamples=("не качай головой", "кивни головой", "поверни голову"),
            vague=True,
        ),
        "turn": GestureWords(
            imperative="поверни голову",
            future="повернёт голову",
            infinitive="повернуть голову",
            expressions=(
                "повернуть, повернуться, поворачивать, поворачиваться, поворот, обернуться, оборачиваться, "
                "покрутить, развернуть, отвернуться, развернуться, вертеть, повертеть, повертеться, крутить, отвернуть"
            ),
            console=("поворот головы", "повернуть голову", "поверни голову", "повернуться", "поворот"),
            examples=("поверни голову налево", "повернись направо", "пусть она повернет голову влево"),
            counterexamples=("не поворачивай голову налево", "поверни налево через двести метров", "поверни ключ"),
            vague=True,
            sides=_ASIDE,
        ),
        "tilt": GestureWords(
            imperative="наклони голову",
            future="наклонит голову",
            infinitive="наклонить голову",
            expressions=(
                "наклонить голова, склонить голова, наклонять голова, наклон голова, голова наклонить, голова "
                "склонить, голова набок, к плечо голова, голова к плечо, голова на бок, набок голова, "
                "набок склонить, наклонить, наклонять, "
                "наклониться, наклон, склонить"
            ),
            console=("наклон головы", "наклонить голову", "наклони голову", "склонить голову"),
            examples=("наклони голову влево", "склони голову"),
            counterexamples=("не наклоняй голову", "поверни голову", "кивни"),
            sides=_ASIDE,
        ),
        "look": GestureWords(
            imperative="посмотри",
            future="посмотрит",
            infinitive="посмотреть",
            expressions="посмотреть в сторона, глянуть в сторона, взглянуть в сторона, посмотреть по сторона, "
            "глянуть по "
            "сторона, поглядеть по сторона, смотреть по сторона, отвести взгляд, отвести глаз, поводить глаз, "
            "водить глаз, повести глаз, пострелять глаз, стрельнуть глаз, глаз стрельнуть, глаз пострелять, "
            "скосить глаз, "
            "побегать глаз, забегать глаз, косить глаз, скосить взгляд, зыркнуть, зыркать, "
            "кинуть взгляд, бросить взгляд, метнуть взгляд, посмотреть в окно, выглянуть в окно",
            console=("взгляд в сторону", "посмотреть в сторону", "взглянуть в сторону"),
            examples=("посмотри налево", "посмотри вверх", "посмотри на меня", "пусть она посмотрит вниз"),
            counterexamples=("посмотри", "посмотри видео", "не смотри направо", "посмотреть результат"),
            vague=True,
            sides=MappingProxyType(
                {**_ASIDE, "up": ("вверх", "наверх"), "down": ("вниз",), "viewer": ("на вас", "на меня", "в камеру")}
            ),
            no_side="в сторону",
            beside_side="show",
            console_beside_side=("посмотреть", "взглянуть", "глянуть", "смотреть"),
            side_expressions=MappingProxyType(
                {
                    "left": "взгляд налево, взгляд влево, глаз налево, глаз влево, взгляд в левый сторона",
                    "right": "взгляд направо, взгляд вправо, глаз направо, глаз вправо, взгляд в правый сторона",
                    "up": "поднять глаз, поднять взгляд, глаз поднять, подымать глаз, глаз подымать, глаз вверх, "
                    "глаз кверху, закатить глаз, глаз закатить, возвести глаз, посмотреть на потолок, "
                    "посмотреть на небо, "
                    "посмотреть в потолок, посмотреть в небо, глянуть на потолок, глянуть на небо, поднять голова, "
                    "голова поднять, поднять подбородок, запрокинуть голова, закинуть голова, задрать голова, "
                    "задрать нос",
                    "down": "опустить глаз, опустить взгляд, глаз опустить, потупить взгляд, потупиться, "
                    "глаз вниз, глаз книзу, глаз в пол, взгляд вниз, взгляд в пол, посмотреть на пол, "
                    "посмотреть в пол, "
                    "опустить голова, голова опустить, глаз вниз опустить",
                    "viewer": (
                        "посмотреть на я, смотреть на я, взглянуть на я, глянуть на я, поглядеть на я, на я "
                        "посмотреть, посмотреть в камера, смотреть в камера, взглянуть в камера, посмотреть в "
                        "объектив, посмотреть в глаз, посмотреть я в глаз, посмотреть прямо, посмотреть в мой сторона"
                    ),
                }
            ),
        ),
        "blink": GestureWords(
            imperative="моргни",
            future="моргнёт",
            infinitive="моргнуть",
            expressions=(
                "помигать, замигать, моргнуть, моргать, мигнуть, мигать, поморгать, моргание, мигание, проморгаться, "
                "хлопать глаз, похлопать глаз, хлопнуть глаз, хлопать ресница, похлопать ресница, морг, "
                "хлопнуть ресница, ресница хлопать, ресница "
                "похлопать, ресница хлопнуть, взмахнуть ресница, подмигнуть оба глаз, подмигнуть два глаз"
            ),
            console=("моргание", "моргнуть", "моргни", "поморгать", "похлопать глазами"),
            examples=("поморгай", "похлопай глазами"),
            counterexamples=("не моргай", "закрой навык", "подмигни"),
            vague=True,
        ),
        "close-eyes": GestureWords(
            imperative="закрой глаза",
            future="закроет глаза",
            infinitive="закрыть глаза",
            label="закрытые глаза",
            expressions=(
                "закрыть глаз, прикрыть глаз, глаз закрыть, глаз прикрыть, зажмуриться, зажмурить глаз, закрыть "
                "веко, опустить веко, сомкнуть веко, сомкнуть глаз, закрыть и открыть глаз, глаз закрыть и открыть, "
                "закрыть глаз и открыть, "
                "глаз закрыть открыть, глазки закрыть, глазки прикрыть, закрыть глазки, прикрыть глазки, закрыть "
                "глазки и открыть, глазки закрыть и открыть, закрыть глаз открыть"
            ),
            console=("закрыть глаза", "закрыть и открыть глаза", "прикрыть глаза", "зажмуриться"),
            examples=("прикрой глаза", "закрой и открой глаза"),
            counterexamples=("не закрывай глаза", "закрой навык", "открой страницу"),
            vague=True,
        ),
        "think": GestureWords(
            imperative="задумайся",
            future="задумается",
            infinitive="задуматься",
            label="задумчивость",
            expressions=(
                "задуматься, задумываться, призадуматься, задумчивый, задумчиво, подумать о что то, поразмыслить, "
                "поразмышлять, размечтаться, помечтать, замечтаться, мечтательный, погрузиться в мысль, "
                "подумать о что нибудь, подумать о свой"
            ),
            console=("раздумье", "задуматься", "задумайся", "призадуматься", "задумчивый взгляд"),
            examples=("пусть она призадумается", "сделай задумчивый взгляд"),
            counterexamples=("не задумывайся", "я подумаю", "улыбнись"),
            sides=_ASIDE,
        ),
        "sigh": GestureWords(
            imperative="вздохни",
            future="вздохнёт",
            infinitive="вздохнуть",
            expressions="вздохнуть, вздыхать, повздыхать, вздох, выдохнуть, выдох, вздохнуть глубоко, глубокий вздох, "
            "вдохнуть, глубоко вдохнуть, вдох, подышать, глубоко дышать, дышать глубоко",
            console=("вздох", "вздохнуть", "вздохни", "вздыхать", "глубоко вздохнуть", "вздохни глубоко"),
            examples=("вздохни глубоко", "сделай вздох"),
            counterexamples=("не вздыхай", "кивни"),
        ),
        "lips": GestureWords(
            imperative="пошевели губами",
            future="пошевелит губами",
            infinitive="пошевелить губами",
            expressions=(
                "пошевелить губа, шевелить губа, двигать губа, подвигать губа, шевельнуть губа, губа пошевелить, "
                "губа шевелить, губа подвигать, губа двигать, пошевелить рот, пошептать, шептать, прошептать, "
                "приоткрыть рот, рот приоткрыть, приоткрыть губа, разомкнуть губа, открыть и закрыть рот, "
                "рот открыть и закрыть, открыть рот и закрыть, открыть рот закрыть, открыть закрыть рот, "
                "рот открыть закрыть, открыть рот а потом закрыть, открыть рот потом закрыть, открыть рот и потом "
                "закрыть, рот открыть а потом закрыть, рот открыть потом закрыть, "
                "сказать губа, губа сказать, "
                "губа шевелиться, шевелиться губа"
            ),
            console=("движение губ", "пошевелить губами", "пошевели губами", "шевелить губами", "подвигай губами"),
            examples=("пусть шевелит губами", "подвигай губами"),
            counterexamples=("не шевели губами", "закрой глаза"),
        ),
        "kiss": GestureWords(
            imperative="пошли поцелуй",
            future="пошлёт поцелуй",
            infinitive="послать поцелуй",
            label="лёгкий поцелуй",
            expressions=(
                "послать поцелуй, отправить поцелуй, воздушный поцелуй, поцелуй, поцелуйчик, поцеловать, целовать, "
                "чмокнуть, чмок, почмокать, чмокать, послать воздушный поцелуй, поцеловать я, сложить губа, "
                "губа бантик, губки бантик, губа трубочка, "
                "губки трубочка, губа в трубочка, губа уточка, губки уточка, вытянуть губа, вытянуть губки, "
                " послать поцелуйчик, "
                "отправить поцелуйчик, воздушный поцелуйчик, послать воздушный поцелуйчик, поцелуйчик послать, "
                "поцелуй послать, поцелуй отправить, поцелуйчик отправить, воздушный поцелуй послать, воздушный "
                "поцелуйчик послать"
            ),
            console=(
                "воздушный поцелуй",
                "послать поцелуй",
                "пошли поцелуй",
                "поцеловать",
                "послать воздушный поцелуй",
                "пошли воздушный поцелуй",
            ),
            examples=("пошли воздушный поцелуй", "пусть она поцелует"),
            counterexamples=("не целуй", "без поцелуев", "улыбнись"),
        ),
        "frown": GestureWords(
            imperative="нахмурься",
            future="нахмурится",
            infinitive="нахмуриться",
            expressions=(
                "нахмуриться, хмуриться, нахмурить бровь, хмурить бровь, хмурый, насупиться, сдвинуть бровь, "
                "посерьезнеть, посерьезнее, серьезный лицо, лицо серьезный, серьезный взгляд, сделать серьезный, "
                "стать серьезный, быть серьезный, серьезный вид, рассердиться, сердиться, сердитый, разозлиться, "
                "злиться, злой, посмотреть строго, взглянуть строго, построже, посмотреть серьезно, "
                "насупить бровь, строгий лицо, строгий взгляд, суровый лицо, суровый взгляд, посмотреть исподлобья, "
                "глянуть исподлобья, посмотреть сурово, взглянуть исподлобья"
            ),
            console=(
                "хмурый взгляд",
                "нахмуриться",
                "нахмурься",
                "нахмурить брови",
                "сдвинуть брови",
                "сдвинь брови",
                "рассердиться",
            ),
            examples=("сдвинь брови", "пусть он рассердится"),
            counterexamples=("не хмурься", "улыбнись"),
        ),
        "squint": GestureWords(
            imperative="прищурься",
            future="прищурится",
            infinitive="прищуриться",
            expressions=(
                "прищуриться, прищурить глаз, прищурить, прищур, сощуриться, сощурить глаз, сощурить, щуриться, "
                "щурить глаз, пощуриться, сузить глаз, прижмуриться, прижмурить глаз, глаз щелочка, глаз в щелочка"
            ),
            console=("прищур", "прищуриться", "прищурься", "прищурить глаза", "сощуриться"),
            examples=("прищурь глаза", "пусть она прищурится"),
            counterexamples=("не щурься", "закрой глаза", "подмигни"),
        ),
        "sad": GestureWords(
            imperative="погрусти",
            future="погрустит",
            infinitive="погрустить",
            expressions=(
                "погрустить, грустить, загрустить, погрустнеть, погрустнее, грустный, грусть, печалиться, печальный, "
                "опечалиться, печаль, взгрустнуть, грустненький, грустненько, бровь домик, бровки домик, расстроиться, "
                "пригорюниться, огорчиться, приуныть, огорченный, расстроенный"
            ),
            console=("грусть", "погрустить", "погрусти", "загрустить", "погрустнее"),
            examples=("сделай погрустнее", "пусть он загрустит"),
            counterexamples=("не грусти", "улыбнись"),
        ),
    }
)
"""Every gesture of `pipeline.motion.gestures`; the order is that of the page."""

TO_VIEWER: Final = "to-viewer"
"""Concept of «на меня», which is said of much else, too: it is a side only where a look is spoken of already."""

SIDES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "to-left": ("left", ""),
        "to-right": ("right", ""),
        "to-up": ("up", "вверх, наверх, на верх, кверху, ввысь"),
        "to-down": ("down", "вниз, книзу, на пол"),
        "left-eye": ("left", "левый глаз, левый глазик, левым"),
        "right-eye": ("right", "правый глаз, правый глазик, правым"),
        "left-shoulder": ("left", "левый плечо"),
        "right-shoulder": ("right", "правый плечо"),
        TO_VIEWER: ("viewer", "на я"),
        **{
            f"{name}-{side}": (side, expressions)
            for name, words in GESTURE_WORDS.items()
            for side, expressions in words.side_expressions.items()
        },
    }
)
"""Concept → the side that it means, and its expressions where the lexicon has none."""

OWN_SIDES: Final = frozenset({"left-eye", "right-eye", "left-shoulder", "right-shoulder"})
"""Those of SIDES that name a part of the person, and so no place among faces."""

DETAILS: Final = frozenset({*MANNERS, *COUNTS, *SIDES, *ORDERS}) - {"to-left", "to-right"}
"""Concepts that say how a gesture is made and mean nothing else."""
_COUNTED: Final = {2: "дважды", 3: "трижды", 4: "четыре раза", 5: "пять раз"}


def lexicon() -> Mapping[str, str]:
    """The concepts of gestures, sides, counts, manners and their order, each with its expressions."""
    gestures = {
        name: ", ".join((words.expressions, *words.side_expressions.values())) for name, words in GESTURE_WORDS.items()
    }
    manners = {concept: manner.expressions for concept, manner in MANNERS.items()}
    sides = {concept: words for concept, (_, words) in SIDES.items() if words}
    return {**gestures, **manners, **COUNTS, **sides, **ORDERS}


def read_gesture(text: str) -> GestureWish | None:
    """A gesture as it was kept, None for one that there is not: of an earlier or a later version."""
    try:
        return parse_gesture(text)
    except MotionError:
        return None


def say_future(wish: GestureWish) -> str:
    """«чуть-чуть улыбнётся», «дважды подмигнёт левым глазом»."""
    return _say(wish, GESTURE_WORDS[wish.name].future)


def say_infinitive(wish: GestureWish) -> str:
    """«улыбнуться», «повернуть голову налево»."""
    return _say(wish, GESTURE_WORDS[wish.name].infinitive)


def say_imperative(name: str) -> str:
    """«поверни голову», «посмотри в сторону»."""
    return _say(GestureWish(name), GESTURE_WORDS[name].imperative)


def label(name: str) -> str:
    """A gesture's label on the page: «Подмигивание»."""
    words = GESTURE_WORDS[name]
    said = words.label or words.console[0]
    return said[0].upper() + said[1:]


def _say(wish: GestureWish, verb: str) -> str:
    words = GESTURE_WORDS[wish.name]
    how = [manner.said for manner in MANNERS.values() if manner.speed and manner.speed == wish.speed]
    if wish.strength != 1.0:
        how.append(MANNERS["slightly" if wish.strength < 1.0 else "widely"].said)
    times = _COUNTED.get(wish.count, "")
    where = words.sides[wish.side][0] if wish.side in words.sides else words.no_side
    return " ".join(filter(None, (*how, times, verb, where)))
