"""The table of candidates, read from the published warehouse: schema mart, read-only."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from common.errors import BoundaryError, SelectionError
from common.text import listed
from selection.entry import Bilingual
from selection.roles import RuleIndicator
from selection.rule import EVERY_MUNICIPALITY, Rule
from warehouse import boundaries

_FIGURE_COLUMNS = [
    "name", "indicator_id", "municipality_code", "period", "value", "quality", "status",
    "missing_reason", "warnings", "table_id",
]  # fmt: skip


class Vintage(NamedTuple):
    """A refresh that was published: its name, and when it was built."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Candidates:
    """Everything a selection is made from, of one vintage.

    table: one row a municipality, indexed by its code: the columns of mart.case_candidate, with
        each indicator of the rule (under its name) in the period the rule asks for.
    figures: one row an indicator of the rule and municipality: period, value, quality, status,
        missing_reason, warnings, table_id.
    membership: one row a membership on a basis the rule accepts that holds on its day: network_id,
        municipality_code, basis, strength, source_url, source_date.
    refused_membership: one row a network and basis with memberships the rule does not accept.
    own_columns: the columns of mart.case_candidate, before those of the rule.
    people: the inhabitants of each, whatever the rule measures of population.
    definitions: title of each definition of a district municipality, which is a column of `table`;
        traits: that of each trait which is one.
    networks: mart.network. indicators: mart.indicator. bases: the kinds of evidence there are.
    dissolved: what became of each municipality of before that an override of the rule names.
    vintage: name of the refresh. day: the day of the vintage.
    """

    table: pd.DataFrame
    own_columns: frozenset[str]
    people: pd.Series
    definitions: Mapping[str, Bilingual]
    traits: Mapping[str, Bilingual]
    figures: pd.DataFrame
    membership: pd.DataFrame
    refused_membership: pd.DataFrame
    networks: pd.DataFrame
    indicators: pd.DataFrame
    bases: tuple[str, ...]
    dissolved: Mapping[str, Bilingual]
    vintage: str
    day: str

    def members(self, network_id: str) -> list[str]:
        """The codes of a network's members on accepted evidence, in order."""
        rows = self.membership["network_id"] == network_id
        return sorted(set(self.membership.loc[rows, "municipality_code"]))

    def period(self, column: str) -> str:
        """The period of an indicator of the table, as the publisher writes it; empty for others."""
        own = self.figures.loc[self.figures["name"] == column, "period"].dropna()
        known = self.table[
            "latest_period"
        ].dropna()  # of a new municipality nothing may be known yet
        latest = (of[column] for of in known if of.get(column))
        return str(own.iloc[0]) if len(own) else str(next(latest, ""))

    @property
    def years(self) -> dict[str, tuple[int, int]]:
        """The first and last year of each indicator that has figures."""
        known = self.indicators.dropna(subset=["first_period", "last_period"])
        spans = zip(known["first_period"].str[:4], known["last_period"].str[:4], strict=True)
        return {
            str(one): (int(first), int(last))
            for one, (first, last) in zip(known["indicator_id"], spans, strict=True)
        }

    def weak_members(self, network: str) -> set[str]:
        """The members of a network that are known on weak evidence only."""
        own = self.membership[self.membership["network_id"] == network]
        strong = own.loc[own["strength"] == "strong", "municipality_code"]
        return set(self.members(network)) - set(strong)

    def members_under_ended_agreement(self, network: str) -> set[str]:
        """The members of a network whose sources all are of before an agreement of it ended."""
        own = self.membership[self.membership["network_id"] == network]
        later = own.loc[~own["agreement_ended"], "municipality_code"]
        return set(self.members(network)) - set(later)


