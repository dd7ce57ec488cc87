"""Honest people who talk to the skill while others attack it: `python -m tests.attack.honest WEBHOOK RATE`.

A process of its own, so that the attacker's work does not count as the service's delay. It prints a line when the first
turns were answered, and what it saw as JSON when a line comes on its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys

from skill.bench.dialog_load import send_turns
from skill.console import print_line

_STRETCH = 1.0  # seconds of turns between two looks at the standard input


async def talk(webhook: str, rate: float) -> None:
    """Send turns until a line comes."""
    await send_turns(webhook, rate, 0.5)  # dictionaries are read, files are made
    print_line("talking")
    sys.stdout.flush()
    stop = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    stretches = []
    while not stop.done():
        # each stretch begins on time: an answer that is late does not hold up those who speak next
        stretches.append(asyncio.create_task(send_turns(webhook, rate, _STRETCH)))
        await asyncio.sleep(_STRETCH)
    turns = [turn for stretch in stretches for turn in await stretch]
    errors = [turn.error for turn in turns if turn.error]
    print_line(json.dumps({"latencies": [turn.latency for turn in turns], "errors": errors}))


if __name__ == "__main__":
    asyncio.run(talk(sys.argv[1], float(sys.argv[2])))
