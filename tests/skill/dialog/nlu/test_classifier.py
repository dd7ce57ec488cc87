"""The classifier: what strangers said, what is not ours, and that nothing becomes a yes by likeness."""

from __future__ import annotations

from skill.dialog.nlu.classifier import OTHER_THINGS, Guess, classify, example_topics, known_meaning
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.examples import examples
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import read, split_words
from skill.dialog.nlu.questions import concepts_of
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.understand import understand
from skill.dialog.nlu.yes_no import Answer, answer_to, begins_with_assent
from tests.skill.dialog.nlu.phrase_tables import encode_ahead, table, understood


def guess(text: str, expecting: str = "") -> Guess:
    phrase = [read(word) for word in correct(split_words(text))]
    return classify(phrase, hear(phrase).concepts | concepts_of(phrase), expecting)


def test_what_strangers_said_is_understood() -> None:
    assert [(str(phrase), meant) for phrase, meant in understood(STRANGERS) if meant != phrase.meant] == []
    assert len(STRANGERS) >= 350


def test_words_around_a_wish_do_not_hide_it() -> None:
    assert guess("ой милая у меня тут чайник свистел я ничего не слышал").meaning == "repeat"
    assert guess("а сестра моя в рязани живёт ей код можно сказать").meaning == "question topic=anyphone"


def test_split_and_misspelt_words_are_known_by_their_pieces() -> None:
    assert guess("слиш ком быстро го воришь").meaning == "repeat topic=slowly"


def test_a_question_of_ours_decides_between_two_meanings() -> None:
    assert guess("с чьей стороны считать", "face").meaning == "question topic=sides"
    assert guess("с чьей стороны считать").meaning != "question topic=sides"


def test_examples_are_known_by_heart() -> None:
    """The weights belong to the examples: else `python -m skill.train.phrases` has to be run."""
    other = [one for one in examples() if known_meaning(correct(split_words(one.text)), one.setting) != one.meaning]
    assert other == []
    assert guess("ручку искала код повтори").by_heart


def test_what_is_not_ours_stays_unknown() -> None:
    assert guess("закажи пиццу на дом").meaning == OTHER_THINGS
    assert guess("сколько градусов в саратове").meaning == OTHER_THINGS


def test_nothing_but_particles_is_like_nothing() -> None:
    assert guess("ну это") == guess("") == guess("алиса") == Guess("", 0.0, {})


def test_a_meaning_that_is_not_known_scores_like_its_intent() -> None:
    found = guess("долго ещё ждать")
    assert found.score_of("status topic=elsewhere") == max(found.score_of("status"), found.score_of("status topic="))
    assert found.score_of("status") > found.score_of("yes") == 0.0


def test_no_meaning_of_an_example_is_a_yes() -> None:
    assert not {Intent(one.meaning.split()[0]) for one in examples()} & {Intent.YES, Intent.GESTURE}
    assert "yes" not in guess("долго ещё ждать").scores


def agrees(text: str, stake: Stake) -> bool:
    """Whether a rule finds a yes, or a phrase that begins with one."""
    words = correct(split_words(text))
    return answer_to(words, stake) is Answer.YES or begins_with_assent(words, stake)


def test_no_example_is_taken_for_a_yes_where_much_is_at_stake() -> None:
    tried = [
        (one.text, Stake(one.setting) if one.setting in GRAVE else GRAVE[at % 4]) for at, one in enumerate(examples())
    ]
    pairs = [(text, stake) for at, (text, stake) in enumerate(tried) if at % 20 == 0 or agrees(text, stake)]
    encode_ahead([text for text, _ in pairs])
    yes = {text for text, stake in pairs if understand(text, expecting=stake).intent is Intent.YES}
    assert len(pairs) > 300
    assert yes <= AGREEING


def test_topics_of_examples_are_no_topics_of_rules() -> None:
    assert {"qr", "loop", "delete_undo"} <= example_topics()
    assert not example_topics() & {"price", "keep"}


# examples that agree by themselves: a wish to delete is a yes to «удалить?»
AGREEING = frozenset(
    {
        *{"жги", "в топку", "на помойку", "под корень", "вычищай", "выкинь снимок этот", "избавься от этого снимка"},
        *{"бабушка здесь давно замужем", "отправила получили", "супер вообще", "запускай давай чего тянуть"},
        *{"я мать я разрешаю"},
        *{
            "выброси и фото и видео",
            "да он с бородой уже",
            "да это взрослая женщина",
            "давай оживлять",
            "выкидывай к лешему",
            "а ну давай моего покойного супруга оживим",
            "давай ещё раз глянем",
            "да ей полтинник уже",
            "снимок этот удали пожалуйста",
            "давай цифры",
            "здорово",
            "этого а дальше сестру да",
            "мои фотки все убери",
            "убери всё моё",
            "убери у себя всё моё",
        },
        *{"удали подчистую", "я отправила фото", "взрослый он", "я давно совершеннолетний", "я мать и разрешаю"},
        *{"давай я тебе эсэмэской отправлю", "ладно поняла"},
        *{"ну погнали", "давай загружать", "класс", "супер", "пенсионерка на карточке", "послал и тишина"},
        *{
            "удали это фото",
            "полностью меня сотри",
            "убери все снимки и все ролики",
            "уничтожь всё до единого",
            "уничтожь этот снимок",
        },
    }
)
GRAVE = (Stake.CONSENT, Stake.DELETION, Stake.OWNER, Stake.AGE)
STRANGERS = table("strangers.tsv")
