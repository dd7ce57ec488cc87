"""Corrections: an age, a place among faces, a movement that the speaker takes back in the same breath."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from skill.dialog.nlu.age import ADULT
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.lexicon import LETS
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.numerals import numbers

Said = tuple[str, ...]
_SURELY_GROWN: Final = 20  # «семнадцать, тьфу, восемнадцать» stays in doubt
# that says a word was a slip of the tongue
_SLIPS: Final = (
    *(("тьфу",), ("вернее",), ("точнее",), ("вру",), ("соврала",), ("соврал",), ("мелю",), ("ошиблась",), ("ошибся",)),
    *(("оговорилась",), ("оговорился",), ("перепутала",), ("перепутал",), ("путаю",)),
    *(("ой", "нет"), ("ой", "не"), ("то", "есть"), ("не", "не"), ("не", "то")),
)
# that may stand beside it between the two
_ASIDE: Final = frozenset("ой нет то есть чего что я да господи не так это ну ах лет года год".split())  # noqa: SIM905
_PLACES: Final = frozenset(
    "слева справа левый правый посередине посередке лево право середина крайний первый последний".split()  # noqa: SIM905
)
# the same of a place among faces, or of one that was not the right one
_TAKEN_BACK: Final = (*_SLIPS, ("нет",), ("ой",))
_SLIPPED: Final = frozenset({"перепутала", "перепутал", "ошиблась", "ошибся", "оговорилась", "оговорился", "путаю"})
_EVERYBODY: Final = frozenset({"всех", "обоих", "обеих", "двоих", "троих", "каждого"})
_BORDERS: Final = frozenset({"а", "но", "зато", "только"})
_SPARED: Final = frozenset("надо нужно трогай трогайте оживляй оживляйте бери берите хочу".split())  # noqa: SIM905
_NAMED: Final = frozenset({"person", "at-left", "at-right", "middle", "ordinal", "largest", "from-end"})
_CHOICES: Final = frozenset({"или", "ли", "какой", "где", "чей", "если"})
_UNWISHED: Final = frozenset({"надо", "нужно", "хочу", "хочется", "нравится", "люблю"})
_SIGHS: Final = frozenset({"ой", "ну", "ох", "ах", "да", "нет", "алиса", "а"})
_IN_PLACE_OF: Final = "вместо"
# of a movement; places among faces are another matter
_SIDES_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("налево", "влево", "левым"), "left"),
        **dict.fromkeys(("направо", "вправо", "правым"), "right"),
        **dict.fromkeys(("вверх", "наверх"), "up"),
        "вниз": "down",
    }
)
# that takes back the movement before it
_SECOND_THOUGHTS: Final = tuple(
    tuple(words.split())
    for words in (
        *(
            "ой нет",
            "ой не",
            "ох нет",
            "тьфу",
            "то есть нет",
            "то есть",
            "хотя нет",
            "да нет",
            "а нет",
            "нет лучше",
            "не лучше",
        ),
        *("хотя лучше", "а лучше", "ой лучше", "или лучше", "точнее", "вернее", "вру", "нет", "хотя", "ой"),
    )
)
_LATER: Final = frozenset({"лучше", "давай"})
_DROPPED: Final = frozenset({("не", "надо"), ("не", "нужно"), ("не", "хочу"), ("стой",), ("отмена",), ("не", "стоит")})
_SPEAKERS: Final = frozenset({"я", "мы", "ой", "нет"})
_RETHOUGHT: Final = frozenset({"передумала", "передумал", "передумали"})
_ONGOING: Final = frozenset({"переставай", "переставайте", "прекращай", "прекращайте", "останавливайся"})
# an order to put one movement in the place of another, and the word before the one that stays
_REPLACED: Final = (
    (frozenset({"замени", "замените", "поменяй", "поменяйте", "смени"}), frozenset({"на"})),
    (frozenset({"убери", "уберите", "без", "убрать"}), frozenset({"оставь", "оставьте", "оставить"})),
)
_RATHER: Final = frozenset({"пусть", "пускай", "лучше", "просто"})


def corrected_age(said: Said) -> Said:
    """«шестнадцать, ой, чего я мелю, двадцать шесть» → «двадцать шесть», «не пятнадцать, а двадцать пять» → «двадцать
    пять». Nothing but the correction stands between the two, so that several people's ages stay; upwards only to an age
    that is no child's by far."""
    runs = list(_numbers(said))
    for (start, end, years), (later, _, corrected) in pairwise(runs):
        grown = corrected >= _SURELY_GROWN or corrected < years or years >= ADULT
        between = said[end:later]
        if grown and start and said[start - 1] == "не" and between == ("а",):
            return (*said[: start - 1], *said[later:])
        slip = _slip_in(between)
        if grown and slip and (not start or said[start - 1] != "не") and _ASIDE.union(slip).issuperset(between):
            return (*said[:start], *said[later:])
    return said


