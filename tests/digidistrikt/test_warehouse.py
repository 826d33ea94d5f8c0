"""`import digidistrikt`: one line from a name to a frame, with what goes with the figures."""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import digidistrikt as dd
from flows.settings import Settings
from tests.command import digidistrikt as command


@pytest.fixture(scope="module")
def warehouse(small_home: Settings) -> Iterator["dd.Warehouse[pd.DataFrame]"]:
    with dd.open(small_home.home) as opened:
        yield opened


def test_its_import_is_quick_and_brings_neither_prefect_nor_pandas() -> None:
    heavy = {"prefect", "pandas", "numpy", "pyarrow", "openpyxl", "pyjstat", "rich", "typer"}
    code = f"import sys, digidistrikt; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_series_has_its_figures_and_what_goes_with_them(
    warehouse: "dd.Warehouse[pd.DataFrame]",
) -> None:
    found = warehouse.series("population", division=2019, municipality="Haram")
    assert set(found["municipality_code"]) == {"1534"}
    assert found["value"].dtype == "float64"
    assert found["municipality_code"].dtype == "str"
    assert found.attrs["units"] == {"population": "persons"}
    assert [source["licence"] for source in found.attrs["sources"]] == ["CC BY 4.0"]
    assert "Statistisk sentralbyrå" in found.attrs["citations"][0]
    assert found.attrs["columns"]["value"]["meaning"]
    assert found.attrs["vintage"]["run_id"] == warehouse.vintage


def test_a_series_is_what_the_command_gives(
    warehouse: "dd.Warehouse[pd.DataFrame]", small_home: Settings, tmp_path: Path
) -> None:
    for words, found in (
        (["series", "population", "--division", "2019"], warehouse.series("population", "2019")),
        (
            ["series", "population", "--by", "county"],
            warehouse.series("population", by="county"),
        ),
        (["catalog", "nurses"], warehouse.catalog("nurses")),
        (["networks"], warehouse.networks()),
        (["networks", "digiagder"], warehouse.networks("digiagder")),
        (["municipality", "Haram"], warehouse.municipality("Haram")),
        (["sql", "from mart.case_candidate"], warehouse.candidates()),
    ):
        lines = command(*words, home=small_home.home).stdout
        (tmp_path / "out.csv").write_text(lines, encoding="utf-8")
        written = pd.read_csv(tmp_path / "out.csv", dtype=str)
        assert list(written.columns) == list(found.columns)
        assert len(written) == len(found)
        for column in {"value", "municipality_code", "indicator_id", "fact"} & {*found.columns}:
            ours = found[column].dropna()
            assert written[column].dropna().astype(ours.dtype).tolist() == ours.tolist()


def test_attributes_are_plain_values_that_travel_with_a_frame(
    warehouse: "dd.Warehouse[pd.DataFrame]",
) -> None:
    found = warehouse.candidates()
    assert json.loads(json.dumps(found.attrs)) == found.attrs
    assert pickle.loads(pickle.dumps(found)).attrs == found.attrs  # noqa: S301 - our own
    assert found.attrs["columns"]["population"]["unit"] == "persons"


def test_a_frame_of_ones_own_is_joined_and_gone_afterwards(
    warehouse: "dd.Warehouse[pd.DataFrame]",
) -> None:
    mine = pd.DataFrame({"code": ["1580", "0301"], "score": [2, None]})
    query = "from mine join mart.municipality on code = municipality_code"
    found = warehouse.sql(f"{query} order by code", {"mine": mine})
    assert found["municipality_name"].tolist() == ["Oslo", "Haram"]
    with pytest.raises(dd.InputError, match="mine does not exist"):
        warehouse.sql(query)


def test_a_whole_number_stays_one_where_some_are_missing(
    warehouse: "dd.Warehouse[pd.DataFrame]",
) -> None:
    found = warehouse.sql("select * from (values (1, 2.5), (null, 3)) as t(n, x)")
    assert (found["n"].dtype, found["x"].dtype) == ("Int32", "float64")
    assert warehouse.sql("select sum(n) as s from range(3) t(n)")["s"].tolist() == [3]
    assert warehouse.sql("select 1e30::hugeint as s")["s"].tolist() == [1e30]


