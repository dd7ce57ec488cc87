"""Debian's Chromium as a phone, and photos to choose from."""

from __future__ import annotations

import os
import subprocess
import tarfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from PIL import Image, ImageOps
from playwright import async_api
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from skill.demo_portrait import astronaut
from tests.debian import install_packages
from tests.service_process import ServiceProcess
from tests.small_portrait import small_portrait
from weights.registry import npm
from weights.store import WeightStore

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
SHOTS = Path(os.environ.get("OZHIVI_TEST_SHOTS", ""))  # a folder for screenshots; none are made without
SECONDS = 60_000
PHONE, SMALL, DESKTOP = (390, 844), (320, 568), (1280, 800)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE_RULES: dict[Literal["light", "dark"], str] = {
    "light": "",
    "dark": "{ runOnly: ['color-contrast', 'link-in-text-block'] }",
}
"""All of axe's rules, and those of colours where nothing but these is different."""
SHORT = """{
  const [{ append }, { send }] = [FormData.prototype, XMLHttpRequest.prototype];
  XMLHttpRequest.prototype.send = function (body) {
    if (!(body instanceof FormData) || body.has("gesture")) return send.call(this, body);
    const form = new FormData();
    for (const [name, value] of [["seconds", "2"], ...body]) append.call(form, name, value);
    return send.call(this, form);
  };
}"""
"""A photo asks for the shortest clip, which takes half the time: the pages leave the length to the service."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser come last: from its start on, Playwright's own loop runs in this thread, and no other can."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's Chromium without a window, which costs less. Where it is missing: installed if allowed, else skipped."""
    if not CHROMIUM.exists():
        install_packages(str(CHROMIUM), "chromium-headless-shell")
    return CHROMIUM


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    expect.set_options(timeout=SECONDS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        yield started
        started.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def async_browser(chromium: Path) -> AsyncIterator[async_api.Browser]:
    """For tests that serve the page themselves; they run in the loop of their module."""
    async_api.expect.set_options(timeout=SECONDS)
    async with async_api.async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[ServiceProcess]:
    running = ServiceProcess(tmp_path_factory.mktemp("service") / "data", long_side="256")
    yield running
    assert running.stop() == 0


Phone = Callable[..., BrowserContext]


@contextmanager
def new_phone(
    browser: Browser, size: tuple[int, int] = PHONE, *, short: bool = True, **options: Any
) -> Iterator[BrowserContext]:
    """A browser of its own; with `short` its clips last two seconds, where no gesture needs more."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
    context.set_default_timeout(SECONDS)
    if short:
        context.add_init_script(SHORT)
    yield context
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Phone]:
    """`phone(size, color_scheme=…)`: a browser of its own, see `new_phone`, closed with the test."""
    with ExitStack() as stack:
        yield lambda *size, **options: stack.enter_context(new_phone(browser, *size, **options))


def open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def shot(page: Page, name: str) -> None:
    if SHOTS.name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def shot_in_schemes(page: Page, name: str) -> None:
    """One in light colours and one in dark ones."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        shot(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def wait_until(page: Page, expression: str, seconds: float = 60.0) -> None:
    """Wait until something holds on a page. The page's own rules forbid what Playwright waits with."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)


def choose(page: Page, photo: bytes, name: str = "granny.png", kind: str = "image/png") -> None:
    page.set_input_files("#gallery", {"name": name, "mimeType": kind, "buffer": photo})


def send(page: Page) -> None:
    """Consent, and off it goes."""
    page.get_by_label("На обработку согласие").check()
    page.get_by_role("button", name="Оживить", exact=True).click()


def expect_heading(page: Page, words: str) -> None:
    """Wait until the page says so."""
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def portrait_on_its_side() -> bytes:
    """The portrait on its left side, as a scanner may deliver it: it takes a quarter clockwise to stand."""
    file = BytesIO()
    Image.open(BytesIO(small_portrait())).transpose(Image.Transpose.ROTATE_90).save(file, format="PNG")
    return file.getvalue()


def two_portraits() -> bytes:
    """Two portraits side by side."""
    portrait = Image.open(BytesIO(astronaut())).convert("RGB").crop((140, 0, 300, 200))
    both = Image.new("RGB", (2 * portrait.width, portrait.height))
    both.paste(portrait, (0, 0))
    both.paste(ImageOps.mirror(portrait), (portrait.width, 0))
    file = BytesIO()
    both.save(file, format="PNG")
    return file.getvalue()
