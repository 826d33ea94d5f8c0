"""Everything a report says, found once: the choice, what moves it, and what it stands on.

The page, the tables and the data file all read this; none of them works anything out.
"""

import logging
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pandas as pd

from reports.page.land import Land, land_of_today
from selection import (
    alternatives,
    candidates,
    check,
    clusters,
    frozen,
    positioning,
    regression,
    sensitivity,
    universe,
)
from selection.candidates import Candidates
from selection.choice import Selection
from selection.distance import Distance, varies
from selection.entry import Bilingual
from selection.frozen import Freeze
from selection.methods.diverse import Diverse
from selection.rule import Rule
from selection.rulefile import RuleFile
from selection.sensitivity import Sensitivity
from warehouse import boundaries
from warehouse.boundaries import History

_LOG = logging.getLogger("digidistrikt.report")
NEIGHBOURS = 5


@dataclass(frozen=True)
class Findings:
    """What a rule gives on one vintage, and everything a reader needs to judge it.

    positions: for each municipality and indicator the percentile among all of the country.
    groups: one row an indicator and group (network, centrality_class, kostra_group, country) of a
        chosen case: municipality_code, group, name, members, with_figure, lowest, median, highest.
    neighbours: for each chosen case the nearest candidates, by `neighbours_on`; outside: those in
        no chosen network.
    clusters, model: how far to trust them, where the method has them.
    histories, memberships, cooperations, decided_changes, traits: of the chosen cases.
    sources, replies: of the figures. land: the shapes of the municipalities.
    ended: one row a membership of a chosen network that is over: network_id, municipality_code.
    """

    file: RuleFile
    candidates: Candidates
    selection: Selection
    sensitivity: Sensitivity
    bounds: pd.DataFrame
    simpler: pd.DataFrame
    methods: pd.DataFrame
    refused_methods: Mapping[str, Bilingual]
    profiles: pd.DataFrame
    networks: pd.DataFrame
    overlaps: pd.DataFrame
    lacking: pd.DataFrame
    positions: pd.DataFrame
    groups: pd.DataFrame
    neighbours_on: tuple[str, ...]
    neighbours: pd.DataFrame
    outside: pd.DataFrame
    clusters: Mapping[str, Any] | None
    model: Mapping[str, Any] | None
    freeze: Freeze | None
    freeze_changes: tuple[str, ...]
    histories: Mapping[str, History]
    memberships: pd.DataFrame
    cooperations: pd.DataFrame
    ties: pd.DataFrame
    net_positions: pd.DataFrame
    decided_changes: pd.DataFrame
    traits: pd.DataFrame
    statements: pd.DataFrame
    kostra_groups: Mapping[str, str]
    sources: pd.DataFrame
    replies: pd.DataFrame
    ended: pd.DataFrame
    land: Land

    @property
    def rule(self) -> Rule:
        return self.file.rule


