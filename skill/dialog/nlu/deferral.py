"""Answers that leave a grave question to somebody else or to later, and those that refuse far inside a phrase."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from skill.dialog.nlu.answer_parts import names_person
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.yes_no import asks, consents

_ASKS_OTHERS: Final = frozenset("посоветуюсь посоветуемся обсужу обсудим переговорю спрошу спросим".split())  # noqa: SIM905
_TO_ASK: Final = frozenset({"посоветоваться", "обсудить", "спросить", "переговорить", "посоветовать"})
_MUST: Final = frozenset({"надо", "нужно", "должна", "должен", "дайте", "дай", "хочу", "хотела", "хотел"})
_FIRST: Final = frozenset({"сперва", "сначала", "прежде", "вперед"})
_HOLD: Final = frozenset("погоди погодите подожди подождите секунду секундочку минуту минутку минуточку".split())  # noqa: SIM905
_LATER: Final = frozenset("завтра потом вечером после послезавтра позже попозже".split())  # noqa: SIM905
_REFUSALS: Final = frozenset("нет хватит стоп стой отмена отмени никак нельзя выйди выход закрой выключи".split())  # noqa: SIM905
_WILL_DECIDE: Final = frozenset("решу решим подумаю подумаем разберусь разберемся скажу отвечу посмотрю".split())  # noqa: SIM905
_COMES: Final = frozenset("приедет придет вернется приедут придут вернутся проснется".split())  # noqa: SIM905
_DECIDES: Final = frozenset(
    "решает решит решают решат разбирается разберется разбираются разберутся скажет скажут".split()  # noqa: SIM905
)
_KEEPS_WORDS = (
    "покажу покажем скачаю скачаем сохраню сохраним перешлю перешлем посмотрю посмотрим скину скинем отправлю отправим "
    "пошлю пошлем поделюсь похвастаюсь досмотрю"
)
_KEEPS: Final = frozenset(_KEEPS_WORDS.split())
_BEFORE: Final = frozenset({"когда", "пока", "после", "раньше", "сперва", "сначала", "прежде", "вперед"})
_DELETES: Final = ("удал", "стер", "стир", "сотр")
_CANNOT: Final = frozenset({"нельзя", "невозможно", "могу", "можем", "смею"})
_LET: Final = frozenset({"пусть", "пускай", "сам", "сама", "сами", "тогда", "вот"})
_WILL_NOT: Final = frozenset(
    "стану буду хочу согласна согласен соглашусь подпишу подпишусь желаю пойду собираюсь дам рискну решусь".split()  # noqa: SIM905
)
# «не буду торопить», «не хочу мешать» refuse nothing; «не буду спорить» agrees
_HARMLESS: Final = frozenset(
    "спорить возражать торопить мешать тянуть отказываться отказывать врать ждать медлить повторять".split()  # noqa: SIM905
)
_UNHEARD: Final = frozenset(
    "расслышать понять разобрать вспомнить слышать понимать уловить ошибиться обидеть".split()  # noqa: SIM905
)


def defers(said: Sequence[str], stake: Stake) -> bool:
    """Whether the answer is left to somebody else, or to later: «вот сын приедет, он пускай и решает», «я сперва с
    соседкой посоветуюсь»; beside a deletion «сперва дочке покажу»."""
    words = frozenset(said)
    if stake not in {Stake.CONSENT, Stake.DELETION} or asks(said) or consents(said):
        return False
    if words & _LATER and words & _WILL_DECIDE and "не" not in words:
        return True  # «потом решу, сейчас суп убежит»
    if words & _ASKS_OTHERS or (words & _TO_ASK and words & _MUST and "не" not in words):
        return True
    others = any(names_person(read(word)) for word in said)
    if others and ((words & _COMES and words & (_DECIDES | _LET)) or (words & _DECIDES and words & _LET)):
        return True
    return stake is Stake.DELETION and bool(words & _FIRST and words & _KEEPS)


def waits(said: Sequence[str]) -> bool:
    """Whether somebody asks to wait for a moment before they answer, and neither agrees nor refuses: «погоди», «сейчас
    у дочки спрошу». «Потом» and «завтра» put off for longer."""
    words = frozenset(said)
    if words & (_LATER | _REFUSALS) or "не" in words or asks(said) or consents(said):
        return False
    return bool(words & _HOLD) or bool(words & {"сейчас", "щас", "ща"} and words & _ASKS_OTHERS)


def keeps_first(said: Sequence[str]) -> bool:
    """Whether something is to be kept or shown before a deletion: «удали, только когда я сохраню»."""
    words = frozenset(said)
    deletes = any(word.startswith(_DELETES) for word in words)
    return deletes and bool(words & _KEEPS and words & _BEFORE) and "если" not in words


def denies_twice(said: Sequence[str]) -> bool:
    """«нельзя не удалить», «не могу не стереть»: whether a deletion is denied twice, which is asked about again."""
    words = tuple(said)
    return any(words[at - 1] in _CANNOT and words[at] == "не" for at in range(1, len(words) - 1))


def declines(said: Sequence[str]) -> bool:
    """Whether somebody says of themselves that they will not, wherever in a phrase: «подписываться ни под чем не
    стану, хоть ты тресни»; nothing in it agrees or asks."""
    words = frozenset(said)
    if words & (_HARMLESS | _UNHEARD) or asks([word for word in said if word != "чем"]) or consents(said):
        return False
    return any(before == "не" and word in _WILL_NOT for before, word in pairwise(said))
