"""Links of our own: what is signed holds, all else is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.media.signed_urls import Grant, LinkError, LinkExpiredError, LinkForgedError, Signer

OLD, NEW, FOREIGN = "o" * 32, "n" * 32, "f" * 32
NOW = 1_800_000_000.5


def at(now: float, *secrets: str, base: str = "") -> Signer:
    return Signer(secrets or (NEW,), base=base, clock=lambda: now)


def parts(url: str) -> tuple[str, dict[str, str]]:
    """Key and query, as a server reads them."""
    split = urlsplit(url)
    return split.path.removeprefix("/m/"), dict(parse_qsl(split.query, keep_blank_values=True))


def test_a_signed_link_grants_what_it_says() -> None:
    url = at(NOW, base="https://ozhivi.example/").sign("key.mp4", seconds=60, download_as="Бабушка & Co.mp4")
    assert url.startswith("https://ozhivi.example/m/key.mp4?e=1800000061&d=%D0%91")
    assert at(NOW).verify(*parts(url)) == Grant("key.mp4", 1_800_000_061, "Бабушка & Co.mp4")


def test_without_a_name_the_link_has_none() -> None:
    url = at(NOW).sign("key.mp4", seconds=60)
    assert url.startswith("/m/key.mp4?e=1800000061&s=")
    assert at(NOW).verify(*parts(url)) == Grant("key.mp4", 1_800_000_061, "")


def test_a_link_ends_to_the_second() -> None:
    link = parts(at(NOW).sign("key.mp4", seconds=60))
    assert at(1_800_000_060.9).verify(*link).expires == 1_800_000_061
    with pytest.raises(LinkExpiredError):
        at(1_800_000_061.0).verify(*link)


def test_a_forged_link_past_its_time_is_called_forged() -> None:
    """What isn't ours has no time of its own."""
    key, query = parts(at(NOW).sign("key.mp4", seconds=60))
    with pytest.raises(LinkForgedError):
        at(NOW + 3600).verify(key, {**query, "s": "A" * 43})


def test_rotation() -> None:
    """The newest secret signs; links of the others hold until theirs is taken away."""
    old = parts(at(NOW, OLD).sign("key.mp4", seconds=60))
    new = parts(at(NOW, NEW, OLD).sign("key.mp4", seconds=60))
    assert at(NOW, NEW, OLD).verify(*old) == at(NOW, NEW, OLD).verify(*new)
    assert at(NOW, NEW).verify(*new)
    for secrets, link in (((NEW,), old), ((OLD,), new), ((FOREIGN,), new)):
        with pytest.raises(LinkForgedError):
            at(NOW, *secrets).verify(*link)


@pytest.mark.parametrize(
    "change",
    [
        {"e": "1800000062"},
        {"e": "01800000061"},
        {"e": "+1800000061"},
        {"e": "1800000061 "},
        {"e": "١٨٠٠٠٠٠٠٦١"},
        {"e": "9" * 5000},
        {"e": ""},
        {"d": "other.mp4"},
        {"d": ""},
        {"s": ""},
        {"s": "подпись"},
        {"s": "\udcff"},
    ],
)
def test_any_change_of_the_query_is_refused(change: dict[str, str]) -> None:
    key, query = parts(at(NOW).sign("key.mp4", seconds=60, download_as="a.mp4"))
    with pytest.raises(LinkForgedError):
        at(NOW).verify(key, {**query, **change})


def test_a_signature_has_one_spelling() -> None:
    """The last of 43 letters holds two bits that base64 ignores: here they count, as does the padding."""
    key, query = parts(at(NOW).sign("key.mp4", seconds=60))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    accepted = []
    for letter in letters:
        try:
            at(NOW).verify(key, {**query, "s": query["s"][:-1] + letter})
            accepted.append(letter)
        except LinkForgedError:
            pass
    assert accepted == [query["s"][-1]]
    with pytest.raises(LinkForgedError):
        at(NOW).verify(key, {**query, "s": query["s"] + "="})


@given(st.lists(st.tuples(st.text(), st.integers(1, 10**6), st.text()), min_size=2, max_size=2, unique=True))
def test_no_link_opens_another(links: list[tuple[str, int, str]]) -> None:
    """Whatever the key and the name hold, the parts can't be shifted into each other."""
    (key, seconds, name), (other_key, other_seconds, other_name) = links
    signer = at(NOW)
    mine = parts(signer.sign(key, seconds=seconds, download_as=name))[1]
    others = {"e": str(1_800_000_001 + other_seconds), "d": other_name, "s": mine["s"]}
    try:
        signer.verify(other_key, others)
    except LinkError:
        return
    # Only what has the same canonical form passes: unpaired surrogates all read as "?".
    assert (other_key, other_seconds, other_name) == (key, seconds, name)


@pytest.mark.parametrize("secrets", [[], ["short"], ["n" * 32, ""], ["n" * 31]])
def test_a_weak_secret_is_refused(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(secrets)
