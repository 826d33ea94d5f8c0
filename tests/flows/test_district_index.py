"""Distriktsindeksen as docs/districts.md says: a made-up workbook is read, cut and recomputed.

Of the real workbook only the sheet and three headings are known; the others, and all its figures,
are made up here. So are those of employment, which the stand-in gives.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest

from flows import engine
from flows.settings import Settings
from sources import catalogue
from tests.small import SHIPPED
from tests.upstream.server import StandIn
from warehouse import publish

DOCS = Path(__file__).parents[2] / "docs"
COLUMNS = {
    "SSB Sentralitet": "district_index_centrality",
    "Oppdiktet befolkningsvekst": "district_index_population_growth",
    "Oppdiktet sysselsettingsvekst": "district_index_employment_growth",
    "Oppdiktet omvendt herfindahl": "district_index_industry",
    "Oppdiktet indeks": "district_index",
}


def blocks(page: str) -> list[str]:
    """The YAML that a page of documentation shows."""
    return re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def formula(components: pd.DataFrame) -> pd.Series:
    """The published formula, plainly: z-scores cut at 2.5, weighted, stretched over 0 to 100."""
    scores = ((components - components.mean()) / components.std(ddof=1)).clip(-2.5, 2.5)
    index = scores @ np.array([0.4, 0.4, 0.1, 0.1])
    return 100 * (index - index.min()) / (index.max() - index.min())


@pytest.fixture(scope="module")
def asked(
    small_home: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pd.DataFrame]:
    """What the warehouse of a researcher says who did what the page says."""
    settings = Settings(home=tmp_path_factory.mktemp("index") / "home", upstream="recorded")
    shutil.copytree(small_home.home, settings.home)
    with publish.reading(small_home.warehouse) as con:
        found = con.execute("select municipality_code from mart.municipality").fetchall()
    codes = sorted(code for (code,) in found)
    made_up = np.random.default_rng(2025)
    figures = pd.DataFrame(
        {
            "SSB Sentralitet": made_up.integers(300, 1000, len(codes)),
            "Oppdiktet befolkningsvekst": made_up.normal(3, 8, len(codes)).round(2),
            "Oppdiktet sysselsettingsvekst": made_up.normal(5, 9, len(codes)).round(2),
            "Oppdiktet omvendt herfindahl": made_up.uniform(0.7, 0.97, len(codes)).round(4),
        },
        index=codes,
    )
    figures["Oppdiktet indeks"] = formula(figures).round(1)
    file = tmp_path_factory.mktemp("made_up") / "made_up_distriktsindeksen.xlsx"
    _write(file, figures)
    values = [word for name, index in COLUMNS.items() for word in ("--value", f"{name}={index}")]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "cli.main", "add", str(file), "--as", "district_index"),
            *("--sheet", "Rådata", "--code", "KNR", "--period", "2025", *values, "--yes"),
            *("--home", str(settings.home)),
        ],
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for number, block in enumerate(blocks("districts.md")):
        (settings.catalogue / f"page_{number}.yaml").write_text(block, encoding="utf-8")
    engine.run(settings)
    with publish.reading(settings.warehouse) as con:
        of_recordings = con.execute(
            "select value, missing_reason from mart.observation"
            " where indicator_id = 'district_index_own'"
        ).df()
    with StandIn() as server:
        asked = replace(settings, upstream=server.address, calls_a_minute=1000)
        engine.run(asked, only=["07984", "13470"])
    with publish.reading(settings.warehouse) as con:
        return {
            "made_up": figures,
            "of_recordings": of_recordings,
            "found": _wide(con, "indicator_id like 'district_index%'", "indicator_id"),
            "people": _wide(con, "indicator_id = 'population'", "period"),
            "employed": _wide(con, "indicator_id = 'employed_by_workplace'", "period"),
            "diversity": _wide(con, "indicator_id = 'industry_diversity'", "period"),
            "cut": con.execute(
                "from mart.district_definition where definition_id = 'district_index_below_46'"
            ).df(),
            "broken": con.execute(
                "select distinct municipality_code from mart.observation"
                " where indicator_id = 'population' and period = '2015'"
                " and list_contains(warnings, 'break_in_series')"
            ).df(),
            "about": con.execute(
                "from mart.indicator where indicator_id = 'district_index_own'"
            ).df(),
        }


def _wide(con: duckdb.DuckDBPyConnection, which: str, across: str) -> pd.DataFrame:
    """Figures with a row for each municipality."""
    pivoted = f"pivot (from mart.observation where {which}) on {across} using any_value(value)"
    found = con.execute(f"{pivoted} group by municipality_code").df()
    return found.set_index("municipality_code").sort_index()


def _write(file: Path, figures: pd.DataFrame) -> None:
    """The made-up workbook, with codes as numbers, as Excel keeps them."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Oppdiktet forside"
    sheet = workbook.create_sheet("Rådata")
    sheet.append(["KNR", "KNAVN", *figures.columns])
    for code, row in figures.iterrows():
        sheet.append([int(str(code)), "Oppdiktet navn", *row.tolist()])
    workbook.save(file)


