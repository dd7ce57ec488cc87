"""Every command of README is run: most of them here, in README's order and word for word, the others where said."""

from __future__ import annotations

import re
import shlex
import shutil
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
import structlog
from PIL import Image
from typer.testing import CliRunner

from skill.cli.main import app
from tests.small_portrait import SIDE, small_portrait
from tests.test_docs import ROOT, Page
from weights.store import WeightStore

# command → something that it prints
HERE = {
    "ozhivi animate --help": "PHOTO becomes a short video",
    "ozhivi animate grandmother.jpg": "Готово: grandmother-ozhivi.mp4",
    "ozhivi animate photo.heic -o clip --format mp4,gif,webp": "Готово: clip.mp4, clip.gif, clip.webp",
    "ozhivi animate photo.jpg --gesture smile,wink": "Готово: photo-ozhivi.mp4",
    "ozhivi animate family.jpg --face all --seed 7": "Готово: family-ozhivi.mp4",
    "ozhivi animate photo.jpg -o again --json": '"ok": true',
    "ozhivi doctor": "OZHIVI_CHILDREN",
    "ozhivi bench --help": "ratios",
    "ozhivi motion --help": "import",
    "ozhivi media --help": "setup",
    "ozhivi db --help": "backup",
    "ozhivi sheet CLIP": "Готово: grandmother-ozhivi-sheet.png",
    "ozhivi weights build": "0 built",
    "ozhivi weights list": "face_landmarks",
    "ozhivi weights verify": "models ready",
    "ozhivi talk": "›",
    "ozhivi replay tests/fixtures/dialogs": "2 scenes",
    "ozhivi alice-url": "/alice/",
    "ozhivi ticket": "/u/",
    'ozhivi gallery add "Имя Фамилия" one.jpg two.jpg': "Имя Фамилия: 2",
    "ozhivi gallery import people/": "2 added, 0 passed over",
    "ozhivi gallery check photo.jpg": "1: public_figure",
}

# command → the file that runs it, with the test where the file has several; `.ci/run` is CI itself
ELSEWHERE = {
    "make demo": ".ci/run",
    "make test": ".ci/run",
    "ozhivi bench": "tests/skill/bench/test_clip.py::test_a_measurement_in_a_process_of_its_own",
    "ozhivi serve": "tests/skill/cli/test_service.py::test_a_ticket_leads_to_the_service_that_runs",
    "ozhivi worker": ("tests/e2e/cluster/test_workers.py::test_the_job_of_a_killed_worker_is_done_once_by_the_other"),
    "pip install -e '.[export]'": ".ci/run",  # with CI=true make brings torch, see Makefile
    "ozhivi weights add liveportrait": "tests/weights/convert/liveportrait/test_conversion.py"
    "::test_from_a_hub_whose_line_is_cut",
    "ozhivi motion import laugh.pkl laugh": "tests/skill/cli/test_motions.py::test_motions_are_imported_and_listed",
    "ozhivi motion import film.mp4 mine": (
        "tests/skill/test_donor_video.py::test_a_film_of_our_own_is_read_as_it_was_made"
    ),
}

FILES = {"CLIP": "grandmother-ozhivi.mp4"}  # placeholders of README


def readme_commands() -> list[str]:
    return [one for one in dict.fromkeys(Page(ROOT / "README.md").commands()) if " " in one]


@pytest.fixture
def folder(built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The photos that README speaks of, in the current folder; small ones, so that it does not take long."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OZHIVI_WEIGHTS", str(built_weights.root))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    picture = Image.open(BytesIO(small_portrait()))
    mirror = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for name in ("grandmother.jpg", "photo.jpg", "one.jpg", "two.jpg"):
        picture.save(tmp_path / name, quality=92)
    family = Image.new("RGB", (2 * SIDE, SIDE))
    family.paste(picture, (0, 0))
    family.paste(mirror, (SIDE, 0))
    family.save(tmp_path / "family.jpg", quality=92)
    pillow_heif.from_pillow(picture).save(tmp_path / "photo.heic", quality=90)
    for person in ("Анна", "Нюра"):
        (tmp_path / "people" / person).mkdir(parents=True)
        picture.save(tmp_path / "people" / person / "1.jpg", quality=92)
    scenes = tmp_path / "tests" / "fixtures" / "dialogs"
    scenes.mkdir(parents=True)
    for name in ("send-grandma-code", "refused-child"):
        shutil.copy(ROOT / "tests" / "fixtures" / "dialogs" / f"{name}.json", scenes)
    return tmp_path


def test_commands_that_run_here(folder: Path) -> None:
    ran = []
    for command in [one for one in readme_commands() if one in HERE]:
        words = [FILES.get(word, word) for word in shlex.split(command)[1:]]
        structlog.reset_defaults()  # each command is a process of its own otherwise
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"{command}\n{done.output}"
        assert HERE[command] in done.stdout.replace("\N{NO-BREAK SPACE}", " "), f"{command}\n{done.output}"
        ran.append(command)
    assert set(ran) == set(HERE)


def test_every_command_is_run_somewhere() -> None:
    assert set(readme_commands()) == HERE.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_the_places_are_there(place: str) -> None:
    file, _, name = place.partition("::")
    source = (ROOT / file).read_text(encoding="utf-8")
    if name:
        assert re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE)


def test_ci_runs_what_readme_says() -> None:
    commands = re.findall(r"^make \w+$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["make demo", "make test"]