def find(con: duckdb.DuckDBPyConnection, file: RuleFile) -> Findings:
    """Carries out a rule on the warehouse, with everything that stands beside it.

    Raises SelectionError with a sentence for everything that is wrong with the rule.
    """
    rule = file.rule
    _LOG.info("reading figures")
    who = candidates.read(con, rule)
    _LOG.info("checking the rule, and choosing")
    chosen = check.check(file, who)
    _LOG.info("asking other methods")
    methods, refused = alternatives.each_method(chosen, who)
    _LOG.info("turning the rule: years, definitions, evidence, vintages, weights")
    earlier = candidates.earlier_vintages(con, rule)
    moved = sensitivity.explore(
        chosen, who, lambda other, vintage: candidates.read(con, other, vintage), earlier
    )
    _LOG.info("placing cases and networks among all")
    table = universe.transformed(chosen.universe.table, rule)
    how = _of_varying(rule.method.distance(rule.roles), table)
    kept = frozen.read(file)
    columns = [entry.name for entry in rule.indicators]
    traits = _traits(con, chosen.codes)
    sources = _sources(con, who, set(traits["table_id"]))
    return Findings(
        file=file,
        candidates=who,
        selection=chosen,
        sensitivity=moved,
        bounds=sensitivity.bounds(chosen, who),
        simpler=alternatives.simpler_rules(chosen, who),
        methods=methods,
        refused_methods=refused,
        profiles=positioning.profiles(rule, who),
        networks=positioning.network_table(rule, who),
        overlaps=positioning.overlaps(who, list(who.networks["network_id"])),
        lacking=positioning.lacking(chosen.universe.table, columns, chosen.codes),
        positions=positioning.standing(who.table, columns),
        groups=_groups(chosen, who),
        neighbours_on=how.on,
        neighbours=_nearest(table, how, chosen, set(chosen.codes)),
        outside=_nearest(table, how, chosen, {c for m in chosen.strata.values() for c in m}),
        clusters=_cluster_quality(rule, table, how),
        model=_model(rule, table),
        freeze=kept,
        freeze_changes=tuple(frozen.changes(kept, rule)) if kept else (),
        histories={code: boundaries.find(con, code) for code in chosen.codes},
        memberships=_of_cases(con, "mart.network_membership", chosen.codes),
        cooperations=_of_cases(con, "mart.cooperation_membership", chosen.codes),
        ties=_ties(con, chosen.codes),
        net_positions=_net_positions(con, chosen.codes),
        decided_changes=_of_cases(con, "mart.decided_change", chosen.codes),
        traits=traits,
        statements=con.sql("from mart.network_statement order by statement_id").df(),
        kostra_groups=dict(
            con.sql(
                "select distinct kostra_group, kostra_group_name from mart.municipality "
                "where kostra_group is not null order by all"
            ).fetchall()
        ),
        sources=sources,
        replies=_replies(con, list(sources["table_id"])),
        ended=_ended(con, chosen.networks, str(rule.membership.on or who.day)),
        land=land_of_today(con),
    )


def _groups(chosen: Selection, who: Candidates) -> pd.DataFrame:
    """How each group a case belongs to is spread; columns as described in Findings."""
    rows = []
    for network, code in zip(
        chosen.chosen["network_id"], chosen.chosen["municipality_code"], strict=True
    ):
        own = who.table.loc[code]
        members: dict[str, tuple[str, pd.DataFrame]] = {
            "network": (network, who.table.loc[who.members(network)]),
            "country": ("", who.table),
        }
        for group in ("centrality_class", "kostra_group"):
            alike = who.table[group] == own[group]
            members[group] = (str(own[group]), who.table[alike.fillna(False)])
        for group, (name, inside) in members.items():
            for entry in chosen.rule.indicators:
                figures = inside[entry.name].astype(float).dropna()
                rows.append(
                    {
                        "municipality_code": code,
                        "indicator": entry.name,
                        "group": group,
                        "name": name,
                        "members": len(inside),
                        "with_figure": len(figures),
                        "lowest": figures.min(),
                        "median": figures.median(),
                        "highest": figures.max(),
                    }
                )
    return pd.DataFrame(rows)


def _of_varying(how: Distance, table: pd.DataFrame) -> Distance:
    """The distance on those of its columns that tell candidates apart."""
    varying = tuple(column for column in how.on if varies(table[column].dropna(), how.scaling))
    return replace(how, on=varying)


def _nearest(
    table: pd.DataFrame, how: Distance, chosen: Selection, not_among: set[str]
) -> pd.DataFrame:
    """The nearest candidates of each chosen case, but for some.

    Empty where the rule names nothing to measure a distance on.
    """
    columns = ["municipality_code", "neighbour_code", "rank", "distance"]
    if not how.on:
        return pd.DataFrame(columns=columns)
    known = table.dropna(subset=list(how.on))
    return positioning.comparisons_outside(known, how, chosen.codes, sorted(not_among), NEIGHBOURS)[
        columns
    ]


