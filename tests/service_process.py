"""`ozhivi serve` in a process of its own, as a person starts it: on a free port, with its log in a file."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from skill.components import build_tickets, open_database
from skill.settings import load

OZHIVI = [sys.executable, "-c", "from skill.cli.main import main; main()"]
"""The command line in a process of its own; the arguments follow."""


def nameless_files(folder: Path, pid: int | str = "self") -> list[Path]:
    """The files that a process has open in a folder which has no name for them; each by a path that opens it."""
    found = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the listing
            target = str(path.readlink())
            if target.startswith(f"{folder.resolve()}/") and target.endswith("(deleted)"):
                found.append(path)
    return found


class ServiceProcess:
    """A running service, from its first line on stderr until `stop`."""

    data: Path
    """Its data folder."""
    log: Path
    """The file that its log goes to."""
    address: str
    """Where it listens: http://127.0.0.1:PORT, or the public address where one is set."""
    pid: int
    """The number of its process."""

    def __init__(self, data: Path, **settings: str) -> None:
        """Start the service, and wait until it listens.

        Args:
            data: The data folder; the log is put beside it.
            settings: Settings in lower case and without the prefix OZHIVI_.
        """
        # previews cost a core for seconds
        self._given = {"data_dir": str(data), "port": "0", "previews": "false", **settings}
        environment = {**os.environ, **{f"OZHIVI_{name.upper()}": value for name, value in self._given.items()}}
        self.data, self.log = data, data.parent / "log"
        self._output = self.log.open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [*OZHIVI, "serve"], env=environment, stdout=self._output, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        found = re.search(r"https?://\S+", self._process.stderr.readline())
        assert found, "the service did not start"
        self.address = found[0]
        self.pid = self._process.pid
        self._terminated = False

    def dev_link(self) -> str:
        """The next link to the developer's page; the one before was used."""
        assert self._process.stderr is not None
        found = re.search(r"http://\S+/dev\S+", self._process.stderr.readline())
        assert found, "no link was printed"
        return found[0]

    def ticket(self) -> list[str]:
        """The link and the code of a new ticket, as `ozhivi ticket` prints them."""

        async def issue() -> list[str]:
            settings = load(self._given)
            database = await open_database(settings)
            try:
                issued = await build_tickets(settings, database).issue(f"try-{secrets.token_hex(8)}")
            finally:
                await database.close()
            return [f"{self.address}/u/{issued.token}", f"{issued.code[:3]} {issued.code[3:]}"]

        with ThreadPoolExecutor(1) as thread:  # Playwright's own loop runs in this one
            return thread.submit(asyncio.run, issue()).result()

    def memory(self) -> float:
        """MiB that the server holds now, without the rendering process."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        (found,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
        return int(found) / 1024

    def open_files(self) -> int:
        """The files and connections that the server has open now."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def files(self, *folders: str) -> list[Path]:
        """The files in folders of the data folder, also those without a name that the service has open there."""
        places = [self.data / name for name in folders]
        named = [path for place in places for path in place.rglob("*") if path.is_file()]
        return named + [path for place in places for path in nameless_files(place, self.pid)]

    def complaints(self) -> list[str]:
        """Lines of the log that speak of an error of ours."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if re.search(r'Traceback|"level": ?"(error|critical)"|exception', line)]

    def terminate(self) -> None:
        """Tell the service to stop, as an operator does, and do not wait for it."""
        self._terminated = True
        self._process.terminate()

    def stop(self) -> int:
        """End the service as an operator does; its exit code."""
        if not self._terminated:  # a second signal would end it at once
            self.terminate()
        code = self._process.wait(60)
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._output.close()
        return code

    def kill(self) -> None:
        """End the service in any case; nothing where it has ended."""
        self._process.kill()
        self._process.wait()
