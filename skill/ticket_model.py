"""Tickets as the rest of the service sees them, and how they fail to let in."""

from __future__ import annotations

from dataclasses import dataclass


class TicketError(Exception):
    """A ticket or code that does not let in."""


class UnknownTicketError(TicketError):
    """No such ticket: wrong, expired or withdrawn. Clients are not told which of these."""


class UsedTicketError(TicketError):
    """Another photo has come with this ticket, or too many."""


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A new ticket; only here are token and code in clear."""

    token: str
    """Of the link: 256 random bits."""
    code: str
    """Six digits; empty where nobody will type them."""
    expires: float
    """Seconds since 1970: until when a photo may come."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that lets in."""

    user: str
    """Opaque key of the person whose it is."""
    expires: float
    """Seconds since 1970."""
    digest: str = ""
    """SHA-256 of the photo that came with it, in hex; empty before one has."""
    job: str = ""
    """Queue's id of the job that the photo became; empty where there is none."""
    household: str = ""
    """Keyed hash of the network for which it was issued, where no assistant vouches for the user; else empty."""
    until: float = 0.0
    """Seconds since 1970: until when it takes uploads."""
    cards: bool = False
    """Whether the user's assistant shows pictures in cards."""
    trace: str = ""
    """The `traceparent` of the turn that issued it, see skill.tracing.spans; empty where there were no traces."""
