"""Reading a YAML file that a person wrote: checked against its shape, faults told by line."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from sources.errors import InputError

_Shape = TypeVar("_Shape", bound=BaseModel)
_Path = Sequence[str | int]

Line = Callable[[_Path], int]
"""The line on which what a path of keys and positions leads to begins."""


def read(path: Path, shape: type[_Shape]) -> tuple[_Shape, Line]:
    """The file in its shape, and where its parts stand.

    Raises InputError naming file and line for what is not YAML, for a key that is written twice
    in one place, and for the first entry that does not fit.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        given = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name}: byte {error.start} is not UTF-8; save it as UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path.name}, line {line}: this is not YAML: {error.problem}.") from error
    for key in _repeated_keys(root):
        raise InputError(
            f"{path.name}, line {key.start_mark.line + 1}: '{key.value}' is written twice in one"
            " entry; keep one of them."
        )
    try:
        return shape.model_validate(given), lambda at: _line(root, at)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"{path.name}, line {_line(root, first['loc'])}: {place}: {first['msg']}."
        ) from error


def _repeated_keys(node: Any) -> Iterator[Any]:
    """The keys that stand a second time in their mapping: a plain reader drops the first."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated_keys(value)


def _line(node: Any, path: _Path) -> int:
    """The line of the deepest YAML node that a path leads to; 1 in an empty file."""
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == step]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = node.value[step : step + 1]
        else:
            found = []
        if not found:
            break
        node = found[0]
    return int(node.start_mark.line) + 1 if node else 1
