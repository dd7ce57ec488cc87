from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill.settings import Settings, WrongSettings
from skill.settings.environment import check_names
from skill.settings.model import secret_settings

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("OZHIVI_PROT", "did you mean OZHIVI_PORT?"),
        ("OZHIVI_CHILD", "did you mean OZHIVI_CHILDREN?"),
        ("OZHIVI_ALICE_SECRET", "did you mean OZHIVI_ALICE_SECRETS?"),
        ("OZHIVI_WEIGHT", "did you mean OZHIVI_WEIGHTS?"),
        ("OZHIVI_CONFG", "did you mean OZHIVI_CONFIG?"),
        ("ozhivi_prot", "did you mean OZHIVI_PORT?"),
        ("OZHIVI_XYZZY", "all of them are described in docs/service.md"),
    ],
)
def test_an_unknown_name_is_refused_and_the_nearest_named(name: str, advice: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        check_names(["PATH", name], Settings.model_fields)
    assert str(caught.value) == f"{name}: there is no such setting; {advice}"


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "ozhivi_port",
        "OZHIVI_CONFIG",
        "OZHIVI_WEIGHTS",
        "OZHIVI_TEST_INSTALL",
        "OZHIVI_FUZZ_SEED",
        "OZHIVI_SERVICE_HOST",
        "OZHIVI_SERVICE_PORT_HTTP",
        "OZHIVI_PORT_8080_TCP_ADDR",
        *(f"OZHIVI_{field.upper()}" for field in Settings.model_fields),
    ],
)
def test_what_somebody_reads_is_let_through(name: str) -> None:
    check_names([name], Settings.model_fields)


def test_every_name_in_the_project_is_known() -> None:
    texts = [ROOT / "README.md", ROOT / "Makefile", *ROOT.glob("docs/*.md")]
    texts += [path for room in ("skill", "pipeline", "filters", "weights") for path in (ROOT / room).rglob("*.py")]
    for path in texts:
        names = set(re.findall(r"\bOZHIVI_[A-Z0-9_]*[A-Z0-9]\b", path.read_text(encoding="utf-8")))
        check_names(names - {"OZHIVI_NAME"}, Settings.model_fields, secret_settings())
