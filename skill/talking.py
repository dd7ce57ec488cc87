"""The dialog in the application: the webhooks, the conversation behind them, and what it needs of the service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from aiohttp import web

from pipeline.run import Wish
from skill.components import Parts
from skill.dialog import webhook
from skill.dialog.assistants import build_endpoints
from skill.dialog.cards.service import CardService, image_api, open_cards
from skill.dialog.context import ServiceInfo
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.idempotency import open_single_flight
from skill.dialog.memory import open_memory
from skill.dialog.ports import NoCardPictures
from skill.dialog.service import DialogService, open_dialog_service
from skill.dialog.types import Dialog
from skill.media.store import MediaStore
from skill.oauth.service import LINKING, Linking
from skill.settings import Settings
from skill.web import app_keys
from skill.web.app_keys import AddPendingWish

OpenDialog = Callable[[web.Application], AbstractAsyncContextManager[Dialog]]


def attach(app: web.Application, secrets: Sequence[str], parts: Parts) -> None:
    """Routes and lifecycle of the webhooks. `secrets`: of the service. `parts`: may bring who answers, else it is our
    conversation."""
    app.add_routes(webhook.routes())
    app.cleanup_ctx.append(_webhook(secrets, parts.open_dialog or _dialog_service(secrets, parts.store)))


def _dialog_service(secrets: Sequence[str], store: MediaStore) -> OpenDialog:
    @asynccontextmanager
    async def open_dialog(app: web.Application) -> AsyncIterator[Dialog]:
        settings, secret, privacy = app[app_keys.SETTINGS], secrets[-1].encode(), app[app_keys.PRIVACY]
        linking = app.get(LINKING)
        async with open_memory(settings.data_dir / "dialog.db", secret) as memory, _cards(app, store) as cards:
            privacy.add("dialog", memory)
            dependencies = DialogDependencies(
                animations=app[app_keys.ANIMATIONS],
                tickets=app[app_keys.TICKETS],
                memory=memory,
                eraser=privacy,
                service_info=service_info(settings),
                card_pictures=cards or NoCardPictures(),
                linked_accounts=linking.accounts if linking else None,
            )
            service = await open_dialog_service(dependencies)
            app[app_keys.UPLOAD_HOOKS].add_pending_wish = _recall(service, linking)
            if cards is not None:
                app[app_keys.UPLOAD_HOOKS].agree_to_card = cards.agree
            yield service

    return open_dialog


def service_info(settings: Settings) -> ServiceInfo:
    """The service as its sentences tell it."""
    return ServiceInfo(
        name=settings.skill_name,
        url=settings.address,
        spoken=settings.spoken_address,
        keep=settings.keep,
        ticket_seconds=settings.ticket_minutes * 60,
    )


@asynccontextmanager
async def _cards(app: web.Application, store: MediaStore) -> AsyncIterator[CardService | None]:
    """Pictures in cards, where the settings want them."""
    settings = app[app_keys.SETTINGS]
    api = image_api(settings)
    if api is None:
        yield None
        return
    path, get_job = settings.data_dir / "images.db", app[app_keys.ANIMATIONS].get
    async with open_cards(path, api, store, get_job, keep=settings.keep) as cards:
        yield cards


def _recall(service: DialogService, linking: Linking | None) -> AddPendingWish:
    """What was said before a photo came, also where it came through a linked account's page."""

    async def recall(user: str, wish: Wish) -> Wish:
        whose = await linking.pairs.users(user) if linking else ()
        for one in (user, *whose):
            wish = await service.add_pending_wish(one, wish)
        return wish

    return recall


def _webhook(secrets: Sequence[str], open_dialog: OpenDialog) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        settings = app[app_keys.SETTINGS]
        path, secret = settings.data_dir / "replies.db", secrets[-1].encode()
        find_account = app[LINKING].user_of if LINKING in app else None
        async with open_dialog(app) as dialog, open_single_flight(path, secret) as single_flight:
            app[webhook.WEBHOOK] = webhook.Webhook(
                build_endpoints(settings, secrets), dialog, single_flight, app[app_keys.METRICS], find_account
            )
            yield

    return lifecycle
