"""Checks of account linking: the page opens for the right client alone, the tokens' endpoint knows its client."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from http import HTTPStatus

from skill.deployment.finding import Deployment, Finding, bad, good, skipped
from skill.oauth.authorize import PATH


async def check_linking(deployment: Deployment) -> AsyncIterator[Finding]:
    """Both endpoints answer as the platform expects. Nothing is linked."""
    settings = deployment.settings
    if not settings.oauth_client_id or settings.oauth_client_secret is None:
        yield skipped("account linking", "off: OZHIVI_OAUTH_CLIENT_ID is not set")
        return
    asked = {
        "response_type": "code",
        "client_id": settings.oauth_client_id,
        "redirect_uri": settings.oauth_redirects[0],
        "state": secrets.token_hex(8),
    }
    right = await _open_page(deployment, asked)
    wrong = await _open_page(deployment, asked | {"client_id": "somebody-else"})
    mend = "the client id and the redirect of the console must be those of OZHIVI_OAUTH_CLIENT_ID and _REDIRECTS"
    if right != HTTPStatus.OK:
        yield bad("linking page", f"answers {right}", mend)
    elif wrong != HTTPStatus.BAD_REQUEST:
        yield bad("linking page", f"answers {wrong} to an unknown client", "who answers there? not our service")
    else:
        yield good("linking page", "opens, for our client alone")
    form = {
        "grant_type": "authorization_code",
        "code": secrets.token_hex(16),
        "client_id": settings.oauth_client_id,
        "client_secret": settings.oauth_client_secret.get_secret_value(),
    }
    unknown_code = await _ask_tokens(deployment, form)
    stranger = await _ask_tokens(deployment, form | {"client_secret": secrets.token_hex(16)})
    if (unknown_code, stranger) == ("invalid_grant", "invalid_client"):
        yield good("linking tokens", "a wrong code and a wrong client are refused, each as it should be")
    else:
        text = f"a wrong code is answered {unknown_code!r}, a wrong client {stranger!r}"
        yield bad("linking tokens", text, "the proxy must let POST /oauth/token through, body and Authorization too")


async def _open_page(deployment: Deployment, asked: dict[str, str]) -> int:
    address = f"{deployment.address}{PATH}"
    async with deployment.client.get(address, params=asked, allow_redirects=False) as answer:
        return answer.status


async def _ask_tokens(deployment: Deployment, form: dict[str, str]) -> str:
    """The error that the endpoint names, or its status where it names none."""
    async with deployment.client.post(f"{deployment.address}/oauth/token", data=form, allow_redirects=False) as answer:
        try:
            return str((await answer.json(content_type=None))["error"])
        except (ValueError, KeyError, TypeError):
            return str(answer.status)
