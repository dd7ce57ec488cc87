"""Answers to yes-or-no questions: nothing that denies, delays, doubts or asks is a yes, and a plain yes always is."""

from __future__ import annotations

import os
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from skill.dialog.nlu import guesses
from skill.dialog.nlu import yes_no_lexicon as lexicon
from skill.dialog.nlu.classifier import Guess
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.lexicon import LEXICON
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import split_words
from skill.dialog.nlu.phrase_reader import read_phrase
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import Stake, stake_of
from skill.dialog.nlu.understand import understand
from skill.dialog.nlu.yes_no import Answer, answer_to
from tests.skill.dialog.nlu.phrase_tables import encode_ahead

STAKES = [stake for stake in Stake if stake is not Stake.FACE]
SERIOUS = [stake for stake in STAKES if stake is not Stake.OFFER]
STAGES = {Stake.CONSENT: Stage.NEW, Stake.AGE: Stage.REFUSED, Stake.DELETION: Stage.DONE}
"""The stage at which each is asked; a yes to a first offer leads to the rules and no farther, so that it needs less."""
# «{}» is something that agrees
_FRAMES = (
    "не {}|{} не|ни {}|нет {}|{} нет|без {}|вряд ли {}|навряд ли {}|едва ли {}|почти {}|чуть {}|ещё не {}|пока не {}|"
    "уже не {}|совсем не {}|вовсе не {}|отнюдь не {}|далеко не {}|никогда {}|никогда не {}|ни за что не {}|"
    "ни разу не {}|да не {}|нет не {}|ну не {}|я не {}|мы не {}|лучше не {}|только не {}|чтобы не {}|не то чтобы {}|"
    "не очень {}|не совсем {}|не вполне {}|не надо {}|не нужно {}|не хочу {}|не буду {}|не стоит {}|нельзя {}|"
    "незачем {}|нету {}|никто {}|никто не {}|ничего {}|нисколько {}|никаких {}|против {}|{} против|отказываюсь {}|"
    "передумала {}|раздумал {}|{} передумала|вместо {}|кроме {}|хватит {}|стоп {}|подожди {}|погоди {}|потом {}|"
    "{} потом|не сейчас {}|{} но не сейчас|{} не надо|{} не хочу|{} не буду|{} никогда|{} ни за что|{} да нет|"
    "{} ой нет|{} хотя нет|{} хотя|{} но|{} однако|якобы {}|как будто {}|типа {}|едва {}|если {}|а если {}|{} если|"
    "ежели {}|а ежели {}|коли {}|кабы {}|если скажу {}|ежели я сейчас скажу {}|"
    "когда {}|допустим {}|вдруг {}|на что {}|на что ж {}|с чем {}|к чему {}|зачем {}|а зачем {}|зачем же {}|"
    "почему {}|а почему {}|для чего {}|что {}|а что {}|что значит {}|как {}|как это {}|кто {}|с кем {}|кому {}|"
    "где {}|когда же {}|сколько {}|какой {}|какие {}|{} ли|{} ль|не {} ли|а не {} ли|разве {}|неужели {}|неужто {}|"
    "кто сказал что {}|ты думаешь {}|с какой стати {}|с чего вы взяли что {}|правда {}|{} правда|в смысле {}|"
    "{} а что|{} а зачем|{} зачем|{} почему|{} что|{} или нет|{} или как|сомневаюсь что {}|не уверена что {}|"
    "не думаю что {}|я не говорила {}|какое там {}|ещё чего {}|щас {}|ага щас {}|только если {}|согласилась бы {}|"
    "ты {}|вы {}|раньше {}"
)
FRAMES = _FRAMES.split("|")
AGREED = {("никто {}", "не против")}
"""Frames that agree with a word: nobody objects."""
EVERY = 16  # of which one is also looked up by its likeness
SHARE = 1 if os.environ.get("OZHIVI_TEST_FUZZ") == "whole" else 7
"""Of which one is tried; with OZHIVI_TEST_FUZZ=whole all do."""


