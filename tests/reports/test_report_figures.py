"""The figures of the report of the example rule, held against SQL on the same vintage."""

import re

import duckdb
import pytest

from common.text import Language
from reports.findings import Findings
from reports.page.names import Names
from reports.page.numbers import MISSING, Numbers
from tests.reports.pages import Node, section, table, title_of


def test_every_figure_in_the_table_of_candidates_is_that_of_the_warehouse(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    [listed] = html.all("table", data_sortable="")
    rows = {row.all("td")[0].text: row for row in listed.all("tr") if row.all("td")}
    assert len(rows) == 357
    heads = [head.text.removesuffix("↕").strip() for head in listed.all("th", scope="col")]
    periods = found.candidates.figures.set_index("name")["period"].to_dict()
    as_published = [e.name for e in found.rule.indicators if not e.change_since]
    assert len(as_published) == 12
    for name in as_published:
        place = heads.index(title_of(real, name)) - 1
        where = f"indicator_id = '{name}' and period = '{periods[name]}'"
        expected = dict(
            real.sql(
                f"select municipality_code, value from mart.observation where {where}"
            ).fetchall()
        )
        for code, row in rows.items():
            shown = row.all("td")[place].attributes.get("data-value")
            if expected.get(code) is None:
                assert shown is None
                assert row.all("td")[place].text == MISSING
            else:
                assert float(shown or "nan") == pytest.approx(expected[code], rel=1e-11)


def test_the_change_of_population_is_what_sql_divides(
    html: Node, real: duckdb.DuckDBPyConnection
) -> None:
    [listed] = html.all("table", data_sortable="")
    heads = [head.text for head in listed.all("th", scope="col")]
    [place] = [n for n, head in enumerate(heads) if "change in percent since 2016" in head]
    by_sql = dict(
        real.sql("""
            select municipality_code, 100 * (now.value / past.value - 1)
            from mart.observation as now
            inner join mart.observation as past using (indicator_id, municipality_code)
            where indicator_id = 'population' and now.period = '2026' and past.period = '2016'
        """).fetchall()
    )
    shown = {
        row.all("td")[0].text: row.all("td")[place - 1].attributes.get("data-value")
        for row in listed.all("tr")
        if row.all("td")
    }
    assert shown.keys() == by_sql.keys()
    for code, value in by_sql.items():
        assert (
            shown[code] is None
            if value is None
            else float(shown[code] or "nan") == (pytest.approx(value, rel=1e-9))
        )


def test_the_spread_in_a_network_is_what_sql_finds(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    for name in ("higher_education_share", "nurses_fte_per_1000"):
        caption = Names(found, Language.EN).title_with_unit(name)
        rows = {row[0]: row[2:] for row in table(section(html, "networks"), caption)[1:]}
        by_sql = real.sql(f"""
            with member as (
                select distinct network_name, municipality_code from mart.network_membership
                where network_id in ('diginordland', 'digivestland', 'digirogaland')
            )
            select network_name, min({name}), median({name}), max({name}), avg({name}),
                sum({name} * population) / sum(population) filter ({name} is not null)
            from member inner join mart.case_candidate using (municipality_code)
            group by network_name
        """).fetchall()
        assert len(by_sql) == 3
        for network, *figures in by_sql:
            assert rows[network] == [Numbers("en").fixed(figure, 1) for figure in figures]


def test_percentiles_and_correlations_are_those_of_sql(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    title = title_of(real, "nurses_fte_per_1000")
    for code in found.selection.codes:
        [case] = html.all("article", id=f"case-{code}")
        rows = table(case, "Value of the municipality and median of its groups")
        [row] = [row for row in rows if row[0].startswith(title)]
        [(value, percentile)] = real.execute(
            """
            with own as (
                select nurses_fte_per_1000 as f from mart.case_candidate where municipality_code = ?
            )
            select any_value(own.f), 100 * avg(if(other.nurses_fte_per_1000 < own.f, 1,
                if(other.nurses_fte_per_1000 = own.f, 0.5, 0)))
            from mart.case_candidate as other, own where other.nurses_fte_per_1000 is not null
            """,
            [code],
        ).fetchall()
        assert row[1:3] == [Numbers("en").fixed(value, 1), Numbers("en").fixed(percentile, 0)]

    rows = table(section(html, "distributions"), "Correlation of the indicators")
    [(by_sql,)] = real.sql("""
        select corr(ln(population), higher_education_share) from mart.case_candidate
        where is_district and population <= 30000 and kostra_group is not null
            and higher_education_share is not null and coalesce(position_groups, 0) <= 2
    """).fetchall()
    columns = [row[0].split(" ", 1)[1] for row in rows[1:]]
    people, taught = (
        columns.index(title_of(real, n)) for n in ("population", "higher_education_share")
    )
    assert rows[1 + taught][1 + people] == Numbers("en").fixed(by_sql, 2)


def test_what_the_cases_do_not_reach_is_what_sql_counts(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    rows = table(section(html, "distributions"), "Variation the selection does not cover")
    [row] = [r for r in rows if r[0] == title_of(real, "population")]
    [by_sql] = real.execute(
        """
        with candidate as (
            select municipality_code, population as f from mart.case_candidate
            where is_district and population <= 30000 and kostra_group is not null
                and higher_education_share is not null and coalesce(position_groups, 0) <= 2
        ),
        mine as (
            select min(f) as low, max(f) as high from candidate
            where list_contains(?, municipality_code)
        )
        select any_value(low), any_value(high), avg(if(f < low, 1, 0)), avg(if(f > high, 1, 0))
        from candidate, mine
        """,
        [found.selection.codes],
    ).fetchall()
    low, high, below, above = by_sql
    assert row[1:5] == [f"{low:,.0f}", f"{high:,.0f}", f"{100 * below:.0f}%", f"{100 * above:.0f}%"]


def test_the_flow_counts_what_sql_counts(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    counts = [int(re.sub(r"\D", "", s.text)) for s in section(html, "universe").all("strong")]
    [by_sql] = real.sql("""
        with district as (select * from mart.case_candidate where is_district),
        small as (select * from district where kostra_group is not null and population <= 30000),
        apart as (select * from small where coalesce(position_groups, 0) <= 2),
        candidate as (select * from apart where higher_education_share is not null),
        member as (
            select distinct municipality_code from mart.network_membership
            where network_id in ('diginordland', 'digivestland', 'digirogaland')
        )
        select (select count(*) from district), (select count(*) from district),
            (select count(*) from small), (select count(*) from apart),
            (select count(*) from candidate),
            (select count(*) from candidate where municipality_code in (from member)), 6
    """).fetchall()
    assert counts == list(by_sql)


def test_the_medians_of_a_case_are_those_of_its_groups(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    code = found.selection.codes[0]
    [case] = html.all("article", id=f"case-{code}")
    rows = table(case, "Value of the municipality and median of its groups")
    title = title_of(real, "higher_education_share")
    row = next(row for row in rows if row[0].startswith(title))
    [medians] = real.execute(
        """
        with own as (from mart.case_candidate where municipality_code = ?)
        select
            (select higher_education_share from own),
            median(higher_education_share) filter (list_contains(networks, 'diginordland')),
            median(higher_education_share) filter (
                centrality_class = (select centrality_class from own)),
            median(higher_education_share) filter (kostra_group = (select kostra_group from own)),
            median(higher_education_share)
        from mart.case_candidate
        """,
        [code],
    ).fetchall()
    shown = [row[1], *row[3:7]]
    assert shown == [Numbers("en").fixed(median, 1) for median in medians]


def test_networks_have_the_members_and_people_that_sql_counts(
    html: Node, real: duckdb.DuckDBPyConnection
) -> None:
    rows = {row[0]: row for row in table(section(html, "networks"), "The networks")[1:]}
    by_sql = real.sql("""
        select network_name, count(distinct municipality_code), sum(population)
        from mart.network_membership
        inner join mart.case_candidate using (municipality_code)
        where network_id in ('diginordland', 'digivestland', 'digirogaland')
        group by network_name
    """).fetchall()
    assert len(by_sql) == 3
    for name, members, people in by_sql:
        assert rows[name][1] == str(members)
        assert rows[name][3] == f"{people:,.0f}"


def test_each_case_has_its_boundary_history(html: Node, real: duckdb.DuckDBPyConnection) -> None:
    [case] = html.all("article", id="case-1860")
    came = [row[1:3] for row in table(case, "Received area from")[1:]]
    assert came == [["1861", "Hol"], ["1862", "Borge"], ["1863", "Valberg"]]


def test_each_table_used_is_cited_with_its_licence(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    shown = {row[0]: row for row in table(section(html, "appendix"), "Tables")[1:]}
    assert {"ssb_07459", "uutilsynet_statements"} <= shown.keys()
    for table_id, row in shown.items():
        [(citation, licence)] = real.execute(
            "select citation, licence from mart.source_table where table_id = ?", [table_id]
        ).fetchall()
        assert row[2].startswith(citation)
        assert row[3] == ("not confirmed" if licence == "unconfirmed" else licence)


def test_a_case_that_is_to_be_merged_says_with_whom_when_and_by_what_source(html: Node) -> None:
    [case] = html.all("article", id="case-1860")
    [decided] = case.all("p", class_="decided")
    assert decided.text.startswith(
        "Vestvågøy merges with Moskenes into Vest-Lofoten on 1 January 2028."
        " Decided by the King in Council on 12 September 2025. Sources:"
    )
    assert decided.all("a")[0].attributes["href"].startswith("https://www.regjeringen.no/")
    assert html.all("p", class_="decided") == [decided]
