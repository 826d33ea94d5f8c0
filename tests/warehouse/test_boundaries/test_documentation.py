"""What docs/boundaries.md shows is what the warehouse has."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tools import boundaries_picture

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]
CHECKS = Path(__file__).parents[3] / "warehouse" / "checks"
DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "boundaries.md").read_text(encoding="utf-8")
PICTURE = DOCS / "boundaries.svg"
QUERIES = re.findall(r"^    -- .*\n((?:    .+\n)+)", PAGE, re.MULTILINE)
ROW = r"\| {}[^|]*\|((?: [\d ]+\|)+)"


SENTENCES = " ".join(PAGE.split())


def spaced(number: float) -> str:
    """A number as the page writes it: 5 213 985."""
    return f"{round(number):,}".replace(",", " ")


def figures(row: str) -> list[int]:
    """The numbers of the row of a table that starts so."""
    found = re.search(ROW.format(row), PAGE)
    assert found, row
    return [int(cell.replace(" ", "")) for cell in found[1].split("|") if cell.strip()]


def test_the_picture_is_drawn_from_the_figures(real: Connection) -> None:
    assert boundaries_picture.draw(real) == PICTURE.read_text(encoding="utf-8")


def test_the_picture_tells_where_the_people_of_divided_municipalities_went() -> None:
    texts = [text.text for text in ET.parse(PICTURE).iter() if text.tag.endswith("text")]  # noqa: S314 - our own file
    assert "\u2248 972 (49.3%)" in texts
    assert texts.count("Haram") == 2


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_query_of_the_page_gives_rows(query: str, real: Connection) -> None:
    assert real.execute(query).fetchall()


def test_the_page_has_queries() -> None:
    assert len(QUERIES) == 4


@pytest.mark.parametrize(("code", "name"), [("1508", "1508 Ålesund, here"), ("1580", "1580 Haram")])
def test_the_table_of_alesund_and_haram_has_our_figures(
    code: str, name: str, real: Connection
) -> None:
    ours = real.execute(
        "select round(value)::integer from mart.observation where indicator_id = 'population'"
        " and municipality_code = ? and year in (2016, 2019, 2020, 2021, 2022, 2023, 2024, 2025)"
        " order by year",
        [code],
    ).fetchall()
    assert figures(name) == [value for (value,) in ours]


def test_the_table_of_alesund_has_the_figures_of_ssb(real: Connection) -> None:
    theirs = real.execute(
        "select population from staging.population_publisher_sum where code = '1508'"
        " and year in (2016, 2019, 2020, 2021, 2022, 2023, 2024, 2025) order by year"
    ).fetchall()
    assert figures("1508, SSB") == [value for (value,) in theirs]


def test_haram_steps_down_by_what_the_page_says() -> None:
    here = figures("1580 Haram")
    assert f"steps down by {here[1] - here[2]} from 2019 to 2020" in SENTENCES


def test_ssb_gives_0_for_haram_where_the_page_says(ask: Ask) -> None:
    published = ask(
        "select coalesce(population, 0) from staging.population_publisher_sum where code = '1580'"
        " and year in (2016, 2019, 2020, 2021, 2022, 2023, 2024, 2025) order by year"
    )
    assert figures("1580, SSB") == [value for (value,) in published]


@pytest.mark.parametrize(
    ("parent", "code", "name", "year_after"),
    [
        ("1850", "1806", "1806 Narvik", 2020),
        ("1850", "1875", "1875 Hamarøy", 2020),
        ("1613", "5055", "5055 Heim", 2020),
        ("1613", "5056", "5056 Hitra", 2020),
        ("1613", "5059", "5059 Orkland", 2020),
        ("0720", "3907", "3907 Sandefjord", 2017),
        ("0720", "3905", "3905 Tønsberg", 2017),
    ],
)
def test_the_tables_of_the_parts_have_the_parts(
    parent: str, code: str, name: str, year_after: int, ask: Ask
) -> None:
    [(part, whole)] = ask(
        "select population, sum(population) over (partition by code)"
        " from core.part_population where year = 2016 and code = ?"
        " qualify today_code = ?",
        parent,
        code,
    )
    [(together, after)] = ask(
        "select any_value(value) filter (year = 2016), any_value(value) filter (year = ?)"
        " from mart.observation where indicator_id = 'population' and municipality_code = ?",
        year_after,
        code,
    )
    after_shown, as_if, others, shown = figures(name)
    assert (after_shown, shown, as_if) == (after, round(part), round(together))
    assert as_if - others == shown
    assert f"| {spaced(part)} | {100 * part / whole:.1f} % |" in PAGE


@pytest.mark.parametrize("kind", ["rename", "recode", "merger", "split", "transfer"])
def test_the_kinds_of_events_are_as_many_as_the_page_says(kind: str, ask: Ask) -> None:
    [(events,)] = ask(
        "select count(*) from core.change_event where kind = ? and year(changed_on) >= 1964", kind
    )
    assert re.search(rf"^\| `{kind}` \|.*\| {events} \|$", PAGE, re.MULTILINE)


# What the page says in a sentence, with the query that gives its figures.
PEOPLE = "select fsum(population) from staging.population_reported where"
BEFORE_TYSFJORD = "('1805', '1854', '1849', '1850')"
BEFORE_SNILLFJORD = "('1612', '1571', '1613', '1617', '1638', '1636', '1622')"
SERIES = "select value from mart.series('population', {}) where period = '2022'"
SUM = "select population from staging.population_publisher_sum where code = '{}' and year = {}"
UNKNOWN = (
    "select count(distinct from_code) from core.crosswalk where weight is null"
    " and from_date = (select division from core.division_year where year = {})"
    " and to_date = (select max(valid_from) from core.division)"
)
SAID = [
    ("there are {} since 1964", ["select count(*) from core.division"]),
    (
        "{} in Ålesund and {} in Haram, 86.2 and 13.8 per cent",
        [SUM.format("1508", 2024), SUM.format("1580", 2024)],
    ),
    (
        "Haram of 2022 is {} on today's division, with 13.8 per cent, and {} on that of 2019",
        [
            f"{SERIES.format(2026)} and municipality_code = '1580'",
            f"{SERIES.format(2019)} and municipality_code = '1534'",
        ],
    ),
    ("From 1964 there are {} without.", [UNKNOWN.format(1964)]),
    (
        "of those aged 80 and over it is given {} in 2023, and SSB published {} in 2024",
        [
            "select value from mart.observation where indicator_id = 'population_80_plus'"
            f" and municipality_code = '1580' and year = {year}"
            for year in (2023, 2024)
        ],
    ),
    (
        "In 2016 Narvik ({}), Ballangen ({}), Hamarøy ({}) and Tysfjord ({}) had {} people;"
        " in 2020 the two that came of them had {}.",
        [
            *(f"{PEOPLE} year = 2016 and code = '{c}'" for c in ("1805", "1854", "1849", "1850")),
            f"{PEOPLE} year = 2016 and code in {BEFORE_TYSFJORD}",
            f"{PEOPLE} year = 2020 and code in ('1806', '1875')",
        ],
    ),
    (
        "All that went into them had {} people in 2016 and {} in 2020.",
        [
            f"{PEOPLE} year = 2016 and code in {BEFORE_SNILLFJORD}",
            f"{PEOPLE} year = 2020 and code in ('5055', '5056', '5059')",
        ],
    ),
    (
        "its Sandefjord falls from {} to {} and its Tønsberg rises from {} to {}",
        [SUM.format(code, year) for code in ("3907", "3905") for year in (2016, 2017)],
    ),
    (
        "Here 2016 is `split_estimated`: {} and {}.",
        [
            "select value from mart.observation where indicator_id = 'population'"
            f" and year = 2016 and municipality_code = '{code}'"
            for code in ("3907", "3905")
        ],
    ),
    (
        "the national figure: {} (2016), {}, {}, {} and {} (2020-2023)",
        [f"{PEOPLE} year = {year}" for year in (2016, 2020, 2021, 2022, 2023)],
    ),
]


@pytest.mark.parametrize(("sentence", "queries"), SAID, ids=[said for said, _ in SAID])
def test_every_figure_in_a_sentence_of_the_page_is_in_the_warehouse(
    sentence: str, queries: list[str], ask: Ask
) -> None:
    found = [value for query in queries for (value,) in ask(query)]
    assert sentence.format(*map(spaced, found)) in SENTENCES


def test_the_shares_of_haram_are_those_of_the_page(ask: Ask) -> None:
    shares = ask(
        "select round(100 * weight, 1) from core.crosswalk where from_code = '1507'"
        " and to_code in ('1508', '1580', '1534')"
        " and (to_date, to_code) in (('2024-01-01', '1508'), ('2024-01-01', '1580'),"
        " ('2019-01-01', '1534')) order by 1 desc"
    )
    assert [share for (share,) in shares] == [86.2, 14.3, 13.8]
    assert "86.2 and 13.8 per cent" in SENTENCES
    assert "with 13.8 per cent, and 9 626 on that of 2019, with 14.3 per cent" in SENTENCES


def test_no_share_is_unknown_from_the_year_that_the_page_says(ask: Ask) -> None:
    assert "known from 1968 on" in SENTENCES
    lacking = ask(
        "select count(*) from core.crosswalk where weight is null and from_date >= '1968-01-01'"
        " and to_date = (select max(valid_from) from core.division)"
    )
    assert lacking == [(0,)]


def test_the_part_of_stokke_is_as_uncertain_as_the_page_says() -> None:
    """Sandefjord growing one per cent more than Tønsberg, and both to the people of 2017."""
    [sandefjord, _, others, part] = figures("3907 Sandefjord")
    [tonsberg, *_] = figures("3905 Tønsberg")
    in_2016 = 45820 + 5937 + 11657 + 42276 + 9361  # Sandefjord, Andebu, Stokke, Tønsberg and Re
    growth = (sandefjord / 1.01 + tonsberg) / in_2016
    smaller = part - (sandefjord / 1.01 / growth - others)
    assert f"about {smaller:.0f} smaller" in SENTENCES


def test_every_difference_from_ssb_is_in_the_table_of_the_page(ask: Ask) -> None:
    check = (CHECKS / "boundaries_publisher_splits.sql").read_text(encoding="utf-8")
    listed = {(year, code): (ours, theirs) for year, code, ours, theirs in ask(check)}
    in_2016 = ["1806", "1875", "3905", "3907", "5055", "5056", "5059"]
    years = range(2020, 2024)
    assert set(listed) == {(2016, code) for code in in_2016} | {
        (year, code) for year in years for code in ("1508", "1580")
    }
    assert len(listed) == 15
    table = PAGE.split("| year | municipality |")[1].split("\n\n")[0]
    for code in in_2016:
        assert code in table
        assert all(value is None or spaced(value) in table for value in listed[2016, code])
    for code in ("1508", "1580"):
        ours = [listed[year, code][0] for year in years]
        assert f"{spaced(min(ours))} to {spaced(max(ours))}" in table