@pytest.mark.thorough
def test_value_and_components_are_those_of_the_workbook(asked: dict[str, pd.DataFrame]) -> None:
    found, made_up = asked["found"], asked["made_up"]
    assert len(found) == 357
    for heading, indicator in COLUMNS.items():
        np.testing.assert_array_equal(found[indicator], made_up[heading])


@pytest.mark.thorough
def test_our_own_computation_is_the_published_formula(asked: dict[str, pd.DataFrame]) -> None:
    people, employed = asked["people"], asked["employed"]
    # growth is of one ground: none where a year is the publisher's sum with a divided municipality
    broken = asked["broken"].set_index("municipality_code")
    base = people["2015"].mask(people.index.isin(broken.index))
    components = pd.DataFrame(
        {
            "centrality": asked["made_up"]["SSB Sentralitet"],
            "population": 100 * (people["2025"] / base - 1),
            "employment": 100 * (employed["2024"] / employed["2014"].replace(0, np.nan) - 1),
            "industry": asked["diversity"]["2024"],
        }
    )
    # each component is standardised over all that have it, the index over those that have all
    scores = ((components - components.mean()) / components.std(ddof=1)).clip(-2.5, 2.5)
    index = scores.to_numpy() @ np.array([0.4, 0.4, 0.1, 0.1])
    expected = 100 * (index - np.nanmin(index)) / (np.nanmax(index) - np.nanmin(index))
    found = asked["found"]["district_index_own"]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert components.std().min() > 0
    assert people["2015"].isna().sum() == 5
    assert found.notna().sum() > 250
    assert (found.min(), found.max()) == (0, 100)


@pytest.mark.thorough
def test_without_employment_there_is_no_index_and_the_reason_names_what_lacks(
    asked: dict[str, pd.DataFrame],
) -> None:
    index = asked["of_recordings"]
    assert index["value"].isna().all()
    assert index["missing_reason"].str.contains("employed_by_workplace, industry_diversity").all()


@pytest.mark.thorough
def test_it_is_labelled_as_ours_and_carries_the_formula(asked: dict[str, pd.DataFrame]) -> None:
    [about] = asked["about"].to_dict("records")
    assert about["title_en"] == "Distriktsindeksen, our own computation"
    assert "composite" in about["warnings"]
    assert "cut at 2.5 from 0, the result stretched over 0 to 100" in about["recipe"]


@pytest.mark.thorough
def test_a_cut_says_in_or_out_of_every_municipality(asked: dict[str, pd.DataFrame]) -> None:
    cut = asked["cut"].set_index("municipality_code").sort_index()
    assert cut["meets_definition"].tolist() == (asked["found"]["district_index"] < 46).tolist()
    assert set(cut["meets_definition"]) == {True, False}


def test_nothing_of_it_is_shipped() -> None:
    entries = catalogue.load()
    assert not [each.id for each in entries.indicators if each.id.startswith("district_index")]


def test_the_composite_of_the_page_on_composites_can_be_declared(tmp_path: Path) -> None:
    [block] = blocks("composites.md")
    (tmp_path / "shown.yaml").write_text(block, encoding="utf-8")
    [composite] = catalogue.load(SHIPPED, tmp_path).composites
    assert composite.id == "room_to_act"
