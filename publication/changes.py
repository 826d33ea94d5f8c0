"""What the newest vintage changed: each figure, and what that comes to for each indicator."""

from dataclasses import dataclass
from typing import Any

import duckdb

from reports.page.numbers import Numbers
from reports.page.wording import Wording

_VINTAGES = "select run_id, started_at from mart.refresh_run order by started_at desc limit 2"
_COLUMNS = (
    "indicator_id", "municipality_code", "period", "value_before", "value_after", "difference",
    "change", "quality_before", "quality_after",
)  # fmt: skip


@dataclass(frozen=True)
class IndicatorChange:
    """What became of some figures of an indicator: added, revised or withdrawn."""

    indicator_id: str
    change: str
    figures: int
    municipalities: int
    first_period: str
    last_period: str


@dataclass(frozen=True)
class VintageChanges:
    """What differs between the newest vintage and the one before; `earlier` is empty for the first.

    figures: a row a figure that was revised or withdrawn, in the order of its key, with the columns
    of `mart.changes_between` that say how. Those added stand in `mart.observation` as they are.
    """

    earlier: str
    later: str
    indicators: list[IndicatorChange]
    figures: list[dict[str, Any]]

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "earlier": self.earlier or None,
            "later": self.later,
            "indicators": [vars(each) for each in self.indicators],
            "figures": self.figures,
        }

    def sentences(self, words: Wording, numbers: Numbers, titles: dict[str, str]) -> list[str]:
        """The same in words: a line an indicator and kind of change."""
        if not self.earlier:
            return [words("changes_first")]
        if not self.indicators:
            return [words("changes_none")]
        return [
            words(
                f"changes_{each.change}",
                title=titles.get(each.indicator_id, each.indicator_id),
                figures=each.figures,
                municipalities=each.municipalities,
                periods=numbers.period(each.first_period)
                if each.first_period == each.last_period
                else f"{numbers.period(each.first_period)}–{numbers.period(each.last_period)}",
            )
            for each in self.indicators
        ]


def since_the_vintage_before(con: duckdb.DuckDBPyConnection) -> VintageChanges:
    """Compares the two newest vintages, by the macro that `diff` reads too."""
    later, *before = con.execute(_VINTAGES).fetchall()
    if not before:
        return VintageChanges("", later[0], [], [])
    [earlier] = before
    moments = [earlier[1], later[1]]
    figures = con.execute(
        f"select {', '.join(_COLUMNS)} from mart.changes_between(?, ?) where change != 'added'"
        " order by indicator_id, municipality_code, period",
        moments,
    ).fetchall()
    counted = con.execute(
        """
        select indicator_id, change, count(*), count(distinct municipality_code),
            min(period), max(period)
        from mart.changes_between(?, ?) group by all order by indicator_id, change
        """,
        moments,
    ).fetchall()
    return VintageChanges(
        earlier[0],
        later[0],
        [IndicatorChange(*row) for row in counted],
        [dict(zip(_COLUMNS, row, strict=True)) for row in figures],
    )
