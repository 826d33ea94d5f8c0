"""Reading a YAML file that a person wrote: checked against its shape, faults told by line."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from common.errors import InputError

_Shape = TypeVar("_Shape", bound=BaseModel)
_Path = Sequence[str | int]

MAX_NODES = 200_000
"""As many entries as a file may have, each alias counted as all that it stands for."""

Line = Callable[[_Path], int]
"""The line on which what a path of keys and positions leads to begins."""


def read(path: Path, shape: type[_Shape]) -> tuple[_Shape, Line]:
    """The file in its shape, and where its parts stand.

    Raises InputError naming file and line for what is not YAML, for a key that is written twice
    in one place, for a file that aliases make endless, and for the first entry that does not fit.
    """
    root, given = _parsed(path)
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


def _parsed(path: Path) -> tuple[Any, Any]:
    """The nodes of a file and what they say. No tag makes it run anything: the loader is safe."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        _demand_bounded(root, path)
        return root, yaml.safe_load(text)
    except OSError as error:
        raise InputError(f"{path}: this can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name}: byte {error.start} is not UTF-8; save it as UTF-8."
        ) from error
    except RecursionError as error:
        raise InputError(f"{path.name}: entries lie too deep within one another.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or " ".join(str(error).split())
        raise InputError(f"{path.name}{where}: this is not YAML: {why}.") from error
    except (ValueError, AttributeError, LookupError) as error:  # 2026-13-45, !!int x, !!bool x
        raise InputError(
            f"{path.name}: a value is not what it is written as: {error}. Put it in quotes if it is"
            " a text."
        ) from error


def _demand_bounded(root: Any, path: Path) -> None:
    """Refuses a file that aliases make endless, or many times what is written in it."""
    ahead, seen = [root], 0
    while ahead:
        node, seen = ahead.pop(), seen + 1
        if seen > MAX_NODES:
            raise InputError(
                f"{path.name}: with its aliases this has more than {MAX_NODES} entries; write out"
                " what they stand for."
            )
        if isinstance(node, yaml.MappingNode):
            ahead += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            ahead += node.value


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
