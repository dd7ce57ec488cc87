"""Topics of intents."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.morphology import read, split_words
from skill.dialog.nlu.topics import topic_of


@pytest.mark.parametrize(
    ("intent", "said", "topic"),
    [
        (Intent.UNSUPPORTED, "пусть помашет рукой", "wave"),
        (Intent.UNSUPPORTED, "пусть чавкнет", "other"),
        (Intent.TROUBLE, "код не подходит", "code"),
        (Intent.TROUBLE, "не вижу кнопку", "button"),
        (Intent.TROUBLE, "страница не открывается", "page"),
        (Intent.TROUBLE, "уведомление не пришло", "push"),
        (Intent.CANCEL, "отмени", "drop"),
        (Intent.CANCEL, "не улыбайся", ""),
        (Intent.CANCEL, "отмени удаление", ""),
        (Intent.CHOOSE, "посередине слева", "place"),
        (Intent.CHOOSE, "предпоследний слева", "place"),
        (Intent.CHOOSE, "бабушку", "person"),
        (Intent.CHOOSE, "вон того", ""),
        (Intent.GRIEF, "дедушки больше нет", "he"),
        (Intent.GRIEF, "скучаю по ней", "she"),
        (Intent.GRIEF, "бабушка и дедушка умерли", ""),
        (Intent.STATUS, "отмени", ""),
    ],
)
def test_a_topic(intent: Intent, said: str, topic: str) -> None:
    assert topic_of(intent, hear([read(word) for word in split_words(said)])) == topic
