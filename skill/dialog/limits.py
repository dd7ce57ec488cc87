"""Limits of what a platform takes, and clipping to them: text at the end of a sentence, speech with its markup whole,
sizes in bytes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

_SPEAKER: Final = r"<speaker(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?>"
_MARKUP: Final = re.compile(rf"(?P<speaker>{_SPEAKER})|(?:sil\s*)?<\[[^<>\[\]]*\]>", re.IGNORECASE)
_EFFECT: Final = re.compile(r"<speaker\s+effect\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
_ANGLE: Final = re.compile("[<>]")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_ENDS: Final = ".!?…\n"
_CLOSING: Final = '»”")'
_SAFE: Final = "!$&'()*+,;=:@/~-._%"  # what may stand in a path or a query as it is
_DEEP: Final = 20  # levels of a payload or state that are looked at


def utf16_units(text: str) -> int:
    """Length in UTF-16 code units: never less than in characters, whichever of the two a platform counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text without control characters but line feeds, lone surrogates and outer spaces."""
    text = text.replace("\r\n", "\n").replace("\t", " ").replace("\r", "\n")
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", text)).strip()


def clip_text(text: str, limit: int) -> str:
    """The text up to the end of a sentence, else of a word («…» follows), else as it comes: at most `limit` UTF-16
    units."""
    if utf16_units(text) <= limit:
        return text
    return _clipped([(char, utf16_units(char)) for char in text], limit)


def clip_speech(tts: str, limit: int) -> str:
    """Speech, clipped as `clip_text` clips. `<speaker …>` does not count; it, `sil <[…]>` and phonemes stay whole; a
    voice effect that was cut off before its end is ended."""
    if utf16_units(tts) <= limit and not _ANGLE.search(strip_markup(tts)):
        return tts
    clipped = _clipped(list(_atoms(tts)), limit)
    effects = _EFFECT.findall(clipped)
    return f'{clipped}<speaker effect="-">' if effects and effects[-1] != "-" and clipped != tts else clipped


def speech_units(tts: str) -> int:
    """Length of speech as the platform counts it: without `<speaker …>`."""
    return sum(cost for _, cost in _atoms(tts))


def strip_markup(tts: str) -> str:
    """Speech without its markup; what is left has no angle brackets, unless some markup is broken."""
    return _MARKUP.sub("", tts)


def _atoms(tts: str) -> Iterator[tuple[str, int]]:
    """Pieces that must not be cut, with what each counts. Angle brackets outside of markup are left out."""
    end = 0
    for markup in _MARKUP.finditer(tts):
        yield from ((char, utf16_units(char)) for char in tts[end : markup.start()] if char not in "<>")
        yield markup[0], 0 if markup["speaker"] else utf16_units(markup[0])
        end = markup.end()
    yield from ((char, utf16_units(char)) for char in tts[end:] if char not in "<>")


def _clipped(atoms: list[tuple[str, int]], limit: int) -> str:
    sums = []
    total = 0
    for _, cost in atoms:
        total += cost
        sums.append(total)
    if total <= limit:
        return "".join(atom for atom, _ in atoms)
    fits = next(index for index, length in enumerate(sums) if length > limit)
    for end in range(fits, 0, -1):
        if _ends_sentence(atoms, end):
            return "".join(atom for atom, _ in atoms[:end]).rstrip()
    room = next(index for index, length in enumerate(sums) if length > limit - 1)  # for «…»
    for end in range(room, 0, -1):
        if atoms[end][0].isspace():
            return "".join(atom for atom, _ in atoms[:end]).rstrip(" ,;:–—-\n") + "…"
    return "".join(atom for atom, _ in atoms[:room]) + ("…" if limit else "")


def _ends_sentence(atoms: list[tuple[str, int]], end: int) -> bool:
    """Whether a sentence ends before `end`: not within «3.5», nor inside of quotes."""
    following = atoms[end][0]
    if not (following.isspace() or len(following) > 1):
        return False
    last = end - 1
    while last > 0 and (atoms[last][0] in _CLOSING or len(atoms[last][0]) > 1):
        last -= 1
    return atoms[last][0] in _ENDS


def split_text(text: str, limit: int) -> tuple[str, ...]:
    """The whole text in pieces of at most `limit` characters, cut as `clip_text` cuts."""
    pieces = []
    while text:
        piece = clip_text(text, limit)
        pieces.append(piece)
        whole = piece if text.startswith(piece) else piece.removesuffix("…")
        text = text[len(whole) :].lstrip(" ,;:–—-\n")
    return tuple(pieces)


def clean_url(url: str, limit: int = 1024) -> str:
    """The address in ASCII, its Cyrillic encoded; empty where it is none of the web, or has more than `limit` bytes."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
            return ""
        netloc = f"[{host}]" if ":" in host else host
        netloc += f":{parts.port}" if parts.port else ""
        rest = (quote(part, safe=_SAFE + "?") for part in (parts.path, parts.query, parts.fragment))
        address = urlunsplit((parts.scheme, netloc, *rest))
    except ValueError:  # UnicodeError is one
        return ""
    return address if len(address) <= limit else ""


def compact_json(value: object) -> str:
    """JSON without spaces, Cyrillic as it is. Raises ValueError for what JSON does not have."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def json_size(value: object) -> int:
    """Bytes of compact JSON in UTF-8."""
    return len(compact_json(value).encode())


def clean_json(value: Any, depth: int = 0) -> Any:
    """The value as it can be sent again, without nulls, infinities, lone surrogates and what lies beyond 20 levels;
    None where nothing is left."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping() if depth < _DEEP:
            items = ((_SURROGATE.sub("\ufffd", str(name)), clean_json(one, depth + 1)) for name, one in value.items())
            return {name: one for name, one in items if one is not None}
        case list() | tuple() if depth < _DEEP:
            return [one for one in (clean_json(one, depth + 1) for one in value) if one is not None]
        case _:
            return None


def clip_state(state: Mapping[str, Any], limit: int = 1024) -> dict[str, Any]:
    """The newest entries that fit into `limit` bytes: the first one in is the first one out."""
    clipped: dict[str, Any] = clean_json(state)
    while clipped and json_size(clipped) > limit:
        del clipped[next(iter(clipped))]
    return clipped
