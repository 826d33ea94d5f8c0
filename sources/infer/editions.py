"""Several editions of one file as one series, and a newer edition held against the one before."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from common.errors import InputError
from sources.catalogue import Indicator, Table
from sources.catalogue.layout import FileLayout
from sources.infer.entry import Proposal
from sources.infer.hints import Hints
from sources.infer.ids import slug
from sources.periods import period_of

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[KQH]\d|M\d\d)?(?!\d)")


@dataclass(frozen=True)
class Edition:
    """One file of a series: its name, its bytes, and the entry proposed for it."""

    file: str
    content: bytes
    proposal: Proposal


@dataclass(frozen=True)
class Added:
    """What was added under an id before: one file, or a series of editions, and its indicators."""

    id: str
    tables: tuple[Table, ...]
    indicators: tuple[Indicator, ...]

    @property
    def is_series(self) -> bool:
        """Whether it is several files, each with a table of its own."""
        return len(self.tables) > 1 or self.tables[0].id != f"file_{self.id}"

    @property
    def ids(self) -> set[str]:
        """Those of its tables and indicators."""
        return {table.id for table in self.tables} | {each.id for each in self.indicators}

    def table_of(self, file: str, number: int, count: int) -> Table | None:
        """The table that a file of a newer edition replaces; None where it is new in the series.

        Raises InputError where the names of the files do not tell it.
        """
        if not self.is_series:
            if count > 1:
                raise InputError(
                    f"'{self.id}' is one file, and {count} are to replace it; name one, or add them"
                    " under another id."
                )
            return self.tables[0]
        by_id = {table.id: table for table in self.tables}
        if period := period_in_name(file):
            return by_id.get(f"file_{self.id}_{slug(period)}")
        if count != len(self.tables) or f"file_{self.id}_{number}" not in by_id:
            raise InputError(
                f"{file}: '{self.id}' is a series of {len(self.tables)} files; write the year in"
                f" the name of the file, as in {self.id}_2025.csv, to say which edition it is."
            )
        return by_id[f"file_{self.id}_{number}"]

    def kept_beside(self, replaced: Collection[str]) -> "Added":
        """What stays of a series when the tables with these ids are replaced."""
        tables = tuple(table for table in self.tables if table.id not in replaced)
        ids = {table.id for table in tables}
        indicators = tuple(_of_tables(indicator, ids) for indicator in self.indicators)
        return Added(self.id, tables if self.is_series else (), indicators)


def _of_tables(indicator: Indicator, ids: Collection[str]) -> Indicator:
    origins = tuple(origin for origin in indicator.origins if origin.table in ids)
    return indicator.model_copy(update={"origins": origins})


def period_in_name(file: str) -> str | None:
    """The one year, quarter or month in the name of a file."""
    found = _YEAR.findall(PurePath(file).stem)
    return found[0] if len(found) == 1 else None


def as_series(
    hints: Hints, editions: Sequence[Edition], before: Added | None = None
) -> tuple[list[Edition], Added]:
    """The editions with a table of its own each, and all that is then under the id.

    What was there `before` and is not replaced stays, its indicators running through all editions.
    Raises InputError where the editions give other indicators or the same periods.
    """
    if len(editions) == 1 and not (before and before.is_series):
        only = editions[0].proposal
        return list(editions), Added(hints.id, (only.table,), only.indicators)
    named: list[Edition] = []
    for number, edition in enumerate(editions, 1):
        key = slug(period_in_name(edition.file) or str(number))
        table, indicators = _renamed(edition.proposal, f"{hints.id}_{key}")
        proposal = replace(edition.proposal, table=table, indicators=indicators)
        named.append(Edition(edition.file, edition.content, proposal))
    fresh = {edition.proposal.table.id for edition in named}
    if len(fresh) < len(named):
        raise InputError(f"{editions[0].file}: two files of the series have one year in the name.")
    kept = before.kept_beside(fresh) if before else Added(hints.id, (), ())
    _require_same_indicators(named, kept)
    origins: dict[str, list[Indicator]] = {}
    for indicator in [*kept.indicators, *(i for each in named for i in each.proposal.indicators)]:
        origins.setdefault(indicator.id, []).append(indicator)
    whole = tuple(
        parts[-1].model_copy(update={"origins": tuple(o for part in parts for o in part.origins)})
        for parts in origins.values()
        if any(part.origins for part in parts)
    )
    tables = [*kept.tables, *(edition.proposal.table for edition in named)]
    return named, Added(hints.id, tuple(sorted(tables, key=lambda table: table.id)), whole)


def _require_same_indicators(editions: Sequence[Edition], kept: Added) -> None:
    """Raises InputError for an edition with other indicators than the series has."""
    first = {indicator.id for indicator in kept.indicators if indicator.origins}
    other = "the series" if first else editions[0].file
    first = first or {indicator.id for indicator in editions[0].proposal.indicators}
    for edition in editions:
        if differing := first ^ {indicator.id for indicator in edition.proposal.indicators}:
            raise InputError(
                f"{edition.file}: it gives other indicators than {other}"
                f" ({', '.join(sorted(differing)[:3])}); add it by itself, or choose its columns"
                " with --value COLUMN=ID."
            )


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


# --- a newer edition -----------------------------------------------------------------------


def hints_of(table: Table, indicators: Sequence[Indicator], hints: Hints) -> Hints:
    """What was said when a file was added, with what is said now in its place.

    A period that was said is that of the edition before, and no answer for another.
    """
    answers = dict(table.answers)
    if period_of(answers.get("period", "")):
        del answers["period"]
    if "names_on" in answers:
        answers["names_on"] = date.fromisoformat(answers["names_on"])
    for name in ("values", "missing"):
        if name in answers:
            answers[name] = tuple(answers[name])
    declared = {
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
    return Hints(**{**kept, **answers, **declared, "id": hints.id})


def differences(before: Table, indicators: Sequence[Indicator], now: Proposal) -> list[str]:
    """In what a newer edition is another than the one before: sentences, none if in nothing."""
    found = []
    indicators = [_of_tables(indicator, {before.id}) for indicator in indicators]
    old, new = before.layout, now.table.layout
    for name in FileLayout.model_fields if old and new else ():
        was, is_now = getattr(old, name), getattr(new, name)
        if name != "file" and was != is_now:
            found.append(f"{name.replace('_', ' ')}: {_shown(was)} before, {_shown(is_now)} now")
    if before.division != now.table.division:
        found.append(f"division: {before.division} before, {now.table.division} now")
    gone = {one.id for one in indicators} - {one.id for one in now.indicators}
    fresh = {one.id for one in now.indicators} - {one.id for one in indicators}
    found += [f"indicator {name} is gone" for name in sorted(gone)]
    found += [f"indicator {name} is new" for name in sorted(fresh)]
    was_periods, now_periods = _periods(indicators), _periods(now.indicators)
    found += [f"the column of {period} is gone" for period in sorted(was_periods - now_periods)]
    found += [f"the column of {period} is new" for period in sorted(now_periods - was_periods)]
    return found


def _periods(indicators: Sequence[Indicator]) -> set[str]:
    return {origin.period for one in indicators for origin in one.origins if origin.period}


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(repr(each) for each in value) or "none"
    return "none" if value in (None, "") else str(value)