def corrected_place(said: Said) -> Said:
    """«слева, тьфу, справа» → «справа», «самый правый, не-не-не, левый» → «левый», «не всех, только ту, что слева» →
    «только ту, что слева»: the words after the last one that takes something back; all where none does."""
    if _CHOICES.intersection(said):
        return said
    if said[-1:] and said[-1] in _SLIPPED:
        said = said[:-2] if said[-2:-1] == ("я",) else said[:-1]
    if said[-3:-2] == ("не",) and {*said[-2:]} <= _PLACES:
        return said[-1:]  # «ой нет, не справа, слева»
    last = max(
        (at + len(one) for one in _TAKEN_BACK for at in range(len(said)) if said[at : at + len(one)] == one), default=0
    )
    denied = (at + 2 for at in range(len(said) - 2) if said[at] == "не" and _denies_place(said, at))
    return said[max([last, *denied]) :] or said


def _denies_place(said: Said, at: int) -> bool:
    """Whether «не» denies all of them, «не всех, только …», or a place beside another: «не слева, а справа»."""
    if said[at + 1] in _EVERYBODY:
        return True
    return bool(read(said[at + 1]).keys & _PLACES) and said[at + 2] == "а"


def without_spared(said: Said) -> Said:
    """«деда оживи, а бабушку не надо» → «деда оживи»: of two people the one who is not to be spared; all where nobody
    is left, or everybody is spoken of."""
    borders = [at for at, word in enumerate(said) if word in _BORDERS]
    starts = [0, *(at + 1 for at in borders)]
    clauses = [said[start:end] for start, end in zip(starts, [*borders, len(said)], strict=True) if start < end]
    kept = [clause for clause in clauses if not _spares(clause)]
    rest = tuple(word for clause in kept for word in clause)
    if _EVERYBODY.intersection(said):
        return said
    if len(kept) in {0, len(clauses)}:
        return _without_one_spared(said)
    told = any(_spares(clause) and _names(clause) for clause in clauses)
    return rest if told and _names(rest) else said


def _without_one_spared(said: Said) -> Said:
    """«деда, бабушку не трогай» → «деда»."""
    for at in range(1, len(said) - 1):
        if said[at] == "не" and said[at + 1] in _SPARED and _names(said[at - 1 : at]):
            rest = said[: at - 1] + said[at + 2 :]
            return rest if _names(rest) else said
    return said


def _spares(clause: Said) -> bool:
    return any(before == "не" and word in _SPARED for before, word in pairwise(clause))


def _names(clause: Said) -> bool:
    return bool(hear([read(word) for word in clause]).concepts & _NAMED)


def wished_instead(said: Said) -> Said:
    """«не надо, чтоб лыбился, пусть просто глаза подымет» → «пусть глаза подымет», «не надо кивать, улыбнись лучше» →
    «улыбнись»: the movement after it is wished for."""
    begun = next((at for at, word in enumerate(said) if word not in _SIGHS), len(said))
    if said[begun : begun + 1] != ("не",) or not _UNWISHED.intersection(said[begun + 1 : begun + 2]):
        return said
    later = range(begun + 3, len(said))
    place = next((at for at in later if said[at] in _RATHER or _is_order(said[at])), 0)
    rest = tuple(word for word in said[place:] if word not in _RATHER)
    if not place or "не" in said[begun + 2 :] or not _moves(rest):
        return said
    return rest if _is_order(said[place]) else ("пусть", *rest)


