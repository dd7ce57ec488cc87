"""Docs say what is there: links, paths, modules, commands, options, variables; every command of README is run."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import typer.main

from pipeline.errors import Reason
from skill.cli.main import app
from skill.dialog.replay.script import Expectation
from skill.settings import Settings
from skill.settings.model import secret_settings
from skill.web.schemas import WishForm
from tests import source_code
from tests.source_code import ROOT, modules, name_of, parsed, statements, text_of

PACKAGES = (*source_code.PACKAGES, "tests")
DOCS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in ("node_modules", "build") for part in path.relative_to(ROOT).parts)
)

# endings by which a word in a code span is the name of a file of ours; what people and programs make has others
_FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|tsv|sh|js|css|html|svg|grammar|onnx)")
_FOLDER = re.compile(rf"(?:{'|'.join((*PACKAGES, 'deploy', 'docs'))})/[\w./-]*")
_MODULE = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
# a name of two parts or more, or a shorter one with a member or arguments: `RateLimiter`, `UserEraser.forget(user)`
_CLASS = re.compile(r"([A-Z]\w*[a-z]\w*)(?:\.(\w+))?(?:\(.*\))?")
_LONG_CLASS = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+")
_VARIABLE = re.compile(r"OZHIVI_[A-Z0-9_]*[A-Z0-9]")

# names that look like one of ours and belong to others, or are an example
FOREIGN_FILES = {"axe.min.js", "docs/OperatorKernels.md"}
FOREIGN_CLASSES = {"BlockPublicAcls", "BoolIfExists", "GridSample", "LivePortraitPipeline", "NaN", "Ry"}


@dataclass(frozen=True)
class Page:
    """One file of the documentation."""

    path: Path

    @property
    def name(self) -> str:
        return name_of(self.path)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """The text without its code blocks."""
        return re.sub(r"^```.*?^```", "", self.text, flags=re.MULTILINE | re.DOTALL)

    def blocks(self, *languages: str) -> list[str]:
        """Lines of the code blocks in these languages, "" is none; continued lines joined."""
        found = re.findall(r"^```(\w*)\n(.*?)^```", self.text, flags=re.MULTILINE | re.DOTALL)
        lines = "\n".join(text for language, text in found if language in languages).replace("\\\n", " ")
        return [line.strip() for line in lines.splitlines() if line.strip()]

    def spans(self) -> Iterator[tuple[str, str]]:
        """Each code span of the prose, with the paragraph it stands in."""
        for paragraph in re.split(r"\n\s*\n", self.prose):
            for span in re.findall(r"`([^`\n]+)`", paragraph):
                yield span, paragraph

    def commands(self) -> Iterator[str]:
        """Everything that a reader may type: lines of code blocks and code spans that begin with a program of ours."""
        for line in (*self.blocks("", "sh"), *(span for span, _ in self.spans())):
            words = re.sub(r"\s#.*|\s{2,}.*", "", line)
            words = re.sub(r"^((?:[A-Z0-9_]+=\S+\s+)*)\.venv/bin/", r"\1", words)
            if re.match(r"(?:[A-Z0-9_]+=\S+\s+)*(?:ozhivi|make|pip|python|pytest)\s", f"{words} "):
                yield words


PAGES = [Page(path) for path in DOCS]


@pytest.fixture(params=PAGES, ids=[page.name for page in PAGES])
def page(request: pytest.FixtureRequest) -> Page:
    assert isinstance(request.param, Page)
    return request.param


def test_links_lead_somewhere(page: Page) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.prose):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.path.parent / path).resolve() if path else page.path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_files_exist(page: Page) -> None:
    broken = []
    for span, paragraph in page.spans():
        for word in span.split():
            if not (_FILE.fullmatch(word) or _FOLDER.fullmatch(word)) or word in FOREIGN_FILES:
                continue
            if not any((folder / word).exists() for folder in (ROOT, page.path.parent, *folders(paragraph))):
                broken.append(word)
    drawn = (word.rstrip(",.") for line in page.blocks("text") for word in line.split())
    whole = (word for word in drawn if _FOLDER.fullmatch(word) or (_FILE.fullmatch(word) and "/" in word))
    broken += [word for word in whole if not (ROOT / word).exists()]
    assert broken == [], "a bare name of a file needs its folder in the same paragraph"


def test_modules_and_classes_exist(page: Page) -> None:
    words = [span for span, _ in page.spans()] + [word for line in page.blocks("", "sh") for word in line.split()]
    broken = [word for word in words if _MODULE.fullmatch(word) and not module_exists(word)]
    for word in words:
        match = _CLASS.fullmatch(word)
        if match and (_LONG_CLASS.fullmatch(match[1]) or match[0] != match[1]) and match[1] not in FOREIGN_CLASSES:
            members = classes().get(match[1])
            if members is None or (match[2] and match[2] not in members):
                broken.append(word)
    assert broken == []


def test_variables_exist(page: Page) -> None:
    assert [name for name in _VARIABLE.findall(page.text) if name not in variables()] == []


def test_commands_exist(page: Page) -> None:
    assert [why for command in page.commands() for why in wrong_with(command)] == []


def test_every_setting_is_explained() -> None:
    explained = {name for page in PAGES for name in _VARIABLE.findall(page.text)}
    assert sorted(f"OZHIVI_{name.upper()}" for name in Settings.model_fields) == sorted(
        name for name in explained if name.removeprefix("OZHIVI_").lower() in Settings.model_fields
    )


def test_defaults_are_those_of_the_code() -> None:
    """Where a table of settings gives a number, a word or a choice, it is the default of the code."""
    wrong, looked_at = [], 0
    for page, names, said in setting_rows():
        for name, value in zip(names, said, strict=True):
            default = Settings.model_fields[name].get_default()
            if isinstance(default, bool | int | float) or (isinstance(default, str) and default):
                looked_at += 1
                if value not in (spoken(default), f"`{spoken(default)}`"):
                    wrong.append(f"{page.name}: {name} is {default!r}, not {value}")
    assert wrong == []
    assert looked_at > 35


def test_nobody_is_sent_to_the_registry_for_this_project() -> None:
    """The name may be somebody else's there: what is installed is the folder."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    wrong = re.compile(r"pip install [^\n`&]*\bozhivi\b")
    for name in tracked.split("\0"):
        if name.endswith((".md", ".py", ".toml", "Makefile")) and (ROOT / name) != Path(__file__):
            assert not wrong.search((ROOT / name).read_text(encoding="utf-8")), name


