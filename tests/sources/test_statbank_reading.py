"""Replies of StatBank become figures, or are refused."""

import itertools
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UpstreamError
from sources import statbank
from sources.catalogue import Origin
from sources.frames import COUNTRY
from sources.http import Reply, Request
from sources.statbank import api
from tests.sources.invented_table import BOTH, entries, metadata, origin

# --- reading -----------------------------------------------------------------------------------


def reply(codes: dict[str, list[str]], values: object, status: object = None) -> Reply:
    """A reply that answers exactly what was asked."""
    body = metadata() | {
        "id": list(codes),
        "size": [len(chosen) for chosen in codes.values()],
        "dimension": {
            name: {"category": {"index": chosen, "label": {code: code for code in chosen}}}
            for name, chosen in codes.items()
        },
        "value": values,
        "status": status,
    }
    return answer(codes, body)


def answer(codes: dict[str, list[str]], body: object) -> Reply:
    request = api.data_request(
        "99999", [{"variableCode": name, "valueCodes": chosen} for name, chosen in codes.items()]
    )
    return Reply(
        request=request,
        body=json.dumps(body).encode(),
        content_type="application/json",
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
        upstream="invented",
        as_of=date(2026, 6, 1),
    )


ASKED = {"KOKregion": ["1508", "1580"], "Art": ["A1", "A2"], "ContentsCode": ["C1"]}

IN_2026 = ASKED | {"Tid": ["2026"]}


def figures(got: Reply, *origins: Origin) -> list[tuple[object, ...]]:
    found, table = entries(*origins)
    rows = statbank.read(found, table, got)["observation"]
    return list(zip(*(rows[name].to_pylist() for name in FIGURE), strict=True))


FIGURE = ("reported_code", "period", "value", "status")


def test_codes_of_a_dimension_are_added_up_for_each_region_and_period() -> None:
    got = reply(ASKED | {"Tid": ["2025", "2026"]}, [1, 2, 10, 20, 100, 200, 1000, 2000])
    assert figures(got, BOTH) == [
        ("1508", "2025", 11, None),
        ("1508", "2026", 22, None),
        ("1580", "2025", 1100, None),
        ("1580", "2026", 2200, None),
    ]


def test_two_indicators_take_their_own_parts_of_one_reply() -> None:
    got = reply(IN_2026, [1, 2, 10, 20])
    assert figures(got, origin(Art=["A1"]), origin(Art=["A?"])) == [
        ("1508", "2026", 1, None),
        ("1580", "2026", 10, None),
        ("1508", "2026", 3, None),
        ("1580", "2026", 30, None),
    ]


def test_figures_are_found_by_the_label_that_chose_them() -> None:
    got = reply(IN_2026, [1, 2, 10, 20])
    by_label = origin("label:c1", Art=["label:A2"])
    assert figures(got, by_label) == [("1508", "2026", 2, None), ("1580", "2026", 20, None)]
    assert statbank.read(*entries(origin("label:C2", Art=["A2"])), got) == {}


@pytest.mark.parametrize(
    ("values", "status", "expected"),
    [
        ([1, None, 0, 0], {"1": ".."}, (None, "..")),
        ([None, None, 0, 0], {"0": ".", "1": ":"}, (None, ":")),
        ([None, 5, 0, 0], {"0": "..", "1": "*"}, (None, "..")),
        ([5, None, 0, 0], {"0": "*", "1": ".."}, (None, "..")),
        ([None, 5, 0, 0], {"1": "*"}, (None, "*")),
        ([4, 5, 0, 0], {"1": "*"}, (9, "*")),
        ([0, 0, 0, 0], None, (0, None)),
    ],
)
def test_a_sum_with_a_missing_part_is_missing_and_says_why(
    values: object, status: object, expected: tuple[object, object]
) -> None:
    [first, _] = figures(reply(IN_2026, values, status), BOTH)
    assert first[2:] == expected


@pytest.mark.parametrize(
    ("values", "status", "expected"),
    [
        ([75, 25, 0, 0], None, (0.375, None)),
        ([7, 0, 0, 0], None, (0, None)),
        ([3, None, 0, 0], {"1": ":"}, (None, ":")),
        ([0, 0, 0, 0], None, (None, None)),
    ],
)
def test_diversity_is_one_less_the_sum_of_squared_shares(
    values: object, status: object, expected: tuple[object, object]
) -> None:
    how_even = BOTH.model_copy(update={"combine": "diversity"})
    [first, _] = figures(reply(IN_2026, values, status), how_even)
    assert first[2:] == expected


