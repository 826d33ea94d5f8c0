"""A condition is one expression, the same each time it is asked, and ends within bounds."""

import pandas as pd
import pytest

from common.errors import SelectionError
from selection import conditions
from selection.conditions import judge

CANDIDATES = pd.DataFrame(
    {"population": [25_844.0, None], "is_district": [True, False]},
    index=pd.Index(["1833", "0301"], name="municipality_code"),
)


@pytest.mark.parametrize(
    "where",
    ["1=1) or (1=1", "true, false", "true from candidate", "true where is_district",
     "true; select 1", "true order by 1", "true limit 1", "true) from candidate --"],
)  # fmt: skip
def test_what_is_more_than_one_expression_is_refused(where: str) -> None:
    with pytest.raises(SelectionError, match=r"more than one condition|not SQL on the columns"):
        judge(CANDIDATES, where)


@pytest.mark.parametrize(
    "where",
    ["random() > 0.5", "now() is not null", "current_date > date '2020-01-01'", "uuid() <> ''",
     "population > 100 * RANDOM()", "current_timestamp is not null", "(select random()) > 0.5",
     "today() is not null"],
)  # fmt: skip
def test_what_is_not_the_same_each_time_is_refused(where: str) -> None:
    with pytest.raises(SelectionError, match="not the same each time"):
        judge(CANDIDATES, where)


def test_a_condition_ends_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "SECONDS", 0.2)
    endless = "(select sum(a.range * b.range) from range(10000000) a, range(10000000) b) > 0"
    with pytest.raises(SelectionError, match="took more than"):
        judge(CANDIDATES, endless)
    assert list(judge(CANDIDATES, "is_district")) == [True, False]


def test_an_ordinary_condition_is_judged() -> None:
    assert list(judge(CANDIDATES, "is_district -- a remark")) == [True, False]
    assert list(judge(CANDIDATES, "population > 3 or population is null")) == [True, True]


def test_a_column_that_there_is_not_is_told_in_both_languages() -> None:
    table = pd.DataFrame({"population": [1.0]}, index=pd.Index(["0301"], name="municipality_code"))
    with pytest.raises(SelectionError, match="Did you mean population") as caught:
        judge(table, "poplation > 1")
    assert "det finnes ingen kolonne 'poplation'. Mente du population?" in caught.value.nb
