"""A phone's browser against the real service: upload, watch, once more, delete; pictures of every state."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from skill.portrait import astronaut
from weights.fetch import npm
from weights.store import WeightStore

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
SHOTS = Path(os.environ.get("OZHIVI_TEST_SHOTS", ""))  # a folder for screenshots; none are made without
SECONDS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Where it is not there: installed if this machine is CI's or says so, else skipped."""
    if not CHROMIUM.exists():
        wanted = os.environ.get("CI") == "true" or os.environ.get("OZHIVI_TEST_INSTALL") == "1"
        if not (wanted and os.geteuid() == 0 and shutil.which("apt-get")):
            pytest.skip("no /usr/bin/chromium: apt-get install chromium, or OZHIVI_TEST_INSTALL=1 as root")
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True)
    expect.set_options(timeout=SECONDS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield started
        started.close()


class Running:
    """`ozhivi serve` as a person starts it, on a free port."""

    def __init__(self, data: Path) -> None:
        ours = {"OZHIVI_DATA_DIR": str(data), "OZHIVI_PORT": "0", "OZHIVI_LONG_SIDE": "320"}
        self._environment = {**os.environ, **ours}
        self._log = (data.parent / "log").open("w+", encoding="utf-8")
        command = [sys.executable, "-c", "from skill.cli import main; main()", "serve"]
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=self._log, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        found = re.search(r"http://\S+", self._process.stderr.readline())
        assert found, "the service did not start"
        self.address = found[0]

    def ticket(self) -> list[str]:
        """Link and code."""
        command = [sys.executable, "-c", "from skill.cli import main; main()", "ticket", "--address", self.address]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout.split("\n")

    def stop(self) -> int:
        self._process.terminate()
        code = self._process.wait(25)
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._log.close()
        return code


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("service") / "data")
    yield running
    assert running.stop() == 0


@pytest.fixture(
    params=[((360, 740), "light"), ((360, 740), "dark"), ((1280, 800), "light")], ids=["light", "dark", "wide"]
)
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[str, BrowserContext]]:
    (width, height), scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
    )
    context.set_default_timeout(SECONDS)
    yield request.node.callspec.id, context
    context.close()


def opened(context: BrowserContext, address: str) -> Page:
    """A page on which nothing may go wrong silently."""
    page = context.new_page()
    page.goto(address)
    return page


def shot(page: Page, name: str) -> None:
    if SHOTS.name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def choose(page: Page, photo: bytes, name: str = "granny.png", kind: str = "image/png") -> None:
    page.set_input_files("#gallery", {"name": name, "mimeType": kind, "buffer": photo})


def test_a_photo_comes_alive_and_is_deleted(service: Running, screen: tuple[str, BrowserContext]) -> None:
    name, context = screen
    troubles: list[str] = []
    _, code, *_ = service.ticket()
    page = opened(context, service.address)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    shot(page, f"code-{name}")
    page.get_by_label("Шесть цифр").fill(code)  # goes off by itself
    expect(page.get_by_role("heading", name="Какую фотографию оживим?")).to_be_visible()
    shot(page, f"choose-{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    choose(page, astronaut())
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_text("Отметьте согласие")).to_be_visible()
    shot(page, f"ready-{name}")
    page.get_by_label("На обработку согласие").check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    shot(page, f"work-{name}")
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    plays_and_loops(page)
    shot(page, f"done-{name}")
    for kind, start in (("видео", b"ftyp"), ("GIF", b"GIF8")):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Скачать {kind}").click()
        assert start in download.value.path().read_bytes()[:12]
    clip = page.locator("#video").get_attribute("src")
    page.get_by_role("button", name="Удалить сейчас").click()
    expect(page.get_by_role("heading", name="Всё удалено")).to_be_visible()
    shot(page, f"gone-{name}")
    assert context.request.get(f"{service.address}{clip}").status == 404
    assert context.cookies() == []
    assert troubles == []


