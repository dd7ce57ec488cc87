"""What others know of a photo that the page does not: a wish that was said before it came, a card that will show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pipeline.run import Wish

Recall = Callable[[str, Wish], Awaitable[Wish]]


async def _as_it_is(user: str, wish: Wish) -> Wish:
    return wish


class Before:
    """Set by the dialog. `recall`: (user, the page's wish) → the wish with what the user asked for in words. `card`:
    hears of a job whose person agreed to a picture in the assistant's cards; None: there are no cards."""

    def __init__(self) -> None:
        self.recall: Recall = _as_it_is
        self.card: Callable[[str], Awaitable[None]] | None = None
