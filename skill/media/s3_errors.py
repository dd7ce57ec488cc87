"""Errors of a bucket, in a text without a key (botocore puts the whole address into its own)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from skill.media.store import MediaError, MediaMissingError


@contextmanager
def translate_errors(endpoint: str) -> Iterator[None]:
    """Every error of botocore, and of the file that is read or written, becomes a MediaError."""
    try:
        yield
    except ClientError as error:
        raise refusal(error) from None
    except BotoCoreError as error:
        where = endpoint or "Amazon S3"
        raise MediaError(f"the store at {where} doesn't answer ({type(error).__name__}): try again later") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MediaError(f"the file to store, or the place for it, can't be used ({reason})") from None


def refusal(error: ClientError) -> MediaError:
    """An answer of the server that is an error, in our words."""
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "NoSuchBucket":
        return MediaError("the bucket isn't there: run `ozhivi media setup`")
    if status == 404:
        return MediaMissingError("there is no such object, or no longer")
    if status in {401, 403}:
        return MediaError(f"the store refuses us ({code}): check the access key, the secret and this machine's clock")
    return MediaError(f"the store answered {status} ({code}): try again later")


def code_of(error: ClientError) -> str:
    """The server's own name of an error, e.g. `NoSuchBucket`."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))
