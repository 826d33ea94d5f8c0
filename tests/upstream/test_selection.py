"""What a selection chooses: the documented rules, and that our own reading of them is the same."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.statbank.selection import select
from tests.upstream.selection import BrokenError, Refused, choose

YEARS = [str(year) for year in range(2015, 2026)]
PLACES = ["0301", "1101", "4601", "4602", "5001", "K-4601", "EAK"]


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        (["*"], PLACES),
        (["46*"], ["4601", "4602"]),
        (["*01"], ["0301", "1101", "4601", "5001", "K-4601"]),
        (["*46*"], ["4601", "4602", "K-4601"]),
        (["????"], ["0301", "1101", "4601", "4602", "5001"]),
        (["460?"], ["4601", "4602"]),
        (["?6*"], []),
        (["eak"], ["EAK"]),
        (["top(2)"], ["0301", "1101"]),
        (["top(2,1)"], ["1101", "4601"]),
        (["bottom(2)"], ["K-4601", "EAK"]),
        (["bottom(2,1)"], ["5001", "K-4601"]),
        (["from(5001)"], ["5001", "K-4601", "EAK"]),
        (["to(1101)"], ["0301", "1101"]),
        (["range(1101,4602)"], ["1101", "4601", "4602"]),
        (["range(4602,1101)"], ["1101", "4601", "4602"]),
    ],
)
def test_an_expression_chooses_places(asked: list[str], chosen: list[str]) -> None:
    assert choose(asked, PLACES, is_time=False) == chosen


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        (["top(2)"], ["2024", "2025"]),
        (["TOP(2,1)"], ["2023", "2024"]),
        (["bottom(2)"], ["2015", "2016"]),
        (["bottom(2,1)"], ["2016", "2017"]),
        (["top(99)"], YEARS),
        (["top(2,99)"], []),
        (["from(2024)"], ["2024", "2025"]),
    ],
)
def test_top_of_time_is_the_newest_in_ascending_order(asked: list[str], chosen: list[str]) -> None:
    assert choose(asked, YEARS, is_time=True) == chosen


def test_codes_keep_the_order_of_the_request_and_expressions_come_after_them() -> None:
    assert choose(["2024", "top(2)", "2016"], YEARS, is_time=True) == ["2024", "2016", "2025"]


@pytest.mark.parametrize("asked", ["9999", "from(9999)", "range(2015,9999)", "to(9999)"])
def test_a_code_that_is_not_there_is_refused(asked: str) -> None:
    with pytest.raises(Refused, match="Non-existent value"):
        choose([asked], YEARS, is_time=True)


@pytest.mark.parametrize("asked", ["top(0)", "top(2, 1)", "top(x)", "2*5", "*0*1*", "range(2015)"])
def test_an_expression_out_of_shape_is_refused(asked: str) -> None:
    with pytest.raises(Refused, match="Illegal selection expression"):
        choose([asked], YEARS, is_time=True)


def test_a_code_listed_twice_breaks_the_service() -> None:
    with pytest.raises(BrokenError):
        choose(["2024", "2024"], YEARS, is_time=True)


@st.composite
def expressions(draw: st.DrawFn, codes: Sequence[str]) -> str:
    """An expression within the rules; a star and a question mark are not mixed."""
    code, other = draw(st.sampled_from(codes)), draw(st.sampled_from(codes))
    count, offset = draw(st.integers(1, 12)), draw(st.integers(0, 12))
    return draw(
        st.sampled_from(
            [
                code,
                code.lower(),
                "*",
                f"{code[:2]}*",
                f"*{code[-2:]}",
                f"*{code[1:3]}*",
                f"?{code[1:]}",
                "????",
                f"top({count})",
                f"top({count},{offset})",
                f"bottom({count},{offset})",
                f"from({code})",
                f"to({code})",
                f"range({','.join(sorted([code, other], key=list(codes).index))})",
            ]
        )
    )


@given(st.data(), st.booleans())
def test_our_own_reading_of_expressions_is_the_services(data: st.DataObject, is_time: bool) -> None:
    codes = YEARS if is_time else PLACES
    expression = data.draw(expressions(codes))
    theirs = choose([expression], codes, is_time=is_time)
    if theirs:
        assert select([expression], codes, newest_first=is_time) == theirs
