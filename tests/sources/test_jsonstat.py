"""JSON-stat 2 to tidy columns: equal to pyjstat on real replies, strict where pyjstat is not."""

import copy
import gzip
import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyjstat import pyjstat

from common.errors import UpstreamError
from sources.jsonstat import Codelist, Cube, JsonStatError, Unit, read
from tests.damage import CODES, mutated

REPLIES = Path(__file__).parent / "replies"
WITH_FIGURES = [
    "03024_data_en",
    "03024_data_no",
    "07459_data",
    "11118_data",
    "11721_data",
    "12134_data",
    "2016K1_jsonstat1",
]
METADATA = ["05810_metadata", "11118_metadata"]
OTHER = ["config", "errors", "table_05810", "tables_befolkning_page_2", "tables_page_1"]


def reply(name: str) -> bytes:
    return gzip.decompress((REPLIES / f"{name}.json.gz").read_bytes())


def rows(cube: Cube) -> list[tuple[Any, ...]]:
    return list(zip(*cube.table().to_pydict().values(), strict=True))


def small(**changes: Any) -> dict[str, Any]:
    """An invented data set of two municipalities and three years, with changes at its top."""
    data_set = {
        "version": "2.0",
        "class": "dataset",
        "label": "Invented",
        "role": {"time": ["Tid"], "geo": ["Region"]},
        "id": ["Region", "Tid"],
        "size": [2, 3],
        "dimension": {
            "Region": {
                "label": "region",
                "category": {
                    "index": {"1580": 1, "1508": 0},
                    "label": {"1508": "Ålesund", "1580": "Haram"},
                },
            },
            "Tid": {
                "label": "år",
                "category": {
                    "index": ["2024", "2025", "2026"],
                    "label": {"2024": "2024", "2025": "2025", "2026": "2026"},
                },
            },
        },
        "value": [1, 2.5, None, 4, 5, 6],
        "status": {"2": "..", "5": "*"},
    }
    return copy.deepcopy({**data_set, **changes})


def compact(data_set: object) -> bytes:
    """JSON as publishers write it, without blanks: the writing whose values are read apart."""
    return json.dumps(data_set, separators=(",", ":")).encode()


def spaced(data_set: object) -> bytes:
    """JSON with blanks: the writing that is parsed as a whole."""
    return json.dumps(data_set).encode()


def read_json(data_set: object) -> Cube:
    return read(compact(data_set))


def read_or_sentence(body: bytes) -> str:
    """Nothing if the body can be read and made a table of; the sentence of the refusal if not."""
    try:
        cube = read(body)
        rows_found = len(cube.values) if cube.is_metadata else cube.table().num_rows
    except JsonStatError as error:
        return str(error)
    assert rows_found == len(cube.values)
    return ""


def refusal(data_set: object) -> str:
    with pytest.raises(JsonStatError) as caught:
        read_json(data_set)
    with pytest.raises(JsonStatError) as again:
        read(spaced(data_set))
    assert str(again.value) == str(caught.value)
    return str(caught.value)


# --- equal to pyjstat ---------------------------------------------------------------------------


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


# --- what the real replies say ------------------------------------------------------------------


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


# --- shapes the standard allows -----------------------------------------------------------------


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


# --- what is refused, and in which words --------------------------------------------------------


def _with(path: str, value: Any) -> Callable[[], dict[str, Any]]:
    """The small data set with the value at a path such as `dimension/Tid/category` replaced."""

    def changed() -> dict[str, Any]:
        data_set = small()
        *parents, last = path.split("/")
        node = data_set
        for parent in parents:
            node = node[parent]
        node[last] = value
        return data_set

    return changed


