"""The rendering process of a worker, and the worker's end of it: one photo at a time, each within its time."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeGuard

from structlog.contextvars import bound_contextvars

from pipeline.errors import MotionError, PipelineError, Reason
from pipeline.limits import FORMATS, RESTORE_PARTS, STILLS
from pipeline.progress import OnStep, Step
from pipeline.run import Wish
from skill.jobs.model import REMARKS, Animate, Deferred, Failed, Outcome, Refusal, Rendered, failure, where
from skill.sandbox.access import Access
from skill.sandbox.deadline import DECODE_SECONDS, PhotoDeadline
from skill.sandbox.messages import Answer, Entry, Report, import_function
from skill.sandbox.process import ProcessDiedError, SandboxedProcess

_CAUSE: Final = re.compile(r"[a-z0-9_]{0,40}")
_PLACE: Final = re.compile(r"[ -~]{0,200}")
_FAILURES: Final = frozenset({"error", "wish"})


@dataclass(frozen=True, slots=True)
class RenderEntry:
    """The function with which a rendering process begins: given the options, it returns what renders a photo."""

    function: str
    """Its name as "module:function", imported in the rendering process only; an `OpenAnimate`."""
    options: Any = None
    """Its argument; sent to the process by pickle."""
    access: str = ""
    """Name of the function that finds the files it needs, with the same argument; see skill.sandbox.messages."""


OpenAnimate = Callable[[Any], Animate]
"""Options → the function that renders one photo after the other."""


class _Order(NamedTuple):
    """A photo to render."""

    job: str
    """Id of the job, for the log."""
    photo: Path
    """The photo's file."""
    wish: Wish
    """Movement, size and formats."""
    out: Path
    """Path of the clip, without a suffix."""


class RenderProcess:
    """A process that renders for one worker, begun with the first order (or `start`) and kept."""

    def __init__(
        self,
        entry: RenderEntry,
        scratch: Path,
        *,
        limit: float,
        decode_limit: float = DECODE_SECONDS,
        log_level: str = "info",
        protected: bool = True,
    ) -> None:
        """Args:
        entry: what runs in the process.
        scratch: the process's own folder, in which photos and clips lie.
        limit: seconds that one render may take.
        decode_limit: seconds of them that decoding may take.
        log_level: of the process's log, JSON lines on stdout.
        protected: whether the process is confined as far as the system can.
        """
        self._limit, self._decode_limit = limit, decode_limit
        served = Entry(f"{__name__}:serve_renders", entry, f"{__name__}:find_access")
        self._process = SandboxedProcess(served, scratch, seconds=limit, log_level=log_level, protected=protected)

    async def start(self) -> None:
        """Begin the process, unless it runs: it imports what it needs while no job is there."""
        await self._process.start()

    async def wait_ready(self) -> None:
        """Begin the process, unless it runs, and wait until it is ready or has died: the next render begins it anew and
        says what is wrong."""
        with suppress(ProcessDiedError, TimeoutError):
            await self._process.wait_ready()

    async def render(self, job: str, photo: Path, wish: Wish, out: Path, on_step: OnStep) -> Outcome:
        """Render one photo; when this is cancelled, the process is killed.

        Args:
            job: id of the job, for the log.
            photo: the photo's file, in the process's folder.
            wish: movement, size and formats.
            out: path of the clip, without a suffix, in that folder.
            on_step: called with the step and the part of it that is done, 0..1.

        Returns:
            The outcome; a refusal where decoding took too long, `Failed("crashed")` of a process that died or took
            longer than its limit. Neither of those that took too long is worth another attempt.
        """
        deadline = PhotoDeadline(self._limit, self._decode_limit)

        def report(value: Any) -> None:
            step, share = _parse_step(value)
            deadline.begin(step)
            on_step(step, share)

        try:
            await self._process.wait_ready()
            async with deadline:
                answer = await self._process.ask(_Order(job, photo, wish, out), report)
            return _parse_outcome(answer, out.parent)
        except TimeoutError:
            return Refusal(Reason.BROKEN_FILE.value) if deadline.decoding else Failed("crashed", where="too long")
        except ProcessDiedError:
            return Failed("crashed", again=True, where="died")

    async def kill(self) -> None:
        """End the process at once; the next render begins a new one."""
        await self._process.kill()


def find_access(entry: RenderEntry) -> Access:
    """The files that an entry says it needs; see skill.sandbox.messages.FindAccess."""
    access: Access = import_function(entry.access)(entry.options) if entry.access else Access()
    return access


def serve_renders(entry: RenderEntry) -> Answer:
    """The function that renders in the process; see skill.sandbox.messages.OpenAnswer."""
    open_animate: OpenAnimate = import_function(entry.function)
    animate = open_animate(entry.options)

    def answer(order: _Order, report: Report) -> dict[str, Any]:
        with bound_contextvars(job=order.job):
            return _render(animate, order, report)

    return answer


def _render(animate: Animate, order: _Order, report: Report) -> dict[str, Any]:
    try:
        made = animate(order.photo, order.wish, order.out, lambda step, share: report([step, float(share)]))
        files = [[name, path.name] for name, path in made.files]
        return {"files": files, "remark": made.remark, "restored": list(made.restored)}
    except PipelineError as error:
        return {"refused": error.reason.value, "cause": error.cause}
    except MotionError as error:
        return {"failed": "wish", "where": where(error)}
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001  (whatever one photo does, the next one is rendered)
        return _failure_message(failure(error))


def _failure_message(outcome: Failed | Deferred) -> dict[str, Any]:
    if isinstance(outcome, Deferred):
        return {"deferred": outcome.where}
    return {"failed": outcome.reason, "where": outcome.where, "again": outcome.again}


def _parse_step(value: Any) -> tuple[str, float]:
    match value:
        case [str() as step, int() | float() as share] if step in set(Step):
            return step, min(1.0, max(0.0, float(share)))
    raise ProcessDiedError("an odd step")


def _parse_outcome(value: Any, folder: Path) -> Outcome:
    """The outcome in an answer of a process that a photo may have taken over: what can't be is an error of ours."""
    match value:
        case {"files": list() as files, "remark": str() as remark, **rest} if remark in REMARKS:
            restored = rest.get("restored", [])
            if all(_is_result(one, folder) for one in files) and are_parts(restored):
                return Rendered(tuple((name, folder / file) for name, file in files), remark, tuple(restored))
        case {"refused": str() as reason, "cause": str() as cause}:
            if reason in set(Reason) and _CAUSE.fullmatch(cause):
                return Refusal(reason, cause)
        case {"failed": str() as reason, "where": str() as place, **rest}:
            if reason in _FAILURES and _PLACE.fullmatch(place):
                return Failed(reason, again=rest.get("again") is True, where=place)
        case {"deferred": str() as place} if _PLACE.fullmatch(place):
            return Deferred(place)
    return Failed("error", where="an odd answer")


def are_parts(value: Any) -> TypeGuard[list[str]]:
    """Whether a value of a process that a photo may have taken over is a list of parts of a restoration, each once."""
    return isinstance(value, list) and [part for part in RESTORE_PARTS if part in value] == value


def _is_result(value: Any, folder: Path) -> bool:
    """Whether a pair of format and name means a file of the folder itself, and no link to one that lies elsewhere."""
    match value:
        case [str() as name, str() as file] if name in {*FORMATS, *STILLS} and Path(file).name == file:
            try:
                status = (folder / file).lstat()
            except (OSError, ValueError):
                return False
            return stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return False
