"""The recordings that ship with the package: whole, real, and honest about where they come from."""

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyjstat import pyjstat

from sources import catalogue, files, jsonstat
from sources.http import RECORDED
from sources.jsonstat import Cube

INPUTS = Path(__file__).parents[2] / "recordings" / "inputs"
INDEX = json.loads((RECORDED / "index.json").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, Any]] = INDEX["replies"]
STATBANK = [entry["file"] for entry in ENTRIES if "/tables/" in entry["address"]]
WITH_FIGURES = [file for file in STATBANK if "metadata" not in file]

# What Statistics Norway published for the whole country on 1 January.
NORWAY = {
    "2016": 5_213_985,
    "2020": 5_367_580,
    "2021": 5_391_369,
    "2022": 5_425_270,
    "2023": 5_488_984,
    "2024": 5_550_203,
    "2025": 5_594_340,
    "2026": 5_627_400,
}
DIVIDED_2020 = {"K-1806", "K-1875", "K-5055", "K-5056", "K-5059"}


@cache
def body(file: str) -> bytes:
    return gzip.decompress((RECORDED / file).read_bytes())


@cache
def cube(file: str) -> Cube:
    return jsonstat.read(body(file))


@cache
def figures(file: str) -> pd.DataFrame:
    """One row a cell, as text, with missing values as such."""
    return cube(file).table().to_pandas().astype({"value": "float64"})


@pytest.fixture(scope="module")
def sums() -> pd.DataFrame:
    return figures("ssb_07459_1.json.gz")


def given(path: str) -> Iterator[dict[str, str]]:
    with (INPUTS / path).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


# --- the index and its files ---------------------------------------------------------------


def test_the_index_names_every_file_and_every_file_is_named() -> None:
    assert {entry["file"] for entry in ENTRIES} == {path.name for path in RECORDED.glob("*.gz")}


def test_no_question_has_two_answers() -> None:
    asked = [(entry["address"], entry["body"]) for entry in ENTRIES]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_recording_is_the_one_that_was_made_and_says_where_it_came_from(
    entry: dict[str, Any],
) -> None:
    assert hashlib.sha256(body(entry["file"])).hexdigest() == entry["sha256"]
    assert entry["envelope"] in {"reply as received", "envelope rebuilt from published figures"}
    assert re.search(r" @ [0-9a-f]{8}|CRAN csdata|klassr|SSB", entry["came_from"])
    assert entry["as_of"] <= INDEX["recorded_on"]


def test_recordings_are_small_and_carry_no_time_of_their_making() -> None:
    packed = [path.read_bytes() for path in RECORDED.glob("*.gz")]
    assert all(int.from_bytes(each[4:8], "little") == 0 for each in packed)
    kept = sum(path.stat().st_size for path in RECORDED.rglob("*") if path.is_file())
    assert kept < 5_000_000


def test_every_file_of_figures_is_declared_in_the_catalogue_and_there() -> None:
    declared = [table.layout.file for table in catalogue.load().tables if table.layout]
    assert set(declared) == {path.name for path in files.FOLDER.iterdir()}
    assert len(set(declared)) == len(declared)


def test_no_contact_person_of_a_publisher_is_kept() -> None:
    named = [
        e["file"] for e in ENTRIES if re.search(rb'"(phone|mail|contact\w*)":', body(e["file"]))
    ]
    assert named == []


# --- read as pyjstat reads them ------------------------------------------------------------