def _cluster_quality(rule: Rule, table: pd.DataFrame, how: Distance) -> dict[str, Any] | None:
    if not isinstance(rule.method, Diverse) or not rule.method.clusters:
        return None
    return clusters.quality(table, how, rule.method.clusters, rule.seed)


def _model(rule: Rule, table: pd.DataFrame) -> dict[str, Any] | None:
    model = rule.method.model(rule.roles)
    if model is None:
        return None
    found = regression.diagnostics(table, model)
    columns = [model.outcome, *model.explained_by]
    spread = table[columns].astype(float).std(ddof=1)
    for name, one in found["coefficients"].items():
        one["standardised"] = (
            one["coefficient"] * float(spread[name] / spread[model.outcome])
            if name in model.explained_by
            else None
        )
    return found


def _of_cases(con: duckdb.DuckDBPyConnection, table: str, codes: list[str]) -> pd.DataFrame:
    return con.execute(
        f"from {table} where list_contains(?, municipality_code) order by all", [codes]
    ).df()


def _ties(con: duckdb.DuckDBPyConnection, codes: list[str]) -> pd.DataFrame:
    """The groups the cases are in today: id, name, municipality_code, strength, members."""
    return con.execute(
        """
        with today as (
            select distinct on (group_id, municipality_code)
                group_id, group_name, municipality_code, strength
            from mart.network_tie
            where not has_ended
            order by strength
        )
        select *, count(*) over (partition by group_id) as members
        from today
        qualify list_contains(?, municipality_code)
        order by all
        """,
        [codes],
    ).df()


def _net_positions(con: duckdb.DuckDBPyConnection, codes: list[str]) -> pd.DataFrame:
    """Where the cases stand in the net of all groups, in the order in which they were chosen."""
    return con.execute(
        "from mart.municipality_position where net = 'all' and list_contains($1, municipality_code)"
        " order by list_position($1, municipality_code)",
        [codes],
    ).df()


def _traits(con: duckdb.DuckDBPyConnection, codes: list[str]) -> pd.DataFrame:
    """The traits of the cases, with their titles and who says so, in the order of the traits."""
    return con.execute(
        """
        select own.*, trait.title_nb, trait.title_en, source.publisher
        from mart.municipality_trait as own
        inner join mart.trait as trait using (trait_id)
        inner join mart.source_table as source on source.table_id = own.table_id
        where list_contains(?, own.municipality_code)
        order by trait.theme desc, own.trait_id, own.municipality_code
        """,
        [codes],
    ).df()


def _ended(con: duckdb.DuckDBPyConnection, networks: Sequence[str], on: str) -> pd.DataFrame:
    """Memberships of some networks that ended before a day, but for those begun again."""
    return con.execute(
        """
        with membership as (
            select network_id, municipality_code,
                coalesce(valid_to < $on[1:len(valid_to)], false) as is_over
            from mart.network_membership
            where municipality_code is not null and list_contains($networks, network_id)
        )
        select network_id, municipality_code from membership
        group by all having bool_and(is_over) order by all
        """,
        {"on": on, "networks": list(networks)},
    ).df()


def _sources(
    con: duckdb.DuckDBPyConnection, who: Candidates, also: AbstractSet[str]
) -> pd.DataFrame:
    """The tables of the figures used, those of the parts of a ratio among them, and others."""
    used = set(who.figures["indicator_id"])
    tables = {
        table
        for listed in who.indicators.loc[who.indicators["indicator_id"].isin(used), "table_ids"]
        for table in listed
    } | also
    return con.execute(
        "select table_id, title_nb, title_en, publisher, publisher_table, citation, licence, url, "
        "provenance from mart.source_table "
        "where is_asked and list_contains(?, table_id) order by table_id",
        [sorted(tables)],
    ).df()


def _replies(con: duckdb.DuckDBPyConnection, tables: list[str]) -> pd.DataFrame:
    return con.execute(
        "select table_id, sha256, as_of::varchar as as_of, "
        "fetched_at::date::varchar as fetched_on from mart.reply "
        "where list_contains(?, table_id) order by table_id, sha256",
        [tables],
    ).df()
