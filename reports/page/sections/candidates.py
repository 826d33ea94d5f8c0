"""The table of candidates: every municipality of the country, to be sorted and searched."""

from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from reports import data
from reports.page.sections.section import Section


class CandidateColumn(NamedTuple):
    """A column of the table of candidates."""

    title: str
    numeric: bool


class CandidateCell(NamedTuple):
    """A cell of the table of candidates: what is shown, and what it is sorted by."""

    shown: str
    value: str | None = None


class CandidateRow(NamedTuple):
    """A municipality in the table of candidates."""

    status: str
    networks: str
    cells: list[CandidateCell]


class CandidatesSection(Section):
    """The table of candidates: every municipality of the country, to be sorted and searched."""

    def columns(self) -> list[CandidateColumn]:
        """Who each municipality is, what the rule made of it, and every indicator."""
        texts = ("municipality", "code", "county", "status", "networks", "centrality",
                 "kostra_group", *self._given)  # fmt: skip
        numeric = {"centrality", "rank", "stability"}
        return [
            *(CandidateColumn(self.words(key), key in numeric) for key in texts),
            *(CandidateColumn(self.names.title(entry.name), True) for entry in self.names.entries),
        ]

    @cached_property
    def rows(self) -> list[CandidateRow]:
        """Every municipality: who it is, what became of it, and its figures."""
        return [self._row(row) for _, row in self._table.iterrows()]

    @cached_property
    def _table(self) -> pd.DataFrame:
        return data.candidate_table(self.findings)

    @cached_property
    def _given(self) -> list[str]:
        """What the method gives of type, rank and stability: pairs have no rank, say."""
        columns = {"kind": "cell", "rank": "rank", "stability": "stability"}
        return [key for key, column in columns.items() if self._table[column].notna().any()]

    def _row(self, row: Any) -> CandidateRow:
        names, number = self.names, self.numbers
        cell = row["cell"]
        given = {
            "kind": CandidateCell(names.cell(cell) if isinstance(cell, str) else ""),
            "rank": _figure(row["rank"], number.figure(row["rank"])),
            "stability": _figure(row["stability"], number.percent(row["stability"])),
        }
        networks = [names.network(n) for n in _listed(row["networks"])]
        cells = [
            CandidateCell(row["municipality_name"]),
            CandidateCell(row["municipality_code"]),
            CandidateCell(row["county_name"]),
            CandidateCell(self.words(f"status_{row['status']}")),
            CandidateCell(", ".join(networks)),
            _figure(row["centrality_class"], number.figure(row["centrality_class"])),
            CandidateCell(str(row["kostra_group"] or "").removeprefix("EKG")),
            *(given[key] for key in self._given),
            *(_figure(row[e.name], names.figure(e.name, row[e.name])) for e in names.entries),
        ]
        return CandidateRow(row["status"], "|".join(networks), cells)


def _listed(value: Any) -> list[str]:
    return value.split(", ") if isinstance(value, str) and value else []


def _figure(value: Any, shown: str) -> CandidateCell:
    return CandidateCell(shown, None if pd.isna(value) else f"{float(value):.12g}")
