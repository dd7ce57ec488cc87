"""Every page and state: nothing sticks out, nothing keeps anybody out (axe-core), and a picture of each to look at."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from pipeline.errors import Reason
from skill.demo_portrait import astronaut
from skill.jobs.model import Refusal
from skill.web.job_view import explain
from tests.e2e.conftest import DESKTOP, PHONE, SMALL, Phone, choose, fits, open_page, send, shot
from tests.service_process import ServiceProcess

REASONS = sorted(Reason)
CAUSES = {  # a refusal's code → the words under its drawings, which must be true
    "low_quality.dark": ["Так хорошо"],
    "low_quality.blur": ["Слишком размыто", "Так хорошо"],
    "hard_angle.tilt": ["Так хорошо"],
    "face_covered.mask": ["Лицо закрыто", "Так хорошо"],
    "child.appeal": [],
    "undetermined.drawing": [],
}
PAGE_ADVICE = {"child.appeal": "Если это взрослый человек, нажмите «На фото взрослый»."}
"""Refusals that the page answers with a button, where a voice asks for a word."""
SCREENS = {
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
    "small-light": (SMALL, "light"),
    "desktop-light": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
}
SCALE = "document.documentElement.style.fontSize"


@pytest.mark.parametrize("reason", REASONS)
def test_every_refusal_has_its_drawing(service: ServiceProcess, phone: Phone, reason: str) -> None:
    for scheme in ("light", "dark"):
        page = open_page(phone(PHONE, color_scheme=scheme), service.ticket()[0])
        refuse(page, reason)
        page.goto(f"{page.url.split('#')[0]}")  # nothing of a photo is left, as after a reload
        choose(page, astronaut())
        send(page)
        if reason == "several_faces":  # a question while the photo is here
            expect(page.get_by_role("heading", name="Кого оживить?")).to_be_visible()
            return
        expect(page.get_by_role("heading", name=explain(Refusal.parse(reason))[0])).to_be_visible()
        shown = page.locator("#trouble .example:visible")
        drawn = shown.evaluate_all("all => all.map(svg => svg.getBBox().width)")
        assert len(drawn) in {1, 2}
        assert min(drawn) > 60  # the drawing is there, not only its place
        shot(page, f"refused-{reason}-{scheme}")


@pytest.mark.parametrize("code", CAUSES)
def test_a_cause_has_its_own_words(service: ServiceProcess, phone: Phone, code: str) -> None:
    page = open_page(phone(PHONE), service.ticket()[0])
    refuse(page, code)
    choose(page, astronaut())
    send(page)
    expect(page.get_by_role("heading", name=explain(Refusal.parse(code))[0])).to_be_visible()
    advice = PAGE_ADVICE.get(code, explain(Refusal.parse(code))[1])
    expect(page.locator("#trouble-advice")).to_have_text(advice)
    shown = page.locator("#trouble figcaption:visible").all_text_contents()
    assert [text.replace("\u00a0", " ") for text in shown] == CAUSES[code]
    expect(page.get_by_role("button", name="Повернуть")).to_be_visible(visible=code == "hard_angle.tilt")
    shot(page, f"refused-{code}")


def refuse(page: Page, reason: str) -> None:
    """As if every photo were refused for this reason, or "reason.cause"."""
    refusal = Refusal.parse(reason)
    sentence, advice = explain(refusal)
    said = {"reason": refusal.reason, "cause": refusal.cause, "sentence": sentence, "advice": advice}
    job = {"id": "x" * 44, "state": "refused", **said, "results": []}
    told = json.dumps(job, ensure_ascii=False)

    def answer(route: Route) -> None:
        if route.request.url.endswith("/events"):
            route.fulfill(content_type="text/event-stream", body=f"data: {told}\n\n")
        else:
            route.fulfill(status=202, content_type="application/json", body=told)

    page.route("**/api/v1/animations**", answer)
    page.route("**/api/v1/animations/**", answer)


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_sticks_out(service: ServiceProcess, phone: Phone, screen: str) -> None:
    size, scheme = SCREENS[screen]
    page = open_page(phone(size, color_scheme=scheme), service.address)
    for name, address in addresses(service).items():
        page.goto(address)
        for state in states(page):
            if state == "ready":
                choose(page, astronaut())
                page.wait_for_function("document.getElementById('preview').naturalWidth")
            only(page, state)
            assert fits(page), (name, state)
            shot(page, f"{state or name}-{screen}")
            page.evaluate("document.querySelectorAll('.further').forEach(one => one.open = true)")
            assert fits(page), (name, state, "all movements")
            if state == "ready":
                shot(page, f"{state}-further-{screen}")
            page.evaluate(f"{SCALE} = '200%'")  # who needs large letters
            assert fits(page), (name, state, "large")
            page.evaluate(f"{SCALE} = ''")


def addresses(service: ServiceProcess) -> dict[str, str]:
    return {
        "code": service.address,
        "expired": f"{service.address}/u/{'x' * 43}",
        "missing": f"{service.address}/nowhere",
        "privacy": f"{service.address}/privacy",
        "upload": service.ticket()[0],
    }


def states(page: Page) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('#page > section')].map(section => section.id)")
    return found or [""]


def only(page: Page, state: str) -> None:
    page.evaluate("one => document.querySelectorAll('#page > section').forEach(s => s.hidden = s.id !== one)", state)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(service: ServiceProcess, phone: Phone, axe: str, scheme: str) -> None:
    context = phone(PHONE, color_scheme=scheme, bypass_csp=True)
    found = {}
    for address in addresses(service).values():
        page = open_page(context, address)
        page.evaluate(f"{axe};0")
        if states(page) != [""]:
            choose(page, astronaut())
            page.evaluate("document.querySelector('[data-reason=no_face]').hidden = false")
        for one in states(page):
            only(page, one)
            for violation in page.evaluate("axe.run()")["violations"]:
                found[one, violation["id"]] = [node["html"] for node in violation["nodes"]]
    assert found == {}
