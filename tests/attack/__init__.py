"""Attacks on a running service, as a stranger with one ticket, or with none, could try them. Loopback only.

`python -m tests.attack` carries all of them out and reports; the tests do a part of it.
"""

from __future__ import annotations

import importlib

from tests.attack.attack import ATTACKS, Attack

_MODULES = ("forms", "connections", "tickets", "identities", "uploads", "decoders", "watchers", "stops", "mixture")


def every_attack() -> dict[str, Attack]:
    """All attacks by name."""
    for module in _MODULES:
        importlib.import_module(f"tests.attack.{module}")
    return ATTACKS
