"""Room for photos on their way in, of which nobody takes more than his part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from skill.rare_log import RareLines
from skill.web.errors import too_many_photos, too_many_uploads

TOTAL_BYTES: Final = 512 * 2**20
"""Bytes of all photos on their way in."""
NETWORK_BYTES: Final = 160 * 2**20
"""Those of one network."""
TICKET_UPLOADS: Final = 3
"""Uploads with one ticket at a time: the page begins anew when a line was cut, and we may not have noticed yet."""


class UploadBudget:
    """Counts photos on their way in."""

    def __init__(self) -> None:
        self._total = 0
        self._networks = Counter[str]()
        self._tickets = Counter[str]()
        self._lines = RareLines()

    @contextmanager
    def admit(self, ticket: str = "", network: str = "") -> Iterator[UploadShare]:
        """Let a photo begin to come in, and count it until the block's end.

        Args:
            ticket: Token of its ticket; empty with an API key.
            network: Network that it comes from; empty with an API key, whose owner sends for many.

        Raises:
            ApiError: 429; as many come with this ticket as may.
        """
        if ticket and self._tickets[ticket] >= TICKET_UPLOADS:
            raise too_many_photos()
        self._tickets[ticket] += 1
        share = UploadShare(self, network)
        try:
            yield share
        finally:
            self._give_back(network, share.size)
            self._tickets[ticket] -= 1
            if not self._tickets[ticket]:
                del self._tickets[ticket]

    def take(self, network: str, size: int) -> None:
        """Take room for more of a photo.

        Args:
            network: Network that it comes from; empty where that is not counted.
            size: Bytes.

        Raises:
            ApiError: 503; there is no room now.
        """
        if self._total + size > TOTAL_BYTES or (network and self._networks[network] + size > NETWORK_BYTES):
            self._lines.warn("uploads_full", mebibytes=self._total // 2**20)
            raise too_many_uploads()
        self._total += size
        self._networks[network] += size

    def _give_back(self, network: str, size: int) -> None:
        self._total -= size
        self._networks[network] -= size
        if not self._networks[network]:
            del self._networks[network]


class UploadShare:
    """A photo's part of the room.

    Args:
        budget: All of the room.
        network: The network that the photo comes from.
    """

    def __init__(self, budget: UploadBudget, network: str) -> None:
        self._budget, self._network = budget, network
        self.size = 0
        """Bytes that it has."""

    def grow(self, size: int) -> None:
        """Take room for so many bytes more. Raises ApiError 503."""
        self._budget.take(self._network, size)
        self.size += size
