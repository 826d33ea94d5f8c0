"""JSON-stat 2 to tidy columns: equal to pyjstat on real replies, strict where pyjstat is not."""

import json
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyjstat import pyjstat

from sources.jsonstat import Codelist, JsonStatError, Unit, read
from tests.sources.small_cube import REPLIES, WITH_FIGURES, read_json, reply, rows, small

METADATA = ["05810_metadata", "11118_metadata"]

OTHER = ["config", "errors", "table_05810", "tables_befolkning_page_2", "tables_page_1"]


# --- equal to pyjstat --------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_codes_labels_and_values_equal_pyjstats_on_every_reply_with_figures(name: str) -> None:
    cube, judge = read(reply(name)), pyjstat.Dataset.read(reply(name).decode())
    table = cube.table()
    for naming, suffix in [("id", ""), ("label", "_label")]:
        frame = judge.write("dataframe", naming=naming)
        ours = [table[d.code + suffix].to_pylist() for d in cube.dimensions]
        assert [frame[column].tolist() for column in frame.columns[:-1]] == ours
        value = pa.array(frame["value"], pa.float64(), from_pandas=True)
        assert table["value"].combine_chunks().equals(value)
        names = [d.code if naming == "id" else d.label for d in cube.dimensions]
        assert [*names, "value"] == list(frame.columns)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_sparse_and_shuffled_data_set_equals_pyjstats() -> None:
    data_set = small(value={"4": 5, "0": 1})
    table = read_json(data_set).table()
    frame = pyjstat.Dataset.read(json.dumps(data_set)).write("dataframe", naming="id")
    assert table["Region"].to_pylist() == frame["Region"].tolist()
    value = pa.array(frame["value"].astype("float64"), pa.float64(), from_pandas=True)
    assert table["value"].combine_chunks().equals(value)


def test_every_reply_kept_here_is_read_or_known_to_be_no_data_set() -> None:
    kept = {path.name.removesuffix(".json.gz") for path in REPLIES.glob("*.json.gz")}
    assert kept == {*WITH_FIGURES, *METADATA, *OTHER}


@pytest.mark.parametrize("name", OTHER)
def test_a_reply_that_is_no_data_set_is_refused_by_what_it_is(name: str) -> None:
    with pytest.raises(JsonStatError, match="The reply: expected one JSON-stat data set, came "):
        read(reply(name))


# --- what the real replies say -----------------------------------------------------------------


def test_the_sexes_of_table_05810_stand_by_their_places_not_by_the_order_of_their_keys() -> None:
    cube = read(reply("05810_metadata"))
    sexes = cube.dimension("Kjonn")
    assert sexes.codes == ("0", "2", "1")
    assert sexes.labels == ("Both sexes", "Females", "Males")


def test_figures_of_women_and_men_in_05810s_own_shape_land_on_their_own_sex() -> None:
    """The total of 2025 is SSB's; it is parted into women and men by an invented figure."""
    total = read(reply("07459_data")).table().to_pylist()[-1]["value"]
    assert total == 5_594_340
    women, men = 2_000_001.0, total - 2_000_001
    filled = json.loads(reply("05810_metadata"))
    newest = 7 * 49  # cells of one sex: ages x years; the newest year is the 49th
    filled["value"] = {str(48): total, str(newest + 48): women, str(2 * newest + 48): men}
    by_label = {
        row["Kjonn_label"]: row["value"]
        for row in read_json(filled).table().to_pylist()
        if row["Alder_label"] == "All" and row["Tid"] == "2025"
    }
    assert by_label == {"Both sexes": total, "Females": women, "Males": men}


def test_free_income_of_three_municipalities_comes_with_unit_role_and_date() -> None:
    cube = read(reply("12134_data"))
    assert cube.table_id == "12134"
    assert cube.source == "Statistisk sentralbyrå"
    assert cube.updated == datetime(2026, 3, 16, 7, tzinfo=UTC)
    assert cube.official_statistics is True
    assert cube.discontinued is None
    assert len(cube.notes) == 5
    assert [d.role for d in cube.dimensions] == ["geo", "metric", "time"]
    contents = cube.dimension("ContentsCode")
    assert contents.units == {"KOSAG110000": Unit("kr", 0)}
    assert contents.refperiods == {"KOSAG110000": "31.12"}
    assert contents.elimination is False
    found = {row["KOKkommuneregion0000_label"]: row["value"] for row in cube.table().to_pylist()}
    assert found == {"Oslo - Oslove": 81240, "Bergen": 66605, "Trondheim - Tråante": 62853}


def test_metadata_tells_what_may_be_left_out_and_holds_no_figures() -> None:
    cube = read(reply("05810_metadata"))
    assert cube.is_metadata
    assert cube.shape == (3, 7, 1, 49)
    assert [d.elimination for d in cube.dimensions] == [True, True, False, False]
    notes = cube.dimension("Tid").category_notes
    assert list(notes) == ["1845", "1855"]
    assert notes["1845"][0].startswith("The sum of age groups")


def test_metadata_without_any_value_key_is_read_and_gives_no_rows_in_silence() -> None:
    cube = read(reply("11118_metadata"))
    assert cube.shape == (14, 2, 9)
    with pytest.raises(
        JsonStatError, match=r"^Expected figures, came metadata without any: '11118"
    ):
        cube.table()


