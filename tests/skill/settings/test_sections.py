"""Every setting is explained: in the code beside the field, and in a table of the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill.settings import Settings

TABLE = re.findall(r"(?m)^\|(.*?)\|", (Path(__file__).parents[3] / "docs" / "service.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_table(name: str) -> None:
    assert any(f"`OZHIVI_{name.upper()}`" in row for row in TABLE)
