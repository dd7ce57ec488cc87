"""How fast the skill answers: the real service under an even load of turns, with renders, with its files locked.

Open loop: a turn is due at its time whether the ones before it are answered or not, and its latency counts from then;
so a stall is felt by all that were due in it (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp

from skill.bench.background_renders import Renders, cpu_seconds
from skill.dialog.alice.schema import check_answer
from skill.dialog.codec import AnswerError
from skill.dialog.fallback import late_texts

SERVE: Final = (sys.executable, "-c", "from skill.cli.main import main; main()", "serve", "--port", "0")
FREEZE: Final = 5.0  # seconds
_SCENE: Final = (
    "", "оживи фото", "как дела с фото", "готово", "пусть улыбнётся", "помощь", "что ты умеешь", "спасибо хватит",
)  # fmt: skip
_SURFACES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"screen": {}},
    {"screen": {}, "account_linking": {}},
    {"account_linking": {}},
)
_HURRY: Final = 4.5  # seconds after which Alice has hung up
_LOCK: Final = """
import sqlite3, sys, time
held = [sqlite3.connect(path, isolation_level=None, timeout=5) for path in sys.argv[2:]]
for one in held:
    one.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[1]))
"""


@dataclass(slots=True)
class Turned:
    """One turn. `at`, `seconds`: since the first was due, from when it was due to its answer. `wrong`: what is wrong
    with the answer. `late`: it was the ready one."""

    at: float
    seconds: float
    wrong: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """`load`: the machine's load average before. `cpu`: seconds that the service's own process worked a turn.
    `renders`: clips that were made meanwhile. `nice`: of the processes that make them. `frozen`: seconds of the turns
    that were due while the files were locked."""

    rate: float
    turns: Sequence[Turned]
    load: float = 0.0
    cpu: float = 0.0
    renders: int = 0
    nice: tuple[int, ...] = ()
    frozen: tuple[float, ...] = ()

    def percentile(self, share: float) -> float:
        times = sorted(turn.seconds for turn in self.turns)
        return times[min(len(times) - 1, int(share * len(times)))]

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(turn.wrong for turn in self.turns if turn.wrong)


@dataclass(slots=True)
class Talker:
    """Somebody who talks, one scene after the other, and hands back what the skill left with the platform."""

    number: int
    scene: int = 0
    turn: int = 0
    state: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        application = f"application-{self.number}"
        session: dict[str, Any] = {
            "message_id": self.turn,
            "session_id": f"session-{self.number}-{self.scene}",
            "skill_id": "bench",
            "user_id": application,
            "application": {"application_id": application},
            "new": self.turn == 0,
        }
        if self.number % 2:
            session["user"] = {"user_id": f"user-{self.number}"}
        text = _SCENE[self.turn]
        said = {"command": text, "original_utterance": text, "type": "SimpleUtterance", "nlu": {"tokens": text.split()}}
        body = {
            "meta": {"locale": "ru-RU", "timezone": "UTC", "interfaces": _SURFACES[self.number % len(_SURFACES)]},
            "request": said,
            "session": session,
            "state": {"session": self.state},
            "version": "1.0",
        }
        self.turn += 1
        if self.turn == len(_SCENE):
            self.turn, self.scene, self.state = 0, self.scene + 1, {}
        return body


async def _load(url: str, rate: float, seconds: float) -> list[Turned]:
    """Turns at an even rate, by as many talkers as speak once in three seconds."""
    talkers = [Talker(number) for number in range(max(4, round(rate * 3)))]
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(limit=0)
    turns: list[Turned] = []
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=_HURRY)) as client:
        begun = loop.time() + 0.1
        tasks = []
        for number in range(round(rate * seconds)):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            talker = talkers[number % len(talkers)]
            tasks.append(asyncio.create_task(_turn(client, url, talker, begun, due, turns)))
        await asyncio.gather(*tasks)
    return turns


async def _turn(
    client: aiohttp.ClientSession, url: str, talker: Talker, begun: float, due: float, turns: list[Turned]
) -> None:
    loop = asyncio.get_running_loop()
    scene = talker.scene
    try:
        async with client.post(url, json=talker.body()) as response:
            status, raw = response.status, await response.read()
    except (TimeoutError, aiohttp.ClientError) as error:
        turns.append(Turned(due - begun, loop.time() - due, type(error).__name__))
        return
    turned = Turned(due - begun, loop.time() - due, "" if status == 200 else f"status {status}")
    turns.append(turned)
    if status == 200:
        try:
            answer = json.loads(raw)
            check_answer(answer)
        except (ValueError, AnswerError) as error:
            turned.wrong = str(error)
            return
        turned.late = answer.get("response", {}).get("text") in late_texts()
        if talker.scene == scene:
            talker.state = answer.get("session_state", {})


@asynccontextmanager
async def _served(command: Sequence[str], data: Path, secret: str) -> AsyncIterator[tuple[str, int]]:
    """Address and process id of a service of its own, in `data`."""
    given = {"DATA_DIR": str(data), "ALICE_SECRETS": secret, "API_KEYS": secret, "LOG_LEVEL": "warning"}
    env = {**os.environ, **{f"OZHIVI_{name}": value for name, value in given.items()}}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.DEVNULL, stderr=pipe)
    try:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        if "http" not in line:
            raise RuntimeError(f"the service did not open: {line.strip()}")
        yield next(word for word in line.split() if word.startswith("http")), process.pid
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def _freeze(data: Path, after: float) -> tuple[float, float]:
    """Lock the dialog's files from another process; when, in seconds since it was asked to."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.sleep(after)
    files = [str(file) for file in sorted(data.glob("*.db"))]
    command = (sys.executable, "-c", _LOCK, str(FREEZE), *files)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    locked = loop.time()
    await process.wait()
    return locked - begun, loop.time() - begun