def agreeing() -> list[str]:
    """Everything that agrees to something, ours and the general lexicon's."""
    texts = (lexicon.ASSENTS, lexicon.IDIOMS, lexicon.EAGER, lexicon.LIGHT, lexicon.EMPHATIC, *lexicon.OWN.values())
    more = ("да удали", "да оживи", "давай попробуем", "да конечно", "ну да", "18", "восемнадцать", "ей тридцать лет")
    found = {word.strip() for text in (*texts, LEXICON["yes"]) for word in text.split(",")}
    return sorted({*found, *more} - {""})


def is_yes(meant: Understood) -> bool:
    return meant.intent is Intent.YES or (meant.intent is Intent.APPEAL and (meant.age or 0) >= 18)


def framed(number: int, of: int) -> list[tuple[str, str]]:
    """One part of so many of all frames × everything that agrees; each frame and each word is in every part."""
    pairs = product(enumerate(FRAMES), enumerate(agreeing()))
    return [(frame, word) for (row, frame), (column, word) in pairs if (row + column) % of == number]


def table() -> list[tuple[str, str, Stake]]:
    """Phrase, the answer it is, and the stake of the question."""
    lines = (Path(__file__).parent / "answers.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [
        (said, answer, stake)
        for said, answer, stakes in rows
        for stake in (STAKES if stakes == "any" else map(Stake, stakes.split()))
    ]


@pytest.mark.parametrize("stake", STAKES)
def test_an_answer_is_what_a_person_would_take_it_for(stake: Stake) -> None:
    rows = [(said, answer) for said, answer, asked in table() if asked is stake]
    encode_ahead(list(dict.fromkeys(said for said, _ in rows)))
    found = [(said, answer, answer_to(correct(split_words(said)), stake)) for said, answer in rows]
    assert rows and [row for row in found if (row[2] is Answer.YES if row[1] == "not_yes" else row[2] != row[1])] == []
    agreed = [(said, is_yes(understand(said, expecting=stake, stage=STAGES.get(stake, "")))) for said, _ in rows]
    assert [said for (said, yes), (_, answer) in zip(agreed, rows, strict=True) if yes != (answer == "yes")] == []


def test_the_table_is_large_and_stands_once() -> None:
    rows = table()
    assert len({(said, stake) for said, _, stake in rows}) == len(rows)
    counts = Counter(answer for _, answer, _ in rows)
    assert counts["yes"] > 400
    assert counts["no"] + counts["unclear"] + counts["not_yes"] > 1000


def test_no_frame_that_denies_or_asks_leaves_a_yes() -> None:
    """Everything that agrees × every frame × every stake."""
    tried, taken = 0, Counter[str]()
    for frame, word in framed(0, SHARE):
        said = correct(split_words(frame.format(word)))
        for stake in Stake:
            tried += 1
            taken[frame] += answer_to(said, stake) is Answer.YES and (frame, word) not in AGREED
    assert tried > 250_000 // SHARE
    assert +taken == Counter(), f"of {tried} denials and questions these frames were taken for a yes"


