"""What Alice is sent is within every limit, whatever the reply is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.dialog.alice.response import AliceCodec, LinkingForm, build_answer
from skill.dialog.alice.schema import check_answer
from skill.dialog.codec import AnswerError, Incoming, Pseudonymizer
from skill.dialog.limits import compact_json
from skill.dialog.types import Button, Card, Reply, Surface
from tests.skill.dialog import messages

URL = "https://xn--n1aalg.xn--p1ai"  # фото.рф
PHONE, STATION = Surface(screen=True, linking=True), Surface()
CARD = Card("1030494/abc", "Бабушка", "Ожила", "https://фото.рф/r/1")
LINK = Button("Отправить фото", url="https://фото.рф/u/тест")

texts = st.text() | st.text(alphabet='аб. 🙂\n"\\\x01<[]>', min_size=900, max_size=2500)
payloads = st.dictionaries(st.text(max_size=9), st.none() | st.text() | st.integers() | st.floats(), max_size=4)
urls = st.sampled_from(("", "https://фото.рф/u/1", "https://example.ru/" + "a" * 900, "тут", "http://[")) | st.text()
buttons = st.builds(Button, texts, urls, payloads | st.just({"a": "я" * 1900}), st.booleans())
replies = st.builds(
    Reply,
    text=texts,
    tts=texts | st.just('<speaker audio="x.opus">' * 300),
    buttons=st.lists(buttons, max_size=12).map(tuple),
    card=st.none() | st.builds(Card, st.text(max_size=40), texts, texts, urls),
    end=st.booleans(),
    link_account=st.booleans(),
    state=payloads | st.just({"first": "ю" * 450, "second": "x" * 500}),
)  # fmt: skip


@settings(max_examples=75, deadline=None)
@given(replies, st.builds(Surface, st.booleans(), st.booleans()), st.sampled_from(("directive", "top")))
def test_any_reply(reply: Reply, surface: Surface, linking: LinkingForm) -> None:
    check_answer(build_answer(reply, surface, linking=linking), surface)


def test_a_reply_on_a_phone() -> None:
    reply = Reply("Готово!", "Гот+ово!", (LINK, Button("Ещё раз", payload={"wish": "again"}, inline=True)), CARD)
    made = build_answer(reply, PHONE)
    assert made == {
        "response": {
            "text": "Готово!",
            "tts": "Гот+ово!",
            "end_session": False,
            "buttons": [
                {"title": "Отправить фото", "url": f"{URL}/u/%D1%82%D0%B5%D1%81%D1%82", "hide": True},
                {"title": "Ещё раз", "payload": {"wish": "again"}},
            ],
            "card": {
                "type": "ImageGallery",
                "items": [{"image_id": "1030494/abc", "title": "Бабушка", "button": {"url": f"{URL}/r/1"}}],
            },
        },
        "version": "1.0",
    }  # fmt: skip
    check_answer(made, PHONE)


def test_a_station_gets_neither_cards_nor_links() -> None:
    made = build_answer(Reply("Готово!", buttons=(LINK, Button("Ещё раз")), card=CARD, link_account=True), STATION)
    assert "card" not in made["response"]
    assert "directives" not in made["response"]
    assert [button["title"] for button in made["response"]["buttons"]] == ["Ещё раз"]


def test_both_forms_of_linking() -> None:
    reply = Reply("Свяжите аккаунт.", link_account=True, state={"a": 1})
    assert build_answer(reply, PHONE)["response"]["directives"] == {"start_account_linking": {}}
    assert build_answer(reply, PHONE, linking="top") == {"start_account_linking": {}, "version": "1.0"}
    assert "response" in build_answer(reply, STATION, linking="top")


def test_too_large_a_state_is_an_error_in_development_only() -> None:
    reply = Reply("Да.", state={"old": "я" * 500, "new": "ю" * 100})
    with pytest.raises(AnswerError, match="1024"):
        build_answer(reply, PHONE, strict=True)
    assert build_answer(reply, PHONE)["session_state"] == {"new": "ю" * 100}


def test_the_whole_is_at_most_5000_characters() -> None:
    buttons = tuple(Button(f"Кнопка {number}", payload={"a": "b" * 2000}) for number in range(6))
    made = build_answer(Reply("а" * 1024, "б" * 1024, buttons, CARD, state={"c": "d" * 1000}), PHONE)
    assert len(compact_json(made)) <= 5000
    assert len(made["response"]["buttons"]) == 6  # their titles say the same
    assert [("payload" in button) for button in made["response"]["buttons"]].count(True) == 0
    assert made["response"]["text"] == "а" * 1024


def test_the_bytes_are_compact_and_cyrillic() -> None:
    codec = AliceCodec(Pseudonymizer("s" * 64))
    incoming = codec.decode(json.dumps(messages.alice()).encode())
    assert codec.encode(incoming, Reply("Готово.")) == (
        '{"response":{"text":"Готово.","end_session":false},"version":"1.0"}'.encode()
    )
    assert b"\xd0" in codec.encode(Incoming(None), Reply("Повторите."))
