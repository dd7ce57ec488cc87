"""Errors of the API: a status, a code for programs, two Russian sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import web

from pipeline.errors import PipelineError, Reason
from skill.jobs.queue_limits import QueueFullError, TooManyJobsError
from skill.ticket_model import UnknownTicketError, UsedTicketError
from skill.web.responses import json_response
from skill.web.schemas import ErrorDetail, ErrorView


class ApiError(Exception):
    """An error for the client.

    Args:
        status: HTTP status.
        code: For programs.
        sentence: What went wrong, in Russian, for people.
        advice: What helps, in Russian, for people.
        retry: Seconds after which another try is worth while; 0.0 where none is.
    """

    def __init__(self, status: int, code: str, sentence: str, advice: str, *, retry: float = 0.0) -> None:
        self.status, self.code, self.sentence, self.advice, self.retry = status, code, sentence, advice, retry
        super().__init__(code)

    def response(self) -> web.Response:
        """The error as JSON."""
        detail = ErrorDetail(code=self.code, sentence=self.sentence, advice=self.advice)
        return json_response(ErrorView(error=detail), self.status, self.headers())

    def headers(self) -> dict[str, str]:
        """Headers of the answer: Retry-After, where another try is worth while."""
        return {"Retry-After": f"{max(1, round(self.retry))}"} if self.retry else {}


def refused(reason: Reason, status: int) -> ApiError:
    """The photo is refused before it becomes a job."""
    refusal = PipelineError(reason)
    return ApiError(status, str(reason), refusal.sentence, refusal.advice)


def unknown_ticket() -> ApiError:
    """The link or code is wrong, expired or withdrawn."""
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        "unknown_ticket",
        "Эта ссылка больше не действует.",
        "Скажите помощнику «оживи фото» ещё раз — он даст новую.",
    )


def used_ticket() -> ApiError:
    """Another photo has come with the ticket, or too many."""
    return ApiError(
        HTTPStatus.CONFLICT,
        "used_ticket",
        "По этой ссылке уже оживает другая фотография.",
        "Дождитесь её или попросите у помощника новую ссылку: «оживи фото».",
    )


def not_found() -> ApiError:
    """The job is deleted, expired or was never there."""
    return ApiError(
        HTTPStatus.NOT_FOUND,
        "not_found",
        "Здесь уже ничего нет.",
        "Видео удалено, или срок его хранения прошёл.",
    )


def wrong_request(detail: str) -> ApiError:
    """`detail`: English, for the developer of a client; holds nothing that came in."""
    return ApiError(HTTPStatus.BAD_REQUEST, "wrong_request", "Не получилось понять запрос.", detail)


def queue_full(seconds: float) -> ApiError:
    """Too many jobs wait. `seconds`: until one of them is likely to have begun."""
    minutes = max(1, round(seconds / 60))
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "queue_full",
        "Сейчас очень много желающих.",
        f"Попробуйте позже, примерно через {minutes} мин. Фотография останется на этой странице.",
        retry=seconds,
    )


def too_many_jobs(seconds: float) -> ApiError:
    """Too many jobs of this user wait. `seconds`: until one of them is likely to have ended."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_jobs",
        "Ваши фотографии уже в очереди.",
        "Сначала закончим их — тогда отправьте ещё одну. Эта останется на странице.",
        retry=seconds,
    )


def too_many_photos() -> ApiError:
    """As many photos come with this ticket at once as may."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_photos",
        "По этой ссылке уже отправляется фотография.",
        "Подождите немного и попробуйте ещё раз. Фотография останется на этой странице.",
        retry=30,
    )


def too_many_previews(seconds: float) -> ApiError:
    """Previews of as many photos as may were made with this ticket. `seconds`: until it may be asked again."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_previews",
        "По этой ссылке движения показаны уже много раз.",
        "Выберите движение по примеру.",
        retry=seconds,
    )


def previews_unavailable() -> ApiError:
    """Previews can't be made now: clips go first."""
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "Сейчас не получается показать движения на вашей фотографии.",
        "Выберите движение по примеру.",
        retry=60,
    )


def too_many_uploads() -> ApiError:
    """Photos on their way in take all the room that there is for them."""
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "too_many_uploads",
        "Сейчас очень много желающих.",
        "Попробуйте ещё раз через минуту. Фотография останется на этой странице.",
        retry=60,
    )


def too_many_watchers() -> ApiError:
    """As many look at this job, or from this network, as may."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_watchers",
        "Эту страницу открыли слишком много раз.",
        "Закройте лишние вкладки — видео появится и так.",
        retry=30,
    )


def faces_unavailable() -> ApiError:
    """The faces of a photo can't be found now; the question about them can be answered without the picture."""
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "Сейчас не получается показать, кто на фотографии.",
        "Выберите человека кнопками или попробуйте ещё раз через минуту.",
        retry=60,
    )


def rendition_unavailable() -> ApiError:
    """A rendition can't be made now."""
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "Сейчас не получается приготовить это видео.",
        "Попробуйте ещё раз через минуту: ничего не пропало.",
        retry=60,
    )


_UNAVAILABLE: Final = MappingProxyType(
    {
        "GET": (
            "Сейчас не получается посмотреть, что готово.",
            "Попробуйте ещё раз через минуту: ничего не пропало.",
        ),
        "DELETE": (
            "Сейчас не получается удалить.",
            "Попробуйте ещё раз через минуту.",
        ),
        "POST": (
            "Не получилось сохранить фотографию.",
            "Попробуйте ещё раз через минуту — она останется на этой странице.",
        ),
    }
)
"""Sentence and advice where queue or store do not answer, by what was asked for."""


def unavailable(method: str = "POST") -> ApiError:
    """Queue or store do not answer.

    Args:
        method: Of the request.
    """
    texts = _UNAVAILABLE.get(method, _UNAVAILABLE["GET"])
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", *texts, retry=60)


@contextmanager
def as_api_errors() -> Iterator[None]:
    """Errors for the client in place of those that tickets and queue raise when a job is asked for."""
    try:
        yield
    except UnknownTicketError:
        raise unknown_ticket() from None
    except UsedTicketError:
        raise used_ticket() from None
    except QueueFullError as error:
        raise queue_full(error.seconds) from None
    except TooManyJobsError as error:
        raise too_many_jobs(error.seconds) from None
