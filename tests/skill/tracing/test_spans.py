"""Spans without anybody who collects them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from skill.tracing.spans import record, span, traceparent

ROOT = Path(__file__).parents[3]


def test_nothing_is_collected_and_nothing_breaks() -> None:
    with span("job", {"ozhivi.job": "1"}, parent="00-" + "1" * 32 + "-" + "2" * 16 + "-01") as one:
        one.note({"ozhivi.state": "done"}, failed=True)
        record("decode", 0.1)
        assert traceparent() == ""


def test_nothing_of_it_is_imported_before_it_is_asked_for() -> None:
    own = ROOT / "skill" / "tracing" / "open_telemetry.py"
    importing = re.compile(r"^\s*(?:from|import) opentelemetry\b", re.MULTILINE)
    packages = ("skill", "pipeline", "filters", "weights")
    modules = [path for name in packages for path in (ROOT / name).rglob("*.py")]
    assert [path for path in modules if importing.search(path.read_text(encoding="utf-8"))] == [own]
    code = "import sys, skill.tracing.open_telemetry; print([one for one in sys.modules if one.startswith('opentele')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
