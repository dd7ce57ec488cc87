"""The limit of memory around a photo: it holds, is taken back, and leaves what the process has alone."""

from __future__ import annotations

import resource
import subprocess
import sys
from threading import Event, Thread

import pytest

from pipeline.errors import Reason
from pipeline.photo import memory_limit
from pipeline.photo.memory_limit import limit_memory
from tests.pipeline.photo.pictures import FORMATS, picture, saved


def test_more_than_the_block_may_take_is_a_memory_error() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    held = bytearray(300 * 2**20)  # what was there before does not count
    with limit_memory(200 * 2**20):
        bytearray(100 * 2**20)
        with pytest.raises(MemoryError):
            bytearray(400 * 2**20)
    bytearray(400 * 2**20)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert held


def test_it_is_taken_back_after_an_error() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(KeyError), limit_memory(200 * 2**20):
        raise KeyError
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_blocks_of_two_threads_leave_no_limit_behind() -> None:
    """The second begins in the first, with less memory in use, and ends after it."""
    before, begun, over = resource.getrlimit(resource.RLIMIT_DATA), Event(), Event()

    def second() -> None:
        begun.set()
        with limit_memory(100 * 2**20):
            over.wait(10)

    thread = Thread(target=second)
    with limit_memory(200 * 2**20):
        thread.start()
        begun.wait(10)
        thread.join(0.3)  # time to take the limit of the first for the process's own
    over.set()
    thread.join(10)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_stricter_limit_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (1000, 1000))
    monkeypatch.setattr(resource, "setrlimit", lambda *given: pytest.fail("changed"))
    with limit_memory(2**30):
        pass


def test_a_system_without_such_limits_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limit, "resource", None)
    with limit_memory(1):
        assert bytearray(2**20)


READ_TWICE = """
import sys
from pipeline.errors import PhotoError
from pipeline.photo import load

data, most = sys.stdin.buffer.read(), load.MAX_MEMORY
load.MAX_MEMORY = 4 * 2**20
try:
    print(load.read_photo(data).shape)
except PhotoError as error:
    print(error.reason)
load.MAX_MEMORY = most
print(load.read_photo(data).shape)
"""


SOON_SAVED: dict[str, dict[str, object]] = {
    "AVIF": {"speed": 10},
    "HEIF": {"enc_params": {"preset": "ultrafast"}},
    "WEBP": {"lossless": False},
}
"""How a large picture is saved in a format in the least time."""


@pytest.mark.parametrize("kind", FORMATS)
def test_a_photo_that_takes_too_much_is_refused(kind: str) -> None:
    """Some libraries say no more than that they have failed. In a process of its own: memory that this one has freed,
    and that its allocators keep, would be used again and not counted."""
    data = saved(picture(1_500, 1_000), kind, **SOON_SAVED.get(kind, {}))
    said = subprocess.run([sys.executable, "-c", READ_TWICE], input=data, stdout=subprocess.PIPE, check=True)
    refused, read = said.stdout.decode().splitlines()
    assert refused in {Reason.TOO_LARGE, Reason.BROKEN_FILE}
    assert read == "(1000, 1500, 3)"
