"""Of what kind the periods of a table are, by how they are written."""

import re
from collections.abc import Sequence

from sources.infer import Question
from sources.statbank.proposal.wishes import Decision

_KINDS = {
    "years": re.compile(r"\d{4}"),
    "quarters": re.compile(r"\d{4}K\d"),
    "months": re.compile(r"\d{4}M\d\d"),
    "half-years": re.compile(r"\d{4}H\d"),
    "weeks": re.compile(r"\d{4}U\d\d"),
}
_SPAN = re.compile(r"(\d{4})-(\d{4})")
_WHEN = {
    "years": "figures of a year are read in the division of its 1 January",
    "school years": "they begin on 1 August, and are read in the division of that year",
}


def kind_of(number: str, periods: Sequence[str]) -> Decision:
    """The kind of the periods. Raises Question for spans of years, which are of no one division."""
    kind = next((k for k, form in _KINDS.items() if all(map(form.fullmatch, periods))), None)
    if kind is None and all(map(_is_school_year, periods)):
        kind = "school years"
    if kind is None:
        odd = next(p for p in periods if not any(f.fullmatch(p) for f in _KINDS.values()))
        raise Question(
            f"table {number} has periods as {odd}, which are neither years, school years, quarters,"
            " months nor weeks: in which municipal division their figures are is not known, so they"
            " can't be carried. Write --periods with others, or --context to keep the table as it"
            " is.",
            "periods",
        )
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    why = _WHEN.get(kind, "they are read in the division of 1 January of their year")
    return Decision("periods", f"{kind}, {span}", why)


def _is_school_year(period: str) -> bool:
    found = _SPAN.fullmatch(period)
    return found is not None and int(found[2]) == int(found[1]) + 1