def test_another_wish_on_the_same_photo(service: Running, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(SECONDS)
    page = opened(context, service.ticket()[0])
    choose(page, astronaut())
    page.get_by_label("На обработку согласие").check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    first = page.locator("#video").get_attribute("src")
    page.get_by_text("Подмигнуть").last.click()
    page.get_by_role("button", name="Ещё раз").click()
    expect(page.get_by_role("heading", name="Минутку")).to_be_visible()
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    assert page.locator("#video").get_attribute("src") != first
    page.reload()  # the link still shows what came of it
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    context.close()


def plays_and_loops(page: Page) -> None:
    """The video's time runs, and runs back to the start."""
    video = page.locator("#video")
    assert video.evaluate("video => video.loop && video.muted")
    video.evaluate("video => { video.currentTime = video.duration - 0.3 }")
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        if 0.05 < video.evaluate("video => video.currentTime") < 1.5:
            return
        page.wait_for_timeout(50)
    pytest.fail("the video does not loop")


def test_a_refusal_says_why_and_lets_choose_again(service: Running, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 560})
    context.set_default_timeout(SECONDS)
    page = opened(context, service.ticket()[0])
    choose(page, b"no photo at all", "letter.heic", "image/heic")
    expect(page.get_by_text("браузер показать не умеет")).to_be_visible()
    shot(page, "heic-tiny")
    page.get_by_label("На обработку согласие").check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_role("heading", name="Это не фотография")).to_be_visible()
    shot(page, "refused-tiny")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Другая фотография").click()
    expect(page.get_by_role("heading", name="Какую фотографию оживим?")).to_be_visible()
    context.close()


def test_a_cut_line_does_not_lose_the_photo(service: Running, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(SECONDS)
    page = opened(context, service.ticket()[0])
    choose(page, astronaut())
    page.get_by_label("На обработку согласие").check()
    context.set_offline(True)
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_role("heading", name="Связь прервалась")).to_be_visible()
    shot(page, "offline")
    context.set_offline(False)
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    context.close()


def family() -> bytes:
    """Two portraits side by side."""
    portrait = Image.open(BytesIO(astronaut())).convert("RGB").crop((140, 0, 300, 200))
    both = Image.new("RGB", (2 * portrait.width, portrait.height))
    both.paste(portrait, (0, 0))
    both.paste(ImageOps.mirror(portrait), (portrait.width, 0))
    file = BytesIO()
    both.save(file, format="PNG")
    return file.getvalue()


def test_of_several_people_one_is_tapped_on(service: Running, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(SECONDS)
    page = opened(context, service.ticket()[0])
    choose(page, family())
    page.get_by_label("На обработку согласие").check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_role("heading", name="Кого оживить?")).to_be_visible()
    expect(page.locator(".person")).to_have_count(2)
    shot(page, "faces")
    page.get_by_role("button", name="Человек номер 2 слева").click()
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    context.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core: the file that OZHIVI_TEST_AXE names, or from npm where tests may install things."""
    given = os.environ.get("OZHIVI_TEST_AXE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    if os.environ.get("CI") != "true" and os.environ.get("OZHIVI_TEST_INSTALL") != "1":
        pytest.skip("no axe-core: OZHIVI_TEST_AXE=axe.min.js, or OZHIVI_TEST_INSTALL=1")
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run(
        [*npm(), "pack", "--ignore-scripts", "--loglevel=error", "--", "axe-core@4.10.3"], cwd=folder, check=True
    )
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        file = package.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(service: Running, browser: Browser, axe: str, scheme: Literal["light", "dark"]) -> None:
    size: ViewportSize = {"width": 360, "height": 740}
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    found = {}
    for address in (service.address, f"{service.address}/u/{'x' * 43}", service.ticket()[0]):
        page = opened(context, address)
        page.evaluate(f"{axe};0")
        sections = page.evaluate("[...document.querySelectorAll('#page > section')].map(section => section.id)")
        for one in sections or [""]:
            page.evaluate(
                "one => document.querySelectorAll('#page > section').forEach(s => s.hidden = s.id !== one)", one
            )
            for violation in page.evaluate("axe.run()")["violations"]:
                found[one, violation["id"]] = [node["html"] for node in violation["nodes"]]
    context.close()
    assert found == {}
