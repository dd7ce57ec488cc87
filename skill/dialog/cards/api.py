"""Client of the dialogs' image API: pictures that cards may show. Anybody who has a picture's address can open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import aiohttp

_SHORT: Final = aiohttp.ClientTimeout(total=10)
_LONG: Final = aiohttp.ClientTimeout(total=30)
_ANSWER: Final = 4 * 2**20


class ImageApiError(Exception):
    """A request that the API did not fulfil."""

    def __init__(
        self, why: str, *, again: bool = True, seconds: float = 0.0, maybe: bool = False, locked: bool = False
    ) -> None:
        super().__init__(why)
        self.again = again
        """Whether the same request may be fulfilled later."""
        self.seconds = seconds
        """Seconds to wait before that; 0.0 where the API does not say."""
        self.maybe = maybe
        """Whether the request may have been fulfilled all the same."""
        self.locked = locked
        """Whether the API does not accept our token."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Storage of the whole account."""

    total: int
    """Bytes that the account may store."""
    used: int
    """Bytes that it stores now."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the platform stores for the skill."""

    id: str
    """The platform's id, with a slash in it."""
    size: int = 0
    """Bytes of the file; 0 where the API does not say."""
    created: float = 0.0
    """Seconds since 1970; 0.0 where the API does not say it in a form that is known."""


class ImageApi:
    """The pictures of one skill. Every method raises ImageApiError.

    Args:
        base: address of the API without a slash at the end, https://dialogs.yandex.net.
        skill: id of the skill.
        token: of the account that owns the skill.
        short: limits of a request without a file.
        long: limits of an upload.
    """

    def __init__(
        self,
        base: str,
        skill: str,
        token: str,
        *,
        short: aiohttp.ClientTimeout = _SHORT,
        long: aiohttp.ClientTimeout = _LONG,
    ) -> None:
        self._status = f"{base}/api/v1/status"
        self._images = f"{base}/api/v1/skills/{quote(skill, safe='')}/images"
        self._short, self._long = short, long
        self._session = aiohttp.ClientSession(headers={"Authorization": f"OAuth {token}"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def quota(self) -> Quota:
        """The account's storage, total and used."""
        answer = await self._ask("GET", self._status)
        try:
            quota = answer["images"]["quota"]
            return Quota(int(quota["total"]), int(quota["used"]))
        except (KeyError, TypeError, ValueError):
            raise ImageApiError("a strange status") from None

    async def upload(self, picture: bytes) -> Picture:
        """The new picture at the platform, from 1 KB to 1 MB of JPEG."""
        form = aiohttp.FormData()
        form.add_field("file", picture, filename="card.jpg", content_type="image/jpeg")
        answer = await self._ask("POST", self._images, data=form, timeout=self._long)
        found = _picture(answer.get("image"))
        if found is None:
            raise ImageApiError("a strange answer to an upload", maybe=True)
        return found

    async def listed(self) -> tuple[Picture, ...]:
        """All pictures of the skill."""
        answer = await self._ask("GET", self._images)
        images = answer.get("images")
        return tuple(filter(None, map(_picture, images if isinstance(images, list) else [])))

    async def delete(self, image: str) -> None:
        """Delete the picture with the id `image`; one that is not there (any more) is no error."""
        await self._ask("DELETE", f"{self._images}/{quote(image, safe='/')}", gone=True)

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        data: Any = None,
        timeout: aiohttp.ClientTimeout | None = None,
        gone: bool = False,
    ) -> Mapping[str, Any]:
        writes = method == "POST"
        try:
            # no redirects: the token is for this host alone
            async with self._session.request(
                method, url, data=data, timeout=timeout or self._short, allow_redirects=False
            ) as answer:
                if gone and answer.status == HTTPStatus.NOT_FOUND:
                    return {}
                if answer.status // 100 != 2:
                    raise _refused(answer, maybe=writes)
                body = await answer.json(content_type=None) if (answer.content_length or 0) < _ANSWER else None
        except aiohttp.ClientConnectorError as error:
            raise ImageApiError(type(error).__name__) from None  # nothing was sent
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ImageApiError(type(error).__name__, maybe=writes) from None
        except ValueError:
            raise ImageApiError("no JSON", maybe=writes) from None
        return body if isinstance(body, dict) else {}


def _refused(answer: aiohttp.ClientResponse, *, maybe: bool) -> ImageApiError:
    status = answer.status
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    waits = answer.headers.get("Retry-After", "")
    return ImageApiError(
        f"status {status}",
        again=server or status == HTTPStatus.TOO_MANY_REQUESTS,
        seconds=float(waits) if waits.isascii() and waits.isdigit() else 0.0,
        maybe=maybe and server,
        locked=status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN},
    )


def _picture(given: Any) -> Picture | None:
    if not isinstance(given, dict) or not isinstance(given.get("id"), str) or not given["id"]:
        return None
    size = given.get("size")
    return Picture(given["id"], size if isinstance(size, int) else 0, _seconds(given.get("createdAt")))


def _seconds(text: Any) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return 0.0
