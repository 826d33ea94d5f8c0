"""The classes of a map."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.page.classes import of_equal_size


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_yes_and_no_are_two_classes_however_few_say_one_of_them(share: float) -> None:
    known = pd.Series([1.0] * round(100 * share) + [0.0] * round(100 * (1 - share)))
    place, shades = of_equal_size(known)
    assert dict(zip(known, place, strict=True)) == {1.0: 1, 0.0: 0}
    assert shades == [0, 4]


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60))
def test_a_higher_figure_is_never_in_a_lighter_class(figures: list[int]) -> None:
    known = pd.Series(sorted(figures), dtype=float)
    place, shades = of_equal_size(known)
    colours = [shades[at] for at in place]
    assert colours == sorted(colours)
    assert len(set(zip(known, colours, strict=True))) == len(set(figures))


def test_five_classes_hold_a_fifth_each() -> None:
    place, shades = of_equal_size(pd.Series(range(100), dtype=float))
    assert [list(place).count(number) for number in range(5)] == [20] * 5
    assert shades == [0, 1, 2, 3, 4]
