"""A phone's browser, where clips come from Ceph: the page's policy lets it show, fetch and save them."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.e2e.cluster.machines import Cluster
from tests.e2e.conftest import Phone, choose, open_page
from tests.small_portrait import small_portrait

# Whether it plays within a minute. Not wait_for_function: it asks again by eval, which the page's policy forbids.
PLAYS = """video => new Promise(done => {
    const until = Date.now() + 60000;
    const look = () => video.currentTime > 0.2 || Date.now() > until ? done(video.currentTime > 0.2)
        : setTimeout(look, 50);
    look();
})"""


def test_a_photo_comes_alive_from_a_bucket_and_is_deleted(cluster: Cluster, phone: Phone) -> None:
    context, troubles = phone(), list[str]()
    link, *_ = cluster.do("ticket").split("\n")
    page = open_page(context, link)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    choose(page, small_portrait())
    page.get_by_label("На обработку согласие").check()
    page.get_by_role("button", name="Оживить", exact=True).click()
    expect(page.get_by_role("heading", name="Готово!")).to_be_visible()
    video = page.locator("#video")
    assert video.evaluate(PLAYS)
    clip, poster = video.get_attribute("src") or "", video.get_attribute("poster") or ""
    origin = f"{urlsplit(clip).scheme}://{urlsplit(clip).netloc}"
    assert origin == cluster.store.endpoint == f"{urlsplit(poster).scheme}://{urlsplit(poster).netloc}"
    size = page.evaluate("async link => (await (await fetch(link)).blob()).size", clip)
    assert size > 10_000
    shown = page.evaluate(
        "async link => { const i = new Image(); i.src = link; await i.decode(); return i.width }", poster
    )
    assert shown == 256
    with page.expect_download() as download:
        page.get_by_text("GIF, заставка и другие виды").click()
        page.get_by_role("link", name="GIF для сообщений").click()
    assert download.value.path().read_bytes()[:4] == b"GIF8"
    assert download.value.suggested_filename == "ozhivi.gif"
    page.get_by_role("button", name="Удалить всё сейчас").click()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect(page.get_by_role("heading", name="Всё удалено")).to_be_visible()
    assert context.request.get(clip).status == 404
    assert troubles == []
