"""Account linking as a part of the application, where the settings want it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from skill.oauth import authorize, token_endpoint
from skill.oauth.service import LINKING, client_of, open_linking
from skill.web.app_keys import PRIVACY, SETTINGS


def attach(app: web.Application, secrets: Sequence[str]) -> None:
    """Its routes and its file, `oauth.db`; nothing where `OZHIVI_OAUTH_CLIENT_ID` is not set. `secrets`: of the
    service."""
    client = client_of(app[SETTINGS])
    if client is None:
        return

    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        async with open_linking(app[SETTINGS].data_dir / "oauth.db", client, secrets) as linking:
            app[LINKING] = linking
            app[PRIVACY].add("linking", linking)
            yield

    app.add_routes([*authorize.routes(), *token_endpoint.routes()])
    app.cleanup_ctx.append(lifecycle)
