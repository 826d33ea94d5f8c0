"""A body that is no JSON-stat is refused, in which words."""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from common.errors import UpstreamError
from sources.jsonstat import JsonStatError, read
from tests.sources.small_cube import WITH_FIGURES, compact, read_json, reply, small, spaced


def refusal(data_set: object) -> str:
    with pytest.raises(JsonStatError) as caught:
        read_json(data_set)
    with pytest.raises(JsonStatError) as again:
        read(spaced(data_set))
    assert str(again.value) == str(caught.value)
    return str(caught.value)


# --- what is refused, and in which words -------------------------------------------------------


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
