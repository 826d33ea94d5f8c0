"""Several editions of one file as one series, and a newer edition held against the one before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from common.errors import InputError
from sources.catalogue import Indicator, Table
from sources.catalogue.layout import FileLayout
from sources.infer.entry import Proposal
from sources.infer.hints import Hints
from sources.infer.ids import slug

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[KQH]\d|M\d\d)?(?!\d)")


@dataclass(frozen=True)
class Edition:
    """One file of a series: its name, its bytes, and the entry proposed for it."""

    file: str
    content: bytes
    proposal: Proposal


def period_in_name(file: str) -> str | None:
    """The one year, quarter or month in the name of a file."""
    found = _YEAR.findall(PurePath(file).stem)
    return found[0] if len(found) == 1 else None


def as_series(hints: Hints, editions: Sequence[Edition]) -> tuple[list[Edition], list[Indicator]]:
    """The editions with a table of its own each, and indicators that run through all of them.

    Raises InputError where the editions give other indicators or the same periods.
    """
    if len(editions) == 1:
        return list(editions), list(editions[0].proposal.indicators)
    first = {indicator.id for indicator in editions[0].proposal.indicators}
    named: list[Edition] = []
    origins: dict[str, list[Indicator]] = {}
    for number, edition in enumerate(editions, 1):
        found = {indicator.id for indicator in edition.proposal.indicators}
        if found != first:
            differing = ", ".join(sorted(found ^ first)[:3])
            raise InputError(
                f"{edition.file}: it gives other indicators than {editions[0].file} ({differing});"
                " add it by itself, or choose its columns with --value COLUMN=ID."
            )
        key = slug(period_in_name(edition.file) or str(number))
        table, indicators = _renamed(edition.proposal, f"{hints.id}_{key}")
        proposal = _replaced(edition.proposal, table, indicators)
        named.append(Edition(edition.file, edition.content, proposal))
        for indicator in indicators:
            origins.setdefault(indicator.id, []).append(indicator)
    if len({edition.proposal.table.id for edition in named}) < len(named):
        raise InputError(f"{editions[0].file}: two files of the series have one year in the name.")
    whole = [
        parts[0].model_copy(update={"origins": tuple(o for part in parts for o in part.origins)})
        for parts in origins.values()
    ]
    return named, whole


def _renamed(proposal: Proposal, name: str) -> tuple[Table, tuple[Indicator, ...]]:
    layout = proposal.table.layout
    if layout is None:
        raise InputError(f"table '{proposal.table.id}' is a file and needs a 'layout'.")
    ending = PurePath(layout.file).suffix
    table = proposal.table.model_copy(
        update={
            "id": f"file_{name}",
            "layout": layout.model_copy(update={"file": f"{name}{ending}"}),
        }
    )
    indicators = tuple(
        indicator.model_copy(
            update={
                "origins": tuple(
                    origin.model_copy(update={"table": table.id}) for origin in indicator.origins
                )
            }
        )
        for indicator in proposal.indicators
    )
    return table, indicators


def _replaced(proposal: Proposal, table: Table, indicators: tuple[Indicator, ...]) -> Proposal:
    return Proposal(
        table,
        indicators,
        proposal.columns,
        proposal.written,
        proposal.sheets,
        proposal.division_why,
    )


# --- a newer edition -----------------------------------------------------------------------


def hints_of(table: Table, indicators: Sequence[Indicator], hints: Hints) -> Hints:
    """What was said when a file was added, with what is said now in its place."""
    answers = dict(table.answers)
    if "names_on" in answers:
        answers["names_on"] = date.fromisoformat(answers["names_on"])
    for name in ("values", "missing"):
        if name in answers:
            answers[name] = tuple(answers[name])
    said = {
        name: value
        for name, value in vars(hints).items()
        if value != vars(Hints(id=hints.id))[name]
    }
    kept = {
        "title": table.title,
        "unit": indicators[0].unit,
        "aggregate": indicators[0].aggregate,
        "publisher": table.publisher,
        "licence": table.licence,
        "citation": table.citation,
        "url": table.url,
    }
    return Hints(**{**kept, **answers, **said, "id": hints.id})


def differences(before: Table, indicators: Sequence[Indicator], now: Proposal) -> list[str]:
    """In what a newer edition is another than the one before: sentences, none if in nothing."""
    told = []
    old, new = before.layout, now.table.layout
    for name in FileLayout.model_fields if old and new else ():
        was, is_now = getattr(old, name), getattr(new, name)
        if name != "file" and was != is_now:
            told.append(f"{name.replace('_', ' ')}: {_shown(was)} before, {_shown(is_now)} now")
    if before.division != now.table.division:
        told.append(f"division: {before.division} before, {now.table.division} now")
    gone = {one.id for one in indicators} - {one.id for one in now.indicators}
    fresh = {one.id for one in now.indicators} - {one.id for one in indicators}
    told += [f"indicator {name} is gone" for name in sorted(gone)]
    told += [f"indicator {name} is new" for name in sorted(fresh)]
    was_periods, now_periods = _periods(indicators), _periods(now.indicators)
    told += [f"the column of {period} is gone" for period in sorted(was_periods - now_periods)]
    told += [f"the column of {period} is new" for period in sorted(now_periods - was_periods)]
    return told


def _periods(indicators: Sequence[Indicator]) -> set[str]:
    return {origin.period for one in indicators for origin in one.origins if origin.period}


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(repr(each) for each in value) or "none"
    return "none" if value in (None, "") else str(value)
