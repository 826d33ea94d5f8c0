"""The one reader of YAML: a file that a person wrote, checked, with the line of every part.

Words are those of YAML 1.2 (https://yaml.org/spec/1.2.2/, core schema): `yes`, `no`, `on` and `off`
are text, and so are dates, which the shape of the file makes days of. Apart from it, what may be a
code is text: a number with a zero in front (`0301`), or with an exponent and no point (`1E5`). An
alias (`*name`, and `<<: *name`) may stand for a part without aliases of its own. Tags are refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from common import fileio
from common.errors import InputError
from common.text import shown

_Shape = TypeVar("_Shape", bound=BaseModel)

MAX_BYTES = 5_000_000
MAX_DEPTH = 50
MAX_ENTRIES = 200_000
"""Each alias counts as all that it stands for."""

_MERGE = "tag:yaml.org,2002:merge"
_CORE_SCHEMA = {
    "null": ("(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    "bool": ("(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    "int": ("(?:[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    "float": (
        r"(?:[-+]?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
    "merge": ("<<$", ["<"]),
}


class _Loader(yaml.CSafeLoader):
    """The C loader with the words of YAML 1.2, which refuses a key written twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - overrides that of YAML 1.1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Raises ConstructorError for a key that is a list or that stands there already."""
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _fault("a key must be a word or a number", key_node)
            if key_node.tag == _MERGE:
                continue
            key = self.construct_object(key_node)
            if key in seen:
                raise _fault(
                    f"{shown(key)} is written twice in one entry; keep one of them", key_node
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Writes in quotes what either version of YAML would read as something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Everything is written out, as the reader requires."""
        return True


for _name, (_expression, _first) in _CORE_SCHEMA.items():
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_expression), _first)


def _construct_int(loader: _Loader, node: yaml.ScalarNode) -> int:
    return int(str(node.value), 0)


_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)


@dataclass(frozen=True)
class Document:
    """What a YAML file says (`content`), and where its parts stand."""

    file: str
    content: Any
    _root: yaml.Node | None

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the deepest part that a path of keys and positions leads to.

        Steps that stand in no file, such as the name of a kind of method, are passed over.
        """
        line, node = 1, self._root
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = [pair for pair in node.value if pair[0].value == str(step)]
                if found:
                    line, node = found[-1][0].start_mark.line + 1, found[-1][1]
            elif isinstance(node, yaml.SequenceNode) and step in range(len(node.value)):
                node = node.value[int(step)]
                line = node.start_mark.line + 1
        return line

    def at(self, *path: str | int) -> str:
        """File and line of a part, for a sentence: `at("indicators", 2, "id")`."""
        return f"{self.file}, line {self.line(path)}"

    def faults(self, error: ValidationError) -> list[str]:
        """All that keeps the content from having a shape, a sentence each with its line."""
        return [f"{self.at(*fault['loc'])}: {_in_words(fault)}" for fault in error.errors()]


def load(path: Path) -> Document:
    """Reads a file of at most MAX_BYTES and MAX_DEPTH. Raises InputError naming file and line."""
    content = fileio.read_bytes(path, MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name}: byte {error.start} is not UTF-8 text; save it as UTF-8."
        ) from error
    try:
        _require_plain(text, path.name)
        loader = _Loader(text)
        root = loader.get_single_node()
        _require_bounded(root, path.name)
        given = None if root is None else loader.construct_document(root)
        return Document(path.name, given, root)
    except yaml.constructor.ConstructorError as error:
        raise _input_error(path.name, str(error.problem), error.problem_mark) from error
    except yaml.YAMLError as error:
        why = getattr(error, "problem", None) or " ".join(str(error).split())
        mark = getattr(error, "problem_mark", None)
        raise _input_error(path.name, f"this is not YAML: {why}", mark) from error


def read(path: Path, shape: type[_Shape]) -> tuple[_Shape, Document]:
    """A file in its shape, and where its parts stand. Raises InputError for the first fault."""
    document = load(path)
    try:
        return shape.model_validate(document.content), document
    except ValidationError as error:
        raise InputError(document.faults(error)[0]) from error


def dump(content: Any, width: int = 100) -> str:
    """Content as YAML that `load` reads as the same, in the order given."""
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=width)


def write(path: Path, content: Any) -> None:
    """Writes a file whole, or leaves what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(dump(content), encoding="utf-8")
    beside.replace(path)


def _require_plain(text: str, file: str) -> None:
    """Refuses depth, tags and aliases in one another on events: the C loader would recurse."""
    open_anchors: list[str | None] = []
    for event in yaml.parse(text, Loader=_Loader):
        fault = None
        if isinstance(event, yaml.AliasEvent) and any(open_anchors):
            fault = f"'*{event.anchor}' stands within another part with a name; write it out"
        elif tag := getattr(event, "tag", None):
            fault = f"{shown(tag)} is a tag; write the value without it"
        elif len(open_anchors) > MAX_DEPTH:
            fault = f"nested too deeply, more than {MAX_DEPTH} levels"
        if fault:
            raise _input_error(file, fault, event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            open_anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            open_anchors.pop()


def _require_bounded(root: yaml.Node | None, file: str) -> None:
    """Refuses a file in which aliases stand for many times what is written."""
    ahead, entries = [root], 0
    while ahead:
        node, entries = ahead.pop(), entries + 1
        if isinstance(node, yaml.MappingNode):
            ahead += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            ahead += node.value
        if entries + len(ahead) > MAX_ENTRIES:
            raise InputError(
                f"{file}: with its aliases this has more than {MAX_ENTRIES} entries; split it."
            )


def _fault(problem: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _input_error(file: str, problem: str, mark: Any) -> InputError:
    where = f", line {mark.line + 1}" if mark else ""
    return InputError(f"{file}{where}: {problem}.")


def _in_words(fault: Any) -> str:
    """A fault that pydantic found, as a sentence for whoever wrote the file."""
    place = ".".join(str(part) for part in fault["loc"]) or "the file"
    what = {
        "missing": "this is missing",
        "extra_forbidden": "there is no such entry; is it misspelt?",
    }.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    if fault["type"] == "string_type" and isinstance(fault["input"], int | float):
        what = f"this must be text; write it in quotes, '{fault['input']}'"
    return f"{place}: {what}" if what.endswith((".", "?")) else f"{place}: {what}."
