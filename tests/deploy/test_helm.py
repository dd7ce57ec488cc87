"""The chart: rendered by Helm's own code, held against Kubernetes's schemas, with settings that the service takes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from filters.embeddings.base import FaceEmbedding
from filters.gallery import Gallery, summarize_gallery
from skill.app import _PATIENCE
from skill.database.revision import creation
from skill.jobs.worker import WorkerTiming
from skill.settings import Settings, load
from skill.settings.environment import check_names

helm = pytest.importorskip("helm_python", reason="no Helm: pip install '.[chart]'")
kubernetes = pytest.importorskip("kubernetes_validate", reason="no schemas of Kubernetes: pip install '.[chart]'")

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "ozhivi"
VERSIONS = ("1.27", "1.31", "1.34")
SECRET = {
    "OZHIVI_SECRETS": "s" * 64,
    "OZHIVI_POSTGRES": "postgresql://ozhivi:password@postgres/ozhivi",
    "OZHIVI_S3_ACCESS_KEY": "key",
    "OZHIVI_S3_SECRET_KEY": "secret",
}
FOREIGN = {"ScaledObject", "TriggerAuthentication"}  # KEDA's
VALUES: dict[str, dict[str, Any]] = {
    "as shipped": {},
    "cards and KEDA": {
        "keda": {"enabled": True},
        "worker": {
            "gpu": 1,
            "image": {"repository": "ozhivi-gpu"},
            "tolerations": [{"key": "gpu", "operator": "Exists"}],
        },
        "serve": {"nodeSelector": {"disk": "ssd"}, "stopDelay": 20},
        "autoscaler": {"enabled": True, "min": 3, "max": 9},
        "imagePullSecrets": [{"name": "registry"}],
        "gallery": {"existingSecret": "people"},
    },
    "bare": {
        "ingress": {"enabled": False},
        "networkPolicy": {"enabled": False},
        "gallery": {"existingClaim": "people", "file": "of 2026/gallery.db"},
    },
}


def render(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of the chart, of a release "demo"."""
    with helm.Chart.load(str(CHART)) as chart:
        texts = chart.render(values, name="demo", namespace="prod")
    return [one for text in texts.values() for one in yaml.safe_load_all(text) if one]