@cache
def thinned(file: str) -> bytes:
    """The reply with every n-th code of its first dimension, so few that pyjstat can read it."""
    reply = json.loads(body(file))
    first, *rest = reply["id"]
    cells = len(reply["value"]) // reply["size"][0]
    step = max(1, len(reply["value"]) // 8_000)
    category = reply["dimension"][first]["category"]
    codes = sorted(category["index"], key=category["index"].get)[::step]
    category["label"] = {code: category["label"][code] for code in codes}
    places = [category["index"][code] for code in codes]
    category["index"] = {code: place for place, code in enumerate(codes)}
    reply["size"][0] = len(codes)
    reply["value"] = [
        value for p in places for value in reply["value"][p * cells : (p + 1) * cells]
    ]
    assert rest
    return json.dumps(reply).encode()


@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
@pytest.mark.parametrize("file", WITH_FIGURES)
def test_codes_labels_and_values_equal_pyjstats(file: str) -> None:
    kept = thinned(file)
    ours = jsonstat.read(kept).table().to_pandas()
    judge = pyjstat.Dataset.read(kept.decode())
    for naming, suffix in (("id", ""), ("label", "_label")):
        theirs = judge.write("dataframe", naming=naming)
        for dimension in jsonstat.read(kept).dimensions:
            column = dimension.code if naming == "id" else dimension.label
            mine = ours[dimension.code + suffix].astype(str)
            assert mine.tolist() == theirs[column].astype(str).tolist()
        pd.testing.assert_series_equal(
            ours["value"], theirs["value"].astype("float64"), check_names=False
        )


@pytest.mark.parametrize("file", WITH_FIGURES)
def test_a_whole_reply_reads_as_its_parts_do(file: str) -> None:
    whole, part = figures(file), jsonstat.read(thinned(file)).table().to_pandas()
    first = part.columns[0]
    kept = whole[whole[first].isin(part[first].unique())].reset_index(drop=True)
    assert kept.astype(str).equals(part.astype({"value": "float64"}).astype(str))


@pytest.mark.parametrize("file", STATBANK)
def test_a_rebuilt_reply_says_so_itself(file: str) -> None:
    assert "the envelope is rebuilt from published figures" in cube(file).notes[0]


def test_metadata_offers_every_code_that_data_replies_hold() -> None:
    for file in WITH_FIGURES:
        number = file.split("_")[1]
        offered = cube(f"ssb_{number}_metadata.json.gz")
        for dimension in cube(file).dimensions:
            codes = set(dimension.codes)
            if next(iter(codes)).startswith("K-"):
                codes = {code.removeprefix("K-") for code in codes}
            assert codes <= set(offered.dimension(dimension.code).codes)


# --- real figures --------------------------------------------------------------------------


def test_the_country_has_the_people_that_were_published() -> None:
    country = figures("ssb_07459_2.json.gz").set_index("Tid")["value"]
    assert {year: country[year] for year in NORWAY} == NORWAY
    assert country.notna().all()


def test_municipalities_in_their_own_codes_add_up_to_the_country() -> None:
    own = figures("ssb_07459_0.json.gz").dropna(subset="value")
    assert own.groupby("Tid", observed=True)["value"].sum().to_dict() == NORWAY
    counted = own.groupby("Tid", observed=True)["Region"].nunique().to_dict()
    assert counted == {"2016": 428} | dict.fromkeys(("2020", "2021", "2022", "2023"), 356) | (
        dict.fromkeys(("2024", "2025", "2026"), 357)
    )


def test_sums_on_todays_division_add_up_wherever_none_is_missing(sums: pd.DataFrame) -> None:
    by_year = sums.groupby("Tid", observed=True)["value"].sum()
    assert {year: by_year[year] for year in ("2024", "2025", "2026")} == {
        year: NORWAY[year] for year in ("2024", "2025", "2026")
    }
    assert sums["Region"].nunique() == 357


def test_zeros_stand_exactly_where_the_publisher_gives_them_for_missing(sums: pd.DataFrame) -> None:
    zeros = {(row.Region, row.Tid) for row in sums[sums["value"] == 0].itertuples()}
    expected = {(code, str(year)) for code in DIVIDED_2020 for year in range(1986, 2020)}
    assert zeros == expected | {("K-1580", str(year)) for year in range(2020, 2024)}


def test_every_sum_is_the_one_in_the_published_table(sums: pd.DataFrame) -> None:
    published = {
        (f"K-{row['kom2024']}", row["aar"]): float(row["befolkning"])
        for row in given("population/ssb_07459_total_1986_2026.csv")
    }
    recorded = {(row.Region, row.Tid): row.value for row in sums.itertuples()}
    assert recorded == published


def test_single_years_of_age_add_up_to_the_population(sums: pd.DataFrame) -> None:
    """The two came different ways; where an age is missing all are, and nothing is compared."""
    ages = pd.concat([figures(f"ssb_07459_age_{part}.json.gz") for part in (1, 2)])
    keys = ["Region", "Tid"]
    summed = ages.groupby(keys, observed=True)["value"].agg(["sum", "count"]).query("count > 0")
    assert summed["count"].unique().tolist() == [106]
    both = summed.join(sums.set_index(keys)["value"])
    assert (both["sum"] == both["value"]).all()
    assert len(both) > 7_000


def test_a_municipality_split_in_halves_by_an_intermediary_is_left_out() -> None:
    ages = pd.concat([figures(f"ssb_07459_age_{part}.json.gz") for part in (1, 2)])
    halves = ages[ages["Region"].isin(["K-1508", "K-1580"]) & (ages["Tid"].astype(str) < "2024")]
    assert len(halves) > 0
    assert halves["value"].isna().all()


@pytest.mark.parametrize(
    ("file", "path", "count"),
    [
        ("ssb_14534_0.json.gz", "statbank/ssb_14534_nurses_fte_2024_2025.csv", 714),
        (
            "ssb_12134_0.json.gz",
            "statbank/ssb_12134_net_operating_result_2025_43_vestland.csv",
            40,
        ),
    ],
)
def test_every_kostra_figure_is_the_published_one_under_its_own_code(
    file: str, path: str, count: int
) -> None:
    published = {
        (row["kommunenummer"], row["contents_code"], row["year"]): float(row["value"])
        for row in given(path)
        if row["value"]
    }
    rows = figures(file).dropna(subset="value")
    recorded = {
        (row.KOKkommuneregion0000, row.ContentsCode, row.Tid): row.value
        for row in rows.itertuples()
    }
    assert recorded == published
    assert len(recorded) == count


@pytest.mark.parametrize(
    ("file", "at", "value"),
    [
        ("ssb_14534_0.json.gz", {"KOKkommuneregion0000": "0301", "Tid": "2024"}, 3132),
        ("ssb_12134_0.json.gz", {"KOKkommuneregion0000": "4601", "Tid": "2025"}, 1.0),
        ("ssb_07459_1.json.gz", {"Region": "K-0301", "Tid": "1986"}, 449_395),
        ("ssb_07459_age_1.json.gz", {"Region": "K-0301", "Tid": "2005", "Alder": "000"}, 8420),
    ],
)
def test_a_figure_stands_where_it_was_published(
    file: str, at: dict[str, str], value: float
) -> None:
    rows = figures(file)
    for name, code in at.items():
        rows = rows[rows[name] == code]
    assert rows["value"].tolist() == [value]


# --- registers -----------------------------------------------------------------------------


def test_klass_has_the_municipalities_of_today_and_one_for_unspecified() -> None:
    codes = [each["code"] for each in json.loads(body("klass_131_codes.json.gz"))["codes"]]
    assert len(codes) == len(set(codes)) == 358
    assert "9999" in codes
    listed = json.loads(body("ssb_sums.json.gz"))["values"]
    assert {f"K-{code}" for code in codes} - {"K-9999"} == {each["code"] for each in listed}


def test_klass_has_every_change_of_the_published_graph() -> None:
    changes = json.loads(body("klass_131_changes.json.gz"))["codeChanges"]
    assert len(changes) == len(list(given("klass/klass_131_changes_full.csv"))) == 2164
    assert all(change["oldCode"] or change["newCode"] for change in changes)
    into_haram = [c["oldCode"] for c in changes if c["newCode"] == "1580"]
    assert into_haram == ["1507"]


def test_the_register_is_whole_and_of_todays_municipalities() -> None:
    pages = [json.loads(body(f"uutilsynet_{number}.json.gz")) for number in range(6)]
    statements = [each for page in pages for each in page["_embedded"]["dataElements"]]
    assert len(statements) == 5530 == pages[0]["page"]["totalElements"]
    assert len({each["erklaeringsAdresse"] for each in statements}) == 5530
    with (files.FOLDER / "organisation_number_2026-10-08.csv").open(encoding="utf-8") as file:
        municipalities = {row["orgnr"] for row in csv.DictReader(file)}
    assert {each["organisasjonsnummer"] for each in statements} == municipalities
    assert len(municipalities) == 357


def test_the_registers_own_numbers_are_those_that_were_derived_before() -> None:
    with (files.FOLDER / "organisation_number_2026-10-08.csv").open(encoding="utf-8") as file:
        register = {row["municipality_code"]: row["orgnr"] for row in csv.DictReader(file)}
    derived = {
        row["kommunenummer_2024"]: row["orgnr"]
        for row in given("organisations/organisation_number_2024.csv")
    }
    assert register == derived
    assert len(register) == 357
