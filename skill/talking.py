"""The dialog in the application: the webhooks, the conversation behind them, and what it needs of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from aiohttp import web

from pipeline.run import Wish
from skill.background import periodic
from skill.components import Parts
from skill.dialog import webhook
from skill.dialog.assistants import doors
from skill.dialog.cards.service import Agreement, Cards, image_api, show_cards
from skill.dialog.cards.uploads import open_images
from skill.dialog.context import ServiceInfo
from skill.dialog.idempotency import Once
from skill.dialog.opening import open_conversation, open_memory
from skill.dialog.ports import AdultAppeals
from skill.dialog.reply_cache import Replies
from skill.dialog.service import Conversation
from skill.dialog.types import Dialog
from skill.media.store import MediaStore
from skill.oauth.service import LINKING, Linking
from skill.web import app_keys
from skill.web.app_keys import AddPendingWish

_SWEEP = 60.0  # seconds between two sweeps of the replies

OpenDialog = Callable[[web.Application], AbstractAsyncContextManager[Dialog]]


def attach(app: web.Application, secrets: Sequence[str], parts: Parts) -> None:
    """Routes and lifecycle of the webhooks. `secrets`: of the service. `parts`: may bring who answers, else it is our
    conversation."""
    app.add_routes(webhook.routes())
    app.cleanup_ctx.append(_answering(secrets, parts.open_dialog or _conversation(secrets, parts.store)))


def _conversation(secrets: Sequence[str], store: MediaStore) -> OpenDialog:
    @asynccontextmanager
    async def opened(app: web.Application) -> AsyncIterator[Dialog]:
        settings, secret = app[app_keys.SETTINGS], secrets[-1].encode()
        linking = app.get(LINKING)
        async with open_memory(settings.data_dir / "dialog.db", secret) as memory, _cards(app, store) as cards:
            app[app_keys.PRIVACY].add("dialog", memory)
            conversation = await open_conversation(
                memory,
                app[app_keys.ANIMATIONS],
                app[app_keys.TICKETS],
                app[app_keys.PRIVACY],
                ServiceInfo(settings.skill_name, settings.address, settings.spoken_address, settings.keep),
                ticket_seconds=settings.ticket_minutes * 60,
                posters=cards,
                appeals=AdultAppeals(),
                linked=linking.accounts if linking else None,
            )
            app[app_keys.UPLOAD_HOOKS].add_pending_wish = _recall(conversation, linking)
            if cards is not None:
                app[app_keys.UPLOAD_HOOKS].agree_to_card = cards.agree
            yield conversation

    return opened


@asynccontextmanager
async def _cards(app: web.Application, store: MediaStore) -> AsyncIterator[Cards | None]:
    """Pictures in cards, where the settings want them."""
    settings, animations = app[app_keys.SETTINGS], app[app_keys.ANIMATIONS]
    api = image_api(settings)
    if api is None:
        yield None
        return
    may = Agreement(animations.get, lambda job: images.agreed(job))  # noqa: PLW0108  (made below)
    async with open_images(settings.data_dir / "images.db", api, may, keep=settings.keep) as images:
        cards = Cards(images, store, animations.get)
        showing = asyncio.create_task(show_cards(cards))
        try:
            yield cards
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing


def _recall(conversation: Conversation, linking: Linking | None) -> AddPendingWish:
    """What was said before a photo came, also where it came through a linked account's page."""

    async def recall(user: str, wish: Wish) -> Wish:
        whose = await linking.pairs.users(user) if linking else ()
        for one in (user, *whose):
            wish = await conversation.wished(one, wish)
        return wish

    return recall


def _answering(secrets: Sequence[str], open_dialog: OpenDialog) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        settings = app[app_keys.SETTINGS]
        replies = await Replies.open(settings.data_dir / "replies.db", secrets[-1].encode())
        once = Once(replies)
        who = app[LINKING].user_of if LINKING in app else None
        async with periodic(_SWEEP, replies.purge, name="replies_not_swept"), open_dialog(app) as dialog:
            app[webhook.WEBHOOK] = webhook.Webhook(doors(settings, secrets), dialog, once, app[app_keys.METRICS], who)
            yield
            await once.close()
        await replies.close()

    return lifecycle
