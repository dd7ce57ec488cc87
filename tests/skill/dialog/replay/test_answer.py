"""Answers are parsed, and our phrases found in them."""

from __future__ import annotations

import json

from skill.dialog.alice.response import AliceCodec
from skill.dialog.codec import Pseudonymizer
from skill.dialog.nlg.phrase_book import PHRASES
from skill.dialog.replay.answer import Answer, most_specific, parse_alice_answer, parse_salute_answer, phrases_in
from skill.dialog.salute.response import SaluteCodec
from skill.dialog.types import Button, Card, Reply
from tests.skill.dialog.messages import alice, salute

LINK = "https://ozhivi.example/u/" + "t" * 43
REPLY = Reply(
    "Ваш код: 524 871.",
    "Ваш к+од.",
    buttons=(Button("Отправить фото", url=LINK), Button("Да", payload={"yes": 1}), Button("Помощь")),
    card=Card("https://ozhivi.example/picture.jpg", "Видео", url=LINK),
    end=True,
    state={"number": 3},
)


class _AnyValue(dict[str, str]):
    """Values for the places of any phrase."""

    def __missing__(self, _: str) -> str:
        return "7 минут"


def check(answer: Answer) -> None:
    """What both assistants are sent of REPLY."""
    assert answer.text == REPLY.text
    assert [button.title for button in answer.buttons] == ["Отправить фото", "Да", "Помощь"]
    assert [button.meaning for button in answer.buttons] == ["{link}", "yes", "help"]
    assert [dict(button.payload) for button in answer.buttons] == [{}, {"yes": 1}, {}]
    assert (answer.code, answer.link, answer.end) == ("524871", LINK, True)
    assert (answer.card, answer.card_url) == ("ImageGallery", LINK)


def test_an_answer_to_alice() -> None:
    codec = AliceCodec(Pseudonymizer("secret"))
    answer = parse_alice_answer(codec.encode(codec.decode(json.dumps(alice()).encode()), REPLY))
    check(answer)
    assert (answer.tts, answer.state) == (REPLY.tts, {"number": 3})


def test_an_answer_to_salute() -> None:
    codec = SaluteCodec(Pseudonymizer("secret"))
    check(parse_salute_answer(codec.encode(codec.decode(json.dumps(salute()).encode()), REPLY)))


def test_every_phrase_is_found_in_itself() -> None:
    for name, variants in PHRASES.items():
        for variant in variants:
            if name != "refused":
                text = " ".join(variant.replace("{pause}", "").split()).format_map(_AnyValue())
                assert name in phrases_in(text), variant
    assert phrases_in("Бур бур.") == frozenset()


def test_a_phrase_inside_another_one_is_not_meant() -> None:
    assert most_specific({"yes_no", "ask_age"}) == ("ask_age",)
    assert most_specific({"yes_no"}) == ("yes_no",)


def test_of_phrases_that_share_a_variant_neither_is_certain() -> None:
    """A replay, in another session, may hear the variant of one that the other does not have."""
    assert set(PHRASES["where_page"]) & set(PHRASES["where_page_many"])
    assert most_specific({"where_page", "where_page_many", "ready_again"}) == ("ready_again",)
