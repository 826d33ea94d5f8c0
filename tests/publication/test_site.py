"""The pages of a published folder: each says what the warehouse has, and anybody can read it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.text import Language
from flows.settings import Settings
from publication import bundle
from publication.bundle import Imprint
from publication.changes import IndicatorChange, VintageChanges
from publication.site import changed, indicator
from publication.site.pages import Pages, address
from reports.page.wording import Wording
from tests.conftest import Make
from tests.publication.browser import AXE, look_at, needs_browser
from warehouse import publish as warehouse

# A page of each kind.
KINDS = (
    "index", "indicators/population", "municipalities/1508", "networks/digitale_helgeland",
    "tables", "tables/observation", "coverage", "checks", "changes",
)  # fmt: skip
LINK = re.compile(r'(?:href|src)="([^":#]+)(?:#[^"]*)?"')


@pytest.fixture(scope="module")
def con(small_home: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.reading(small_home.warehouse) as opened:
        yield opened


def read(published: Path, path: str, language: Language = Language.EN) -> str:
    return (published / address(path, language)).read_text("utf-8")


def rows_of(page: str) -> list[list[str]]:
    """The texts of the cells of each row of a page."""
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(
            r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(?!</tr>)(.*?)</tr>", page, re.S)
    ]  # fmt: skip


def test_every_link_of_every_page_leads_to_a_file_of_the_folder(published: Path) -> None:
    pages = sorted(published.rglob("*.html"))
    assert len(pages) > 2 * (357 + 13)
    missing = {
        (page.name, link)
        for page in pages
        for link in set(LINK.findall(page.read_text("utf-8")))
        if not (page.parent / link).is_file()
    }
    assert missing == set()


def test_every_page_is_written_in_both_languages(published: Path) -> None:
    names = {path.relative_to(published).as_posix() for path in published.rglob("*.html")}
    assert {n for n in names if n.endswith(".en.html")} == {
        n.replace(".html", ".en.html") for n in names if not n.endswith(".en.html")
    }
    assert "<h1>Folkemengde 1. januar</h1>" in read(published, KINDS[1], Language.NB)
    assert "<h1>Population 1 January</h1>" in read(published, KINDS[1])


def test_a_page_of_an_indicator_has_the_newest_figure_of_every_municipality(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    rows = {row[0]: row[1] for row in rows_of(read(published, "indicators/population"))}
    figures = con.execute(
        "select municipality_name, value::int from mart.observation where year = 2026"
        " and indicator_id = 'population'"
    ).fetchall()
    assert len(figures) == 357
    assert {name: f"{value:,}" for name, value in figures}.items() <= rows.items()


def test_a_page_of_an_indicator_says_on_how_many_municipalities_of_each_division_it_is_known(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    for year in (2019, 2023):
        [(known,)] = con.execute(
            f"select count(value) from mart.series('population', {year}) where period = '2016'"
        ).fetchall()
        [row] = [r for r in rows_of(read(published, "indicators/population")) if r[0] == "2016"]
        assert row[{2019: 3, 2023: 4}[year]] == str(known)


def test_a_map_paints_every_municipality_that_has_a_figure(published: Path) -> None:
    [classes] = re.findall(r'data-map="([^"]*)"', read(published, "indicators/population"))
    assert len(classes) == 357
    assert set(classes) == set("01234")
    assert max(classes.count(one) for one in "01234") <= 73  # a fifth of 357, and ties


def test_the_key_figures_of_a_municipality_stand_beside_those_of_its_group_and_county(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    [(value, peers, country)] = con.execute(
        """
        select max(value) filter (municipality_code = '1508'), median(value) filter (
            kostra_group = (select kostra_group from mart.municipality
                where municipality_code = '1508')), median(value)
        from mart.observation inner join mart.municipality using (municipality_code)
        where indicator_id = 'population' and year = 2026
        """
    ).fetchall()
    rows = rows_of(read(published, "municipalities/1508"))
    [row] = [row for row in rows if row[0] == "Population 1 January persons, 2026"]
    [(county,)] = con.execute(
        "select value from mart.aggregate('population', 'county', 2026)"
        " where group_code = '15' and period = '2026'"
    ).fetchall()
    assert row[1:5] == [f"{one:,.0f}" for one in (value, peers, county, country)]


def test_a_municipality_has_its_earlier_codes_and_those_that_went_into_it(published: Path) -> None:
    rows = rows_of(read(published, "municipalities/1508"))
    assert ["1507", "Ålesund", "Møre og Romsdal", "1 January 2020", "31 December 2023"] in rows
    assert ["1 January 2020", "1546 Sandøy", "merger"] in rows


def test_an_indicator_that_nobody_has_a_figure_of_has_a_page_that_says_so(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = bundle.read(con)
    [population] = [each for each in found.figures if each.id == "population"]
    nothing = replace(
        population,
        indicator=population.indicator | {"first_period": None, "last_period": None},
        table=population.table.assign(value=float("nan"), quality="missing"),
    )
    found = replace(found, figures=[nothing])
    indicator.write(found, [Pages(found, tmp_path, Imprint(), Language.EN, has_sql=False)])
    page = read(tmp_path, "indicators/population")
    assert "0 municipalities have a figure in the last period." in page
    assert {row[1] for row in rows_of(page) if row[0] == "Sømna"} == {"–"}


def test_the_traits_of_a_municipality_are_those_that_are_known(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    known = con.execute(
        "select title_en, value from mart.municipality_trait inner join mart.trait using (trait_id)"
        " where municipality_code = '1508' and value is not null and indicator_id is null"
    ).fetchall()
    rows = [tuple(row[:2]) for row in rows_of(read(published, "municipalities/1508"))]
    assert len(known) > 1
    words = Wording(Language.EN)
    assert {(title, words.of("trait", value)) for title, value in known} <= set(rows)


def test_a_network_names_every_member_with_its_evidence(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    members = con.execute(
        "select municipality_name from mart.network_membership"
        " where network_id = 'digitale_helgeland'"
    ).fetchall()
    rows = rows_of(read(published, "networks/digitale_helgeland"))
    told = {row[0]: row[2] for row in rows if len(row) == 5}
    assert len(members) == 16
    assert all(told[name] == "named in a source (strong)" for (name,) in members)


def test_a_network_without_known_members_says_what_sources_tell(published: Path) -> None:
    page = read(published, "networks/digivesteralen")
    assert ["number of members", "6"] in [row[:2] for row in rows_of(page)]
    assert "data-map" not in page


def test_a_page_of_an_indicator_is_described_as_a_data_set(published: Path) -> None:
    [said] = re.findall(r'ld\+json">(.*?)</script>', read(published, "indicators/population"))
    about = json.loads(said)
    assert about["@type"] == "Dataset"
    assert about["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert about["temporalCoverage"].endswith("/2026")
    path = about["distribution"][0]["contentUrl"].removeprefix(
        "https://data.example.org/digidistrikt/"
    )
    assert (published / path).is_file()


def test_the_dictionary_has_a_page_a_table_with_every_column_and_what_it_means(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    columns = con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'mart'"
    ).fetchall()
    pages = {
        table: {tuple(row[:2]) for row in rows_of(read(published, f"tables/{table}"))}
        for table in {table for table, *_ in columns}
    }
    assert len(pages) > 30
    assert [row for row in columns if tuple(row[1:]) not in pages[row[0]]] == []


def test_a_page_of_a_table_has_the_questions_that_it_answers(published: Path) -> None:
    assert "Who is a member of Digi Vestland" in read(published, "tables/network_membership")
    assert "Who is a member of Digi Vestland" not in read(published, "tables/observation")


def test_the_coverage_of_a_year_is_the_number_of_municipalities_with_a_figure(
    published: Path, con: duckdb.DuckDBPyConnection
) -> None:
    known = dict(
        con.execute(
            "select year, count(value)::varchar from mart.observation"
            " where indicator_id = 'population' group by all having count(value) > 0"
        ).fetchall()
    )
    rows = rows_of(read(published, "coverage"))
    [head] = [row for row in rows if row[0] == "Indicator"]
    [row] = [row for row in rows if row[0] == "Population 1 January"]
    told = {int(year): count for year, count in zip(head[1:], row[1:], strict=True) if count}
    assert told == known


def test_the_checks_and_the_runs_are_told(published: Path, con: duckdb.DuckDBPyConnection) -> None:
    rows = {row[0]: row[1] for row in rows_of(read(published, "checks"))}
    checks = con.execute("select check_name, faults from mart.data_check").fetchall()
    assert len(checks) > 40
    assert all(rows[name].startswith(f"{faults} ") for name, faults in checks)
    [(run,)] = con.execute("select run_id from mart.refresh_run").fetchall()
    assert run in rows


def test_a_revised_figure_is_shown_before_and_after(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    figure = {
        "indicator_id": "population", "municipality_code": "1812", "period": "2026",
        "value_before": 2006, "value_after": 2016, "change": "revised",
    }  # fmt: skip
    revised = IndicatorChange("population", "revised", 1, 1, "2026", "2026")
    changes = VintageChanges("the first", "the second", [revised], [figure])
    found = replace(bundle.read(con), changes=changes)
    changed.write(found, [Pages(found, tmp_path, Imprint(), Language.EN, has_sql=False)])
    page = read(tmp_path, "changes")
    assert ["Population 1 January", "Sømna", "2026", "2,006", "2,016"] in rows_of(page)
    assert "one revised figure of one municipality, 2026." in page


# --- in a browser -----------------------------------------------------------------------------

LOOK = """
const looked = async () => {
  const faults = {}, beyond = {};
  for (const path of PAGES) {
    const page = await opened(path);
    page.document.querySelectorAll("details").forEach((one) => { one.open = true; });
    await loaded(page, "/axe.min.js");
    const found = await page.axe.run({ resultTypes: ["violations"] });
    faults[path] = found.violations.flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)}`));
    page.frameElement.width = 390;
    await new Promise((later) => setTimeout(later, 100));
    const { scrollWidth, clientWidth } = page.document.documentElement;
    beyond[path] = scrollWidth - clientWidth;
  }
  const search = async (text) => {
    const page = await opened("index.en.html");
    const input = page.document.querySelector("input");
    input.value = text;
    input.dispatchEvent(new page.Event("input"));
    await until(() => page.document.querySelector("[role=status]").textContent);
    return [...page.document.querySelectorAll("[role=search] a")].map((a) => a.textContent);
  };
  const page = await opened("indicators/population.en.html#1812");
  await until(() => page.document.querySelector(".series tbody tr"));
  const cells = (row) => [...row.cells].map((cell) => cell.textContent);
  return { faults, beyond,
    shapes: page.document.querySelectorAll("[data-map] path").length,
    series: [...page.document.querySelectorAll(".series tbody tr")].map(cells),
    found: { nurses: await search("nurses"), former: await search("sandøy"),
      code: await search("1812"), nothing: await search("zzz") } };
};
"""


@pytest.fixture(scope="module")
def seen(published: Path, once: Callable[[str, Make], Path]) -> Any:
    """What one browser found on the pages."""
    pages = ["index.en.html", *(address(kind, Language.NB) for kind in KINDS)]
    script = LOOK.replace("PAGES", json.dumps(pages))

    def look(folder: Path) -> None:
        found = look_at(published, folder, script, {"axe.min.js": AXE})
        (folder / "seen.json").write_text(json.dumps(found), "utf-8")

    return json.loads((once("seen", look) / "seen.json").read_text("utf-8"))


@needs_browser
def test_axe_finds_nothing_on_any_kind_of_page(seen: Any) -> None:
    assert len(seen["faults"]) == len(KINDS) + 1
    assert {path: faults for path, faults in seen["faults"].items() if faults} == {}


@needs_browser
def test_no_page_scrolls_sideways_on_a_phone(seen: Any) -> None:
    assert set(seen["beyond"].values()) == {0}, seen["beyond"]


@needs_browser
def test_the_series_of_a_municipality_is_what_the_warehouse_has(
    seen: Any, con: duckdb.DuckDBPyConnection
) -> None:
    figures = con.execute(
        "select period, value::int from mart.observation where indicator_id = 'population'"
        " and municipality_code = '1812' and value is not null order by period desc"
    ).fetchall()
    known = [row[:2] for row in seen["series"] if row[1] != "–"]
    assert known == [[period, f"{value:,}"] for period, value in figures]
    assert seen["shapes"] == 357


@needs_browser
def test_the_search_finds_indicators_former_names_and_codes(seen: Any) -> None:
    found = seen["found"]
    assert any("nurses" in title for title in found["nurses"])
    assert found["former"] == ["Ålesund"]
    assert found["code"] == ["Sømna"]
    assert found["nothing"] == []