def setting_rows() -> Iterator[tuple[Page, list[str], list[str]]]:
    """Of each row `| settings | default | …` of a table: the names of the settings, and what is said of each."""
    for page in PAGES:
        for first, second in re.findall(r"^\| (`OZHIVI_[^|]*) \| ([^|]+) \|", page.text, re.MULTILINE):
            names = [name.removeprefix("OZHIVI_").lower() for name in _VARIABLE.findall(first)]
            said = second.strip().split(", ")
            if said == [""] or page.name not in ("README.md", "docs/service.md", "docs/filters.md", "docs/dialog.md"):
                continue
            known = [name for name in names if name in Settings.model_fields]
            if len(said) not in (1, len(names)):
                said = [second.strip()]  # one default with a comma in it
            said = said * len(known) if len(said) == 1 else said
            yield page, known, said[: len(known)]


def spoken(default: bool | float | str) -> str:
    """A default as the docs write it."""
    if isinstance(default, bool):
        return str(default).lower()
    if default == Settings.model_fields["keep"].get_default():
        return "24h"
    return f"{default:g}" if isinstance(default, float) else str(default)


def anchors(file: Path) -> set[str]:
    """Anchors of a page's headings, as they are made of their words."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", Page(file).prose, flags=re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-"))
    return found


def folders(paragraph: str) -> list[Path]:
    """Folders that a paragraph names, and those of the files that it names in full."""
    paths = [ROOT / word for word in re.findall(r"[\w.-]+(?:/[\w.-]+)+/?|\b\w+/", paragraph)]
    return [path if path.is_dir() else path.parent for path in paths if path.exists()]


def module_exists(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:count])
        if count == len(parts) and path.is_dir():
            return True
        if path.with_suffix(".py").exists():
            source = text_of(path.with_suffix(".py"))
            return count == len(parts) or bool(
                re.search(rf"^(?:async )?(?:def|class)?\s*{parts[count]}\b", source, re.M)
            )
    return False


@cache
def classes() -> dict[str, set[str]]:
    """Members of every class of ours; nested functions' attributes (`self.x`) too."""
    found: dict[str, set[str]] = {}
    for node in (node for path in modules(*PACKAGES) for node in statements(parsed(path))):
        if isinstance(node, ast.ClassDef):
            members = found.setdefault(node.name, set())
            for one in statements(node):
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    members.add(one.name)
                elif isinstance(one, ast.AnnAssign | ast.Assign):
                    targets = one.targets if isinstance(one, ast.Assign) else [one.target]
                    members |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def variables() -> set[str]:
    """Variables of the environment that the code, the tests or make read."""
    settings = {f"OZHIVI_{name.upper()}" for name in Settings.model_fields}
    settings |= {f"OZHIVI_{name.upper()}_FILE" for name in secret_settings()}
    sources = [*modules(*PACKAGES), ROOT / "Makefile"]
    read = {name for path in sources for name in _VARIABLE.findall(text_of(path))}
    return settings | {name for name in read if re.match(r"OZHIVI_(?:TEST_|FUZZ|CONFIG|WEIGHTS)", name)}


@cache
def command_tree() -> Any:
    return typer.main.get_command(app)


