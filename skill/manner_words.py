"""The words for how a gesture is made: its strength and speed, how often, and before or after another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Manner:
    """A way of making a gesture, and the words for it."""

    expressions: str
    """What asks for it, as in `skill.dialog.nlu.lexicon`: dictionary forms, commas between."""
    said: str
    """What is said of it before the verb."""
    strength: float = 1.0
    """Size of the movement."""
    speed: str = ""
    """Its speed."""


MANNERS: Final[Mapping[str, Manner]] = MappingProxyType(
    {
        "slightly": Manner(
            "чуть чуть, чуть, слегка, немного, немножко, чуточку, еле еле, едва, не сильно, несильно, не очень, "
            "не слишком, не так сильно, не особо, не чересчур, не широко, нешироко, чуток, чутка, чутку, чуть заметно, "
            "еле заметно, едва заметно, капельку, капелька, малость, самый малость, маленько, слегонца, слегонька, "
            "легонько, легонечко, легкая, легкую, легкой, слабая, слабую, едва едва, поменьше, послабее, послабей, "
            "полегче, помягче, поаккуратнее",
            "чуть-чуть",
            0.6,
        ),
        "widely": Manner(
            "сильно, широко, широкая, широкую, широкой, пошире, побольше, посильнее, хорошенько, как следует, "
            "посильней, сильнее, сильней, "
            "крепко, поглубже, максимально, изо весь сила, во весь рот, во весь зуб, во весь тридцать два, "
            "во весь 32, от ухо до ухо, "
            "как можно сильнее, как можно шире, поярче, поактивнее, позаметнее",
            "посильнее",
            1.4,
        ),
        "unhurried": Manner(
            "медленно, медленный, не спеша, "
            "не спешить, не торопиться, медлено, медлительно, тихонько, неспешно, плавно, помедленнее, медленнее, "
            "помедленней, медленней, неторопливо, поплавнее, плавнее, потихоньку, лениво",
            "медленно",
            speed="slow",
        ),
        "hurried": Manner(
            "быстро, быстренько, шустро, шустренько, шустрее, живенько, скоренько, живо, побыстрее, быстрее, резко, "
            "побыстрей, быстрей, пошустрее, порезче, резче, стремительно, в темп, мигом, в быстрый темп",
            "быстро",
            speed="fast",
        ),
    }
)
"""Concept → a manner that a phrase may ask for."""

COUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1-times": "один раз, 1 раз, один разок, один разочек",
        "2-times": "раз два, раза два, дважды, два раз, 2 раз, 2 раза, пара раз, пару раз, двукратно, два разок, "
        "пара разок, двойной, разок другой, раз другой",
        "3-times": "раз три, раз 3, трижды, три раз, 3 раз, 3 раза, несколько раз, троекратно, тройной",
        "4-times": "раз четыре, раз 4, четыре раз, 4 раз, 4 раза, много раз, четырежды",
        "5-times": "раз пять, раз 5, пять раз, 5 раз, шесть раз, 6 раз, семь раз, 7 раз, восемь раз, 8 раз, "
        "девять раз, 9 раз, "
        "десять раз, 10 раз, раз десять, раз 10",
    }
)
"""Concept that begins with the count → the expressions for it."""

FIRST, AFTER = "said-first", "said-after"
ORDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        FIRST: "сначала, сперва, перед это, до это, для начало, после тот как",
        AFTER: "перед тот как, прежде чем, до тот как",
    }
)
"""Concept → what says that a movement comes before those that were said already, or after the next one."""
