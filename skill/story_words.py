"""The words for each story, and the words for every movement: of the stories, of the gestures and of the camera.

With the table of the scenes, `pipeline/motion/stories.py`, this is the whole declaration of a story. A story is asked
for by voice like a gesture that has no side, count or manner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.limits import FROM_RIGHT, PRESETS
from skill.camera_words import CAMERA_WORDS, camera_of
from skill.gesture_words import GESTURE_WORDS, GestureWords, read_gesture
from skill.gesture_words import lexicon as gesture_lexicon
from skill.gesture_words import say_future as say_gesture
from skill.restore_words import restore_of

_ORDINALS: Final = ("", "человек", "второй", "третий", "четвёртый", "пятый", "шестой", "седьмой", "восьмой")


@dataclass(frozen=True, slots=True)
class StoryName:
    """The names of a story."""

    label: str
    """Its Russian name on the page: a noun, as all names of movements are."""
    words: GestureWords | None = None
    """What asks for it by voice; None where the same words mean a gesture."""
    gesture: str = ""
    """The gesture that is meant instead, or empty; as `parse_gesture` reads it."""


_TENDER: Final = GestureWords(
    imperative="посмотри нежно",
    future="посмотрит нежно",
    infinitive="посмотреть нежно",
    expressions=(
        "нежность, нежно, нежный, ласково, ласковый, посмотреть нежно, взглянуть нежно, глядеть нежно, "
        "посмотреть ласково, взглянуть ласково, посмотреть с нежность, посмотреть с любовь, посмотреть влюбленно, "
        "влюбленный, влюбись, "
        "влюбиться, посмотреть добрый, посмотреть по доброму, по доброму, добрый лицо, лицо добрый, добрый взгляд, "
        "взгляд добрый, добрее, подобрее, подобрей, будь добрее, будь ласковее, посмотреть мягко, посмотреть тепло, "
        "посмотреть томно, томный взгляд, ласковее, поласковее, нежнее, понежнее"
    ),
    console=("нежность", "нежно", "посмотреть нежно", "посмотри нежно", "нежный взгляд", "ласково"),
    examples=("сделай нежность", "добавь нежность"),
    counterexamples=("без нежности", "улыбнись"),
)
_PROUD: Final = GestureWords(
    imperative="посмотри гордо",
    future="посмотрит гордо",
    infinitive="посмотреть гордо",
    expressions=(
        "гордость, гордо, гордый, возгордиться, загордиться, посмотреть гордо, взглянуть гордо, глядеть гордо, "
        "посмотреть с гордость, посмотреть свысока, посмотреть надменно, посмотреть презрительно, "
        "посмотреть уверенно, посмотреть смело, посмотреть важно, важный лицо, важный вид, "
        "горделиво"
    ),
    console=("гордость", "гордо", "посмотреть гордо", "посмотри гордо", "гордый взгляд", "возгордиться"),
    examples=("сделай гордость", "добавь гордость"),
    counterexamples=("без гордости", "улыбнись"),
)
_SLY: Final = GestureWords(
    imperative="пошали",
    future="пошалит",
    infinitive="пошалить",
    expressions=(
        "пошалить, шалость, шалить, озорство, озорной, озорно, поозорничать, озорничать, хитринка, хитро, "
        "посмотреть хитро, посмотреть озорно, с хитринка, хитрый лицо, хитрый взгляд, хитрый вид, хитрый улыбка, "
        "лукаво, лукавый, игриво, игривый, кокетливо, "
        "кокетливый, кокетничать, пококетничать, кокетничай, флиртовать, заигрывать, соблазни, посмотреть дерзко, "
        "соблазнительно, "
        "пошути, шути, с подвох"
    ),
    console=("шалость", "пошалить", "пошали", "озорство", "озорно", "хитринка"),
    examples=("сделай шалость", "добавь хитринку"),
    counterexamples=("не шали", "улыбнись"),
)
_ASLEEP: Final = GestureWords(
    imperative="поспи",
    future="поспит",
    infinitive="поспать",
    expressions=(
        "поспать, уснуть, заснуть, задремать, подремать, вздремнуть, сон, дремота, пусть спать, пускай спать, "
        "чтобы спать, чтоб спать, пусть дремать, спи, дремли, уснуть и проснуться, заснуть и проснуться, "
        "посмотреть устало, посмотреть сонно, притвориться спящий, притвориться что спать, "
        "сделать вид что спать, "
        "показать как спать, показать как ты спать, изобразить сон, изобразить спящий, дремать, прикорнуть, "
        "усталый вид, усталый лицо, "
        "лицо усталый, сонный вид, сонный лицо"
    ),
    console=("сон", "поспать", "поспи", "уснуть", "усни", "заснуть", "задремать", "вздремнуть"),
    examples=("пусть уснёт", "сделай сон"),
    counterexamples=("не засыпай", "спокойной ночи", "закрой глаза"),
    vague=True,
)

STORY_NAMES: Final[Mapping[str, StoryName]] = MappingProxyType(
    {
        "nostalgia": StoryName(
            "Живой портрет",
            GestureWords(
                imperative="осмотрись",
                future="осмотрится",
                infinitive="осмотреться",
                expressions=(
                    "осмотреться, оглядеться, осматриваться, оглядись по сторона, осмотрись по сторона, оглядеть все, "
                    "пошевелись, шевельнись, двигайся, подвигайся, оживись, пошевели голова, подвигай голова, "
                    "пошевелить голова, пусть жить"
                ),
                console=("осмотреться", "осмотрись", "оглядеться", "оглядись", "осмотрится"),
                examples=("пусть осмотрится", "оглядись"),
                counterexamples=("не оглядывайся", "осмотри фото", "оживи фото"),
            ),
        ),
        "gaze": StoryName("Взгляд", gesture="look:viewer"),
        "warmth": StoryName("Улыбка", gesture="smile"),
        "laughter": StoryName(
            "Смешинка",
            GestureWords(
                imperative="захохочи",
                future="захохочет",
                infinitive="захохотать",
                expressions=(
                    "смешинка, смех, хохот, хохотать, захохотать, похохотать, расхохотаться, похихикать, хихикать"
                ),
                console=("смешинка", "захохотать", "захохочи", "похохотать", "расхохотаться", "похихикать"),
                examples=("сделай смешинку", "добавь смешинку"),
                counterexamples=("не хохочи", "улыбнись"),
            ),
        ),
        "greeting": StoryName(
            "Приветствие",
            GestureWords(
                imperative="поздоровайся",
                future="поздоровается",
                infinitive="поздороваться",
                expressions="поздороваться, здороваться, поприветствовать, приветствие, приветственный, скажи привет",
                console=("приветствие", "поздороваться", "поздоровайся", "поприветствовать", "поприветствуй"),
                examples=("пусть поприветствует", "сделай приветствие"),
                counterexamples=("не здоровайся", "привет", "кивни"),
            ),
        ),
        "blown-kiss": StoryName("Поцелуй", gesture="kiss"),
        "tenderness": StoryName("Нежность", _TENDER),
        "wonder": StoryName("Удивление", gesture="surprise"),
        "thought": StoryName(
            "Раздумье",
            GestureWords(
                imperative="погрузись в раздумье",
                future="погрузится в раздумье",
                infinitive="погрузиться в раздумье",
                expressions="раздумье, погрузиться в раздумье, в раздумье, погрузиться в размышление, размышление",
                console=("раздумья", "погрузиться в раздумье", "погрузись в раздумье", "размышление"),
                examples=("сделай раздумье", "добавь раздумье"),
                counterexamples=("без раздумий", "улыбнись"),
            ),
        ),
        "mischief": StoryName("Хитринка", _SLY),
        "idle": StoryName(
            "Спокойствие",
            GestureWords(
                imperative="посиди спокойно",
                future="посидит спокойно",
                infinitive="посидеть спокойно",
                expressions=(
                    "посидеть спокойно, сидеть спокойно, спокойно сидеть, постоять спокойно, спокойно постоять, "
                    "стоять спокойно, стой спокойно, спокойно стоять, "
                    "замри, замрите, замрет, замереть на место, застынь, застынет, застыть на место, успокойся, "
                    "успокоиться, расслабиться, отдохни, отдохнет, не шевелись, не шевелитесь, не двигайся, "
                    "не двигайтесь, не крутись, не вертись, не дергайся, дыши, пусть дышать, чтобы дышать, "
                    "пусть просто дышать, чтобы не двигаться, "
                    "чтобы он не двигаться, "
                    "чтобы она не двигаться, пусть не двигаться, пусть он не двигаться, пусть она не двигаться, "
                    "пусть не шевелиться, чтобы не шевелиться, дышать спокойно, "
                    "спокойно дышать, посмотреть спокойно, сядь ровно, сиди ровно, пусть постоять, "
                    "пусть посидеть"
                ),
                console=("посидеть спокойно", "посиди спокойно", "замереть", "замри", "застынь", "успокойся"),
                examples=("замри", "пусть посидит спокойно"),
                counterexamples=("камера замрёт", "посиди", "стой", "спокойной ночи"),
            ),
        ),
        "agreement": StoryName("Согласие", gesture="nod"),
        "disagreement": StoryName("Несогласие", gesture="shake"),
        "pride": StoryName("Гордость", _PROUD),
        "sympathy": StoryName(
            "Сочувствие",
            GestureWords(
                imperative="посочувствуй",
                future="посочувствует",
                infinitive="посочувствовать",
                expressions="сочувствие, посочувствовать, сочувственно, сочувственный, сопереживание, "
                "сострадание, пожалей, утешь, утешить",
                console=("сочувствие", "посочувствовать", "посочувствуй", "сочувственно"),
                examples=("сделай сочувствие", "посочувствуй мне"),
                counterexamples=("без сочувствия", "погрусти"),
            ),
        ),
        "doze": StoryName("Сон", _ASLEEP),
    }
)
"""Every preset of `pipeline.limits.PRESETS`; the order is that of the page."""

STORY_WORDS: Final[Mapping[str, GestureWords]] = MappingProxyType(
    {name: one.words for name, one in STORY_NAMES.items() if one.words}
)
"""The stories that can be asked for by voice."""
MOVEMENT_WORDS: Final[Mapping[str, GestureWords]] = MappingProxyType({**GESTURE_WORDS, **STORY_WORDS, **CAMERA_WORDS})
"""Every movement that can be asked for by voice."""
WHOLE_WORDS: Final[Mapping[str, GestureWords]] = MappingProxyType({**STORY_WORDS, **CAMERA_WORDS})
"""Those of them that have no side, count or manner."""
VAGUE: Final = tuple(name for name, words in MOVEMENT_WORDS.items() if words.vague)
"""Movements that are understood only where hardly anything else is said."""
CLEAR: Final = tuple(name for name in MOVEMENT_WORDS if name not in VAGUE)
"""Movements that are understood among other words."""


def lexicon() -> Mapping[str, str]:
    """The concepts of movements and their details, each with its expressions, for the dialog's lexicon."""
    return {**gesture_lexicon(), **{name: words.expressions for name, words in WHOLE_WORDS.items()}}


