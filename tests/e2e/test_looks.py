"""Every page and state: nothing sticks out, nothing keeps anybody out (axe-core), and a picture of each to look at."""

from __future__ import annotations

import base64
import json
from typing import Literal

from playwright.sync_api import Page, Route, expect

from pipeline.errors import Reason
from skill.jobs.model import Refusal
from skill.web.job_view import explain
from tests.e2e.conftest import (
    AXE_RULES,
    DESKTOP,
    PHONE,
    SMALL,
    Phone,
    choose,
    fits,
    open_page,
    send,
    shot,
    shot_in_schemes,
    two_portraits,
)
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait

REASONS = sorted(set(Reason) - {"several_faces"})  # a question
CAUSES = {  # a refusal's code → the words under its drawings, which must be true
    "low_quality.dark": ["Слишком темно", "Так хорошо"],
    "low_quality.blur": ["Слишком размыто", "Так хорошо"],
    "low_quality.noise": ["Слишком зернисто", "Так хорошо"],
    "hard_angle.tilt": ["Голова набок", "Так хорошо"],
    "face_covered.mask": ["Лицо под маской", "Так хорошо"],
    "face_covered.hand": ["Рука у лица", "Так хорошо"],
    "child.appeal": [],
    "undetermined.drawing": ["Это рисунок", "Так хорошо"],
}
PAGE_ADVICE = {"child.appeal": "Детей мы не оживляем. Если это взрослый, нажмите «На фото взрослый»."}
"""Refusals that the page answers with a button, where a voice asks; its title is one sentence."""
SCREENS: dict[str, tuple[tuple[int, int], Literal["light", "dark"]]] = {
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
    "small-light": (SMALL, "light"),
    "desktop-light": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
}
DRAWN = """() => [...document.querySelectorAll("#trouble .example")].filter((svg) => svg.checkVisibility())
    .every((svg) => svg.getBBox().width > 60)"""
OPEN_ALL = """async (found) => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const id of ["examples", "made", "sure", "takes", "remark", "link"])
        document.getElementById(id).hidden = false;
    const { showPeople } = await import(`${document.getElementById("page").dataset.static}/people.js`);
    await showPeople(found, () => true);
}"""
"""Show what is only shown when it is needed, and people in two rows."""
FOUND = {
    "faces": [
        {"number": n + 1, "row": n % 2 + 1, "note": "мелко" if n == 3 else "", **dict.fromkeys(("left", "top"), n / 10)}
        | {"width": 0.1, "height": 0.1}
        for n in range(7)
    ],
    "picture": base64.b64encode(two_portraits()).decode(),
}
WAYS_ON = "main :is(button, a, label.button):visible"
SCALE = "document.documentElement.style.fontSize"


def test_every_refusal_is_drawn_and_worded(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(PHONE), service.ticket()[0])
    fetched: list[str] = []
    page.on("request", lambda one: fetched.append(one.url.rpartition("/")[2]))
    for code in (*REASONS, *CAUSES):
        page.unroute_all()
        refuse(page, code)
        choose(page, small_portrait())
        assert code != REASONS[0] or not {"examples.svg", "causes.svg"} & set(fetched)  # not before there is a refusal
        send(page)
        sentence, advice = explain(Refusal.parse(code))
        title = sentence.partition(" Детские")[0] if code in PAGE_ADVICE else sentence
        expect(page.locator("#trouble-title")).to_have_text(title.removesuffix("."))
        expect(page.locator("#trouble-advice")).to_have_text(PAGE_ADVICE.get(code, advice))
        page.wait_for_function(DRAWN)  # the drawing is there, not only its place
        shown = page.locator("#trouble figcaption:visible").all_text_contents()
        assert [text.replace("\u00a0", " ") for text in shown] == CAUSES.get(code, shown)
        turnable = code in {"no_face", "hard_angle.tilt"}
        expect(page.get_by_role("button", name="Повернуть")).to_be_visible(visible=turnable)
        shot_in_schemes(page, f"refused-{code}")
        page.get_by_role("button", name="Другая фотография").click()


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


def test_nothing_sticks_out(service: ServiceProcess, phone: Phone) -> None:
    page = open_page(phone(), service.address)
    for name, address in addresses(service).items():
        page.goto(address)
        for state in states(page):
            if state == "ready":
                choose(page, small_portrait())
                page.wait_for_function("document.getElementById('preview').naturalWidth")
            only(page, state)
            assert name == "privacy" or page.locator(WAYS_ON).count(), (name, state)  # it has a tab of its own
            for screen, ((width, height), scheme) in SCREENS.items():
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                fits_also_when_large(page, state or name, screen)


def fits_also_when_large(page: Page, state: str, screen: str) -> None:
    """Nothing sticks out: as it is, with all movements, and with letters twice as large."""
    assert fits(page), (state, screen)
    shot(page, f"{state}-{screen}")
    page.evaluate("document.querySelectorAll('.further').forEach(one => one.open = true)")
    assert fits(page), (state, screen, "all movements")
    if state == "ready":
        shot(page, f"{state}-further-{screen}")
    page.evaluate(f"{SCALE} = '200%'")  # who needs large letters
    assert fits(page), (state, screen, "large")
    page.evaluate(f"{SCALE} = ''; document.querySelectorAll('.further').forEach(one => one.open = false)")


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


def test_axe_finds_nothing(service: ServiceProcess, phone: Phone, axe: str) -> None:
    context, found = phone(PHONE, bypass_csp=True, reduced_motion="reduce"), {}

    def look(page: Page, state: str) -> None:
        for scheme, rules in AXE_RULES.items():
            page.emulate_media(color_scheme=scheme)
            for violation in page.evaluate(f"axe.run({rules})")["violations"]:
                found[state, scheme, violation["id"]] = [node["html"] for node in violation["nodes"]]

    for address in addresses(service).values():
        page = open_page(context, address)
        page.evaluate(f"{axe};0")
        if states(page) != [""]:
            choose(page, small_portrait())
            page.evaluate(OPEN_ALL, FOUND)
            expect(page.locator(".person")).to_have_count(7)
        for one in states(page):
            only(page, one)
            look(page, one)
    page.evaluate("document.querySelector('.foot a').click()")
    expect(page.get_by_role("dialog")).to_contain_text("Чего мы не делаем")
    look(page, "privacy over the page")
    assert found == {}
