"""Reading a selection file: a rule, or what is wrong with it, with file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from common import yamlfile
from common.errors import InputError, SelectionError
from common.yamlfile import Document
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
        return SelectionError(
            [f"{self.at(*place)}: {problem.en}" for place, problem in problems],
            nb="\n".join(f"{self.at(*place)}: {problem.nb}" for place, problem in problems),
        )


def load(path: Path) -> RuleFile:
    """Reads a selection file. Raises SelectionError naming file and line of everything wrong."""
    try:
        document = yamlfile.load(path)
    except InputError as error:
        raise SelectionError(str(error)) from error
    try:
        return RuleFile(Rule.model_validate(document.content), path, document)
    except ValidationError as error:
        raise SelectionError(document.faults(error)) from error