REGION = "dimension/Region/category"
REFUSED = {
    "fewer values than the sizes request for": (
        _with("value", [1, 2, 3, 4, 5]),
        "The data set: expected 6 values, the product of its sizes, came 5.",
    ),
    "more codes than the size says": (
        _with("size", [1, 3]),
        "Dimension 'Region': expected 1 codes, as its size says, came 2.",
    ),
    "fewer codes than the size says": (
        _with("dimension/Tid/category", {"index": ["2024", "2025"]}),
        "Dimension 'Tid': expected 3 codes, as its size says, came 2.",
    ),
    "a size left out": (
        _with("size", [6]),
        "The data set: expected 2 sizes, one a dimension, came 1.",
    ),
    "a size that is no whole number": (
        _with("size", [2, 3.0]),
        "The data set, `size[1]`: expected a whole number, came a number.",
    ),
    "a dimension twice": (
        _with("id", ["Region", "Region"]),
        "The data set's `id`: expected each dimension once, came 'Region' twice.",
    ),
    "a dimension that is not described": (
        _with("id", ["Region", "Alder"]),
        "The data set's `dimension`: expected the dimensions ('Region', 'Alder'),"
        " came ['Region', 'Tid'].",
    ),
    "a code twice in a list": (
        _with(REGION, {"index": ["1508", "1508"]}),
        "Dimension 'Region': expected each code once, came '1508' twice.",
    ),
    "two codes in one place": (
        _with(f"{REGION}/index", {"1508": 0, "1580": 0}),
        "Dimension 'Region': expected each place once in `index`, came 0 for '1508', '1580'.",
    ),
    "a place beyond the last": (
        _with(f"{REGION}/index", {"1508": 0, "1580": 2}),
        "Dimension 'Region': expected places 0 to 1 in `index`, came 2 for '1580'.",
    ),
    "a place below the first": (
        _with(f"{REGION}/index", {"1508": 0, "1580": -1}),
        "Dimension 'Region': expected places 0 to 1 in `index`, came -1 for '1580'.",
    ),
    "a place written as text": (
        _with(f"{REGION}/index", {"1508": 0, "1580": "1"}),
        "Dimension 'Region', `category.index[...]`: expected a whole number, came text.",
    ),
    "a place written as true": (
        _with(f"{REGION}/index", {"1508": 0, "1580": True}),
        "Dimension 'Region', `category.index[...]`: expected a whole number, came true or false.",
    ),
    "a code that is a number": (
        _with(f"{REGION}/index", [1508, 1580]),
        "Dimension 'Region', `category.index[0]`: expected text, came a whole number.",
    ),
    "several codes without an index": (
        _with(REGION, {"label": {"1508": "Ålesund", "1580": "Haram"}}),
        "Dimension 'Region': expected an `index`, since it has more or less than one code,"
        " came ['1508', '1580'].",
    ),
    "a code without its label": (
        _with(f"{REGION}/label", {"1508": "Ålesund"}),
        "Dimension 'Region': expected a label for each code and no other,"
        " came '1580', no label for it.",
    ),
    "a label without its code": (
        _with(f"{REGION}/label", {"1508": "Ålesund", "1580": "Haram", "1534": "Haram"}),
        "Dimension 'Region': expected a label for each code and no other,"
        " came '1534', a label for no code.",
    ),
    "a label that is a number": (
        _with(f"{REGION}/label", {"1508": "Ålesund", "1580": 2}),
        "Dimension 'Region', `category.label[...]`: expected text, came a whole number.",
    ),
    "a role for a dimension that is not there": (
        _with("role", {"time": ["år"]}),
        "The role 'time': expected one of ('Region', 'Tid'), came 'år'.",
    ),
    "a number written as text": (
        _with("value", [1, "2", None, 4, 5, 6]),
        "The data set, `value[1]`: expected a number or null, came text.",
    ),
    "true among whole numbers": (
        _with("value", [1, True, None, 4, 5, 6]),
        "The data set, `value[1]`: expected a number or null, came true or false.",
    ),
    "false among decimals": (
        _with("value", [1.5, False, None, 4, 5, 6]),
        "The data set, `value[1]`: expected a number or null, came true or false.",
    ),
    "true in a sparse value": (
        _with("value", {"0": True}),
        "The data set, `value[...]`: expected a number or null, came true or false.",
    ),
    "a list among the values": (
        _with("value", [1, [2], None, 4, 5, 6]),
        "The data set, `value[1]`: expected a number or null, came a list.",
    ),
    "a whole number that a double would round": (
        _with("value", [1, 2**53 + 1, None, 4, 5, 6]),
        "The data set, `value[1]`: expected a whole number <= 9007199254740992,"
        " came one beyond that.",
    ),
    "values that are one number": (
        _with("value", 7),
        "The data set, `value`: expected an object or a list or null, came a whole number.",
    ),
    "a sparse value beyond the last cell": (
        _with("value", {"6": 1}),
        "The values: expected cell numbers below 6, came 6.",
    ),
    "a sparse value at a cell below zero": (
        _with("value", {"-1": 1}),
        "The values: expected cell numbers below 6, came -1.",
    ),
    "a status beyond the last cell": (
        _with("status", {"6": ".."}),
        "The status: expected cell numbers below 6, came 6.",
    ),
    "a status at a cell number with a leading zero": (
        _with("status", {"05": ".."}),
        "The status: expected plain cell numbers as keys, came '05'.",
    ),
    "a status at a cell that is no number": (
        _with("status", {"5": "..", "total": ".."}),
        "The status: expected plain cell numbers as keys, came 'total'.",
    ),
    "a status at a cell number too long to be one": (
        _with("status", {"9" * 30: ".."}),
        f"The status: expected plain cell numbers as keys, came '{'9' * 30}'.",
    ),
    "a status that is a number": (
        _with("status", {"5": 1}),
        "The data set, `status[...]`: expected text or null, came a whole number.",
    ),
    "a status list of another length": (
        _with("status", ["a", "b"]),
        "The status: expected one symbol for all or 6, one a cell, came 2.",
    ),
    "a status that is neither string, list nor object": (
        _with("status", 3),
        "The data set, `status`: expected text or an object or a list or null,"
        " came a whole number.",
    ),
    "an older version": (
        _with("version", "1.3"),
        "The data set: expected JSON-stat version 2, came '1.3'.",
    ),
    "a time that is none": (
        _with("updated", "yesterday"),
        "The data set, `updated`: expected a date or time such as 2024-01-10T07:00:00Z,"
        " came 'yesterday'.",
    ),
    "decimals that are no number": (
        _with(f"{REGION}/unit", {"1508": {"base": "kr", "decimals": "0"}}),
        "Dimension 'Region', `category.unit[...].decimals`: expected a whole number or null,"
        " came text.",
    ),
    "an elimination that is neither true nor false": (
        _with("dimension/Region/extension", {"elimination": "yes"}),
        "Dimension 'Region', `extension.elimination`: expected true or false or null, came text.",
    ),
    "a code list without its id": (
        _with("dimension/Region/extension", {"codelists": [{"label": "Kommuner"}]}),
        "Dimension 'Region': expected what JSON-stat declares, came Object missing required field"
        " `id` - at `$.extension.codelists[0]`.",
    ),
    "a dimension that is text": (
        _with("dimension/Region", "region"),
        "Dimension 'Region': expected an object, came text.",
    ),
    "sizes in words": (
        _with("size", "two by three"),
        "The data set, `size`: expected a list, came text.",
    ),
}