def read(con: duckdb.DuckDBPyConnection, rule: Rule, vintage: Vintage | None = None) -> Candidates:
    """The candidates for a rule. Indicators the warehouse does not know are left out (see check).

    With an earlier `vintage` the figures of the rule's indicators are those that were known then;
    what is not kept by vintage (municipalities, their classes, memberships) is that of today.
    Raises SelectionError where the warehouse holds no vintage.
    """
    runs = con.execute("select run_id, started_at from mart.refresh_run order by started_at")
    vintages = [Vintage(*row) for row in runs.fetchall()]
    newest = con.execute("select max(as_of)::varchar from mart.reply")
    [(day,)] = newest.fetchall()
    if not vintages or day is None:
        raise SelectionError("The warehouse is empty. Run 'digidistrikt refresh' first.")
    if vintage:
        day = min(day, f"{vintage.at:%Y-%m-%d}")
    indicators = con.sql("from mart.indicator order by indicator_id").df()
    known = set(indicators["indicator_id"])
    figures = [
        _figures(con, entry, _last_year(entry, rule), day, vintage)
        for entry in rule.indicators
        if entry.id in known
    ]
    table = con.sql("from mart.case_candidate order by municipality_code").df()
    table = table.set_index("municipality_code")
    people = table["population"].astype(float)
    definitions = _definitions(con, table)
    own_columns = frozenset(map(str, table))
    for one in figures:
        values = one.set_index("municipality_code")["value"].reindex(table.index)
        table[one["name"].iloc[0]] = values.astype(float)
    accepted, refused = _membership(con, rule, day)
    return Candidates(
        table=table,
        own_columns=own_columns,
        people=people,
        definitions=definitions,
        traits={
            row[0]: Bilingual(nb=row[1], en=row[2])
            for row in con.sql("select trait_id, title_nb, title_en from mart.trait").fetchall()
            if row[0] in own_columns
        },
        figures=pd.concat(figures, ignore_index=True)
        if figures
        else pd.DataFrame(columns=_FIGURE_COLUMNS),
        membership=accepted,
        refused_membership=refused,
        networks=con.sql("from mart.network order by network_id").df(),
        indicators=indicators,
        bases=tuple(con.sql("from mart.membership_basis").df()["basis"]),
        dissolved=_dissolved(con, {each.municipality for each in rule.overrides} - {*table.index}),
        vintage=(vintage or vintages[-1]).name,
        day=day,
    )


def _definitions(con: duckdb.DuckDBPyConnection, table: pd.DataFrame) -> dict[str, Bilingual]:
    """Adds each definition of a district municipality as a column; returns their titles.

    Raises SelectionError for one that is named as a column or as all municipalities are.
    """
    rows = con.sql("""
        select definition_id, definition_nb, definition_en, municipality_code, meets_definition
        from mart.district_definition
    """).df()
    for name, own in rows.groupby("definition_id"):
        if name in table or name == EVERY_MUNICIPALITY:
            raise SelectionError(
                f"the district definition '{name}' has a name that means something else in a rule;"
                " declare it under another name and run 'digidistrikt refresh'.",
                nb=f"distriktsdefinisjonen '{name}' har et navn som betyr noe annet i en regel; "
                "gi den et annet navn der den er deklarert, og kjør 'digidistrikt refresh'.",
            )
        verdict = own.set_index("municipality_code")["meets_definition"].reindex(table.index)
        table[name] = verdict.astype("boolean")
    titles = rows.drop_duplicates("definition_id").sort_values("definition_id")
    return {
        str(row.definition_id): Bilingual(nb=str(row.definition_nb), en=str(row.definition_en))
        for row in titles.itertuples()
    }


def _dissolved(con: duckdb.DuckDBPyConnection, codes: Set[str]) -> dict[str, Bilingual]:
    """When codes of before went out of use and where their ground lies today, by code."""
    found = {}
    for code in sorted(codes):
        try:
            history = boundaries.find(con, code)
        except BoundaryError:  # there has never been such a code
            continue
        last = [version for version in history.versions if version.code == code][-1]
        today = [f"{place.code} {place.name}" for place in history.today]
        if last.valid_to is None or not today:  # announced, or before the first division known
            continue
        found[code] = Bilingual(
            nb=f"{code} {last.name} gikk ut {last.valid_to}, og området er i dag i "
            f"{listed(today, 'og')}",
            en=f"{code} {last.name} ended on {last.valid_to}, and its ground is in {listed(today)}",
        )
    return found


def earlier_vintages(con: duckdb.DuckDBPyConnection, rule: Rule) -> list[Vintage]:
    """The vintages after which a figure of the rule's indicators was changed, newest first.

    Between two changes the figures stay as they are, so the last vintage before each says it all.
    """
    rows = con.execute(
        """
        with change as (
            select known_until as changed_at from mart.superseded
            where list_contains($used, indicator_id)
            union
            select known_since from mart.observation_as_of('9999-12-31')
            where list_contains($used, indicator_id)
        )
        select distinct max_by(run_id, started_at) as run_id, max(started_at) as built
        from change
        inner join mart.refresh_run on started_at < changed_at
        group by changed_at
        order by built desc
        """,
        {"used": sorted({entry.id for entry in rule.indicators})},
    ).fetchall()
    return [Vintage(*row) for row in rows]


def _last_year(entry: RuleIndicator, rule: Rule) -> int:
    return min(entry.year or 9999, rule.universe.year or 9999)


_KNOWN_THEN = """
    select *, core.period_start(period) as period_start, year(period_start) as year,
        []::varchar[] as warnings
    from mart.observation_as_of(?)
"""


