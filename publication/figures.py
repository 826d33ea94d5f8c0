"""The figures of each indicator in files of their own: for a program, for Excel, for the pages."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from common.excel import Sheet, workbook_of

COLUMNS = (
    "municipality_code", "municipality_name", "period", "value", "quality", "status",
    "missing_reason", "warnings",
)  # fmt: skip
QUALITY_LETTERS = {
    "reported": "r", "recoded": "c", "summed": "s", "recomputed": "p", "weighted": "w",
    "split_estimated": "e", "not_comparable": "n", "missing": "m",
}  # fmt: skip


@dataclass(frozen=True)
class IndicatorFigures:
    """The figures of an indicator on today's municipalities.

    table: a row a municipality and period in the order of both: COLUMNS, and `year`.
    """

    indicator: dict[str, Any]
    table: pd.DataFrame

    @property
    def id(self) -> str:
        """The name of the indicator."""
        return str(self.indicator["indicator_id"])

    @property
    def csv_path(self) -> str:
        """Its file of COLUMNS in the published folder."""
        return f"data/indicators/{self.id}.csv"

    @property
    def xlsx_path(self) -> str:
        """Its workbook in the published folder."""
        return f"data/indicators/{self.id}.xlsx"

    @property
    def parquet_path(self) -> str:
        """The same as Parquet."""
        return f"data/indicators/{self.id}.parquet"

    @cached_property
    def wide(self) -> pd.DataFrame:
        """A row a municipality code, a column a period, NaN where no figure is known."""
        return self.table.pivot(index="municipality_code", columns="period", values="value")

    @property
    def newest(self) -> pd.Series:
        """The figures of the last period that has any, by municipality code."""
        period = self.indicator["last_period"]
        return self.wide[period] if period in self.wide else pd.Series(dtype=float)

    def csv(self) -> str:
        """One row a municipality and period; several warnings with ` ; ` between them."""
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(self._rows())
        return out.getvalue()

    def _rows(self) -> Iterator[list[Any]]:
        columns = [self.table[name].tolist() for name in COLUMNS]
        for *head, value, quality, status, reason, warnings in zip(*columns, strict=True):
            shown = "" if value != value else _shortest(value)  # noqa: PLR0124 - NaN only
            yield [*head, shown, quality, status, reason, warnings]

    def workbook(self, about: list[tuple[str, str]], made: date) -> bytes:
        """A row a municipality and a column a period, codes as text; a second sheet says what."""
        codes, called = (self.table[name] for name in ("municipality_code", "municipality_name"))
        names = dict(zip(codes, called, strict=True))
        rows = [
            [code, names[code], *(None if np.isnan(v) else _number(v) for v in values)]
            for code, *values in self.wide.itertuples()
        ]
        figures = Sheet("figures", ["code", "municipality", *self.wide.columns], rows, fixed=2)
        return workbook_of([figures, Sheet("about", ["what", "value"], about)], made)

    def arrow(self) -> pa.Table:
        """The rows of COLUMNS, missing figures as null."""
        return pa.Table.from_pandas(self.table[list(COLUMNS)], preserve_index=False)

    def script(self) -> str:
        """The same for the pages: values by code and period, and a letter for each quality."""
        letters = self.table.assign(letter=self.table["quality"].map(QUALITY_LETTERS).fillna("?"))
        of_code = letters.pivot(index="municipality_code", columns="period", values="letter")
        content = {
            "id": self.id,
            "periods": list(self.wide.columns),
            "values": {
                str(code): [None if np.isnan(v) else _number(v) for v in values]
                for code, *values in self.wide.itertuples()
            },
            "quality": {str(code): "".join(row) for code, *row in of_code.fillna("-").itertuples()},
        }
        return f"digidistrikt.figures({_json(content)});\n"


def read(con: duckdb.DuckDBPyConnection) -> list[IndicatorFigures]:
    """Every indicator with its figures, by name; those without any have an empty table."""
    asked = con.execute("from mart.indicator order by indicator_id")
    names = [column[0] for column in asked.description or ()]
    indicators = [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
    table = con.execute(
        f"""
        select indicator_id, year, {", ".join(COLUMNS[:4])},
            {", ".join(f"coalesce({name}, '') as {name}" for name in COLUMNS[4:7])},
            coalesce(array_to_string(warnings, ' ; '), '') as warnings
        from mart.observation
        order by indicator_id, municipality_code, period_start, period
        """
    ).df()
    of_indicator = dict(iter(table.groupby("indicator_id", sort=False)))
    nothing = table.iloc[:0]
    return [
        IndicatorFigures(each, of_indicator.get(each["indicator_id"], nothing))
        for each in indicators
    ]


def _shortest(value: float) -> str:
    return str(_number(value))


def _number(value: float) -> int | float:
    """A whole number as one; others as they are."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
