"""Alerts and dashboards: what they ask of Prometheus is there, and the alerts go off when they should."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from prometheus_client.metrics_core import Metric

from skill.web.metrics import GpuMemory, GpuMemoryCollector, Metrics
from tests.debian import install_packages

DEPLOY = Path(__file__).parents[2] / "deploy"
PROMETHEUS, GRAFANA = DEPLOY / "prometheus", DEPLOY / "grafana"
FOREIGN = {  # Prometheus's own, node_exporter's, blackbox_exporter's
    "up",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "probe_success",
    "probe_ssl_earliest_cert_expiry",
}
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
# words of a query that are no metric: functions and keywords are followed by a bracket or known by name
KEYWORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left"}


@pytest.fixture(scope="module")
def dashboards() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dashboards", GRAFANA / "dashboards.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def families() -> Iterator[Metric]:
    """All metrics of the service and of workers on a machine with a card."""
    metrics = Metrics()
    metrics.set_queue(0, 0, 0, 1)
    metrics.note_sweep()
    yield from metrics.registry.collect()
    yield from GpuMemoryCollector(lambda: (GpuMemory("0", 1, 2),)).collect()


def names() -> set[str]:
    return {family.name + ending for family in families() for ending in ENDINGS[family.type]}


def asked(expression: str) -> set[str]:
    """The metrics of a query."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|#.*', "", expression)
    bare = re.sub(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)", "", bare)
    return set(re.findall(r"\b[a-z_][a-z0-9_]*\b(?!\s*\()", bare)) - KEYWORDS


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def test_docs_name_every_metric() -> None:
    text = (DEPLOY.parent / "docs" / "service.md").read_text(encoding="utf-8")
    ours = {f"{family.name}_total" if family.type == "counter" else family.name for family in families()}
    assert set(re.findall(r"\bozhivi_[a-z_]+", text)) == ours


@pytest.fixture(scope="module")
def promtool() -> str:
    if shutil.which("promtool") is None:
        install_packages("promtool", "prometheus")
    program = shutil.which("promtool")
    assert program
    return program


def test_a_query_is_understood() -> None:
    query = 'histogram_quantile(0.99, sum by (le, a) (rate(one_bucket{b="two"}[5m]))) > 1 and time() - three # four'
    assert asked(query) == {"one_bucket", "three"}


def test_alerts_ask_for_what_is_there() -> None:
    found = {rule["alert"]: asked(rule["expr"]) - names() - FOREIGN for rule in rules()}
    assert found == {name: set() for name in found}
    assert "ozhivi_jobs" not in names(), "a counter without its ending asks for nothing"


def test_dashboards_ask_for_what_is_there(dashboards: ModuleType) -> None:
    for name, (_, panels) in dashboards.DASHBOARDS.items():
        for panel in panels:
            for expression in panel.series.values():
                assert asked(expression) <= names(), (name, panel.title)


def test_labels_are_there(dashboards: ModuleType) -> None:
    """Each label that a query chooses or sums by is one of its metric, or of the target that was asked."""
    known = {
        "state", "reason", "assistant", "outcome", "status", "route", "step", "le", "gpu", "instance", "job",
        "mountpoint", "source",
    }  # fmt: skip
    expressions = [rule["expr"] for rule in rules()]
    expressions += [
        one for _, panels in dashboards.DASHBOARDS.values() for panel in panels for one in panel.series.values()
    ]
    for expression in expressions:
        used = set(re.findall(r"(\w+)\s*=~?\"", expression))
        for group in re.findall(r"\bby\s*\(([^)]*)\)", expression):
            used |= {label.strip() for label in group.split(",")}
        assert used <= known, expression


def test_every_metric_is_on_a_dashboard(dashboards: ModuleType) -> None:
    text = "".join(dashboards.text(name) for name in dashboards.DASHBOARDS)
    assert [family.name for family in families() if family.name not in text] == []


def test_the_files_are_those_of_the_code(dashboards: ModuleType) -> None:
    assert {path.stem for path in GRAFANA.glob("*.json")} == dashboards.DASHBOARDS.keys()
    for name in dashboards.DASHBOARDS:
        assert (GRAFANA / f"{name}.json").read_text(encoding="utf-8") == dashboards.text(name), (
            "run python deploy/grafana/dashboards.py"
        )


def test_panels_do_not_overlap(dashboards: ModuleType) -> None:
    for name in dashboards.DASHBOARDS:
        places = [tuple(panel["gridPos"].values()) for panel in dashboards.build(name)["panels"]]
        assert len(set(places)) == len(places)
        assert all(x + width <= 24 for x, _, width, _ in places)
        json.loads(dashboards.text(name))


def test_prometheus_reads_the_configuration(promtool: str) -> None:
    command = [promtool, "check", "config", "prometheus.yaml"]
    done = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def test_alerts_go_off_when_they_should(promtool: str) -> None:
    command = [promtool, "test", "rules", "alerts.test.yaml"]
    done = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def test_each_alert_has_a_card() -> None:
    text = (DEPLOY.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    cards = re.findall(r"^\| \*\*(Ozhivi\w+)\*\* \| \S.* \| \S.* \|$", text, re.MULTILINE)
    assert cards == [rule["alert"] for rule in rules()]


def test_each_alert_is_tested_both_ways() -> None:
    tests = yaml.safe_load((PROMETHEUS / "alerts.test.yaml").read_text(encoding="utf-8"))["tests"]
    ways: dict[str, set[bool]] = {}
    for test in tests:
        for case in test["alert_rule_test"]:
            ways.setdefault(case["alertname"], set()).add(bool(case.get("exp_alerts")))
    assert ways == {rule["alert"]: {False, True} for rule in rules()}