@pytest.mark.parametrize("stake", list(Stake))
def test_no_intent_makes_a_yes_of_a_frame(stake: Stake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same through everything that is heard and recognised besides. What a phrase is like, which takes
    milliseconds and is never a yes by itself, is looked up for every sixteenth."""
    pairs = framed(list(Stake).index(stake), len(Stake) * SHARE)
    whole = [pair for pair in pairs if pair not in AGREED]
    assert len(whole) > 5000 // SHARE
    alike = [frame.format(word) for frame, word in whole[::EVERY]]
    encode_ahead(alike)
    taken = [said for said in alike if agrees(said, stake)]
    monkeypatch.setattr("skill.dialog.nlu.understand._read", read_phrase)  # nothing of it is remembered
    monkeypatch.setattr(guesses, "classify", lambda *_phrase: Guess("", 0.0, {}))
    taken += [
        said for at, (frame, word) in enumerate(whole) if at % EVERY and agrees(said := frame.format(word), stake)
    ]
    assert taken == []


def agrees(said: str, stake: Stake) -> bool:
    """Whether a phrase is a yes where its question is asked, even where the platform takes it for one."""
    return is_yes(understand(said, expecting=stake, stage=STAGES.get(stake, ""), platform={"YANDEX.CONFIRM": {}}))


@pytest.mark.parametrize("stake", STAKES)
@pytest.mark.parametrize(
    "said", ["нет", "не надо", "нет не удаляй", "ни за что", "передумала", "на что согласна", "потом"]
)
def test_no_intent_of_the_platform_outweighs_a_denial(said: str, stake: Stake) -> None:
    for platform in ("YANDEX.CONFIRM", "photo.delete", "photo.animate", "photo.smile"):
        meant = understand(said, expecting=stake, platform={"YANDEX.CONFIRM": {}, platform: {}})
        assert (
            meant.intent not in {Intent.YES, Intent.DELETE, Intent.ANIMATE, Intent.GESTURE} or said == "на что согласна"
        )
        assert meant.intent is not Intent.YES


@pytest.mark.parametrize("stake", SERIOUS)
def test_the_platforms_yes_alone_is_not_enough_where_something_is_at_stake(stake: Stake) -> None:
    for said in ("точно навсегда", "пусть", "сделай", "точно", "бур бур", ""):
        assert understand(said, expecting=stake, platform={"YANDEX.CONFIRM": {}}).intent is not Intent.YES


def test_a_refusal_of_the_platform_counts_against_our_yes() -> None:
    assert understand("да", expecting="consent", platform={"YANDEX.REJECT": {}}).intent is Intent.NO


@pytest.mark.parametrize(
    ("said", "given", "age"),
    [
        ("почти восемнадцать", "18", None),
        ("ей нет восемнадцати", "18", None),
        ("ему не 30", "30", None),
        ("мне сорок а дочке десять", "40", 10),
        ("ей тридцать", "30", 30),
        ("ей", "31", 31),
    ],
)
def test_an_age_of_the_platform_is_no_older_than_what_was_said(said: str, given: str, age: int | None) -> None:
    for expecting in ("", "age"):
        meant = understand(said, expecting=expecting, platform={"photo.appeal": {"age": given}})
        assert meant.age == age
        assert meant.intent is (Intent.APPEAL if age else meant.intent)


def test_an_unknown_question_is_answered_with_care() -> None:
    assert stake_of("") is Stake.OFFER
    assert stake_of("consent") is Stake.CONSENT
    assert stake_of("tomorrow's question") is Stake.ANY
    assert understand("точно", expecting="tomorrow's question").intent is Intent.UNKNOWN


@pytest.mark.parametrize("said", ["удали фото соседа", "убери портрет свекрови", "видео с тетей валей удали"])
def test_who_is_spoken_of_is_not_all_that_there_is(said: str) -> None:
    assert answer_to(said.split(), Stake.DELETION) is Answer.UNCLEAR


@pytest.mark.parametrize(
    ("said", "stake"),
    [
        ("удали фото соседа", Stake.DELETION),
        ("убери портрет свекрови", Stake.DELETION),
        ("видео с тетей валей удали", Stake.DELETION),
        ("фото с фото годится", Stake.CONSENT),
        ("давай начнем с прабабушки", Stake.CONSENT),
        ("снимок подойдет давай", Stake.CONSENT),
        ("улучшайзер есть", Stake.AGE),
    ],
)
def test_what_is_said_of_something_else_agrees_to_nothing(said: str, stake: Stake) -> None:
    assert answer_to(said.split(), stake) is not Answer.YES
    assert understand(said, expecting=stake.value).intent is not Intent.YES


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("уничтожь этот снимок", "photo"), ("да удали фото", "photo"), ("да удаляй", ""), ("удаляй все", "all"),
    ],
)  # fmt: skip
def test_a_yes_says_what_is_to_be_deleted(said: str, what: str) -> None:
    meant = understand(said, expecting=Stake.DELETION.value)
    assert (meant.intent, meant.what) == (Intent.YES, what)
