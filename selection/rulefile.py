"""Reading a selection file: a rule, or what is wrong with it, with file and line."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from common import yamlfile
from common.errors import InputError, SelectionError
from common.yamlfile import Document
from selection import faults
from selection.entry import Problem
from selection.rule import Rule


@dataclass(frozen=True)
class RuleFile:
    """A rule with the file it stands in, so that a complaint can name the line."""

    rule: Rule
    path: Path
    document: Document

    def at(self, *place: str | int) -> str:
        """The file and line of an entry: `at("indicators", 2, "id")`."""
        return self.document.at(*place)

    def refused(self, problems: Sequence[Problem]) -> SelectionError:
        """All that is wrong with the rule, a sentence each with its line, in both languages."""
        return _refused(self.document, problems)


def load(path: Path) -> RuleFile:
    """Reads a selection file. Raises SelectionError naming file and line of everything wrong."""
    found, problems = load_in_part(path)
    if found is None or problems:
        raise _refused(_document(path), problems)
    return found


def load_in_part(path: Path) -> tuple[RuleFile | None, list[Problem]]:
    """A selection file, and what is wrong with its shape.

    With faults it is read with the example of each key they are about, so that the names in the
    others can be looked at in the same go; None where that is no rule either. Raises SelectionError
    for a file that is not there or no YAML.
    """
    document = _document(path)
    content = document.content
    problems: list[Problem] | None = None
    for _ in range(_MOST_PASSES):
        try:
            return RuleFile(Rule.model_validate(content), path, document), problems or []
        except ValidationError as error:
            found = faults.own(error.errors())
            if problems is None:
                problems = [faults.problem(each, Rule, document.content) for each in found]
            content = _with_examples(content, found)
    return None, problems or []


_MOST_PASSES = 3


def _document(path: Path) -> Document:
    try:
        return yamlfile.load(path)
    except InputError as error:
        raise SelectionError(str(error)) from error


def _refused(document: Document, problems: Sequence[Problem]) -> SelectionError:
    ordered = sorted(problems, key=lambda each: document.line(each[0]))
    return SelectionError(
        [f"{document.at(*place)}: {problem.en}" for place, problem in ordered],
        nb="\n".join(
            f"{document.file}, linje {document.line(place)}: {problem.nb}"
            for place, problem in ordered
        ),
    )


def _with_examples(content: Any, errors: Sequence[Any]) -> Any:
    """A copy of what a file says, with examples of the keys at fault and without unknown ones."""
    copy = deepcopy(content)
    for fault in errors:
        inner, place = copy, fault["loc"]
        for step in place[:-1]:  # the name of a kind of method stands in no file
            is_there = isinstance(inner, list) or (isinstance(inner, dict) and step in inner)
            inner = inner[step] if is_there else inner
        if place and isinstance(inner, dict):
            if (value := faults.example(Rule, place)) is None or fault["type"] == "extra_forbidden":
                inner.pop(place[-1], None)
            else:
                inner[place[-1]] = value
    return copy
