"""The console's grammars say the same as our own matcher, and keep to what the console's parser takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.platform_intents import GESTURES, INTENTS, TOPICAL, prefer_platform
from skill.dialog.nlu.understand import understand
from tests.skill.dialog.nlu.console_grammar import Grammar
from tests.skill.dialog.nlu.grammar_syntax import entity_faults, faults
from tests.skill.dialog.nlu.phrase_tables import encode_ahead

FOLDER = Path(__file__).parents[4] / "deploy" / "intents"
FILES = sorted(path for path in FOLDER.glob("*.grammar") if path.name != "entities.grammar")
GRAMMARS = {path.stem: Grammar(path.read_text(encoding="utf-8")) for path in FILES}


def examples(sign: str) -> list[tuple[str, str]]:
    """(intent's ID, phrase) of every line «#+ phrase» or «#- phrase»."""
    return [
        (path.stem, line[3:].strip())
        for path in FILES
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"#{sign} ")
    ]


def same_as_ours(name: str, phrase: str) -> bool:
    meant = understand(phrase)
    if name in GESTURES:
        return meant.intent is Intent.GESTURE and GESTURES[name] in {one.partition(":")[0] for one in meant.gestures}
    if name in TOPICAL:
        return (meant.intent, meant.topic) == TOPICAL[name]
    return meant.intent is INTENTS[name]


@pytest.mark.parametrize("sign", ["+", "-"])
def test_a_positive_phrase_means_the_same_to_us_and_a_negative_one_does_not(sign: str) -> None:
    pairs, positive = examples(sign), sign == "+"
    encode_ahead([phrase for _, phrase in pairs])
    assert [(name, phrase) for name, phrase in pairs if same_as_ours(name, phrase) is not positive] == []
    assert [(name, phrase) for name, phrase in pairs if GRAMMARS[name].covers(phrase) is not positive] == []


def test_every_intent_has_its_file_and_examples() -> None:
    assert set(GRAMMARS) == {*INTENTS, *GESTURES, *TOPICAL}
    for sign, least in (("+", 4), ("-", 2)):
        counted = [name for name, _ in examples(sign)]
        assert all(counted.count(name) >= least for name in GRAMMARS)


GOOD = (
    "root:\n    [$Ask $What?]\n    (а | но)? $Ask\nfiller:\n    %lemma\n    ну\n"
    "$Ask:\n    %lemma\n    скажи\n$What:\n    код\n"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_the_documented_syntax(path: Path) -> None:
    entities = (FOLDER / "entities.grammar").read_text(encoding="utf-8")
    assert faults(path.read_text(encoding="utf-8"), entities) == []
    assert entity_faults(entities) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("root:", "roots:"), ("$What?]", "$What?"), ("$What?]", "$Waht?]"), ("(а | но)?", "(а | )?"),
        ("(а | но)?", "(а | но]?"), ("(а | но)?", "?(а | но)"), ("(а | но)? $Ask", "| $Ask"), ("    код", "    код;"),
        ("    код", "  код"), ("%lemma", "%lema"), ("[$Ask $What?]", "[$Ask]"), ("    код\n", ""),
        ("filler:", "$Ask:\n    кто\nfiller:"), ("filler:", "slots:\n    x:\n        source: $None\nfiller:"),
        ("filler:", "slots:\n    x:\n        source: $What\n        type: None\nfiller:"),
    ],
)  # fmt: skip
def test_a_fault_of_the_syntax_is_found(right: str, wrong: str) -> None:
    assert faults(GOOD, "entity Face:\n") == []
    assert right in GOOD and faults(GOOD.replace(right, wrong, 1), "entity Face:\n")


@pytest.mark.parametrize("line", ["entity face:", "    values", "        Slow:", "            код;", "      код"])
def test_a_fault_of_an_entity_is_found(line: str) -> None:
    assert entity_faults(
        f"entity Face:\n    lemma: true\n    values:\n        slow:\n            медленно\n{line}\n"
    ) == [line]


@pytest.mark.parametrize("path", [*FILES, FOLDER / "entities.grammar"], ids=lambda path: path.stem)
def test_a_file_keeps_to_the_syntax(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert "\t" not in text
    assert all((len(line) - len(line.lstrip())) % 4 == 0 for line in lines)
    assert not any(line.lstrip().startswith("|") or line.rstrip().endswith("|") for line in lines)
    assert all(line.strip() == "%lemma" for line in lines if "%" in line)
    assert f"# ID: {path.stem}\n" in text or path.stem == "entities"


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_part_is_defined_and_used(name: str) -> None:
    text = (FOLDER / f"{name}.grammar").read_text(encoding="utf-8")
    defined = set(re.findall(r"^\$(\w+):", text, re.M))
    used = set(re.findall(r"\$(\w+)(?!\w*:)", re.sub(r"^\$\w+:", "", text, flags=re.M))) - {"YANDEX"}
    assert defined == used


def test_every_entity_is_there() -> None:
    entities = (FOLDER / "entities.grammar").read_text(encoding="utf-8")
    wanted = {kind for path in FILES for kind in re.findall(r"type: (\w+)", path.read_text(encoding="utf-8"))}
    assert wanted - {"YANDEX"} == set(re.findall(r"^entity (\w+):", entities, re.M))


def test_a_slot_is_taken_from_the_platform() -> None:
    own = understand("оживи фото")
    meant = prefer_platform(own, {"photo.animate": {"style": "turn_left", "face": "right"}})
    assert (meant.gestures, meant.face) == (("turn:left",), "right")


def test_a_question_is_taken_from_the_platform() -> None:
    price = Understood(Intent.QUESTION, topic="price")
    assert prefer_platform(understand("за сколько"), {"question.price": {}}) == price
    assert prefer_platform(understand("бур бур"), {"photo.longer": {}}) == Understood(Intent.AGAIN, topic="longer")
    assert prefer_platform(price, {"YANDEX.WHAT_CAN_YOU_DO": {}}) == price
    assert prefer_platform(price, {"question.gif": {}}) == price
    assert prefer_platform(understand("нет"), {"question.price": {}}).intent is Intent.NO


def test_a_topic_of_ours_stays_where_the_platform_has_the_same_intent() -> None:
    assert prefer_platform(understand("кто увидит моё фото"), {"photo.consent": {}}).topic == "privacy"
    assert prefer_platform(understand("сделай подлиннее"), {"photo.again": {}}).topic == "longer"
