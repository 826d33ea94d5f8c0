"""A choice by a rule, and changes that leave it as it is."""

from typing import Any

from selection import choice
from selection.candidates import Candidates
from selection.choice import Selection
from selection.rulefile import RuleFile
from tests.selection.conftest import Read

NOTHING: dict[str, Any] = {"draws": 0, "leave_one_out": False}


def selection_of(file: RuleFile, read: Read) -> tuple[Selection, Candidates]:
    found = read(file)
    return choice.choose(file.rule, found), found
