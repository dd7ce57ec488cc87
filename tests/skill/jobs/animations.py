"""Animators of a few lines, for the rendering process of a test; what they do is in their names."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import structlog

from pipeline.errors import FaceError, Reason
from pipeline.progress import OnStep
from pipeline.run import Wish
from skill.jobs.model import LARGEST_FACES, Animate, Rendered
from skill.jobs.render_process import RenderEntry

Files = list[tuple[str, Path]]


def render_entry(name: str) -> RenderEntry:
    """The entry of a rendering process that does what the function of that name does."""
    return RenderEntry(f"{__name__}:open_animation", name)


def open_animation(name: str) -> Animate:
    """The function of that name below."""
    animate: Callable[[Path, Wish, Path, OnStep], Files] = globals()[name]

    def render(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Rendered:
        return Rendered(tuple(animate(source, wish, out, on_step)), LARGEST_FACES if wish.face == "all" else "")

    return render


def quick(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    on_step("decode", 1.0)
    on_step("animate", 0.5)
    files = [(name, out.with_suffix(f".{name}")) for name in ("mp4", "gif", "jpg")]
    for name, path in files:
        path.write_bytes(name.encode() + source.read_bytes())
    on_step("encode", 1.0)
    return files


def slow(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    """Takes `wish.seconds`."""
    until = time.monotonic() + wish.seconds
    while time.monotonic() < until:
        on_step("animate", 0.25)
        time.sleep(0.01)
    return quick(source, wish, out, on_step)


def refusing(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    raise FaceError(Reason.NO_FACE, "a wall")


def raising(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    raise RuntimeError(f"secret {source}")


def dying(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    on_step("animate", 0.1)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def dying_once(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    """The process dies, but not where it has done so before."""
    died = source.parent.parent / "died"
    if not died.exists():
        died.touch()
        dying(source, wish, out, on_step)
    return quick(source, wish, out, on_step)


def hanging(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    signal.pause()
    raise AssertionError


def hanging_at_first(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    return quick(source, wish, out, on_step) if wish.seed else hanging(source, wish, out, on_step)


def hanging_in_decode(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    on_step("decode", 0.0)
    return hanging(source, wish, out, on_step)


def slow_after_decode(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    """Takes `wish.seconds` after a short decoding."""
    on_step("decode", 0.0)
    on_step("decode", 1.0)
    return slow(source, wish, out, on_step)


def odd(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    """Names files of others as its own; the photo says how."""
    match source.read_text():
        case "link":
            out.with_suffix(".mp4").symlink_to("/etc/passwd")
        case "folder":
            out.with_suffix(".mp4").mkdir()
        case "twice":
            out.with_suffix(".jpg").write_bytes(b"x")
            out.with_suffix(".mp4").hardlink_to(out.with_suffix(".jpg"))
        case "format":
            out.with_suffix(".mp4").write_bytes(b"x")
            return [("exe", out.with_suffix(".mp4"))]
        case "step":
            on_step("<b>", 0.5)
        case "reason":
            raise FaceError(cast(Reason, _Named("<b>")), "a wall")
    return [("mp4", out.with_suffix(".mp4"))]


class _Named:
    """A reason that is none."""

    def __init__(self, value: str) -> None:
        self.value = value


def full_disk(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    raise OSError(28, "No space left on device", str(out))


def talking(source: Path, wish: Wish, out: Path, on_step: OnStep) -> Files:
    structlog.get_logger().info("looked", faces=1)
    logging.getLogger("library").warning("can't read %s", source)
    return quick(source, wish, out, on_step)
