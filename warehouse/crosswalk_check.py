"""A crosswalk that somebody made, held against the municipal map and the published shares."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import duckdb

from common.text import listed
from warehouse import boundaries
from warehouse.models import quote
from warehouse.municipalities import Municipalities

TOLERANCE = 0.01
"""How far a share of the population may be from the published one: it may have been rounded."""
_NEAR_ONE = 1e-6  # weights may have been rounded
_NAMED = 3


class CrosswalkRow(NamedTuple):
    """A row of a crosswalk somebody made, with the columns of `core.crosswalk`.

    A weight is None where nobody knows it.
    """

    from_code: str
    from_date: date
    to_code: str
    to_date: date
    weight: float | None


class KnownShare(NamedTuple):
    """The share of a municipality's population in another, and what it rests on (`core.crosswalk`).

    None where nobody has published it.
    """

    weight: float | None
    basis: str


KnownShares = Mapping[str, Mapping[str, KnownShare]]
"""By the code that is carried from and the code that is carried to."""


@dataclass
class CrosswalkCheck:
    """What is wrong with the rows of a crosswalk, and what a reader should know of them."""

    con: duckdb.DuckDBPyConnection
    municipalities: Municipalities
    _known: dict[tuple[date, date], KnownShares] = field(default_factory=dict)

    def row_faults(self, row: CrosswalkRow) -> list[str]:
        """Why a row can't be right, a sentence each: a code not in force, or no common ground."""
        ends = [(row.from_code, row.from_date), (row.to_code, row.to_date)]
        codes = [boundaries.code_fault(self.con, self.municipalities, *end) for end in ends]
        if faults := [fault for fault in codes if fault]:
            return faults
        known = self._of(row)
        if row.to_code not in known:
            return [
                f"{self._from(row)} has no ground in {self._to(row.to_code, row)}; it lies in"
                f" {listed([self._to(code, row) for code in known])}."
            ]
        share = known[row.to_code]
        if share.basis == "whole" and row.weight is not None and 1 - row.weight > TOLERANCE:
            return [
                f"weight is {row.weight:g}, but all of {self._from(row)} lies in"
                f" {self._to(row.to_code, row)}; write 1."
            ]
        return []

    def row_remark(self, row: CrosswalkRow) -> str | None:
        """That a weight of a sound row is not the published one, and what that rests on."""
        share = self._of(row).get(row.to_code)
        if share is None or share.weight is None or share.basis == "whole":
            return None
        ours = f"{share.weight:.4f} ({share.basis})"
        if row.weight is None:
            return f"weight is empty; the published share is {ours}."
        if abs(row.weight - share.weight) > TOLERANCE:
            return f"weight is {row.weight:g}; the published share is {ours}. Say what yours is of."
        return None

    def file_faults(self, rows: Iterable[CrosswalkRow]) -> Iterator[str]:
        """Municipalities whose weights don't add to 1, or of which a part is left out."""
        for group in _by_municipality(rows).values():
            first = group[0]
            which = f"The weights of {first.from_code} from {first.from_date} to {first.to_date}"
            if fault := _weights_fault(which, [row.weight for row in group]):
                yield fault
            known = self._of(first)
            given = {row.to_code for row in group}
            missing = [
                f"{self._to(code, first)} ({self._share(share)})"
                for code, share in known.items()
                if code not in given and (share.weight is None or share.weight > TOLERANCE)
            ]
            if missing and given & known.keys():
                yield (
                    f"{self._from(first)} lies in {listed(missing)} too, and the file has no row"
                    " for it; add what is missing."
                )

    def file_remarks(self, rows: Iterable[CrosswalkRow]) -> Iterator[str]:
        """How many municipalities of each division have no row at all."""
        codes: defaultdict[tuple[date, date], set[str]] = defaultdict(set)
        for row in rows:
            codes[row.from_date, row.to_date].add(row.from_code)
        for (from_date, to_date), given in codes.items():
            absent = sorted(self._between(from_date, to_date).keys() - given)
            if absent:
                names = [self.municipalities.called(code, from_date) for code in absent[:_NAMED]]
                more = f" and {len(absent) - _NAMED} more" if len(absent) > _NAMED else ""
                yield (
                    f"from {from_date} to {to_date} there is no row for {', '.join(names)}{more}."
                )

    def _of(self, row: CrosswalkRow) -> Mapping[str, KnownShare]:
        return self._between(row.from_date, row.to_date).get(row.from_code, {})

    def _between(self, from_date: date, to_date: date) -> KnownShares:
        if (from_date, to_date) not in self._known:
            self._known[from_date, to_date] = known_shares(self.con, from_date, to_date)
        return self._known[from_date, to_date]

    def _from(self, row: CrosswalkRow) -> str:
        return f"{self.municipalities.called(row.from_code, row.from_date)} of {row.from_date}"

    def _to(self, code: str, row: CrosswalkRow) -> str:
        return f"{self.municipalities.called(code, row.to_date)} of {row.to_date}"

    @staticmethod
    def _share(share: KnownShare) -> str:
        known = "share not published" if share.weight is None else f"{share.weight:.1%}"
        return f"{known}, {share.basis}" if share.weight is not None else known


def known_shares(con: duckdb.DuckDBPyConnection, from_date: date, to_date: date) -> KnownShares:
    """Where the municipalities of one day lie on another day, the largest share first."""
    found: defaultdict[str, dict[str, KnownShare]] = defaultdict(dict)
    divisions = [
        f"(select max(valid_from) from core.division where valid_from <= date {quote(str(on))})"
        for on in (from_date, to_date)
    ]
    rows = con.execute(
        f"""
        select from_code, to_code, weight, weight_basis
        from core.crosswalk
        where from_date = {divisions[0]} and to_date = {divisions[1]}
        order by from_code, weight desc nulls last, to_code
        """
    ).fetchall()
    for from_code, to_code, weight, basis in rows:
        found[from_code][to_code] = KnownShare(weight, basis)
    return dict(found)


def _by_municipality(
    rows: Iterable[CrosswalkRow],
) -> dict[tuple[str, date, date], list[CrosswalkRow]]:
    groups: defaultdict[tuple[str, date, date], list[CrosswalkRow]] = defaultdict(list)
    for row in rows:
        groups[row.from_code, row.from_date, row.to_date].append(row)
    return dict(groups)


def _weights_fault(which: str, weights: list[float | None]) -> str | None:
    known = [weight for weight in weights if weight is not None]
    if not known:
        return None
    if len(known) < len(weights):
        return f"{which} are in part empty; write all of them, or none if nobody knows them."
    total = sum(known)
    return None if abs(total - 1) < _NEAR_ONE else f"{which} add to {total:g}, not to 1."
