"""A newer edition of a file, or of one in a series: what it replaces, and what is kept of it."""

import pytest

from common.errors import InputError
from sources.infer import Hints, propose
from sources.infer.editions import Added, Edition, as_series, hints_of
from tests.written.places import KNOWN

HINTS = Hints(id="score")


def edition(file: str, content: str, hints: Hints) -> Edition:
    body = content.encode()
    return Edition(file, body, propose(body, file, hints, KNOWN))


def series(*years: str, before: Added | None = None, value: str = "1") -> Added:
    files = [
        edition(
            f"survey_{year}.csv", f"kommunenr;Poeng\n0301;{value}\n", Hints("score", period=year)
        )
        for year in years
    ]
    return as_series(HINTS, files, before)[1]


def test_a_whole_series_is_replaced_by_as_many_files() -> None:
    before = series("2023", "2025")
    now = series("2023", "2025", before=before, value="2")
    assert [table.id for table in now.tables] == ["file_score_2023", "file_score_2025"]
    [indicator] = now.indicators
    assert [origin.period for origin in indicator.origins] == ["2023", "2025"]


@pytest.mark.parametrize(
    ("years", "periods"),
    [(["2025"], ["2023", "2025"]), (["2026"], ["2023", "2025", "2026"]), (["2021", "2023"],
     ["2025", "2021", "2023"])],
)  # fmt: skip
def test_what_is_not_replaced_stays_in_the_series(years: list[str], periods: list[str]) -> None:
    now = series(*years, before=series("2023", "2025"))
    [indicator] = now.indicators
    assert [origin.period for origin in indicator.origins] == periods
    assert {table.id for table in now.tables} == {f"file_score_{period}" for period in periods}


@pytest.mark.parametrize(
    ("file", "number", "count", "table"),
    [
        ("survey_2025.csv", 1, 1, "file_score_2025"),
        ("score 2023 corrected.xlsx", 1, 1, "file_score_2023"),
        ("survey_2026.csv", 2, 2, None),
    ],
)
def test_the_year_in_the_name_of_a_file_says_which_edition_it_is(
    file: str, number: int, count: int, table: str | None
) -> None:
    found = series("2023", "2025").table_of(file, number, count)
    assert (found.id if found else None) == table


def test_a_file_without_a_year_in_its_name_replaces_no_edition_of_a_series() -> None:
    with pytest.raises(InputError, match="write the year in the name of the file"):
        series("2023", "2025").table_of("newest.csv", 1, 1)


def test_one_file_is_not_replaced_by_two() -> None:
    only = edition("a.csv", "kommunenr;2025\n0301;1\n", HINTS).proposal
    before = Added("score", (only.table,), only.indicators)
    assert before.table_of("whatever.csv", 1, 1) == only.table
    with pytest.raises(InputError, match="'score' is one file, and 2 are to replace it"):
        before.table_of("b_2025.csv", 1, 2)


def test_the_period_that_was_said_of_one_edition_is_not_that_of_the_next() -> None:
    content = "kommunenr;Poeng;aargang\n0301;1,000;2025\n"
    first = edition("a.csv", content, Hints("score", period="2025", decimal=",", values=("Poeng",)))
    kept = hints_of(first.proposal.table, first.proposal.indicators, HINTS)
    assert (kept.period, kept.decimal, kept.values) == (None, ",", ("Poeng",))
    column = edition("a.csv", content, Hints("score", period="aargang", decimal=","))
    assert hints_of(column.proposal.table, column.proposal.indicators, HINTS).period == "aargang"
