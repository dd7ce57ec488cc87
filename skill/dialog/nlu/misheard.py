"""Misheard key words put right: «а живи», «ажыви», «фотаграфию» → the words that were said.

Only words that the dictionary does not have are compared, and only with the key words, so that no ordinary word is
taken for a command; the few ordinary words that are really confused stand in `CONFUSED` with what must stand near."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product

from skill.dialog.nlu.morphology import is_known, read

# forms, since a misheard form has no dictionary form
_KEY_WORDS = (
    "оживи оживить оживите ожила оживим оживляй анимируй анимировать анимация фото фотку фотка фотки фоточку "
    "фотографию фотография фотографии портрет портретик снимок снимочек картинку улыбнись улыбнется улыбнулась "
    "улыбку улыбка улыбнулся подмигни подмигнет подмигнула подмигнул подмигнуть подмигивает моргни моргнет "
    "кивни кивнет поверни повернись повернет удиви "
    "удивись удивится налево направо слева справа удали удалить сотри отмена отмени помощь помоги повтори готово "
    "ссылку ссылка отправить отправь загрузить телефон бабушку бабушка дедушку дедушка маму переделай спасибо "
    "хватит выход почему видео результат"
)
KEY_WORDS = tuple(_KEY_WORDS.split())
# ordinary word → (what was said, where one of these stands in the phrase)
CONFUSED = {
    **dict.fromkeys(("повяжи", "повели", "поверь"), ("поверни", "head")),
    **dict.fromkeys(("кинь", "квини", "кинули", "киви"), ("кивни", "counts")),
    **dict.fromkeys(("фата", "фату", "фаты", "фате", "фоту", "фота", "фоты", "фауту"), ("фото", "acts")),
    **dict.fromkeys(("живи", "живите", "живить", "лживи", "жиле"), ("оживи", "photo")),
    **dict.fromkeys(("ожоги", "ожидай", "оживай", "оживе", "ужели"), ("оживи", "photo")),
}
_ACTS = ("ожив", "анимир", "удал", "сотри", "отправ", "загруз", "друг", "нов", "живи")
_PHOTOS = ("фот", "портрет", "снимок", "снимоч", "картин", "бабуш", "дедуш", "мам", "пап")

_NEAR_BY = {
    "acts": _ACTS,
    "photo": (*_PHOTOS, "фат"),
    "head": ("голов", "башк"),
    "counts": ("голов", "раз", "пару"),
}
# an agreement in two pieces, of which the second is no key word's end
_SPLIT = {
    ("до", "говорились"): "договорились",
    ("под", "тверждаю"): "подтверждаю",
    ("по", "ехали"): "поехали",
    ("по", "пробуем"): "попробуем",
    ("на", "чинай"): "начинай",
    ("при", "нимаю"): "принимаю",
    ("со", "глашаюсь"): "соглашаюсь",
    ("конеч", "но"): "конечно",
    ("лад", "но"): "ладно",
    ("хоро", "шо"): "хорошо",
    ("давай", "те"): "давайте",
    ("по", "чаще"): "почаще",
    ("по", "реже"): "пореже",
    ("по", "медленнее"): "помедленнее",
    ("по", "медленней"): "помедленнее",
    ("по", "быстрее"): "побыстрее",
    ("по", "спокойнее"): "поспокойнее",
    ("по", "живее"): "поживее",
    ("по", "шире"): "пошире",
    ("по", "длиннее"): "подлиннее",
    ("о", "кей"): "окей",
    ("с", "гласен"): "согласен",
    ("с", "гласна"): "согласна",
    ("с", "гласны"): "согласны",
    ("со", "гласен"): "согласен",
    ("со", "гласна"): "согласна",
    ("со", "гласны"): "согласны",
    ("сог", "ласен"): "согласен",
    ("сог", "ласна"): "согласна",
    ("сог", "ласны"): "согласны",
}
# a key word in two pieces: the first of them is at most this long
_SHORT = 4
# … and in so many at most: «у лыб нёт ся»
_PIECES = 4
# pieces that sound like a key word and are grammar inside a phrase: «от меня» is «отмена» only by itself
_GRAMMAR = frozenset({("от", "меня")})
# letters that are taken for each other: of unstressed vowels, voiced and voiceless
_CONFUSABLE = {
    **{"а": "о", "о": "а", "е": "ия", "и": "еы", "я": "еи", "ы": "и", "э": "е"},
    **{
        one: other
        for pair in ("бп", "вф", "гк", "дт", "жш", "зс")
        for one, other in ((pair[0], pair[1]), (pair[1], pair[0]))
    },
    "щ": "ш",
}
_WRONG = 2  # such letters in a word at most
_LEAST, _LONGEST = 5, 14  # letters of a word that is spelled otherwise
_DENIALS = frozenset({"не", "ни", "нет", "без", "неа", "нее"})
_FAR = 6  # sounds of a word in which one may be wrong
_VOICELESS = str.maketrans("бвгджзоэеыёя", "пфктшсаииииа", "ъь")


def correct(said: tuple[str, ...]) -> tuple[str, ...]:
    """The phrase with its misheard key words put right."""
    whole = tuple(_word(word) for word in _joined(said))
    alone = ("подмигни",) if whole == ("подмени",) else whole
    return tuple(_confused(word, alone) for word in alone)


def sound_of(word: str) -> str:
    """Words that sound nearly alike are equal here: unstressed vowels, voiced and voiceless, doubled letters."""
    plain = word.replace("ться", "ца").replace("тся", "ца").translate(_VOICELESS)
    return "".join(letter for letter, before in zip(plain, " " + plain, strict=False) if letter != before)


_BY_SOUND = {sound_of(word): word for word in reversed(KEY_WORDS)}


def hear_otherwise(said: tuple[str, ...]) -> tuple[str, ...]:
    """The phrase as it may have been said, for one that nothing was understood of: pieces that make a word together are
    joined («по пробуем»), and words that the dictionary does not have are spelled as they sound («пакажи»). A denial is
    never a piece of another word, and no word that the dictionary has becomes another one."""
    return tuple(_respelled(word) for word in _rejoined(said))


def _rejoined(said: tuple[str, ...]) -> Iterator[str]:
    place = 0
    while place < len(said):
        pieces = (said[place : place + size] for size in (3, 2))
        whole, size = next(((word, len(one)) for one in pieces if (word := _whole(one))), (said[place], 1))
        yield whole
        place += size


def _whole(pieces: tuple[str, ...]) -> str:
    """The word that pieces make together, empty where they make none: «по пробуем», «попробую ем»."""
    joined = "".join(pieces)
    short = len(pieces) > 1 and any(len(piece) <= _SHORT for piece in pieces) and not _DENIALS.intersection(pieces)
    if not short or not _LEAST <= len(joined) <= _LONGEST or not joined.isalpha():
        return ""
    if all(map(is_known, pieces)):  # words as well: only a verb in pieces, and nothing that only sounds like one
        ends = pieces[0][:-1] + pieces[1] if pieces[0][-1] in "юяе" and pieces[1][0] in "еи" else joined
        return next((word for word in (joined, ends) if is_known(word) and _is_verb(word)), "")
    spelled = _respelled(joined)
    return spelled if is_known(spelled) else ""


def _is_verb(word: str) -> bool:
    form = read(word)
    return form.imperative or form.finite or form.past


@lru_cache(maxsize=1024)
def _respelled(word: str) -> str:
    """The word that sounds like one that the dictionary does not have; the same where none does."""
    if is_known(word) or not _LEAST <= len(word) <= _LONGEST or not word.isalpha() or word.startswith("не"):
        return word
    plain = word[:-2] + "тся" if word.endswith("ца") else word
    if is_known(plain):
        return plain
    places = [at for at, letter in enumerate(plain) if letter in _CONFUSABLE]
    for count in range(1, _WRONG + 1):
        for chosen in combinations(places, count):
            for letters in product(*(_CONFUSABLE[plain[at]] for at in chosen)):
                spelled = list(plain)
                for at, letter in zip(chosen, letters, strict=True):
                    spelled[at] = letter
                if is_known("".join(spelled)):
                    return "".join(spelled)
    return word


def _joined(said: tuple[str, ...]) -> list[str]:
    """«под мигни» → подмигни, «а живи» → оживи; where both pieces are sensible alone, only what sounds the same."""
    out: list[str] = []
    for word in said:
        if broken := _broken(out, word):
            out[-broken[0] :] = [broken[1]]
            continue
        whole = _BY_SOUND.get(sound_of(out[-1] + word)) if out and len(out[-1]) <= _SHORT else None
        whole = _SPLIT.get((out[-1], word), whole) if out else None
        inside = len(said) > 2 and out and (out[-1], word) in _GRAMMAR
        if whole and not inside and sound_of(word) not in _BY_SOUND:
            out[-1] = whole
        else:
            out.append(word)
    return out


def _broken(before: list[str], word: str) -> tuple[int, str] | None:
    """The number of pieces before a word that make a key word with it, more than one, and that word; not where all of
    the pieces are words."""
    for count in range(min(_PIECES - 1, len(before)), 1, -1):
        pieces = [*before[-count:], word]
        whole = _BY_SOUND.get(sound_of("".join(pieces)))
        if whole and not all(is_known(piece) for piece in pieces):
            return count, whole
    return None


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    if len(word) < 4 or len(word) > 16 or not word.isalpha() or is_known(word):
        return word
    sound = sound_of(word)
    if sound in _BY_SOUND:
        return _BY_SOUND[sound]
    if len(sound) < _FAR:
        return word
    return next((key for other, key in _BY_SOUND.items() if len(other) >= _FAR and _near(sound, other)), word)


def _confused(word: str, phrase: tuple[str, ...]) -> str:
    if word not in CONFUSED:
        return word
    said, near = CONFUSED[word]
    stems = _NEAR_BY[near]
    return said if any(other.startswith(stems) for other in phrase if other != word) else word


def _near(one: str, other: str) -> bool:
    """At most one letter is wrong, missing or too much."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, left = one[same:], other[same:]
    return rest[1:] == left[1:] or rest[1:] == left or rest == left[1:]
