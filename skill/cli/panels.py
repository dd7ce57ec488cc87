"""Headings under which `ozhivi --help` lists the commands."""

from __future__ import annotations

from typing import Final

CLIPS: Final = "Clips"
SERVICE: Final = "Service"
DIALOG: Final = "Dialog"
MACHINE: Final = "Models, filters, measurements"
