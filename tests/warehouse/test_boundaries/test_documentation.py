"""What docs/boundaries.md shows is what the warehouse has."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import duckdb
import pytest

from warehouse import boundaries_picture

Connection = duckdb.DuckDBPyConnection
DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "boundaries.md").read_text(encoding="utf-8")
PICTURE = DOCS / "boundaries.svg"
QUERIES = re.findall(r"^    -- .*\n((?:    .+\n)+)", PAGE, re.MULTILINE)
ROW = r"\| {}[^|]*\|((?: [\d ]+\|)+)"


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
    assert len(QUERIES) == 3


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


@pytest.mark.parametrize(
    ("parent", "code", "name"),
    [
        ("1850", "1806", "1806 Narvik"),
        ("1850", "1875", "1875 Hamarøy"),
        ("1613", "5055", "5055 Heim"),
        ("1613", "5056", "5056 Hitra"),
        ("1613", "5059", "5059 Orkland"),
        ("0720", "3907", "3907 Sandefjord"),
        ("0720", "3905", "3905 Tønsberg"),
    ],
)
def test_the_tables_of_the_parts_have_the_parts(
    parent: str, code: str, name: str, real: Connection
) -> None:
    [(part, together)] = real.execute(
        "select round(any_value(population)), (select round(value) from mart.observation"
        " where indicator_id = 'population' and period = '2016' and municipality_code = $code)"
        " from core.part_population where year = 2016 and code = $parent and today_code = $code",
        {"code": code, "parent": parent},
    ).fetchall()
    _, as_if, others, shown, *_ = figures(name)
    assert (shown, as_if) == (part, together)
    assert as_if - others == shown
