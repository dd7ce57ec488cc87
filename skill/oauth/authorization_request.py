"""What an assistant asks for when it sends a person to us: read strictly, answered as RFC 6749 §4.1.2 says."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_STATE: Final = 2048  # characters; it comes back in an address
_QUERY: Final = 8192
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url
_SCOPE: Final = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")
_STATE_CHARS: Final = re.compile(r"[ -~]*")


class StrangeClientError(Exception):
    """Not our client, or an address that is not on the list: nobody is sent anywhere."""


class AskedWronglyError(Exception):
    """A mistake that the client is told of. `location`: where the person goes on, with it."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__("asked wrongly")


@dataclass(frozen=True, slots=True)
class Client:
    """The assistant. `secret`: at least 32 characters. `redirects`: where people may be sent back, the first of them
    unless it says."""

    name: str
    secret: str
    redirects: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for authorization that may be granted. `challenge`: of PKCE (S256), empty without."""

    redirect: str
    state: str = ""
    scope: str = ""
    challenge: str = ""


def once(query: str) -> dict[str, str] | None:
    """The parameters of a query or form; None where one of them comes twice, or there is too much of it. Empty ones
    count as absent (RFC 6749 §3.1)."""
    if len(query) > _QUERY:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=32, errors="strict")
    except ValueError:
        return None
    if len({name for name, _ in pairs}) != len(pairs):
        return None
    return {name: value for name, value in pairs if value}


def read(query: str, client: Client) -> Asked:
    """Raises StrangeClientError, AskedWronglyError."""
    given = once(query)
    if given is None or not hmac.compare_digest(given.get("client_id", "").encode(), client.name.encode()):
        raise StrangeClientError
    redirect = given.get("redirect_uri", client.redirects[0])
    if redirect not in client.redirects:
        raise StrangeClientError
    state = given.get("state", "")
    if len(state) > _STATE or not _STATE_CHARS.fullmatch(state):
        raise AskedWronglyError(back(redirect, {"error": "invalid_request", "error_description": "state"}))
    if error := _wrong(given):
        raise AskedWronglyError(back(redirect, {"error": error[0], "error_description": error[1], "state": state}))
    return Asked(redirect, state, given.get("scope", ""), given.get("code_challenge", ""))


def _wrong(given: Mapping[str, str]) -> tuple[str, str] | None:
    """Error and description."""
    kind = given.get("response_type")
    if kind is None:
        return "invalid_request", "response_type is missing"
    if kind != "code":
        return "unsupported_response_type", "response_type should be code"
    if "scope" in given and not (len(given["scope"]) <= 400 and _SCOPE.fullmatch(given["scope"])):
        return "invalid_scope", "scope is malformed"
    challenge, method = given.get("code_challenge"), given.get("code_challenge_method")
    if challenge is None:
        return ("invalid_request", "code_challenge is missing") if method else None
    if method != "S256":
        return "invalid_request", "code_challenge_method should be S256"
    return None if _CHALLENGE.fullmatch(challenge) else ("invalid_request", "code_challenge is malformed")


def back(redirect: str, values: Mapping[str, str]) -> str:
    """`redirect` with the `values` that are not empty added to its query."""
    parts = urlsplit(redirect)
    added = urlencode({name: value for name, value in values.items() if value})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))
