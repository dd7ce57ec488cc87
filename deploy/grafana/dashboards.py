"""Writes the dashboards beside it for Grafana 10 and newer: `python deploy/grafana/dashboards.py`.

A dashboard is a list of panels; a panel is a title, a unit and what Prometheus is asked. The JSON is made of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parent
_WIDTH: Final = 12  # of a panel, of 24 columns
_HEIGHT: Final = 8
_EACH: Final = "[$__rate_interval]"
_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}


class Panel(NamedTuple):
    """A picture of one or more series over time."""

    title: str
    """Its heading."""
    unit: str
    """Grafana's name of the unit."""
    series: dict[str, str]
    """Legend → expression; `{{label}}` in a legend is that label's value."""
    text: str = ""
    """Explanation, shown at the heading."""


def _quantile(share: float, metric: str, label: str) -> str:
    return f"histogram_quantile({share}, sum by (le, {label}) (rate({metric}_bucket{_EACH})))"


DASHBOARDS: Final[dict[str, tuple[str, tuple[Panel, ...]]]] = {
    "ozhivi-service": (
        "Ozhivi: photos and clips",
        (
            Panel(
                "Jobs that ended",
                "short",
                {"{{state}}": f"sum by (state) (rate(ozhivi_jobs_total{_EACH})) * 60"},
                "a minute",
            ),
            Panel(
                "Photos not animated",
                "short",
                {"{{reason}}": f"sum by (reason) (rate(ozhivi_refusals_total{_EACH})) * 60"},
                "a minute",
            ),
            Panel("Jobs that wait", "short", {"waiting": "sum(ozhivi_queue_length)", "workers": "max(ozhivi_workers)"}),
            Panel(
                "How long they wait",
                "s",
                {
                    "oldest": "max(ozhivi_queue_oldest_seconds)",
                    "estimate for a new one": "max(ozhivi_queue_wait_seconds)",
                },
            ),
            Panel("Time by step, median", "s", {"{{step}}": _quantile(0.5, "ozhivi_step_seconds", "step")}),
            Panel("Time by step, one in 20", "s", {"{{step}}": _quantile(0.95, "ozhivi_step_seconds", "step")}),
            Panel(
                "Memory of the cards",
                "percentunit",
                {"{{instance}} {{gpu}}": "ozhivi_gpu_memory_used_bytes / ozhivi_gpu_memory_bytes"},
            ),
            Panel(
                "Last deletion of what is past its time",
                "s",
                {"ago": "time() - max(ozhivi_last_sweep_timestamp_seconds)"},
                "each 30 s; photos must not stay",
            ),
        ),
    ),
    "ozhivi-dialog": (
        "Ozhivi: dialog and requests",
        (
            Panel(
                "Turns a second",
                "reqps",
                {"{{assistant}} {{outcome}}": f"sum by (assistant, outcome) (rate(ozhivi_turns_total{_EACH}))"},
            ),
            Panel(
                "Time to a reply",
                "s",
                {
                    "{{assistant}} p50": _quantile(0.5, "ozhivi_turn_seconds", "assistant"),
                    "{{assistant}} p99": _quantile(0.99, "ozhivi_turn_seconds", "assistant"),
                },
                "Alice waits 4.5 s, Salute 7 s",
            ),
            Panel(
                "Apologies",
                "short",
                {"{{assistant}}": f"sum by (assistant) (rate(ozhivi_broken_turns_total{_EACH})) * 60"},
                "a minute; each has an error in the log",
            ),
            Panel(
                "Requests a second", "reqps", {"{{status}}": f"sum by (status) (rate(ozhivi_requests_total{_EACH}))"}
            ),
            Panel(
                "Time of a request, one in 20", "s", {"{{route}}": _quantile(0.95, "ozhivi_request_seconds", "route")}
            ),
            Panel(
                "Errors of ours, by route",
                "reqps",
                {"{{route}}": f'sum by (route) (rate(ozhivi_requests_total{{status=~"5.."}}{_EACH}))'},
            ),
        ),
    ),
}


def build(name: str) -> dict[str, Any]:
    """The dashboard of a name, as Grafana imports it."""
    title, panels = DASHBOARDS[name]
    return {
        "uid": name,
        "title": title,
        "tags": ["ozhivi"],
        "schemaVersion": 38,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    targets = [
        {"refId": chr(ord("A") + place), "datasource": _SOURCE, "expr": expression, "legendFormat": legend}
        for place, (legend, expression) in enumerate(panel.series.items())
    ]
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.text,
        "datasource": _SOURCE,
        "gridPos": {"x": number % 2 * _WIDTH, "y": number // 2 * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": targets,
    }


def text(name: str) -> str:
    """The file of a dashboard."""
    return json.dumps(build(name), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for one in DASHBOARDS:
        (FOLDER / f"{one}.json").write_text(text(one), encoding="utf-8")