def say_future(movement: str) -> str:
    """The words for what a person will do: «чуть-чуть улыбнётся», «посмотрит нежно».

    Args:
        movement: A gesture as `parse_role` reads it, or one of WHOLE_WORDS; one of another version has no words.
    """
    place, mark, own = movement.rpartition("@")
    if mark:
        future = say_future(own)
        return f"{_say_place(place)} {future}" if future else ""
    if movement in WHOLE_WORDS:
        return WHOLE_WORDS[movement].future
    wish = read_gesture(movement)
    return say_gesture(wish) if wish else ""


def _say_place(place: str) -> str:
    """The words for whom a movement is meant: «второй справа»."""
    side = "справа" if place.startswith(FROM_RIGHT) else "слева"
    number = int(place.removeprefix(FROM_RIGHT))
    return f"{_ORDINALS[number] if number < len(_ORDINALS) else number} {side}"


@dataclass(frozen=True, slots=True)
class Movements:
    """The movements that were said, as fields of a wish."""

    motion: str
    """The last story that was said; empty for none or where there are gestures, which take its place."""
    gestures: tuple[str, ...]
    """The gestures, in the order said."""
    camera: str
    """The last way of the camera that was said, of `pipeline.limits.CAMERAS`; empty for none."""
    restore: str = ""
    """The last restoration that was said, as `Wish.restore`; empty for none."""

    @property
    def moves_nobody(self) -> bool:
        """Whether something was said, and nothing of how people move."""
        return bool(self.camera or self.restore) and not (self.motion or self.gestures)


def split_movements(movements: Iterable[str]) -> Movements:
    """The parts of a wish for these movements: gestures, stories, ways of the camera, restorations, in their order."""
    said = tuple(movements)
    cameras = [camera for one in said if (camera := camera_of(one))]
    restored = [restore for one in said if (restore := restore_of(one))]
    gestures = tuple(one for one in said if one not in PRESETS and not camera_of(one) and not restore_of(one))
    stories = [one for one in said if one in PRESETS]
    story = stories[-1] if stories and not gestures else ""
    return Movements(story, gestures, cameras[-1] if cameras else "", restored[-1] if restored else "")
