"""`ozhivi doctor`: one table of all that this machine has and lacks, and what a running deployment looks like."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table

from skill.animator_choice import describe_choice
from skill.console import print_line
from skill.deployment.examination import examine_deployment
from skill.deployment.finding import Level
from skill.filter_status import describe_filters
from skill.local_render import open_runtime
from skill.sandbox.status import describe_sandbox
from skill.settings import Settings, described, load
from weights.store import State, WeightStore

_PACKAGES = (
    "ozhivi",
    "numpy",
    "opencv-python-headless",
    "onnxruntime",
    "onnxruntime-gpu",
    "pillow",
    "pillow-heif",
    "av",
    "boto3",
    "psycopg",
    "usearch",
    "insightface",
)
# models of our own lie in the package, `ozhivi weights build` brings the others
_WITHOUT_MODELS = "every photo is refused (undetermined) until `ozhivi weights build` or a new installation mends that"


@dataclass(frozen=True, slots=True)
class Findings:
    """The state of this machine."""

    rows: tuple[tuple[str, str], ...]
    """Lines of the table: the name of a thing, and its version, value or state."""
    weights_ready: bool
    """Whether every model is there with the right hash."""


def examine() -> Findings:
    """Look at the packages, the runtime, the models, the filters and the settings, without loading a model.

    Raises:
        WrongSettings: A setting can't be used.
    """
    nets = open_runtime()
    runtime = nets.describe()
    settings = load()
    store = WeightStore()
    states = {model.name: store.state(model.name) for model in store.manifest.models}
    bad = [f"{name}: {state}" for name, state in states.items() if state is not State.READY]
    models = "; ".join(bad) or f"{len(states)} ready"
    rows = [
        ("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        *((name, found) for name in _PACKAGES if (found := _version(name))),
        ("providers built in", ", ".join(runtime["providers_built_in"])),
        ("providers used", ", ".join(runtime["providers"])),
        ("threads", f"{runtime['threads']} inside a model, {os.cpu_count()} logical CPUs"),
        ("memory", _memory()),
        ("strangers' photos", describe_sandbox()),
        ("models", f"{models} ({store.root})"),
        *([("WARNING", _WITHOUT_MODELS)] if bad else []),
        ("liveportrait", str(store.liveportrait.state())),
        ("animator", describe_choice(settings, tuple(runtime["providers"]), store)),
        ("webhooks", "`ozhivi alice-url` and `ozhivi alice-url --salute` show their addresses"),
        *_for_development(settings),
        *describe_filters(settings, nets),
        *described(settings),
    ]
    return Findings(tuple(rows), not bad)


def _for_development(settings: Settings) -> Iterator[tuple[str, str]]:
    """Warnings of settings that must not be on where strangers talk to the skill."""
    if settings.record is not None:
        yield "WARNING", "OZHIVI_RECORD: whatever people say to the skill is written to a folder"
    if settings.dev:
        where = "for ANYBODY" if settings.dev_anywhere else "for this machine"
        yield "WARNING", f"OZHIVI_DEV: /dev shows the webhook's secret, {where}"


def show(findings: Findings) -> None:
    """Print the table on stdout."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for row in findings.rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def examine_running(address: str) -> bool:
    """Print what a running deployment looks like from outside, a line each; whether nothing has to be mended.

    Args:
        address: Of the deployment, "https://…".

    Raises:
        WrongSettings: The address is none, or a setting can't be used.
    """
    return asyncio.run(_print_findings(address, load()))


async def _print_findings(address: str, settings: Settings) -> bool:
    well = True
    async for finding in examine_deployment(address, settings):
        print_line(f"{finding.level:8}{finding.name}: {finding.text}")
        if finding.level is Level.BAD:
            print_line(f"        → {finding.mend}")
            well = False
    return well


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return "unknown"
    return f"{total / 2**30:.1f} GiB"
