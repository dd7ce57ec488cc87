"""The nearest known phrase: what strangers said, what is not ours, and that nothing becomes a yes by likeness."""

from __future__ import annotations

from skill.dialog.nlu.command_examples import ANSWERS, COMMANDS, ELSEWHERE
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.morphology import read, split_words
from skill.dialog.nlu.nearest import EXAMPLE_TOPICS, OTHER_THINGS, Near, nearest
from skill.dialog.nlu.question_examples import ASIDE, QUESTIONS
from skill.dialog.nlu.questions import concepts_of
from skill.dialog.nlu.understand import understand
from skill.dialog.nlu.yes_no import Stake
from tests.skill.dialog.nlu.phrase_tables import table


def near(text: str, expecting: str = "") -> Near:
    phrase = [read(word) for word in split_words(text)]
    return nearest(phrase, hear(phrase).concepts | concepts_of(phrase), expecting)


def test_what_strangers_said_is_understood() -> None:
    heard = [(str(phrase), understand(phrase.text, expecting=phrase.expecting), phrase.meant) for phrase in STRANGERS]
    assert [(said, got) for said, got, meant in heard if got != meant] == []
    assert len(STRANGERS) >= 350


def test_words_around_a_wish_do_not_hide_it() -> None:
    assert near("ой милая у меня тут чайник свистел я ничего не слышал").meaning == "repeat"
    assert near("а сестра моя в рязани живёт ей код можно сказать").meaning == "question topic=anyphone"


def test_a_question_of_ours_decides_between_two_meanings() -> None:
    assert near("с чьей стороны считать", "face").meaning == "question topic=sides"
    assert near("с чьей стороны считать").meaning != "question topic=sides"


def test_what_is_not_ours_stays_unknown() -> None:
    taken = [text for text in ELSEWHERE.split(", ") if near(text).meaning != OTHER_THINGS]
    assert taken == []


def test_nothing_but_particles_is_near_to_nothing() -> None:
    assert near("ну это") == Near("", 0.0)
    assert near("") == Near("", 0.0)


def test_no_meaning_of_an_example_is_a_yes() -> None:
    meanings = {*COMMANDS, *(meaning for meanings in ANSWERS.values() for meaning in meanings)}
    intents = {Intent(meaning.split()[0]) for meaning in meanings}
    assert not intents & {Intent.YES, Intent.GESTURE}


def test_no_example_is_taken_for_a_yes_where_much_is_at_stake() -> None:
    tables = [
        *COMMANDS.values(),
        *QUESTIONS.values(),
        *(text for one in (*ANSWERS.values(), *ASIDE.values()) for text in one.values()),
    ]
    said = {phrase for text in tables for phrase in text.split(", ")}
    grave = (Stake.CONSENT, Stake.DELETION, Stake.OWNER, Stake.AGE)
    yes = {phrase for phrase in said for stake in grave if understand(phrase, expecting=stake).intent is Intent.YES}
    assert yes <= AGREEING


def test_topics_of_examples_are_no_topics_of_rules() -> None:
    assert {"qr", "loop", "delete_undo"} <= EXAMPLE_TOPICS
    assert not EXAMPLE_TOPICS & {"price", "keep"}


# examples that agree by themselves: a wish to delete is a yes to «удалить?»
AGREEING = frozenset(
    {
        *{"давай оживлять", "давай цифры", "здорово", "мои фотки все убери", "убери всё моё", "убери у себя всё моё"},
        *{"удали подчистую", "я отправила фото", "взрослый он", "я давно совершеннолетний", "я мать и разрешаю"},
    }
)
STRANGERS = table("strangers.tsv")
