"""The figures in recordings/inputs/, by municipality, and where they came from."""

import csv
import gzip
import json
from pathlib import Path

import pandas as pd

INPUTS = Path(__file__).parents[2] / "recordings" / "inputs"

CSDATA = "CRAN csdata 2026.3.30 (MIT)"
AS_REPORTED = "andrenro/project_source_files @ dac3b7c3 (2016); CRAN csdata b2020 (2020-2023)"
SUMS = "oystess/valg_analyser @ 5eb9e544 (SSB 07459 with agg_KommSummer)"
NURSES = (
    "ChristianBHT/Framskrivningsverkt-y @ ccec3043, panel of the 2024 structure;"
    " copied by hand twice, without a difference"
)
ECONOMY = "sondreolsen/kommunedata @ 497bcbb9"
NATIONAL = (
    "an SSB example notebook's reply of 2025-02-25 (1986-2025);"
    " the national figure SSB published for 2026"
)

# Figures the intermediary is known to have made itself: an equal split of 1507, and sums over
# municipalities that were divided in 2020. They are left out, so their cells are null.
HALVED = ({"1508", "1580"}, 2023)
DIVIDED = ({"1806", "1875", "5055", "5056", "5059"}, 2019)


def rows(path: str) -> list[dict[str, str]]:
    opened = gzip.open if path.endswith(".gz") else open
    with opened(INPUTS / path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def population_as_reported() -> dict[tuple[str, str], float]:
    """(code, year) -> persons, in the codes of the year; from 2024 those of today's division."""
    reported = {
        (row["kommunenummer"], row["year"]): float(row["population_1jan"])
        for row in rows("population/ssb_population_1jan_as_reported_2016_2020_2023.csv")
    }
    return reported | {key: n for key, n in population_sums().items() if key[1] >= "2024"}


def population_sums() -> dict[tuple[str, str], float]:
    """(code today, year) -> persons, zeros as the publisher gives them."""
    return {
        (row["kom2024"], row["aar"]): float(row["befolkning"])
        for row in rows("population/ssb_07459_total_1986_2026.csv")
    }


def national() -> dict[str, float]:
    """Year -> persons in Norway."""
    cube = json.loads((INPUTS / "statbank/notebook_07459_v1_data.json").read_text(encoding="utf-8"))
    years = cube["dimension"]["Tid"]["category"]["index"]
    return {year: float(cube["value"][place]) for year, place in years.items()} | {
        "2026": 5627400.0
    }


def ages_of_today() -> dict[tuple[str, str, str], float]:
    """(code today, age, year) -> persons, without what the intermediary made itself."""
    frame = pd.read_csv(
        INPUTS / "population/ssb_07459_by_age_2005_2026.csv.gz", dtype={"kommunenummer": str}
    )
    for codes, last_year in (HALVED, DIVIDED):
        frame = frame[~(frame["kommunenummer"].isin(codes) & (frame["calyear"] <= last_year))]
    return _by_age(frame)


def ages_as_reported() -> dict[tuple[str, str, str], float]:
    """(code, age, year) -> persons: 2020-2023 in the codes of the year, then today's."""
    frame = pd.read_csv(
        INPUTS / "population/ssb_07459_by_age_2020_2023_as_reported.csv.gz",
        dtype={"kommunenummer": str},
    )
    recent = {key: n for key, n in ages_of_today().items() if key[2] >= "2024"}
    return _by_age(frame) | recent


def _by_age(frame: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    columns = (frame[name] for name in ("kommunenummer", "age", "calyear", "pop_jan1_n"))
    return {
        (code, age_code(age), str(year)): float(n)
        for code, age, year, n in zip(*columns, strict=True)
    }


def age_code(years: int) -> str:
    return "105+" if years == 105 else f"{years:03d}"


def municipality_names() -> dict[str, str]:
    """Code -> name, of every code that any figure stands under."""
    reported = rows("population/ssb_population_1jan_as_reported_2016_2020_2023.csv")
    today = rows("population/ssb_07459_total_1986_2026.csv")
    names = {row["kommunenummer"]: row["name"] for row in reported}
    return dict(sorted((names | {row["kom2024"]: row["navn"] for row in today}).items()))
