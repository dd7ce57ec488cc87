"""Pages, scripts and styles as they are sent: without comments, and without the spaces that only people need.

Names stay, so that an error of a browser names what the source names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<pattern>/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'
        |`(?:\\.|\$\{(?:[^`{}]|`[^`]*`|\{[^`{}]*\})*\}|[^`\\])*`)
    |(?P<space>\s+)
    |(?P<word>[\w$]+)
    |(?P<mark>.)""",
    re.DOTALL | re.VERBOSE,
)
"""One piece of a script. A slash begins a pattern only where no value is before it."""
_VALUE_ENDS: Final = re.compile(r"[\w$)\]}\"'`]$")
_KEYWORD: Final = re.compile(r"\b(?:return|typeof|case|in|of|await|yield|else)$")
_ARROW: Final = re.compile(r"([\w$]?)\(([\w$]+)\)=$")
"""A function of one parameter, up to the tip of its arrow."""
_MAYBE_EMPTY: Final = re.compile(r"[(;{];$|\b(?:while|for|if)\b[^{}]*\);$|\belse;$")
"""A semicolon before a brace that may be a statement of its own."""
_NEAR: Final = 200
"""Characters before a piece that are looked at: more than a parameter's name or the head of a loop has."""
_CONTINUES_AFTER: Final = frozenset("{([,;:?=&|*<>!.")
"""Marks after which the end of a line ends no statement."""
_CONTINUES_BEFORE: Final = frozenset(")]},.;:?=&|*<>")
"""Marks before which the end of a line is no other end than the mark itself, or none."""

_PLAIN_ATTRIBUTE: Final = re.compile(
    r" (id|class|for|type|role|name|value|rel|lang|charset|width|height|max|target|capture|method|controlslist"
    r'|(?:aria|data)-[a-z]+)="([\w/][\w/.:-]*)"(?=[ >])'
)
"""An attribute of a page whose value needs no quotes."""


def minify_script(source: str) -> str:
    """A JavaScript module without comments, indentation and needless spaces.

    Args:
        source: The module. Of template literals inside each other two are understood, not three.

    Raises:
        ValueError: A text has no end.
    """
    made, pause, declarations = "", "", _Declarations()
    for kind, piece in _pieces(source):
        if kind in {"comment", "space"}:
            pause = "\n" if "\n" in pause + piece else " "
            continue
        if piece == ">" and made.endswith(")="):
            made = made[:-_NEAR] + _ARROW.sub(lambda found: f"{found[1]}{found[1] and ' '}{found[2]}=", made[-_NEAR:])
        if piece == "}" and made.endswith(";") and not _MAYBE_EMPTY.search(made[-_NEAR:]):
            made = made[:-1]
        between = _separator(made[-1:], pause, piece[0])
        pause = ""
        if declarations.join(piece, made[-1:] + between):
            made = f"{made[:-1]},"
        else:
            made += between + piece
    return made


class _Declarations:
    """Declarations that follow each other and can be one: `const a=1;const b=2` means `const a=1,b=2`."""

    def __init__(self) -> None:
        self._words = [""]  # of the statement in each open bracket: "const", "let", or nothing
        self._begins = True  # whether the next piece begins a statement

    def join(self, piece: str, before: str) -> bool:
        """Whether a piece only repeats the word of the declaration that has ended; it takes the pieces one by one.

        Args:
            piece: The next piece of the script.
            before: What is sent right before it.
        """
        if self._begins or before.endswith("\n"):
            if before == ";" and piece and piece == self._words[-1]:
                self._begins = False
                return True
            self._words[-1] = piece if piece in {"const", "let"} else ""
        self._begins = piece in {";", "{"}
        if piece in {"(", "[", "{"}:
            self._words.append("")
        elif piece in {")", "]", "}"}:
            self._words.pop()
        return False


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """The kind and the text of each piece of a script."""
    at, before = 0, ""
    while at < len(source):
        found = _TOKEN.match(source, at)
        assert found is not None
        kind, piece = str(found.lastgroup), found[0]
        if kind == "pattern" and _VALUE_ENDS.search(before) and not _KEYWORD.search(before):
            kind, piece = "mark", "/"  # it divides
        if piece in {"`", '"', "'"}:
            raise ValueError(f"a text without an end: {source[at : at + 60]}")
        yield kind, piece
        at += len(piece)
        before = before if kind in {"comment", "space"} else before[-12:] + piece


def _separator(before: str, pause: str, after: str) -> str:
    """The space, the end of a line or the nothing that must stay between two pieces."""
    if pause == "\n" and before and before not in _CONTINUES_AFTER and after not in _CONTINUES_BEFORE:
        return "\n"
    if pause and ((_is_word(before) and _is_word(after)) or (before == after and after in "+-/")):
        return " "
    return ""


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter in {"_", "$"}


def minify_style(source: str) -> str:
    """A style sheet without comments, and without the spaces around its braces, colons and commas."""
    style = re.sub(r"/\*.*?\*/\s*", "", source, flags=re.DOTALL)
    style = re.sub(r"\s*([{};])\s*|(?<=[:,]) | (?=[>~])|(?<=[>~]) ", r"\1", style)
    return style.replace(";}", "}")


def minify_page(source: str) -> str:
    """A page, or the template of one, without the ends of lines between its tags and without needless quotes."""
    return _PLAIN_ATTRIBUTE.sub(r" \1=\2", re.sub(r">\n+<", "><", source))
