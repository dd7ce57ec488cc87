"""Pages: made once where they are asked for often."""

from __future__ import annotations

from typing import Any

import jinja2
import pytest

from skill.web import templates
from skill.web.templates import Templates

MESSAGE = {"status": 404, "sentence": "<b>Нет</b>", "advice": "Дальше."}


def test_a_page_that_is_asked_for_often_is_the_same_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pages, rendered = Templates(), list[str]()
    render = jinja2.Template.render

    def count(page: jinja2.Template, *values: Any) -> str:
        rendered.append(str(page.name))
        return render(page, *values)

    monkeypatch.setattr(jinja2.Template, "render", count)
    plain = pages.render("message.html", **MESSAGE)
    often = [pages.render_often("message.html", **MESSAGE) for _ in range(3)]
    assert {page.body for page in often} == {plain.body} and "&lt;b&gt;" in str(plain.text)
    assert (often[0].content_type, often[0].charset) == ("text/html", "utf-8")
    other = pages.render_often("message.html", **{**MESSAGE, "sentence": "Другое"})
    assert "Другое" in str(other.text)
    assert len(rendered) == 3


def test_pages_that_are_kept_are_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_MOST_TEXTS", 4)
    pages = Templates()
    for number in range(20):
        assert str(number) in str(pages.render_often("message.html", **{**MESSAGE, "advice": f"{number}"}).text)
    assert len(pages._texts) <= 4