def wrong_with(command: str) -> Iterator[str]:
    """All that is wrong with a line that a reader may type."""
    for part in re.split(r"\s(?:&&|\||;)\s", command):
        words = shlex.split(re.sub(r"[\[\]…]", " ", part), posix=True) if part.count("'") % 2 == 0 else part.split()
        while words and re.fullmatch(r"[A-Z0-9_]+=\S*", words[0]):
            words.pop(0)
        if not words:
            continue
        match words[0].removeprefix(".venv/bin/"):
            case "ozhivi":
                yield from wrong_options(words[1:])
            case "make":
                targets = re.findall(r"^([\w-]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
                yield from (f"make {word}" for word in words[1:] if word not in targets and "=" not in word)
            case "python" if "-m" in words and words[words.index("-m") + 1].split(".")[0] in PACKAGES:
                module = words[words.index("-m") + 1]
                yield from () if module_exists(module) else (module,)
            case "pytest":
                files = [word.split("::")[0] for word in words[1:] if word.startswith("tests/")]
                yield from (file for file in files if not (ROOT / file).exists())


def wrong_options(words: list[str]) -> Iterator[str]:
    """Commands and options of `ozhivi` that there are not."""
    node, path = command_tree(), "ozhivi"
    for word in words:
        name = word.split("=")[0]
        if name.startswith("-"):
            if name not in {option for one in node.params for option in one.opts} | {"--help"}:
                yield f"{path} {name}"
        elif hasattr(node, "commands"):
            choices = name.split("|")
            if unknown := [one for one in choices if one not in node.commands]:
                if not (path == "ozhivi bench" or name.isupper()):
                    yield f"{path} {unknown[0]}"
                return
            node, path = node.commands[choices[0]], f"{path} {choices[0]}"


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("ozhivi animate photo.jpg --gesture smile,wink -o clip", []),
        ("OZHIVI_DEV=true .venv/bin/ozhivi serve --port 80 && make demo test", []),
        ("ozhivi talk [--no-screen] [--json] [--url …]", []),
        ("ozhivi gallery list | remove NAME | check PHOTO", []),
        ("ozhivi bench photo.jpg", []),
        ("python -m weights.convert.warp.export", []),
        ("ozhivi animate --moonwalk", ["ozhivi animate --moonwalk"]),
        ("ozhivi dance", ["ozhivi dance"]),
        ("ozhivi weights fetch", ["ozhivi weights fetch"]),
        ("make coffee", ["make coffee"]),
        ("python -m weights.bake", ["weights.bake"]),
        ("pytest tests/test_of_nothing.py -k many", ["tests/test_of_nothing.py"]),
    ],
)
def test_a_wrong_command_is_caught(command: str, wrong: list[str]) -> None:
    assert list(wrong_with(command)) == wrong


def test_there_is_something_to_look_at() -> None:
    assert len(PAGES) > 10
    assert len({command for page in PAGES for command in page.commands()}) > 40
    assert len(classes()) > 200
    assert "the-way-of-a-photo" in anchors(ROOT / "docs" / "architecture.md")
    assert module_exists("skill.cli.main.app") and module_exists("skill.cli") and not module_exists("skill.cli.mein")


def test_the_map_of_tests_names_every_helper() -> None:
    """`tests/README.md` has each module that is no test, but for `conftest.py`, which is where pytest wants it, and the
    attacks, which are tests themselves."""
    text = Page(ROOT / "tests" / "README.md").text
    helpers = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")]
    helpers = [path for path in helpers if not re.search(r"/(?:test_\w+|conftest|__init__)\.py$|^tests/attack/", path)]
    assert [path for path in helpers if f"`{path}`" not in text] == []


def test_the_map_of_the_code_names_every_loose_module() -> None:
    """docs/architecture.md has a line for each module that lies directly in `skill/`, and lines for no others."""
    text = Page(ROOT / "docs" / "architecture.md").text
    table = re.search(r"^### Modules directly in `skill/`\n(.*?)^`tests/`", text, re.MULTILINE | re.DOTALL)
    assert table is not None
    named = [name for row in re.findall(r"^\| (`.*?) \|", table[1], re.M) for name in re.findall(r"`(.+?)`", row)]
    modules = [path.relative_to(ROOT).as_posix() for path in (ROOT / "skill").glob("*.py") if path.stem != "__init__"]
    assert sorted(named) == sorted(modules)


def test_the_page_of_models_has_a_row_for_each() -> None:
    """docs/weights.md has a row for each model of `weights/manifest.toml`, and rows for no others."""
    manifest = tomllib.loads(text_of(ROOT / "weights" / "manifest.toml"))
    first_cells = re.findall(r"^\| `([a-z_]+)`", Page(ROOT / "docs" / "weights.md").text, re.MULTILINE)
    assert set(first_cells) == set(manifest["models"])


@pytest.mark.parametrize(
    ("page", "title", "fields"),
    [
        ("docs/dialog.md", "key of `expect`", Expectation.model_fields),
        ("docs/service.md", "field of a wish", WishForm.model_fields),
    ],
)
def test_a_table_of_fields_has_a_row_for_each(page: str, title: str, fields: Mapping[str, object]) -> None:
    """The table's first column has the model's fields, and no others."""
    table = re.search(rf"^\| {title} .*?\n\n", Page(ROOT / page).text, re.MULTILINE | re.DOTALL)
    assert table is not None
    cells = re.findall(r"^\| (`.*?) \|", table[0], re.MULTILINE)
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == set(fields)


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/command-line.md"])
def test_every_reason_of_a_refusal_is_named(page: str) -> None:
    assert [reason for reason in Reason if f"`{reason}`" not in Page(ROOT / page).text] == []
