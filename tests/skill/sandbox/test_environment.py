"""The environment of a process for strangers' bytes: nothing that is not on the list."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from skill.sandbox.environment import clean_environment
from tests.skill.sandbox.answers import answering
from tests.skill.sandbox.conftest import OpenProcess

SECRETS = {
    "OZHIVI_SECRETS": "signing",
    "OZHIVI_API_KEYS": "key",
    "OZHIVI_POSTGRES": "postgresql://user:password@host/db",
    "OZHIVI_S3_SECRET_KEY": "bucket",
    "OZHIVI_ALICE_SECRETS": "hook",
    "OZHIVI_OAUTH_CLIENT_SECRET": "oauth",
    "OZHIVI_CONFIG": "/etc/ozhivi.toml",
    "AWS_SECRET_ACCESS_KEY": "aws",
    "PGPASSWORD": "database",
    "SSH_AUTH_SOCK": "/run/agent",
    "HTTPS_PROXY": "http://user:password@proxy",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus",
}


def test_only_what_it_needs_passes() -> None:
    given = {"LANG": "C.UTF-8", "HOME": "/h", "CUDA_VISIBLE_DEVICES": "0", "OZHIVI_WEIGHTS": "/w"}
    found = clean_environment(Path("/scratch"), SECRETS | given)
    assert found.items() >= given.items()
    assert not SECRETS.keys() & found.keys()
    assert found["TMPDIR"] == "/scratch"
    assert set(filter(None, sys.path)) == set(found["PYTHONPATH"].split(os.pathsep))
    assert found["ORT_DISABLE_TELEMETRY"] == "1"


@pytest.mark.asyncio
async def test_a_real_process_knows_no_secret(open_process: OpenProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    found = await open_process(answering("environment")).ask(None)
    assert not set(SECRETS.values()) & set(found.values())
    assert {name for name in found if name.startswith("OZHIVI_")} <= {"OZHIVI_WEIGHTS"}