def test_arrow_has_the_same_and_its_attributes_in_the_schema(small_home: Settings) -> None:
    with dd.open(small_home.home, frames="arrow") as opened:
        found = opened.series("population", municipality="0301")
        assert isinstance(found, pa.Table)
        metadata: Any = found.schema.metadata
        assert json.loads(metadata[b"digidistrikt"])["units"] == {"population": "persons"}


def test_polars_is_asked_for_by_name(small_home: Settings) -> None:
    polars = pytest.importorskip("polars")
    with dd.open(small_home.home, frames="polars") as opened:
        assert isinstance(opened.candidates(), polars.DataFrame)
        mine = polars.DataFrame({"code": ["0301"], "points": [2.5]})
        query = (
            "select points, county_name from mine, mart.municipality where code = municipality_code"
        )
        assert opened.sql(query, {"mine": mine}).rows() == [(2.5, "Oslo")]
        with pytest.raises(dd.InputError, match="polars can't take this result"):
            opened.sql("select interval 1 month as span")


def test_what_is_not_there_is_a_sentence_and_an_error_of_ours(
    warehouse: "dd.Warehouse[pd.DataFrame]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digidistrikt.frames.find_spec", lambda _: None)
    for ask, sentence in (
        (lambda: warehouse.series("popluation"), "the nearest are population"),
        (lambda: warehouse.series("population", "twenty"), "division is the year"),
        (lambda: warehouse.series("population", 1900), "No municipal division is known for 1900"),
        (lambda: warehouse.series("population", by="region"), "no groups by 'region'"),
        (lambda: warehouse.about("popluation"), "the nearest are population"),
        (lambda: warehouse.municipality("Atlantis"), "Atlantis"),
        (lambda: warehouse.networks("digiadger"), "the nearest are digiagder"),
        (lambda: warehouse.table("observatoin"), "there are observation"),
        (lambda: warehouse.sql("selec 1"), "this query does not run"),
        (lambda: warehouse.sql("select error('late') from range(3)"), "late"),
        (lambda: warehouse.sql("from read_csv('/etc/hostname')"), "this query does not run"),
        (lambda: warehouse.cite("population", style="mla"), "'mla' is none of apa"),
        (lambda: warehouse.as_of("1999-01-01"), "nothing was known yet"),
        (lambda: dd.open(tmp_path), "there is no warehouse yet"),
        (lambda: dd.open(tmp_path, frames="numpy"), "not 'numpy'"),  # type: ignore[call-overload]
        (lambda: dd.open(tmp_path, frames="polars"), "polars is not installed"),
    ):
        with pytest.raises(dd.DigidistriktError, match=sentence):
            ask()


def test_figures_of_an_earlier_day_are_of_the_same_kind(
    warehouse: "dd.Warehouse[pd.DataFrame]",
) -> None:
    with warehouse.as_of(warehouse.vintage) as then:
        assert len(then.table("observation")) == len(warehouse.table("observation"))
        assert "as of" in repr(then)


@pytest.mark.parametrize("year", ["'2019'", "2019.0", "2019"])
def test_a_client_may_give_the_year_of_a_division_as_text_or_a_double(
    year: str, warehouse: "dd.Warehouse[pd.DataFrame]"
) -> None:
    found = warehouse.sql(f"from mart.series('population', {year}) where period = '2019'")
    assert len(found) == 422
    assert set(found["division_year"]) == {2019}
    by = warehouse.sql(f"from mart.aggregate('population', 'country', {year})")
    assert set(by["division_year"]) == {2019}


@pytest.mark.parametrize("year", ["'then'", "2019.5", "'2019.5'", "1900"])
def test_a_year_that_is_none_is_refused(year: str, warehouse: "dd.Warehouse[pd.DataFrame]") -> None:
    with pytest.raises(dd.InputError, match="No municipal division is known for"):
        warehouse.sql(f"from mart.series('population', {year})")


def test_the_home_is_the_one_that_commands_use(
    small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIGIDISTRIKT_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "mine"))
    with pytest.raises(dd.WarehouseError, match=r"mine.*there is no warehouse yet"):
        dd.open()
    (tmp_path / "digidistrikt.toml").touch()
    with pytest.raises(dd.WarehouseError, match=r"^data.digidistrikt\.duckdb: there is no"):
        dd.open()
    (tmp_path / "digidistrikt.toml").write_text(f"home = {str(small_home.home)!r}")
    with dd.open() as opened:
        assert opened.home == small_home.home
