"""The settings choose queue and store; what does not fit together is told by name."""

from __future__ import annotations

import asyncio
import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from skill.components import build_components, build_s3_store, open_database
from skill.media.local import LocalStore
from skill.settings import WrongSettings, described, load
from skill.web.middleware import security_headers

SECRET = "s" * 32
S3 = {"store": "s3", "s3_bucket": "photos", "s3_access_key": "id", "s3_secret_key": "hidden-key"}


def test_files_of_this_machine_unless_something_else_is_chosen(tmp_path: Path) -> None:
    components = build_components(load({"data_dir": tmp_path}), [SECRET])
    assert isinstance(components.store, LocalStore)
    assert (components.origin, len(components.routes)) == ("", 1)


@pytest.mark.asyncio
async def test_a_bucket_is_allowed_in_the_pages_policy(tmp_path: Path) -> None:
    given = {**S3, "s3_endpoint": "http://10.0.0.1:7480", "s3_public_endpoint": "https://media.example.ru"}
    components = build_components(load({"data_dir": tmp_path, **given}), [SECRET])
    assert (components.origin, list(components.routes)) == ("https://media.example.ru", [])
    policy = security_headers(components.origin)["Content-Security-Policy"].split("; ")
    assert "img-src 'self' blob: https://media.example.ru" in policy
    assert "media-src 'self' blob: https://media.example.ru" in policy
    assert "connect-src 'self' https://media.example.ru" in policy
    assert "script-src 'self'" in policy
    await components.close_store()


def test_secrets_of_store_and_queue_are_not_shown() -> None:
    settings = load({**S3, "queue": "postgres", "postgres": "postgresql://u:hidden-key@h/d"})
    shown = dict(described(settings))
    assert (shown["OZHIVI_STORE"], shown["OZHIVI_QUEUE"], shown["OZHIVI_POSTGRES"]) == ("s3", "postgres", "given")
    assert "hidden-key" not in f"{shown}{settings!r}"


def test_a_queue_whose_driver_is_not_there_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
        return found(name, *rest, **more)

    for name in [name for name in sys.modules if name.startswith(("psycopg", "skill.database.postgres"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WrongSettings, match=r"OZHIVI_QUEUE: .* pip install '\.\[cluster\]'"):
        asyncio.run(open_database(load({"queue": "postgres", "postgres": "postgresql://h/d"})))


def test_a_folder_is_not_set_up() -> None:
    with pytest.raises(WrongSettings, match="OZHIVI_STORE: should be s3"):
        build_s3_store(load())


def test_who_chooses_files_loads_neither_boto3_nor_psycopg(tmp_path: Path) -> None:
    code = (
        "import sys; from skill.components import build_components; from skill.settings import load;"
        f"build_components(load({{'data_dir': {str(tmp_path)!r}}}), ['{SECRET}']);"
        "print({'boto3', 'psycopg', 'onnxruntime', 'cv2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
