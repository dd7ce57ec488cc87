"""Structure of the code: fields say what they hold, docstrings name their subject, functions stay short."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tests.source_code import modules, name_of, parsed, statements

MOST_LINES = 40

# function of more lines → why it is not divided
LONG: dict[str, str] = {}

# words that ask where a first sentence should name its subject
QUESTIONS = {"What", "Who", "How", "Where", "Which", "Whose", "When", "Why"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def bare_fields(tree: ast.Module) -> Iterator[str]:
    """Annotated fields of classes without a docstring in the next line."""
    for node in statements(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for field, after in zip(node.body, [*node.body[1:], None], strict=True):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            if "ClassVar" in ast.unparse(field.annotation) or is_text(after):
                continue
            yield f"{node.name}.{field.target.id} in line {field.lineno}"


def is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def questions(tree: ast.Module) -> Iterator[str]:
    """Docstrings that begin with a question."""
    for node in (tree, *statements(tree)):
        if isinstance(node, Function | ast.ClassDef | ast.Module):
            words = (ast.get_docstring(node) or "").split()
            if words and words[0].strip("`,.:") in QUESTIONS:
                yield f"{words[0]} … in line {getattr(node, 'lineno', 1)}"


def long_functions(tree: ast.Module) -> Iterator[str]:
    """Names of the functions of more than MOST_LINES lines, their signature and docstring counted."""
    for node in statements(tree):
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES:
            yield node.name


def wrong(check: Callable[[ast.Module], Iterator[str]]) -> dict[str, list[str]]:
    """Module → all that a check finds in it; only those in which it finds something."""
    return {name_of(path): found for path in modules() if (found := list(check(parsed(path))))}


def test_fields_say_what_they_hold() -> None:
    assert wrong(bare_fields) == {}


def test_docstrings_name_their_subject() -> None:
    assert wrong(questions) == {}


def test_long_functions_have_a_reason() -> None:
    long = wrong(long_functions)
    assert {f"{module}:{name}" for module, names in long.items() for name in names} == LONG.keys()


def test_what_is_wrong_is_found() -> None:
    tree = ast.parse(
        '''
class Given:
    """How it is."""

    known: int
    """Explained."""
    bare: int = 0
    shared: ClassVar[int] = 1

async def long():
    """Where it goes."""
'''
        + "    pass\n" * 39
    )
    assert list(bare_fields(tree)) == ["Given.bare in line 7"]
    assert list(questions(tree)) == ["How … in line 2", "Where … in line 10"]
    assert list(long_functions(tree)) == ["long"]