def without_replaced(said: Said) -> Said:
    """«вместо улыбки пусть подмигнёт», «кивни вместо улыбки» → what is wished for in its place; «замени улыбку на
    кивок», «убери кивок и оставь улыбку» → the one that is to stay."""
    said = _stays(said)
    place = next((at for at in range(len(said) - 1) if said[at] == _IN_PLACE_OF), -1)
    if place < 0 or not _moves(said[place + 1 : place + 2]):
        return said
    rest = said[:place] + said[place + 2 :]
    return rest if _moves(rest) else said


def _stays(said: Said) -> Said:
    for begins, parts in _REPLACED:
        place = next((at for at, word in enumerate(said) if at > 1 and word in parts), 0)
        rest = said[place + 1 :]
        if place and said[0] in begins and "не" not in said and _moves(said[1:place]) and _moves(rest):
            return ("пусть", *rest)
    return said


def on_second_thoughts(said: Said) -> Said:
    """«я передумала, пусть лучше кивнёт» → «пусть лучше кивнёт», «не переставай улыбаться» → «улыбайся»: what is wished
    for, where no other word denies."""
    start = said[0] in _SPEAKERS if said else 0
    if said[start : start + 1] and said[start] in _RETHOUGHT and "не" not in said and _is_wish(said[start + 1 :]):
        return said[start + 1 :]
    if said[:1] == ("не",) and said[1:2] and said[1] in _ONGOING and "не" not in said[2:] and _moves(said[2:]):
        return ("пусть", *said[2:])
    return said


def without_denied_side(said: Said) -> Said:
    """«не направо, налево поверни голову», «подмигни левым, а не правым» → the side that is meant, where both are
    said."""
    for place in range(len(said) - 1):
        if said[place] == "не" and (side := _SIDES_SAID.get(said[place + 1])):
            others = {_SIDES_SAID[word] for word in said if word in _SIDES_SAID} - {side}
            start = place - (said[place - 1 : place] == ("а",))
            end = place + 2 + (said[place + 2 : place + 3] in {("а",), ("но",)})
            rest = said[:start] + said[end:]
            return rest if len(others) == 1 and "не" not in rest and _moves(rest) else said
    return said


def other_movement(said: Said) -> Said:
    """«кивни, ой нет, подмигни», «улыбнись, хотя лучше кивни» → the movement that is said after the last word which
    takes the first one back; all where the rest denies, or is no movement."""
    for before, rest in _taken_back(said):
        if not {"не", "нет"}.intersection(rest) and _is_wish(before) and _is_wish(rest):
            return rest
    return said


def without_dropped(said: Said) -> Said:
    """«кивни, хотя нет», «кивни, нет, не надо» → «не надо»."""
    dropped = any(_is_wish(before) and (not rest or rest in _DROPPED) for before, rest in _taken_back(said))
    return ("не", "надо") if dropped else said


def _taken_back(said: Said) -> Iterator[tuple[Said, Said]]:
    """The words before and after each expression that may take something back, from the last one on."""
    for place in range(len(said) - 1, 0, -1):
        taken = next((one for one in _SECOND_THOUGHTS if said[place : place + len(one)] == one), ())
        if taken:
            yield said[:place], tuple(word for word in said[place + len(taken) :] if word not in _LATER)


def _is_wish(said: Said) -> bool:
    """«кивни», «пусть кивнёт»: whether a clause wishes for a movement."""
    return _moves(said) and any(word in LETS or _is_order(word) for word in said)


def _moves(said: Said) -> bool:
    """Whether a movement is spoken of, and not denied."""
    return bool(hear([read(word) for word in said]).gestures)


def _is_order(word: str) -> bool:
    """«улыбнись»: whether a single word orders a movement."""
    return read(word).imperative and _moves((word,))


def _slip_in(said: Said) -> Said:
    """The words that take back what was said before them, empty where there are none."""
    pairs = (one for one in _SLIPS for at in range(len(said)) if said[at : at + len(one)] == one)
    return next(pairs, ())


def _numbers(said: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of each number."""
    spoken = [read(word) for word in said]
    before = 0
    for place, value in numbers(spoken):
        start = next(at for at in range(before, place + 1) if all(w.cardinal is not None for w in spoken[at:place]))
        before = place + 1
        yield start, before, value
