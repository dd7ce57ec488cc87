"""`python -m tests.attack [--part] [NAME …]`: attack services on loopback, and say which promises hold.

Without a name all attacks are carried out, in full, in under ten minutes; `--part` makes them as small as in every run
of the tests. The exit code is 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from skill.console import print_line
from tests.attack import every_attack
from tests.attack.arena import carry_out


def main() -> int:
    """Carry out the attacks that the command line names, and print a report."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description="Attack services on loopback.")
    attacks = every_attack()
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(attacks))
    parser.add_argument("--part", action="store_true", help="as small as in every run of the tests")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - set(attacks)):
        parser.error(f"no attack {unknown[0]!r}")
    sys.stdout.reconfigure(line_buffering=True)  # also where it is no terminal
    broken = 0
    for name in given.names or attacks:
        print_line(f"{name}: {attacks[name].promise}")
        began = time.perf_counter()
        findings = asyncio.run(carry_out(attacks[name], whole=not given.part))
        counts = ", ".join(f"{counted} {value}" for counted, value in findings.counts.items())
        verdict = "HELD" if not findings.broken else "BROKEN: " + "; ".join(findings.broken)
        print_line(f"  {counts}\n  {verdict} ({time.perf_counter() - began:.0f} s)")
        broken += bool(findings.broken)
    print_line(f"{len(given.names or attacks) - broken} held, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