@pytest.mark.parametrize(("data_set", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(data_set: Callable[[], dict[str, Any]], sentence: str) -> None:
    assert refusal(data_set()) == sentence


def test_a_bundle_of_several_data_sets_is_refused() -> None:
    bundle = {"dataset": small(), "another": small()}
    expected = "The reply: expected one JSON-stat data set, came ['dataset', 'another']."
    assert refusal(bundle) == expected


def test_a_collection_is_refused_by_its_class() -> None:
    expected = "The reply: expected one JSON-stat data set, came 'collection'."
    assert refusal({"version": "2.0", "class": "collection"}) == expected


def test_an_error_reply_is_refused_with_the_publishers_diagnosis() -> None:
    error = {"type": "Parameter error", "title": "Non-existent table", "status": 404}
    expected = "The reply: expected one JSON-stat data set, came 'Non-existent table'."
    assert refusal(error) == expected


def test_a_page_of_html_is_refused_with_its_beginning() -> None:
    with pytest.raises(JsonStatError, match=r"^Expected JSON, came b'<!DOCTYPE html>"):
        read(b"<!DOCTYPE html><title>404 - File or directory not found.</title>")


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e999", "01", "+1", "1.", ".5", "0x1", "-", ""]
)
def test_what_is_no_finite_json_number_is_refused(literal: str) -> None:
    for body in (compact(small()), spaced(small())):
        with pytest.raises(JsonStatError, match=r"^Expected JSON, came "):
            read(body.replace(b"2.5", literal.encode()))


def test_a_truncated_reply_is_refused() -> None:
    with pytest.raises(JsonStatError, match=r"^Expected JSON, came "):
        read(json.dumps(small()).encode()[:-5])


def test_a_code_written_twice_in_an_object_is_found_by_the_size() -> None:
    """The JSON reader keeps the last of two equal keys, and one code is missing."""
    body = json.dumps(small()).replace('"1580": 1, "1508": 0', '"1508": 1, "1508": 0')
    with pytest.raises(JsonStatError, match="expected 2 codes, as its size says, came 1"):
        read(body.encode())


def test_a_boolean_is_found_wherever_the_values_stand_and_however_their_key_is_written() -> None:
    values_first = {"value": [1.5, True, None, 4, 5, 6], **small()}
    values_first["value"][1] = True
    assert "came true or false" in refusal(values_first)
    body = json.dumps(small(value=[1.5, True, None, 4, 5, 6]))
    escaped = body.replace('"value"', '"\\u0076alue"').replace('"Invented"', '"a \\"value\\": "')
    with pytest.raises(JsonStatError, match="came true or false"):
        read(escaped.encode())


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_the_values_of_every_reply_are_those_of_the_plain_json_reader(name: str) -> None:
    document = json.loads(reply(name))
    values = document.get("dataset", document)["value"]
    assert read(reply(name)).values.to_pylist() == values
    assert read(json.dumps(document, indent=1).encode()).values.to_pylist() == values


@pytest.mark.parametrize(
    "decoy",
    [
        '{"extension":{"value":[9,9,9,9,9,9]},',
        '{"value":[9,9,9,9,9,9],',
        '{"source":"\\"value\\":[9,9,9,9,9,9]",',
        '{"source":"value","note":["[9]"],',
        '{"link":[{"value":[9]},{"value":[9]}],',
    ],
)
def test_a_list_that_only_looks_like_the_values_is_not_taken_for_them(decoy: str) -> None:
    body = compact(small()).replace(b"{", decoy.encode(), 1)
    assert read(body).table()["value"].to_pylist() == [1, 2.5, None, 4, 5, 6]


def test_values_beyond_what_whole_numbers_a_double_holds_are_read_if_they_are_decimals() -> None:
    values = [1e300, -2.5e-300, None, 2**53, -(2**53), 1e30]
    assert read_json(small(value=values)).table()["value"].to_pylist() == values


def test_values_that_are_all_missing_stay_doubles() -> None:
    column = read_json(small(value=[None] * 6)).table()["value"]
    assert column.type == pa.float64()
    assert column.null_count == 6


def test_a_sparse_cube_too_large_to_mean_anything_is_refused() -> None:
    codes = [str(number) for number in range(10_000)]
    data_set = small(size=[10_000, 10_000], value={}, status=None)
    for dimension in ("Region", "Tid"):
        data_set["dimension"][dimension]["category"] = {"index": codes}
    assert refusal(data_set) == ("The data set: expected at most 50000000 cells, came 100000000.")


@pytest.mark.parametrize("taken", ["value", "Status", "region", "Tid_label"])
def test_two_columns_of_one_name_are_refused(taken: str) -> None:
    data_set = small(id=[taken, "Region", "Tid"], size=[1, 2, 3])
    data_set["dimension"][taken] = {"category": {"index": ["x"]}}
    with pytest.raises(JsonStatError, match="expected a name of its own for each column"):
        read_json(data_set).table()


def test_the_error_is_one_of_upstream() -> None:
    assert issubclass(JsonStatError, UpstreamError)


# --- any cube at all ----------------------------------------------------------------------------

NUMBERS = (
    st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
)
SYMBOLS = st.sampled_from([".", "..", ":", "*"])


@st.composite
def categories(draw: st.DrawFn) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Codes with labels in their order, and one of the ways to write them down."""
    codes = draw(st.lists(CODES, min_size=1, max_size=4, unique=True))
    labelled = [(code, draw(st.sampled_from(["Herøy", "Våler", code]))) for code in codes]
    shuffled = draw(st.permutations(labelled))
    written: dict[str, Any] = {"label": dict(shuffled)}
    ways = ["list", "object"] + (["absent"] if len(codes) == 1 else [])
    way = draw(st.sampled_from(ways))
    if way == "list":
        written["index"] = codes
    elif way == "object":
        written["index"] = {code: codes.index(code) for code, _ in draw(st.permutations(labelled))}
    return labelled, written


@st.composite
def cubes(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """The rows a slow and plain reading gives, and the data set they are written as."""
    dimensions = draw(st.lists(categories(), min_size=1, max_size=4))
    places = list(itertools.product(*(labelled for labelled, _ in dimensions)))
    values = draw(st.lists(NUMBERS, min_size=len(places), max_size=len(places)))
    symbols = draw(st.lists(st.none() | SYMBOLS, min_size=len(places), max_size=len(places)))
    expected = [
        (*itertools.chain.from_iterable(place), value, symbol)
        for place, value, symbol in zip(places, values, symbols, strict=True)
    ]
    cells = draw(st.permutations(range(len(places))))
    sparse, listed = draw(st.booleans()), draw(st.booleans())
    names = [f"D{number}" for number in range(len(dimensions))]
    by_cell = {str(cell): values[cell] for cell in cells if values[cell] is not None}
    data_set = {
        "version": "2.0",
        "class": "dataset",
        "id": names,
        "size": [len(labelled) for labelled, _ in dimensions],
        "dimension": {
            name: {"category": written}
            for name, (_, written) in zip(names, dimensions, strict=True)
        },
        "value": by_cell if sparse else values,
        "status": symbols
        if listed
        else {str(cell): symbols[cell] for cell in cells if symbols[cell] is not None},
    }
    return expected, data_set


@given(cubes(), st.sampled_from([compact, spaced]))
def test_any_cube_reads_as_a_slow_and_plain_expansion_does(
    cube: tuple[list[tuple[Any, ...]], dict[str, Any]], written: Callable[[object], bytes]
) -> None:
    expected, data_set = cube
    assert rows(read(written(data_set))) == expected


@settings(max_examples=400)
@given(
    st.data(), st.sampled_from(["small", "sparse", "11118_data", "12134_data", "05810_metadata"])
)
def test_a_damaged_reply_is_read_or_refused_in_a_sentence_and_never_breaks(
    data: st.DataObject, name: str
) -> None:
    whole = {"small": small(), "sparse": small(value={"0": 1, "4": 2.5})}
    damaged = whole.get(name) or json.loads(reply(name))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged = mutated(data.draw, damaged) if isinstance(damaged, dict | list) else damaged
    sentence = read_or_sentence(compact(damaged))
    assert read_or_sentence(spaced(damaged)) == sentence
    assert sentence == "" or re.fullmatch(r".*expected .*, came .*\.", sentence, re.IGNORECASE)


@given(st.binary(max_size=60), st.integers(0, 1000))
def test_damaged_bytes_are_read_or_refused_and_never_break(splinter: bytes, at: int) -> None:
    body = compact(small())
    sentence = read_or_sentence(body[:at] + splinter + body[at + len(splinter) :])
    assert sentence == "" or "xpected" in sentence
