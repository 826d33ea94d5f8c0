"""What is chosen of a table of StatBank, and how a query is cut into pieces."""

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, UpstreamError
from sources.statbank.planning import Query, cut
from sources.statbank.selection import select
from tests.sources.invented_table import AGES

YEARS = [str(year) for year in range(2015, 2027)]


codes = st.lists(st.text("0123456789KE+-", min_size=1, max_size=4), min_size=1, unique=True)

# --- selections --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expressions", "chosen"),
    [
        (["2020"], ["2020"]),
        (["2026", "2015", "2026"], ["2015", "2026"]),
        (["*"], YEARS),
        (["202?"], YEARS[5:]),
        (["*5"], ["2015", "2025"]),
        (["top(1)"], ["2026"]),
        (["top(3)"], ["2024", "2025", "2026"]),
        (["top(2,1)"], ["2024", "2025"]),
        (["TOP(99)"], YEARS),
        (["bottom(2)"], ["2015", "2016"]),
        (["bottom(1,2)"], ["2017"]),
        (["from(2025)"], ["2025", "2026"]),
        (["to(2016)"], ["2015", "2016"]),
        (["range(2019, 2021)"], ["2019", "2020", "2021"]),
        (["to(2015)", "top(1)"], ["2015", "2026"]),
    ],
)
def test_years_are_chosen_as_the_service_chooses_them(
    expressions: list[str], chosen: list[str]
) -> None:
    assert select(expressions, YEARS, newest_first=True) == chosen


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("top(2)", ["000", "001"]),
        ("bottom(1)", ["105+"]),
        ("105+", ["105+"]),
        ("range(103,105+)", ["103", "104", "105+"]),
        ("?05", ["005"]),
        ("1*", ["100", "101", "102", "103", "104", "105+"]),
    ],
)
def test_in_other_dimensions_top_is_the_first_and_signs_in_codes_are_just_signs(
    expression: str, chosen: list[str]
) -> None:
    assert select([expression], AGES) == chosen


def test_codes_do_not_mind_their_case() -> None:
    codes = ["K-4601", "EAK", "EKG01"]
    assert select(["k-4601", "range(eak,ekg01)"], codes) == codes


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("2014", "'2014' matches none of 12 codes (2015, 2016, 2017"),
        ("201", "'201' matches none of 12 codes"),
        ("", "'' matches none"),
        ("K-*", "'K-*' matches none"),
        ("top(0)", "'top(0)' matches none"),
        ("range(2026,2015)", "'range(2026,2015)' matches none"),
        ("top(many)", "'many' in a selection should be a whole number"),
        ("top()", "'' in a selection should be a whole number"),
        ("top(1,2,3)", "'top(1,2,3)' in a selection has 3 parts; top() has 1 or 2"),
        ("from(2015,2016)", "'from(2015,2016)' in a selection has 2 parts; from() has 1"),
        ("range(2015)", "'range(2015)' in a selection has 1 parts; range() has 2"),
        ("from(1999)", "the code '1999' in a selection is not among 2015, 2016"),
    ],
)
def test_a_selection_of_nothing_is_refused_by_name(expression: str, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        select(["2020", expression], YEARS, newest_first=True)
    assert fault in str(caught.value)


@given(codes, st.data(), st.booleans())
def test_what_is_chosen_stands_in_the_order_of_the_codes_and_once(
    offered: list[str], data: st.DataObject, newest_first: bool
) -> None:
    wanted = data.draw(st.lists(st.sampled_from(offered), min_size=1))
    chosen = select(wanted, offered, newest_first=newest_first)
    assert chosen == [code for code in offered if code in wanted]


@given(codes, st.data())
def test_from_and_to_share_one_code_and_leave_none_out(
    offered: list[str], data: st.DataObject
) -> None:
    middle = data.draw(st.sampled_from(offered))
    after, before = (select([f"{kind}({middle})"], offered) for kind in ("from", "to"))
    assert [*before, *after[1:]] == offered
    assert before[-1] == after[0] == middle


@given(codes, st.integers(1, 6), st.booleans())
def test_top_and_bottom_are_the_two_ends(
    offered: list[str], count: int, newest_first: bool
) -> None:
    top = select([f"top({count})"], offered, newest_first=newest_first)
    bottom = select([f"bottom({count})"], offered, newest_first=newest_first)
    first, last = offered[:count], offered[-count:]
    assert (top, bottom) == ((last, first) if newest_first else (first, last))


# --- cutting -----------------------------------------------------------------------------------


def query(sizes: Sequence[int]) -> Query:
    names = [f"D{place}" for place in range(len(sizes))]
    chosen = {
        name: tuple(f"{name}-{code}" for code in range(size))
        for name, size in zip(names, sizes, strict=True)
    }
    return Query("99999", chosen, {"D0": "agg_invented"})


def cells(piece: Query) -> set[tuple[str, ...]]:
    return set(itertools.product(*piece.codes.values()))


def fewest_by_trial(sizes: Sequence[int], limit: int, whole: set[int]) -> int | None:
    """The fewest pieces of any grid, found by trying them all."""
    tried = (
        math.prod(runs)
        for runs in itertools.product(
            *([1] if place in whole else range(1, size + 1) for place, size in enumerate(sizes))
        )
        if math.prod(-(-size // run) for size, run in zip(sizes, runs, strict=True)) <= limit
    )
    return min(tried, default=None)


sizes = st.lists(st.integers(1, 9), min_size=1, max_size=4)


@given(sizes, st.integers(1, 300), st.sets(st.integers(0, 3)))
def test_pieces_cover_a_query_once_keep_the_limit_and_are_the_fewest(
    lengths: list[int], limit: int, whole: set[int]
) -> None:
    cut_whole = frozenset(f"D{place}" for place in whole)
    fewest = fewest_by_trial(lengths, limit, whole)
    if fewest is None:
        with pytest.raises(UpstreamError, match=f"added up make more than {limit} cells"):
            cut(query(lengths), limit, cut_whole)
        return
    pieces = cut(query(lengths), limit, cut_whole)
    assert len(pieces) == fewest
    assert all(len(cells(piece)) == piece.cells <= limit for piece in pieces)
    assert sum(piece.cells for piece in pieces) == query(lengths).cells
    assert set().union(*map(cells, pieces)) == cells(query(lengths))
    for name in cut_whole & query(lengths).codes.keys():
        assert all(piece.codes[name] == query(lengths).codes[name] for piece in pieces)


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 100_000))
def test_a_query_cut_along_one_dimension_has_the_least_that_is_possible(
    regions: int, years: int, limit: int
) -> None:
    """Slabs of whole years: no cut of any kind has fewer pieces than cells / limit, rounded up."""
    limit = max(limit, regions)
    pieces = cut(query([regions, years]), limit)
    least = math.ceil(regions * years / limit)
    assert least <= len(pieces) <= math.ceil(years / (limit // regions))
    if limit % regions == 0:
        assert len(pieces) == least


def test_a_query_within_the_limit_is_one_piece_and_itself() -> None:
    assert cut(query([357, 41]), 800_000) == [query([357, 41])]
    assert cut(query([800_000]), 800_000) == [query([800_000])]


def test_time_is_cut_before_regions_if_that_takes_no_more_pieces() -> None:
    pieces = cut(query([357, 106, 22]), 800_000)
    assert [len(piece.codes["D2"]) for piece in pieces] == [11, 11]
    assert all(len(piece.codes["D0"]) == 357 for piece in pieces)