def test_a_reply_with_time_before_regions_is_placed_by_its_dimensions() -> None:
    turned = {
        "Tid": ["2025", "2026"],
        "Art": ["A1"],
        "ContentsCode": ["C1"],
        "KOKregion": ["1508", "1580", "EAK"],
    }
    got = reply(turned, [1, 2, 3, 4, 5, 6], {"4": "*"})
    assert figures(got, origin(Art=["A1"])) == [
        ("1508", "2025", 1, None),
        ("1508", "2026", 4, None),
        ("1580", "2025", 2, None),
        ("1580", "2026", 5, "*"),
        ("EAK", "2025", 3, None),
        ("EAK", "2026", 6, None),
    ]


def test_a_figure_without_a_region_is_the_countrys() -> None:
    got = reply({"ContentsCode": ["C1"], "Tid": ["2026"]}, [5_627_400])
    assert figures(got, origin()) == [(COUNTRY, "2026", 5_627_400, None)]


@given(st.data())
def test_any_reply_adds_up_to_what_a_slow_and_plain_sum_gives(data: st.DataObject) -> None:
    order = data.draw(st.permutations(["KOKregion", "Art", "ContentsCode", "Tid"]))
    chosen = {
        "KOKregion": ["1508", "1580", "EAK"],
        "Art": ["A1", "A2"],
        "ContentsCode": ["C1", "C2"],
        "Tid": ["2025", "2026"],
    }
    asked = {name: chosen[name] for name in order}
    cell = st.one_of(st.none(), st.integers(-1000, 1000))
    values = data.draw(st.lists(cell, min_size=24, max_size=24))
    got = figures(reply(asked, values), BOTH)
    expected: dict[tuple[str, str], list[int | None]] = {}
    for place, value in zip(itertools.product(*asked.values()), values, strict=True):
        at = dict(zip(asked, place, strict=True))
        if at["ContentsCode"] == "C1":
            expected.setdefault((at["KOKregion"], at["Tid"]), []).append(value)
    assert {(code, period): value for code, period, value, _ in got} == {
        key: None if None in parts else sum(filter(None, parts)) for key, parts in expected.items()
    }


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (IN_2026 | {"Tid": ["2025", "2026"]}, "dimension Tid was asked for 2 codes.*1.*in 2025"),
        (IN_2026 | {"Art": ["A1"]}, "dimension Art was asked for 1 codes and came with 2"),
        ({"ContentsCode": ["C1"], "Tid": ["2026"]}, "dimension Art was asked for 0 codes"),
        (IN_2026 | {"Kjonn": ["1"]}, "dimension Kjonn was asked for 1 codes and came with 0"),
    ],
)
def test_a_reply_to_another_question_is_refused(asked: dict[str, list[str]], fault: str) -> None:
    body = json.loads(reply(IN_2026, [1, 2, 3, 4]).content)
    with pytest.raises(UpstreamError, match=f"tables/99999/data.*{fault}"):
        figures(answer(asked, body), BOTH)


def test_a_reply_that_is_no_data_set_is_told_with_its_address() -> None:
    with pytest.raises(UpstreamError, match=r"tables/99999/data.*: .*values, the product of its"):
        figures(reply(IN_2026, [1, 2, 3]), BOTH)


def test_a_code_list_becomes_the_codes_it_adds_up() -> None:
    values = [
        {"code": "K-1580", "label": "Haram", "valueMap": ["1534", "1580"]},
        {"code": "K-9999", "label": "Invented"},
    ]
    got = answer({}, {"id": "agg_invented", "values": values})
    listed = Reply(**{**got.__dict__, "request": api.codelist_request("agg_invented")})
    found, table = entries(BOTH)
    rows = statbank.read(found, table, listed)["codelist_value"].to_pylist()
    assert [(row["codelist"], row["code"], row["source_code"]) for row in rows] == [
        ("agg_invented", "K-1580", "1534"),
        ("agg_invented", "K-1580", "1580"),
    ]


def test_a_question_is_its_own_whatever_the_order_of_its_parameters() -> None:
    one = Request("https://a.example/x", {"b": "2", "a": "1"})
    other = Request("https://a.example/x", {"a": "1", "b": "2"})
    assert (one.address, hash(one)) == (other.address, hash(other))