def test_a_missing_figure_is_null_and_keeps_the_publishers_symbol() -> None:
    first, *_, last = rows(read(reply("11721_data")))
    assert first[-2:] == (None, "..")
    assert last[-2] is not None


def test_json_stat_1_of_430_regions_is_read_with_its_expired_codes() -> None:
    cube = read(reply("2016K1_jsonstat1"))
    assert cube.shape == (430, 11, 1)
    assert [d.role for d in cube.dimensions] == ["geo", "metric", "time"]
    dotted = [row for row in rows(cube) if row[-1] == "."]
    assert len(dotted) == 2
    assert all(row[-2] is None for row in dotted)


# --- shapes the standard allows ----------------------------------------------------------------


def test_values_are_placed_by_index_whatever_the_order_of_keys() -> None:
    assert rows(read_json(small()))[3] == ("1580", "Haram", "2024", "2024", 4, None)


def test_a_symbol_may_stand_on_a_figure_as_a_note_to_that_cell() -> None:
    assert rows(read_json(small()))[5][-2:] == (6, "*")


@pytest.mark.parametrize(
    ("status", "symbols"),
    [
        ("e", ["e"] * 6),
        (["e"], ["e"] * 6),
        (["a", None, "b", None, None, "a"], ["a", None, "b", None, None, "a"]),
        ({}, [None] * 6),
        (None, [None] * 6),
        ({"3": ":", "0": None}, [None, None, None, ":", None, None]),
    ],
)
def test_status_may_be_one_for_all_a_list_or_an_object_by_cell(
    status: object, symbols: list[str | None]
) -> None:
    assert read_json(small(status=status)).table()["status"].to_pylist() == symbols


def test_a_sparse_value_object_leaves_the_other_cells_null() -> None:
    values = read_json(small(value={"5": 3, "0": 1, "1": None})).table()["value"]
    assert values.to_pylist() == [1, None, None, None, None, 3]


def test_the_one_category_of_a_dimension_needs_no_index() -> None:
    data_set = small(id=["Region"], size=[1], value=[7], status=None, role={})
    data_set["dimension"] = {"Region": {"category": {"label": {"0301": "Oslo"}}}}
    assert rows(read_json(data_set)) == [("0301", "Oslo", 7, None)]


def test_codes_stand_in_for_labels_that_are_not_given() -> None:
    data_set = small()
    del data_set["dimension"]["Tid"]["category"]["label"]
    assert read_json(data_set).dimension("Tid").labels == ("2024", "2025", "2026")


def test_two_codes_of_one_label_stay_two_codes_and_count_as_one_label() -> None:
    data_set = small()
    data_set["dimension"]["Region"]["category"]["label"] = {"1508": "Herøy", "1580": "Herøy"}
    table = read_json(data_set).table()
    assert pc.count_distinct(table["Region"].cast(pa.string())).as_py() == 2
    assert table.group_by("Region_label").aggregate([("value", "sum")]).to_pylist() == [
        {"Region_label": "Herøy", "value_sum": 18.5}
    ]


@pytest.mark.parametrize("key", ["codelists", "codeLists"])
def test_code_lists_are_read_under_either_spelling(key: str) -> None:
    data_set = small()
    offered = [{"id": "agg_KommSummer", "label": "Kommuner", "type": "Aggregation", "links": []}]
    data_set["dimension"]["Region"]["extension"] = {key: offered}
    found = read_json(data_set).dimension("Region").codelists
    assert found == (Codelist("agg_KommSummer", "Kommuner", "Aggregation"),)


def test_a_time_without_zone_is_utc_and_any_other_zone_is_carried_to_it() -> None:
    assert read_json(small(updated="2024-01-10")).updated == datetime(2024, 1, 10, tzinfo=UTC)
    carried = read_json(small(updated="2024-01-10T08:00:00+01:00")).updated
    assert carried == datetime(2024, 1, 10, 7, tzinfo=UTC)


def test_pieces_of_one_table_can_be_put_together() -> None:
    one = read_json(small()).table()
    other = read_json(small(status={}, value={"1": 1})).table()
    assert pa.concat_tables([one, other]).num_rows == 12


def test_a_table_goes_into_duckdb_with_true_nulls_and_codes_as_text() -> None:
    cells = read_json(small()).table()
    connection = duckdb.connect()
    connection.register("cells", cells)
    found = connection.execute(
        "select Region, sum(value), count(*) - count(value), any_value(typeof(Region)) from cells"
        " group by all order by all"
    ).fetchall()
    assert found == [("1508", 3.5, 1, "VARCHAR"), ("1580", 15.0, 0, "VARCHAR")]


def test_a_table_longer_than_a_row_group_keeps_its_order() -> None:
    codes = [str(number) for number in range(600)]
    data_set = small(size=[600, 600], value=list(range(360_000)), status={"359999": ":"})
    for dimension in ("Region", "Tid"):
        data_set["dimension"][dimension]["category"] = {"index": codes}
    table = read_json(data_set).table()
    assert table["value"].num_chunks > 1
    assert table["value"].to_pylist() == list(range(360_000))
    assert table.slice(601, 1).to_pylist()[0]["Region"] == "1"
    assert table["status"].null_count == 359_999


def test_asking_for_a_dimension_the_data_set_has_not_names_those_it_has() -> None:
    with pytest.raises(JsonStatError, match=r"a dimension 'Alder', came \['Region', 'Tid'\]\.$"):
        read_json(small()).dimension("Alder")
