"""`ozhivi bench dialog`: latency of the dialog under an even load of turns, also with renders or with locked files."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from skill.bench.background_renders import BackgroundRenders
from skill.bench.dialog_load import TurnResult, send_turns
from skill.bench.errors import BenchError
from skill.bench.processes import OZHIVI, cpu_seconds

SERVE: Final = (*OZHIVI, "serve", "--port", "0")
_LOCKED_SECONDS: Final = 5.0
_WARM_UP_RATE: Final = 20.0  # turns a second at most before anything is measured
_LOCK_FILES: Final = """
import sqlite3, sys, time
connections = [sqlite3.connect(path, isolation_level=None, timeout=5) for path in sys.argv[2:]]
for one in connections:
    one.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[1]))
"""


@dataclass(frozen=True, slots=True)
class DialogFigures:
    """One measurement of the dialog."""

    rate: float
    """Turns a second that were sent."""
    turns: Sequence[TurnResult]
    """The answers."""
    load: float = 0.0
    """The load average of the machine before the measurement."""
    cpu: float = 0.0
    """Seconds of CPU that the service's own process used for a turn."""
    clips: int = 0
    """The number of clips that were rendered meanwhile."""
    nice: tuple[int, ...] = ()
    """The niceness of the processes that rendered them."""
    locked_latencies: tuple[float, ...] = ()
    """Latencies, in seconds, of the turns that were due while the files were locked."""

    def percentile(self, share: float) -> float:
        """The latency, in seconds, that this share (0..1) of the turns does not exceed."""
        latencies = sorted(turn.latency for turn in self.turns)
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))]

    @property
    def errors(self) -> tuple[str, ...]:
        """The defects of all wrong answers."""
        return tuple(turn.error for turn in self.turns if turn.error)


def measure_dialog(
    rate: float,
    seconds: float,
    *,
    renders: bool = False,
    freeze: bool = False,
    postgres: str = "",
    command: Sequence[str] = SERVE,
) -> DialogFigures:
    """Start a service, and talk to it.

    Args:
        rate: Turns a second.
        seconds: The length of the load.
        renders: Keep the service rendering meanwhile.
        freeze: Lock all its database files for five seconds in between.
        postgres: The address of a PostgreSQL database with our tables; else a new SQLite file.
        command: The command that starts the service.

    Raises:
        BenchError: The service does not open, a render fails, or there are no files to lock.
    """
    if freeze and postgres:
        raise BenchError("PostgreSQL has no files to lock: leave out one of --freeze and --postgres")
    secret = secrets.token_hex(32)
    service = _Service(command, secret, postgres)
    return asyncio.run(_measure(rate, seconds, renders=renders, freeze=freeze, service=service))


def describe_figures(figures: DialogFigures) -> list[tuple[str, str]]:
    """Rows of (figure, its value) for people."""
    late = sum(turn.is_late_answer for turn in figures.turns)
    rows = [("turns", f"{len(figures.turns)} at {figures.rate:g} a second"), ("errors", str(len(figures.errors)))]
    rows += [(f"p{share:g}", f"{figures.percentile(share / 100) * 1000:.0f} ms") for share in (50, 95, 99)]
    rows.append(("machine", f"{os.cpu_count()} CPUs, load {figures.load:.1f} before"))
    rows.append(("CPU of the service", f"{figures.cpu * 1000:.1f} ms a turn"))
    rows += [("longest", f"{max(turn.latency for turn in figures.turns):.2f} s"), ("ready answers", str(late))]
    if figures.nice:
        rows.append(("renders meanwhile", f"{figures.clips}, nice {', '.join(map(str, sorted(set(figures.nice))))}"))
    if figures.locked_latencies:
        longest = max(figures.locked_latencies)
        rows.append(("with files locked for 5 s", f"{len(figures.locked_latencies)} turns, longest {longest:.2f} s"))
    rows += [("error", text) for text in sorted(set(figures.errors))[:5]]
    return rows


@dataclass(frozen=True, slots=True)
class _Service:
    """A service that can be started."""

    command: Sequence[str]
    """The command that starts it."""
    secret: str
    """The secret of its webhook, its API and its signatures."""
    postgres: str
    """The address of its PostgreSQL database; empty for an SQLite file."""

    def environment(self, data: Path) -> dict[str, str]:
        """The variables for a service whose files lie in `data`."""
        settings = {
            "DATA_DIR": str(data),
            "ALICE_SECRETS": self.secret,
            "API_KEYS": self.secret,
            "LOG_LEVEL": "warning",
        }
        if self.postgres:
            settings |= {"QUEUE": "postgres", "POSTGRES": self.postgres, "SECRETS": self.secret}
            settings |= {"IDENTITY_SECRET": self.secret}
        return {**os.environ, **{f"OZHIVI_{name}": value for name, value in settings.items()}}


async def _measure(rate: float, seconds: float, *, renders: bool, freeze: bool, service: _Service) -> DialogFigures:
    secret, load = service.secret, os.getloadavg()[0]
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        async with _run_service(service, data) as (address, pid):
            url = f"{address}/alice/{secret}"
            await send_turns(url, min(rate, _WARM_UP_RATE), 1.0)  # dictionaries are read, files are made
            background = BackgroundRenders(address, secret, pid)
            if renders:
                await background.start()
            freezing = asyncio.create_task(_lock_files(data, seconds / 3)) if freeze else None
            before = cpu_seconds(pid)
            turns = await send_turns(url, rate, seconds)
            cpu = (cpu_seconds(pid) - before) / len(turns)
            locked, unlocked = await freezing if freezing else (0.0, 0.0)
            clips = await background.stop()
    locked_latencies = tuple(turn.latency for turn in turns if locked <= turn.due < unlocked)
    return DialogFigures(rate, turns, load, cpu, clips, background.nice, locked_latencies)


@asynccontextmanager
async def _run_service(service: _Service, data: Path) -> AsyncIterator[tuple[str, int]]:
    """The address and the process of a service whose files lie in `data`."""
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *service.command, env=service.environment(data), stdout=nowhere, stderr=pipe
    )
    try:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        if "http" not in line:
            raise BenchError(f"the service did not open: {line.strip()}")
        yield next(word for word in line.split() if word.startswith("http")), process.pid
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def _lock_files(data: Path, after: float) -> tuple[float, float]:
    """Lock the dialog's files from another process, `after` so many seconds.

    Returns:
        The begin and the end of the lock, in seconds since this was called.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(after)
    files = [str(file) for file in sorted(data.glob("*.db"))]
    command = (sys.executable, "-c", _LOCK_FILES, str(_LOCKED_SECONDS), *files)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    locked = loop.time()
    await process.wait()
    return locked - began, loop.time() - began
