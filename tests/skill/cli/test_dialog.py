"""`ozhivi talk` and `ozhivi replay`: exit codes, and servers by their address."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill.cli.main import app
from skill.dialog.replay.service_rig import open_service_rig
from tests.skill.dialog.replay.script_fixture import HELLO

pytestmark = pytest.mark.asyncio


async def test_replay(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps({"name": "Привет", "steps": [HELLO]}), encoding="utf-8")
    bad.write_text(json.dumps({"name": "Неправда", "steps": [{"say": "", "expect": {"end": True}}]}), encoding="utf-8")
    runner = CliRunner()
    done = await asyncio.to_thread(runner.invoke, app, ["replay", str(good)])
    assert (done.exit_code, "1 scenes, 4 times, 4 turns: none" in done.output) == (0, True)
    done = await asyncio.to_thread(runner.invoke, app, ["replay", str(tmp_path)])
    assert (done.exit_code, "✗ Неправда" in done.output) == (1, True)
    async with open_service_rig() as rig:
        command = ["replay", str(good), "--url", rig.address, "--secret", "s" * 32]
        done = await asyncio.to_thread(runner.invoke, app, command)
        assert (done.exit_code, "none went otherwise" in done.output) == (0, True)
        done = await asyncio.to_thread(runner.invoke, app, [*command[:-1], "wrong"])
        assert (done.exit_code, "404" in done.output) == (1, True)


async def test_talk(tmp_path: Path) -> None:
    runner = CliRunner()
    done = await asyncio.to_thread(runner.invoke, app, ["talk", "--no-screen", "--json"], input="помощь\nхватит\n")
    assert done.exit_code == 0
    assert '"end_session"' in done.output
    async with open_service_rig() as rig:
        command = ["talk", "--url", rig.address, "--secret", "s" * 32]
        done = await asyncio.to_thread(runner.invoke, app, command, input="/конец\n")
        assert "дравствуйте" in done.output
        done = await asyncio.to_thread(
            runner.invoke, app, command[:3], input="/конец\n", env={"OZHIVI_DATA_DIR": str(tmp_path)}
        )
        assert "Ответ 404" in done.output