@pytest.fixture(params=sorted(VALUES))
def resources(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return render(VALUES[request.param])


def pods(resources: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each pod's description with its one container."""
    for one in resources:
        if one["kind"] in {"Deployment", "Job"}:
            spec = one["spec"]["template"]["spec"]
            (container,) = spec["containers"]
            yield spec, container


def of_kind(resources: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in resources if one["kind"] == kind]


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_it(version: str, resources: list[dict[str, Any]]) -> None:
    for one in resources:
        if one["kind"] not in FOREIGN:
            kubernetes.validate(one, version, strict=True)


def test_a_wrong_field_is_caught() -> None:
    (service, *_) = of_kind(render({}), "Service")
    service["spec"]["prots"] = []
    with pytest.raises(kubernetes.ValidationError):
        kubernetes.validate(service, VERSIONS[-1], strict=True)


def test_names_are_used_once(resources: list[dict[str, Any]]) -> None:
    names = [(one["kind"], one["metadata"]["name"]) for one in resources]
    assert len(set(names)) == len(names)


def test_the_service_takes_the_settings(resources: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    (settings,) = of_kind(resources, "ConfigMap")
    for _, container in pods(resources):
        own = {one["name"]: one["value"] for one in container.get("env", ())}
        given = {**settings["data"], **SECRET, **own}
        check_names(given, Settings.model_fields)
        with monkeypatch.context() as patch:
            for name, value in given.items():
                patch.setenv(name, value)
            loaded = load()
        assert (loaded.queue, loaded.store, loaded.behind_proxy) == ("postgres", "s3", True)
        assert loaded.workers == (container["args"] != ["serve"])


def test_pods_of_the_service_come_and_go_without_a_gap_and_keep_nothing() -> None:
    resources = render({"serve": {"replicas": 3}})
    (serve, worker) = of_kind(resources, "Deployment")
    assert (serve["spec"]["replicas"], worker["spec"]["replicas"]) == (3, 2)
    assert serve["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert of_kind(resources, "PersistentVolumeClaim") == of_kind(resources, "HorizontalPodAutoscaler") == []
    for pod in (serve["spec"]["template"], worker["spec"]["template"]):
        assert all("emptyDir" in volume for volume in pod["spec"]["volumes"])
        budgets = [one["spec"]["selector"]["matchLabels"] for one in of_kind(resources, "PodDisruptionBudget")]
        assert pod["metadata"]["labels"] in budgets
    (spread,) = serve["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == serve["spec"]["template"]["metadata"]["labels"]
    with pytest.raises(helm.HelmError, match="replicas"):
        render({"serve": {"replicas": 0}})


def test_the_autoscaler_chooses_the_pods_of_the_service() -> None:
    resources = render(VALUES["cards and KEDA"])
    (scaler,) = of_kind(resources, "HorizontalPodAutoscaler")
    (serve,) = (one for one in of_kind(resources, "Deployment") if one["metadata"]["name"].endswith("-serve"))
    assert "replicas" not in serve["spec"]
    assert scaler["spec"]["scaleTargetRef"]["name"] == serve["metadata"]["name"]
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (3, 9)
    assert serve["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"], "what percent are of"


def test_pods_have_no_rights_and_their_time(resources: list[dict[str, Any]]) -> None:
    for spec, container in pods(resources):
        security = container["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == 10001
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert spec["automountServiceAccountToken"] is False
        delay = next((float(one["value"]) for one in container.get("env", ()) if one["name"] == "OZHIVI_STOP_DELAY"), 0)
        assert spec["terminationGracePeriodSeconds"] > delay + max(WorkerTiming().grace, _PATIENCE) + 7
        assert container["resources"]["limits"]["memory"]
        places = {one["mountPath"] for one in container["volumeMounts"]}
        assert places - {"/var/lib/ozhivi/gallery"} == {"/var/lib/ozhivi", "/tmp"}
        volumes = {one["name"] for one in spec["volumes"]}
        for one in (container, *spec.get("initContainers", ())):
            assert {mount["name"] for mount in one["volumeMounts"]} <= volumes


def test_what_is_chosen_is_found(resources: list[dict[str, Any]]) -> None:
    """Selectors find their pods, routes their services; but for the one that is to find nothing."""
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in of_kind(resources, "Deployment")]
    for one in of_kind(resources, "Service"):
        found = [pod for pod in labels if one["spec"]["selector"].items() <= pod.items()]
        assert len(found) == (0 if one["metadata"]["name"] == "demo-nothing" else 1)
    services = {one["metadata"]["name"] for one in of_kind(resources, "Service")}
    for ingress in of_kind(resources, "Ingress"):
        (rule,) = ingress["spec"]["rules"]
        routes = {one["path"]: one["backend"]["service"]["name"] for one in rule["http"]["paths"]}
        assert set(routes.values()) <= services
        assert routes["/"] == "demo-serve"
        assert {path for path, name in routes.items() if name == "demo-nothing"} == {
            "/metrics", "/readyz", "/healthz", "/dev",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "source"),
    [
        ("cards and KEDA", {"secret": {"secretName": "people"}}),
        ("bare", {"persistentVolumeClaim": {"claimName": "people", "readOnly": True}}),
    ],
)
def test_each_pod_that_looks_at_people_starts_with_the_gallery(
    values: str, source: dict[str, Any], tmp_path: Path
) -> None:
    """What the first container does is done here, with the container's folders below one of ours."""
    file = tmp_path / "gallery" / VALUES[values]["gallery"].get("file", "gallery.db")
    with closing(Gallery(file, "open", (4,))) as gallery:
        gallery.add("Somebody", [FaceEmbedding((np.eye(4, dtype=np.float32)[0],), 1.0, 100.0)])
    image = (CHART.parents[1] / "docker" / "Dockerfile").read_text(encoding="utf-8")
    (looked_for,) = set(re.findall(r"OZHIVI_GALLERY=(\S+)", image))
    for one in of_kind(render(VALUES[values]), "Deployment"):
        spec = one["spec"]["template"]["spec"]
        (first,) = (one for one in spec["initContainers"] if one["name"] == "gallery")
        assert first["image"] == spec["containers"][0]["image"]
        volumes = {volume.pop("name"): volume for volume in spec["volumes"]}
        assert volumes["gallery-source"] == source
        assert {mount["name"] for mount in spec["containers"][0]["volumeMounts"]} >= {"gallery"}
        subprocess.run([*first["command"], *(f"{tmp_path}{path}" for path in first["args"])], check=True)
        copy = Path(f"{tmp_path}{looked_for}")
        assert summarize_gallery(copy).people == 1
        copy.unlink()


def test_the_tables_are_made_before_a_service_or_a_worker_begins() -> None:
    for one in of_kind(render({}), "Deployment"):
        (tables,) = one["spec"]["template"]["spec"]["initContainers"]
        assert tables["args"] == ["db", "upgrade"]


def test_there_is_one_gallery_or_none() -> None:
    first = [one["name"] for spec, _ in pods(render({})) for one in spec.get("initContainers", [])]
    assert set(first) == {"tables"}
    with pytest.raises(helm.HelmError, match="gallery"):
        render({"gallery": {"existingSecret": "people", "existingClaim": "people"}})


def test_cards_and_keda() -> None:
    resources = render(VALUES["cards and KEDA"])
    worker = next(one for one in of_kind(resources, "Deployment") if one["metadata"]["name"] == "demo-worker")
    (container,) = worker["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert container["image"] == "ozhivi-gpu:0.1.0"
    assert "replicas" not in worker["spec"], "KEDA chooses"
    (scaled,) = of_kind(resources, "ScaledObject")
    assert scaled["spec"]["scaleTargetRef"]["name"] == "demo-worker"
    query = scaled["spec"]["triggers"][0]["metadata"]["query"]
    assert (
        re.search(r"CREATE TABLE IF NOT EXISTS ozhivi_jobs\b", "".join(creation("postgresql")))
        and "FROM ozhivi_jobs" in query
    )
    (authentication,) = of_kind(resources, "TriggerAuthentication")
    assert scaled["spec"]["triggers"][0]["authenticationRef"]["name"] == authentication["metadata"]["name"]


def test_every_value_is_explained() -> None:
    """Each first name of the values is in the schema, which knows no other."""
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    schema = yaml.safe_load((CHART / "values.schema.json").read_text(encoding="utf-8"))
    assert values.keys() == schema["properties"].keys() - {"global"}
    with pytest.raises(helm.HelmError):
        render({"wroker": {}})


def test_the_chart_has_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'^version = "(.+)"$', project, re.MULTILINE) == [chart["appVersion"]]
