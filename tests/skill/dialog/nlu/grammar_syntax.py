"""The syntax of the console's grammars, as far as their documentation describes it: what is wrong in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BUILT_IN = frozenset({"$YANDEX.NUMBER", "$YANDEX.FIO", "$YANDEX.DATETIME", "$YANDEX.GEO", "$YANDEX.STRING"})
_DIRECTIVES = frozenset({"%lemma", "%exact", "%negative", "%positive"})
_TOKEN = re.compile(r"\$[A-Za-z][\w.]*|[а-яёa-z0-9]+(?:-[а-яёa-z0-9]+)*|[\[\]()|?*+]|\s+", re.IGNORECASE)
_PART = re.compile(r"\$[A-Z]\w*:")
_SLOT = re.compile(r"[a-z]\w*:")


def faults(text: str, entities: str) -> list[str]:
    """The faults of an intent's file. `entities`: that of the entities' file."""
    blocks = _blocks(text)
    parts = {name.rstrip(":") for name, _ in blocks if name.startswith("$")}
    found = [f"{name}: no keyword" for name, _ in blocks if name not in {"root:", "slots:", "filler:"} | _heads(parts)]
    found += [f"{name}: twice" for name in parts if [head for head, _ in blocks].count(f"{name}:") > 1]
    found += [] if any(name == "root:" for name, _ in blocks) else ["no root"]
    used = set[str]()
    for name, lines in blocks:
        if name == "slots:":
            found += _slot_faults(lines, parts, entities)
            continue
        found += [] if lines else [f"{name} is empty"]
        for line in lines:
            found += _line_faults(line, parts)
            used |= set(re.findall(r"\$[\w.]+", line))
    return found + [f"{name} is used nowhere" for name in sorted(parts - used)]


def entity_faults(text: str) -> list[str]:
    """The faults of the entities' file: `entity Name:`, `lemma: true`, `values:`, keys, one synonym a line."""
    shapes = {0: r"entity [A-Z]\w*:", 4: r"lemma: (true|false)|values:", 8: r"[a-z]\w*:", 12: r"[а-яё0-9 -]+"}
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [line for line in lines if not re.fullmatch(shapes.get(_indent(line), "(?!)"), line.strip())]


def _heads(parts: set[str]) -> set[str]:
    return {f"{name}:" for name in parts if _PART.fullmatch(f"{name}:")}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Keyword or part, with the lines below it."""
    blocks: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if _indent(line) == 0:
            blocks.append((line, []))
        else:
            blocks[-1][1].append(line)
    return blocks


def _slot_faults(lines: list[str], parts: set[str], entities: str) -> Iterator[str]:
    names = {f"type: {name}" for name in re.findall(r"^entity (\w+):", entities, re.MULTILINE)}
    types = names | {f"type: {name[1:]}" for name in _BUILT_IN}
    for line in lines:
        inner = line.strip()
        if _indent(line) == 4 and _SLOT.fullmatch(inner):
            continue
        source = inner.removeprefix("source: ")
        if _indent(line) != 8 or (inner not in types and (source == inner or source not in parts | _BUILT_IN)):
            yield f"slot: {inner}"


def _line_faults(line: str, parts: set[str]) -> Iterator[str]:
    if line.strip() in _DIRECTIVES:
        return
    tokens = [token for token in _TOKEN.findall(line) if token.strip()]
    if "".join(tokens) != re.sub(r"\s+", "", line):
        yield f"what is this: {line.strip()}"
    if _indent(line) != 4:
        yield f"indent: {line.strip()}"
    yield from (f"unknown: {one}" for one in tokens if one[0] == "$" and one not in parts | _BUILT_IN)
    opened = list[str]()
    for before, token in zip(["|", *tokens], tokens, strict=False):
        if token in "?*+" and before in "|[(?*+":
            yield f"nothing before {token}: {line.strip()}"
        if token in "|])" and before in "|[(":
            yield f"empty alternative: {line.strip()}"
        if token in "[(":
            opened.append(token)
        elif token in "])" and (not opened or opened.pop() + token not in {"[]", "()"}):
            yield f"brackets: {line.strip()}"
    if opened or tokens[-1:] == ["|"]:
        yield f"unfinished: {line.strip()}"
