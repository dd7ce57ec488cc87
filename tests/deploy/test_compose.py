"""The compose files: as their specification says, with settings that the service takes, and without its rights."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from skill.app import _PATIENCE
from skill.jobs.worker import WorkerTiming
from skill.settings import Settings, load
from skill.settings.environment import check_names

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose"
SCHEMA = Path(__file__).parent / "schemas" / "compose-spec.json"
SECRETS = {  # what whoever runs it fills in
    "OZHIVI_SECRETS": "s" * 64,
    "POSTGRES_PASSWORD": "p" * 48,
    "OZHIVI_S3_BUCKET": "ozhivi",
    "OZHIVI_S3_ACCESS_KEY": "key",
    "OZHIVI_S3_SECRET_KEY": "secret",
}
BUCKET = {name: "" for name in SECRETS if name.startswith("OZHIVI_S3_")}
EXAMPLE = dict(
    line.split("=", 1)
    for line in (COMPOSE / ".env.example").read_text(encoding="utf-8").splitlines()
    if re.match(r"\w+=", line)
)
FILLED = {"small": EXAMPLE | SECRETS | BUCKET, "full": EXAMPLE | SECRETS}


def read(name: str, given: dict[str, str]) -> dict[str, Any]:
    """A compose file with the variables put in, as compose does. Raises KeyError for one that is needed and empty."""

    def value(match: re.Match[str]) -> str:
        known = given.get(match["name"], "")
        if match["how"] == ":?" and not known:
            raise KeyError(match["name"])
        return known or (match["other"] or "" if match["how"] == ":-" else "")

    text = (COMPOSE / f"{name}.yaml").read_text(encoding="utf-8")
    loaded = yaml.safe_load(re.sub(r"\$\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<other>[^}]*))?\}", value, text))
    return dict(loaded)


@pytest.fixture(params=sorted(FILLED))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ours(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in compose["services"].items() if "build" in one}


def environment(service: dict[str, Any], name: str) -> dict[str, str]:
    """The environment of a container of ours, that of .env below what the file says."""
    assert service["env_file"] == ".env"
    return FILLED[name] | service.get("environment", {})


def test_every_file_is_tested() -> None:
    assert {path.stem for path in COMPOSE.glob("*.yaml")} == FILLED.keys()


def test_it_is_as_the_specification_says(name: str) -> None:
    schema = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    compose = read(name, FILLED[name])
    assert [error.message for error in schema.iter_errors(compose)] == []
    compose["services"]["caddy"]["restrat"] = "always"
    assert not schema.is_valid(compose)


def test_what_is_needed_and_missing_is_said(name: str) -> None:
    with pytest.raises(KeyError, match="DOMAIN"):
        read(name, FILLED[name] | {"DOMAIN": ""})


def test_every_variable_is_in_the_example(name: str) -> None:
    text = (COMPOSE / f"{name}.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) <= EXAMPLE.keys() | {"IMAGE"}


def test_the_service_takes_the_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for service in ours(read(name, FILLED[name])).values():
        given = {key: value for key, value in environment(service, name).items() if key.startswith("OZHIVI_")}
        check_names(given, Settings.model_fields)
        with monkeypatch.context() as patch:
            for key, value in given.items():
                patch.setenv(key, value)
            settings = load()
        assert settings.public_url == "https://photo.example.ru"
        assert (settings.store, settings.queue) == {"small": ("local", "sqlite"), "full": ("s3", "postgres")}[name]


def test_there_is_one_service_and_something_that_renders(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    services = ours(read(name, FILLED[name]))
    serving = [one for one in services.values() if one.get("command", ["serve"])[0] == "serve"]
    assert len(serving) == 1
    assert serving[0].get("deploy", {}).get("replicas", 1) == 1
    renders = environment(serving[0], name).get("OZHIVI_WORKERS", "1") == "1"
    assert renders != any(one.get("command", [""])[0] == "worker" for one in services.values())


def test_containers_of_ours_have_no_rights_and_their_time(name: str) -> None:
    for service in ours(read(name, FILLED[name])).values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert int(service["stop_grace_period"].removesuffix("s")) > max(WorkerTiming().grace, _PATIENCE) + 7
        assert "ports" not in service, "the proxy alone is for the world"


def test_files_and_volumes_are_there(name: str) -> None:
    compose = read(name, FILLED[name])
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (COMPOSE / source).resolve().is_file(), source
        if "build" in service:
            assert (COMPOSE / service["build"]["context"] / service["build"]["dockerfile"]).resolve().is_file()


def test_the_proxy_leads_to_the_service(name: str) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no caddy: apt-get install caddy")
    services = read(name, FILLED[name])["services"]
    given = services["caddy"]["environment"]
    host, port = given["UPSTREAM"].split(":")
    assert host in ours({"services": services}) and port == "8080"
    file = (COMPOSE / services["caddy"]["volumes"][0].split(":")[0]).resolve()
    command = [caddy, "adapt", "--adapter", "caddyfile", "--config", str(file)]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=True)
    assert f'"dial":"{given["UPSTREAM"]}"' in done.stdout
    assert '"host":["photo.example.ru"]' in done.stdout
