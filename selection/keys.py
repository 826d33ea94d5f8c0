"""Every key of a selection file: what it takes, what it is if left out, and what it means."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from selection.method import Method
from selection.methods import METHODS
from selection.roles import RuleIndicator
from selection.rule import (
    Cases,
    Condition,
    Evidence,
    Networks,
    Override,
    Rule,
    SensitivitySettings,
    UniverseRules,
)

PARTS: Mapping[str, type[BaseModel]] = {
    "The file": Rule,
    "universe": UniverseRules,
    "include and exclude": Condition,
    "networks": Networks,
    "membership": Evidence,
    "indicators": RuleIndicator,
    "cases": Cases,
    "overrides": Override,
    "sensitivity": SensitivitySettings,
}
"""The parts of a file but for its method, each with its keys."""
_OWN_PARTS = {shape.__name__: f"see {title}" for title, shape in PARTS.items()}


class Key(NamedTuple):
    """A key: what it takes in words, its values where they are fixed, its default, its meaning."""

    name: str
    takes: str
    values: tuple[str, ...]
    default: Any
    is_needed: bool
    meaning: str
    example: Any


def of(shape: type[BaseModel]) -> Iterator[Key]:
    """The keys of a part; the `name` of a method first."""
    schema = shape.model_json_schema()
    names = [*shape.model_fields]
    if issubclass(shape, Method):
        names = ["name", *(name for name in names if name != "name")]
    for name in names:
        field, declared = shape.model_fields[name], schema["properties"][name]
        is_method = name == "method"
        is_own_name = name == "name" and issubclass(shape, Method)
        yield Key(
            name,
            "see Methods" if is_method else _takes(declared, schema),
            tuple(_values(declared, schema)),
            field.get_default(call_default_factory=True),
            field.is_required(),
            "The method." if is_own_name else " ".join(str(field.description).split()),
            shape.method_name() if issubclass(shape, Method) and is_own_name
            else (field.examples or [None])[0],
        )  # fmt: skip


def methods() -> Mapping[str, type[Method]]:
    """Every method by its name, in order."""
    return {method.method_name(): method for method in sorted(METHODS, key=_by_name)}


def _by_name(method: type[Method]) -> str:
    return method.method_name()


def _resolved(declared: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for."""
    if "$ref" not in declared:
        return declared
    found: Mapping[str, Any] = schema["$defs"][declared["$ref"].rsplit("/", 1)[1]]
    return found


def _values(declared: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """The values that a key can have, where they are fixed."""
    declared = _resolved(declared, schema)
    if "const" in declared:
        return [str(declared["const"])]
    return [str(value) for value in declared.get("enum", ())]


def _takes(declared: Mapping[str, Any], schema: Mapping[str, Any]) -> str:  # noqa: PLR0911 - a kind a line
    """What a key takes, in words."""
    name = declared.get("$ref", "").rsplit("/", 1)[-1]
    if name in _OWN_PARTS:
        return _OWN_PARTS[name]
    if name == "OwnWords":
        return "text, or `nb` and `en`"
    if values := _values(declared, schema):
        return " or ".join(f"`{value}`" for value in values)
    if options := declared.get("anyOf"):
        kinds = [_takes(one, schema) for one in options if one.get("type") != "null"]
        return " or ".join(kinds)
    if declared.get("type") == "array":
        return f"list: {_takes(declared['items'], schema)}"
    if declared.get("type") == "object":
        others = {"": declared.get("additionalProperties")}
        [value] = declared.get("patternProperties", others).values()
        return f"names, each with: {_takes(value, schema)}"
    if declared.get("format") == "date":
        return "day"
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "yes or no",
    }
    return f"{words[declared['type']]}{_limits(declared)}"


def _limits(declared: Mapping[str, Any]) -> str:
    """Between what a number has to be, in words."""
    ends = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to",
            "exclusiveMaximum": "below"}  # fmt: skip
    found = [f"{word} {declared[end]}" for end, word in ends.items() if end in declared]
    return f" {' '.join(found)}" if found else ""
