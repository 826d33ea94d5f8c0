"""A data set of JSON-stat, as clients of StatBank save it, is a table like any other."""

import json
from typing import Any

import pytest

from common.errors import InputError
from common.tabular.grid import read_grid
from common.tabular.numerals import Number


def made_up(**other: Any) -> bytes:
    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "id": ["Region", "ContentsCode", "Kjonn", "Tid"],
            "size": [2, 2, 1, 2],
            "role": {"geo": ["Region"], "metric": ["ContentsCode"], "time": ["Tid"]},
            "dimension": {
                "Region": {
                    "label": "region",
                    "category": {
                        "index": {"1103": 1, "0301": 0},
                        "label": {"1103": "Stavanger", "0301": "Oslo"},
                    },
                },
                "ContentsCode": {
                    "label": "statistikkvariabel",
                    "category": {"index": ["A", "B"], "label": {"A": "Ansatte", "B": "Årsverk"}},
                },
                "Kjonn": {"label": "kjønn", "category": {"label": {"2": "Kvinner"}}},
                "Tid": {"label": "år", "category": {"index": ["2023", "2024"]}},
            },
            "value": [1, 2, 3.5, None, 5, 6, 7, 8.25],
            "status": {"3": ":"},
        }
        | other
    ).encode()


def with_index(index: object) -> bytes:
    given = json.loads(made_up())
    given["dimension"]["Region"]["category"]["index"] = index
    return json.dumps(given).encode()


def test_codes_stand_with_their_labels_and_contents_side_by_side_whatever_the_order() -> None:
    grid = read_grid(made_up(), "made_up.json")
    assert grid.written == "JSON-stat 2"
    assert grid.rows == [
        (1, ["region", "år", "Ansatte, Kvinner", "Årsverk, Kvinner"]),
        (2, ["0301 Oslo", "2023", "1", "3.5"]),
        (3, ["0301 Oslo", "2024", "2", ":"]),
        (4, ["1103 Stavanger", "2023", "5", "7"]),
        (5, ["1103 Stavanger", "2024", "6", "8.25"]),
    ]
    assert isinstance(grid.rows[1][1][2], Number)


def test_values_by_cell_number_are_at_their_cells_and_the_others_are_missing() -> None:
    rows = read_grid(made_up(value={"0": 1, "7": 2}, status={}), "made_up.json").rows
    assert [row[2:] for _, row in rows[1:]] == [["1", ""], ["", ""], ["", ""], ["", "2"]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (made_up(value=[1, 2]), "2 values, expected 8"),
        (made_up(value=[1, 2, 3, 4, 5, 6, 7, "8,5"]), "'8,5' is no number"),
        (made_up(size=[2, 2, 1, 10_000_000]), "more than 1000000 cells"),
        (made_up(dimension={}), "can't be read"),
        (with_index(["0301", "0301"]), "dimension Region: expected 2 codes, each once"),
        (with_index({"0301": 0, "1103": 0}), "dimension Region: expected 2 codes, each once"),
        (with_index(["0301"]), "dimension Region: expected 2 codes"),
        (made_up()[:-20], "begins as JSON and is none"),
        (b'{"value": [1, 2]}', "no data set of JSON-stat 2; save the table as CSV"),
        (b'[{"kommune": "0301", "verdi": 2}]', "no data set of JSON-stat 2"),
        (b"[[" * 100_000, "begins as JSON and is none"),
    ],
)
def test_what_can_not_be_read_as_one_is_refused_with_the_reason(content: bytes, told: str) -> None:
    with pytest.raises(InputError, match=f"made_up.json: .*{told}"):
        read_grid(content, "made_up.json")
