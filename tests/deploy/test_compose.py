"""The compose files: as their specification says, with settings that the service takes, and without its rights."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from skill.app import _PATIENCE
from skill.jobs.worker import WorkerTiming
from skill.settings import Settings, load
from skill.settings.environment import check_names
from tests.debian import install_packages

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
FILES = {"small": ("small",), "full": ("full",), "full with a server": ("full", "s3")}
FILLED = {
    "small": EXAMPLE | SECRETS | BUCKET,
    "full": EXAMPLE | SECRETS,
    "full with a server": EXAMPLE | SECRETS | {"OZHIVI_S3_BUCKET": ""},
}


def read(name: str, given: dict[str, str]) -> dict[str, Any]:
    """The compose files of a deployment laid over each other, with the variables put in, as compose does.

    Raises:
        KeyError: A variable that is needed is empty.
    """
    return reduce(overlay, [read_file(file, given) for file in FILES[name]])


def overlay(below: Any, above: Any) -> Any:
    """Two files or parts of files as compose merges them."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{key: overlay(below.get(key), value) for key, value in above.items()}}
    if isinstance(below, list) and isinstance(above, list):
        return below + above
    return below if above is None else above


def read_file(name: str, given: dict[str, str]) -> dict[str, Any]:
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
    assert {path.stem for path in COMPOSE.glob("*.yaml")} == {file for files in FILES.values() for file in files}


def test_it_is_as_the_specification_says(name: str) -> None:
    schema = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for file in FILES[name]:
        assert [error.message for error in schema.iter_errors(read_file(file, FILLED[name]))] == []
    compose = read(name, FILLED[name])
    assert [error.message for error in schema.iter_errors(compose)] == []
    compose["services"]["caddy"]["restrat"] = "always"
    assert not schema.is_valid(compose)


def test_what_is_needed_and_missing_is_said(name: str) -> None:
    with pytest.raises(KeyError, match="DOMAIN"):
        read(name, FILLED[name] | {"DOMAIN": ""})


def test_every_variable_is_in_the_example(name: str) -> None:
    text = "".join((COMPOSE / f"{file}.yaml").read_text(encoding="utf-8") for file in FILES[name])
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
        expected = ("local", "sqlite") if name == "small" else ("s3", "postgres")
        assert (settings.store, settings.queue) == expected
        if name == "full with a server":
            assert settings.s3_endpoint == "http://s3:8333"
            assert settings.s3_public_endpoint == "https://media.photo.example.ru"


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


def test_the_server_for_media_has_the_key_of_ours_and_is_set_up_before_it_is_used() -> None:
    services = read("full with a server", FILLED["full with a server"])["services"]
    server, bucket = services["s3"], services["bucket"]
    assert server["environment"] == {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    assert "-master.telemetry=false" in server["entrypoint"], "it would call its maker's host"
    assert "ports" not in server, "the proxy alone is for the world"
    assert bucket["command"] == ["media", "setup"]
    assert bucket["depends_on"] == {"s3": {"condition": "service_healthy"}}
    for name in ("serve", "worker"):
        assert services[name]["depends_on"]["bucket"] == {"condition": "service_completed_successfully"}


def find_caddy() -> str:
    """The proxy's program, installed where that is allowed."""
    if shutil.which("caddy") is None:
        install_packages("caddy", "caddy")
    found = shutil.which("caddy")
    assert found
    return found


def test_the_proxy_leads_to_the_service(name: str, tmp_path: Path) -> None:
    caddy = find_caddy()
    services = read(name, FILLED[name])["services"]
    given = services["caddy"]["environment"]
    host, port = given["UPSTREAM"].split(":")
    assert host in ours({"services": services}) and port == "8080"
    for volume in services["caddy"]["volumes"]:  # laid out as in the container
        source, target, *_ = volume.split(":")
        if target.startswith("/etc/caddy/"):
            place = tmp_path / target.removeprefix("/etc/caddy/")
            place.parent.mkdir(exist_ok=True)
            shutil.copy(COMPOSE / source, place)
    command = [caddy, "adapt", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=True)
    leads = {f"photo.example.ru → {given['UPSTREAM']}"}
    leads |= {"media.photo.example.ru → s3:8333"} if "s3" in services else set()
    assert {f"{names[0]} → {dial}" for names, dial in routes(json.loads(done.stdout))} == leads


def test_the_proxy_logs_an_error_without_its_address(tmp_path: Path) -> None:
    """A service that is down: the addresses that people ask for then are tickets, links and the webhooks' secrets."""
    caddy = find_caddy()
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))  # listens never
        port, nobody = one.getsockname()[1], other.getsockname()[1]
        one.close()
        file, log = tmp_path / "Caddyfile", tmp_path / "log"
        text = (COMPOSE.parent / "proxy" / "Caddyfile").read_text(encoding="utf-8")
        file.write_text(text.replace("{\n", "{\n\tadmin off\n", 1), encoding="utf-8")
        given = {"DOMAIN": f"http://127.0.0.1:{port}", "UPSTREAM": f"127.0.0.1:{nobody}", "HOME": str(tmp_path)}
        with log.open("w") as output:
            process = subprocess.Popen([caddy, "run", "--config", str(file)], env=given, stdout=output, stderr=output)
        try:
            until = time.monotonic() + 120
            while b" 502 " not in first_line(port, "/u/a-ticket?s=a-signature"):
                assert time.monotonic() < until
                time.sleep(0.05)
        finally:
            process.terminate()
            process.wait(60)
    said = log.read_text(encoding="utf-8")
    assert '"status":502' in said and "a-ticket" not in said and "a-signature" not in said


def first_line(port: int, path: str) -> bytes:
    """Of the answer; empty where nobody listens yet."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            return connection.makefile("rb").readline()
    except ConnectionRefusedError:
        return b""


def routes(config: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Names of a site of Caddy's, with the server behind it."""
    (server,) = config["apps"]["http"]["servers"].values()
    for route in server["routes"]:
        (dial,) = re.findall(r'"dial": "([^"]+)"', json.dumps(route))
        yield route["match"][0]["host"], dial
