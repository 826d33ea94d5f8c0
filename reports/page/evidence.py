"""What a trait rests on, in words: columns and methods by name, the rest as published."""

import re

from reports.page.numbers import Numbers
from reports.page.wording import Wording

_PART = re.compile(r"(^|; | \| )(\w+): ([^;|]*)")


def in_words(text: str, words: Wording, numbers: Numbers) -> str:
    """`mart.municipality_trait.evidence` with its columns, methods and numbers in a language."""

    def part(found: re.Match[str]) -> str:
        before, column, value = found.groups()
        shown = (
            numbers.figure(float(value))
            if column == "confidence"
            else words.of("evidence_is", value)
        )
        return f"{before}{words.of('evidence', column)}: {shown}"

    return _PART.sub(part, text)
