"""Which codes of the other dimensions are taken, and how many combinations that makes."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.jsonstat import Dimension
from sources.statbank.proposal.wishes import SAID, Decision, Wishes

_TOTAL = re.compile(
    r"(i alt|ialt|totalt?|alle\b.*|begge kjønn|sum|samlet|hele .*|all\b.*|both sexes)",
    re.IGNORECASE,
)
_TOTAL_CODES = {"TOT", "TOTAL", "ALLE", "I_ALT"}


@dataclass(frozen=True)
class Choice:
    """The expressions taken of a dimension, each by itself; none: it is left out of the query."""

    dimension: Dimension
    expressions: tuple[str, ...]
    decision: Decision
    is_whole: bool = False

    @property
    def codes_each(self) -> tuple[tuple[str, str], ...]:
        """Each expression with the dimension's code."""
        return tuple((self.dimension.code, expression) for expression in self.expressions)


def chosen(dimension: Dimension, wishes: Wishes, *, all_add_up: bool) -> Choice:
    """What is taken of a dimension: what is wished, its total, nothing, its one code, or all.

    Left out, a dimension without a total is added up by the publisher, which only figures that add
    up can be.
    """
    subject = f"{dimension.code} ({dimension.label})"
    labels = dict(zip(dimension.codes, dimension.labels, strict=True))
    if wished := wishes.select.get(dimension.code):
        return Choice(dimension, wished, Decision(subject, ", ".join(wished), SAID))
    if wishes.whole:
        decision = Decision(subject, f"all {len(labels)} codes", "the table is taken whole")
        return Choice(dimension, ("*",), decision, is_whole=True)
    if len(labels) == 1:
        [(code, label)] = labels.items()
        return Choice(dimension, (code,), Decision(subject, f"{code} {label}", "its only code"))
    if total := total_of(dimension):
        others = f"{len(labels) - 1} other codes: --select {dimension.code}=CODE"
        decided = f"{total} {labels[total]}"
        return Choice(
            dimension, (total,), Decision(subject, decided, f"it stands for all; {others}")
        )
    if dimension.elimination and all_add_up:
        why = "it may be left out, and the publisher then adds its codes up"
        return Choice(dimension, (), Decision(subject, "left out", why))
    why = (
        "left out its codes would be added, and not all contents add up"
        if dimension.elimination
        else "it must be chosen, and none of its codes stands for all"
    )
    decision = Decision(subject, f"each of its {len(labels)} codes", why)
    return Choice(dimension, dimension.codes, decision, is_whole=True)


def total_of(dimension: Dimension) -> str | None:
    """The code that stands for all others: as the publisher says, or the one labelled so."""
    if dimension.total in dimension.codes:
        return dimension.total
    named = [
        code
        for code, label in zip(dimension.codes, dimension.labels, strict=True)
        if code.upper() in _TOTAL_CODES or _TOTAL.fullmatch(label.strip())
    ]
    return named[0] if len(named) == 1 else None


def combined(choices: Sequence[Choice]) -> list[dict[str, str]]:
    """Every combination of the expressions, as dimension to expression."""
    return [
        dict(pairs)
        for pairs in itertools.product(*(each.codes_each for each in choices if each.expressions))
    ]
