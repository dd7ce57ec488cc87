"""Authorization requests: read strictly, refused as RFC 6749 §4.1.2.1 says."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_MAX_STATE: Final = 2048
"""Characters of a state; it comes back in an address."""
_MAX_QUERY: Final = 8192
"""Characters of a query or form."""
_MAX_SCOPE: Final = 400
"""Characters of a scope."""
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url
_SCOPE: Final = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")
_STATE: Final = re.compile(r"[ -~]*")


class UnknownClientError(Exception):
    """Another client than ours, or an address that is not on its list: the person is sent nowhere."""


class InvalidRequestError(Exception):
    """A mistake that the client has to hear of. `location`: the client's address, with the error."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__("an invalid authorization request")


@dataclass(frozen=True, slots=True)
class Client:
    """The assistant as an OAuth client."""

    name: str
    """Its `client_id`."""
    secret: str
    """At least 32 characters."""
    redirects: Sequence[str]
    """Addresses that people may be sent back to; the first where a request names none."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that may be granted."""

    redirect: str
    """Address that the person is sent back to."""
    state: str = ""
    """The client's own, handed back unchanged."""
    scope: str = ""
    """As the client asked for it; empty where it did not."""
    challenge: str = ""
    """Of PKCE (S256), empty without."""


class _Mistake(NamedTuple):
    """An error of RFC 6749 §4.1.2.1."""

    error: str
    """Its code."""
    description: str
    """In English, for the client's developer."""


def parse_parameters(query: str) -> dict[str, str] | None:
    """Parse a query or a form; empty parameters count as absent (RFC 6749 §3.1).

    Returns:
        The parameters; None where one of them comes twice, or there is too much of them.
    """
    if len(query) > _MAX_QUERY:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=32, errors="strict")
    except ValueError:
        return None
    if len({name for name, _ in pairs}) != len(pairs):
        return None
    return {name: value for name, value in pairs if value}


def parse_authorization_request(query: str, client: Client) -> AuthorizationRequest:
    """Parse the query with which a person is sent to us.

    Args:
        query: As it stands in the address.
        client: The only client that may ask.

    Raises:
        UnknownClientError: The person must not be sent back.
        InvalidRequestError: The person is sent back with an error.
    """
    parameters = parse_parameters(query)
    if parameters is None or not hmac.compare_digest(parameters.get("client_id", "").encode(), client.name.encode()):
        raise UnknownClientError
    redirect = parameters.get("redirect_uri", client.redirects[0])
    if redirect not in client.redirects:
        raise UnknownClientError
    state = parameters.get("state", "")
    if len(state) > _MAX_STATE or not _STATE.fullmatch(state):
        raise InvalidRequestError(add_query(redirect, {"error": "invalid_request", "error_description": "state"}))
    if mistake := _mistake(parameters):
        values = {"error": mistake.error, "error_description": mistake.description, "state": state}
        raise InvalidRequestError(add_query(redirect, values))
    return AuthorizationRequest(redirect, state, parameters.get("scope", ""), parameters.get("code_challenge", ""))


def add_query(address: str, values: Mapping[str, str]) -> str:
    """An address with those `values` that are not empty added to its query."""
    parts = urlsplit(address)
    added = urlencode({name: value for name, value in values.items() if value})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def _mistake(parameters: Mapping[str, str]) -> _Mistake | None:
    """The first mistake in a request of our client."""
    kind = parameters.get("response_type")
    if kind is None:
        return _Mistake("invalid_request", "response_type is missing")
    if kind != "code":
        return _Mistake("unsupported_response_type", "response_type should be code")
    if "scope" in parameters and not (len(parameters["scope"]) <= _MAX_SCOPE and _SCOPE.fullmatch(parameters["scope"])):
        return _Mistake("invalid_scope", "scope is malformed")
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if challenge is None:
        return _Mistake("invalid_request", "code_challenge is missing") if method else None
    if method != "S256":
        return _Mistake("invalid_request", "code_challenge_method should be S256")
    return None if _CHALLENGE.fullmatch(challenge) else _Mistake("invalid_request", "code_challenge is malformed")