async def _measured(rate: float, seconds: float, *, renders: bool, freeze: bool, command: Sequence[str]) -> Figures:
    secret, busy = secrets.token_hex(32), os.getloadavg()[0]
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        async with _served(command, data, secret) as (address, process):
            url = f"{address}/alice/{secret}"
            await _load(url, min(rate, 20), 1.0)  # warm: dictionaries are read, files are made
            rendering = Renders(address, secret, process)
            if renders:
                await rendering.begin()
            freezing = asyncio.create_task(_freeze(data, seconds / 3)) if freeze else None
            before = cpu_seconds(process)
            turns = await _load(url, rate, seconds)
            cpu = (cpu_seconds(process) - before) / len(turns)
            locked, freed = await freezing if freezing else (0.0, 0.0)
            made = await rendering.end()
    frozen = tuple(turn.seconds for turn in turns if locked <= turn.at < freed)
    return Figures(rate, turns, busy, cpu, made, rendering.nice, frozen)


def measure(
    rate: float, seconds: float, *, renders: bool = False, freeze: bool = False, command: Sequence[str] = SERVE
) -> Figures:
    """Raises RuntimeError where the service does not open."""
    return asyncio.run(_measured(rate, seconds, renders=renders, freeze=freeze, command=command))


def described(figures: Figures) -> list[tuple[str, str]]:
    """(what, how much), for people."""
    late = sum(turn.late for turn in figures.turns)
    rows = [("turns", f"{len(figures.turns)} at {figures.rate:g} a second"), ("errors", str(len(figures.errors)))]
    rows += [(f"p{share:g}", f"{figures.percentile(share / 100) * 1000:.0f} ms") for share in (50, 95, 99)]
    rows.append(("machine", f"{os.cpu_count()} CPUs, load {figures.load:.1f} before"))
    rows.append(("CPU of the service", f"{figures.cpu * 1000:.1f} ms a turn"))
    rows += [("longest", f"{max(turn.seconds for turn in figures.turns):.2f} s"), ("ready answers", str(late))]
    if figures.nice:
        rows.append(("renders meanwhile", f"{figures.renders}, nice {', '.join(map(str, sorted(set(figures.nice))))}"))
    if figures.frozen:
        longest = max(figures.frozen)
        rows.append(("with files locked for 5 s", f"{len(figures.frozen)} turns, longest {longest:.2f} s"))
    rows += [("error", text) for text in sorted(set(figures.errors))[:5]]
    return rows