def _figures(
    con: duckdb.DuckDBPyConnection,
    entry: RuleIndicator,
    year: int,
    day: str,
    vintage: Vintage | None,
) -> pd.DataFrame:
    """One row a municipality: the figure of an indicator as the rule asks for it.

    What to know before using a figure (warnings) is not kept by vintage.
    """
    known, moment = (f"({_KNOWN_THEN})", [vintage.at]) if vintage else ("mart.observation", [])
    rows = con.execute(
        f"""
        select municipality_code, year, period, value, quality, status, missing_reason,
            array_to_string(warnings, ', ') as warnings, table_id
        from {known}
        where indicator_id = ? and period_start <= ?::date and year <= ?
        qualify row_number() over (
            partition by municipality_code, year order by period desc
        ) = 1
        """,
        [*moment, entry.id, day, year],
    ).df()
    there = rows.loc[rows["value"].notna(), "year"]
    last = int(there.max()) if len(there) else 0
    if entry.change_since:
        figures = _change(rows, entry.change_since, last)
    elif entry.mean_of_years > 1:
        figures = _mean(rows, entry.mean_of_years, last)
    else:
        figures = rows[rows["year"] == last]
    everyone = con.sql("select municipality_code from mart.municipality order by all").df()
    figures = everyone.merge(figures, on="municipality_code", how="left")
    figures["missing_reason"] = figures["missing_reason"].where(
        figures["value"].notna() | figures["missing_reason"].notna(),
        "not among the figures published or kept",
    )
    return figures.assign(name=entry.name, indicator_id=entry.id)[_FIGURE_COLUMNS]


def _mean(rows: pd.DataFrame, years: int, last: int) -> pd.DataFrame:
    """The mean of the years up to the last; missing where one of them is."""
    chosen = rows[rows["year"].between(last - years + 1, last)]
    of_each = chosen.groupby("municipality_code")
    there = of_each["value"].count()
    figures = _joined(chosen, f"{last - years + 1}-{last}")
    figures["value"] = of_each["value"].mean().where(there == years).loc[figures.index]
    figures["missing_reason"] = [
        None if count == years else f"{count} of {years} years have a figure"
        for count in there.loc[figures.index]
    ]
    return figures.reset_index()


def _change(rows: pd.DataFrame, since: int, last: int) -> pd.DataFrame:
    """The change in percent from a year to the last; missing where either is, or the first is 0."""
    chosen = rows[rows["year"].isin([since, last])]
    wide = chosen.pivot(index="municipality_code", columns="year", values="value")
    wide = wide.reindex(columns=[since, last]).astype(float)
    figures = _joined(chosen, f"{since}-{last}")
    change = 100 * (wide[last] / wide[since].replace(0, np.nan) - 1)
    figures["value"] = change.loc[figures.index]
    figures["missing_reason"] = [
        None if pd.notna(value) else f"no figure to compare {since} with {last}"
        for value in figures["value"]
    ]
    return figures.reset_index()


def _joined(chosen: pd.DataFrame, period: str) -> pd.DataFrame:
    """One row a municipality, with all that was said of the figures a derived one is made of."""
    words = ["quality", "status", "warnings", "table_id"]
    joined = chosen.groupby("municipality_code")[words].agg(_each_once)
    return joined.assign(period=period)


def _each_once(values: pd.Series) -> str:
    return ", ".join(sorted({str(value) for value in values if pd.notna(value) and value != ""}))


def _membership(
    con: duckdb.DuckDBPyConnection, rule: Rule, day: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Memberships the rule accepts, and the number of those it does not by network and basis."""
    on = str(rule.membership.on or day)
    # A membership may stand on several bases: it counts by the strongest that the rule accepts.
    holding = con.execute(
        """
        with holding as (
            select distinct
                network_id,
                municipality_code,
                coalesce(
                    list_filter(bases, lambda each: list_contains($bases, each))[1], basis
                ) as basis,
                source_url,
                source_date,
                exists (
                    from mart.network_statement as agreement
                    where agreement.network_id = member.network_id
                        and agreement.valid_to < $on[1:len(agreement.valid_to)]
                        and greatest(member.valid_from, member.source_date, '')
                            [1:len(agreement.valid_to)] <= agreement.valid_to
                ) as agreement_ended
            from mart.network_membership as member
            where municipality_code is not null
                and (valid_to is null or valid_to >= $on[1:len(valid_to)])
                and (valid_from is null or valid_from[1:len(valid_from)] <= $on[1:len(valid_from)])
        )
        select holding.* exclude (source_url, source_date, agreement_ended), strength,
            source_url, source_date, agreement_ended
        from holding
        inner join mart.membership_basis using (basis)
        order by all
        """,
        {"bases": list(rule.membership.basis), "on": on},
    ).df()
    accepted = holding["basis"].isin(rule.membership.basis)
    refused = holding[~accepted].groupby(["network_id", "basis"]).size()
    return (
        holding[accepted].reset_index(drop=True),
        refused.rename("members").reset_index(),
    )
