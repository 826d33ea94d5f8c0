"""Figures that came as files, against the files themselves as pandas reads them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from sources import files

Ask = Callable[..., list[tuple[Any, ...]]]


def read(name: str, **types: type) -> pd.DataFrame:
    """A shipped file, codes as text."""
    return pd.read_csv(files.FOLDER / name, dtype={"municipality_code": str, **types})


def in_mart(ask: Ask, indicator: str) -> pd.DataFrame:
    rows = ask(
        "select municipality_code, period, value from mart.observation"
        " where indicator_id = ? and value is not null",
        indicator,
    )
    return pd.DataFrame(rows, columns=["municipality_code", "period", "value"])


# --- care staff ------------------------------------------------------------------------------

CARE = "ssb_12292_care_fte_2015_2025.csv"
# Before these took in a neighbour whose own code is gone, the file has their part alone.
MERGED_INTO = {"1103": 2019, "5001": 2019}


def test_care_staff_of_each_year_is_the_files_but_where_a_merged_part_is_not_known(
    ask: Ask,
) -> None:
    given = read(CARE)
    alone = given["year"] <= given["municipality_code"].map(MERGED_INTO).fillna(0)
    given["year"] = given["year"].astype(str)
    kept = given[~alone].set_index(["municipality_code", "year"])["fte"]
    found = in_mart(ask, "care_fte").set_index(["municipality_code", "period"])["value"]
    assert found.to_dict() == kept.to_dict()
    assert kept.groupby(level=1).sum()[["2024", "2025"]].tolist() == [145_257, 148_553]


@pytest.mark.parametrize("code", ["0301", "1151", "1860", "4601", "5601"])
def test_care_staff_per_inhabitant_and_per_100_aged_80_is_what_a_calculator_says(
    ask: Ask, code: str
) -> None:
    given = read(CARE)
    staff = given[(given["municipality_code"] == code) & (given["year"] == 2025)]["fte"].item()
    people = dict(
        ask(
            "select indicator_id, value from mart.observation where period = '2025' and"
            " municipality_code = ? and indicator_id in ('population', 'population_80_plus',"
            " 'care_fte_per_1000', 'care_fte_per_100_aged_80', 'nurses_fte',"
            " 'nurses_per_100_care_fte')",
            code,
        )
    )
    expected = {
        "care_fte_per_1000": 1000 * staff / people["population"],
        "care_fte_per_100_aged_80": 100 * staff / people["population_80_plus"],
        "nurses_per_100_care_fte": 100 * people["nurses_fte"] / staff,
    }
    assert {name: people[name] for name in expected} == pytest.approx(expected)
