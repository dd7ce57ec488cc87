"""JSON schemas that describe each field of a model by the docstring below it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from textwrap import dedent

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class FieldDocstrings:
    """Base of a Pydantic model, named before BaseModel, whose fields have docstrings.

    Pydantic's own `use_attribute_docstrings` reads the source when a class is made, which took a fifth of a second of
    each start of the service. Here it is read when somebody asks for the schema.
    """

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The model's JSON schema, with the fields' descriptions."""
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        for base in reversed(cls.__mro__):
            if issubclass(base, FieldDocstrings):
                for name, text in _field_docstrings(base):
                    fields[name]["description"] = text
        return schema


def _field_docstrings(model: type) -> Iterator[tuple[str, str]]:
    """The name of each field that a class declares itself, and its docstring."""
    (written,) = ast.parse(dedent(inspect.getsource(model))).body
    assert isinstance(written, ast.ClassDef)
    for field, text in pairwise(written.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(docstring))):
                yield name, inspect.cleandoc(docstring)
