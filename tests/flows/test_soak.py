"""A few of the refreshes and days that `make soak` plays."""

from datetime import date
from pathlib import Path

import pytest

from tests.flows.soak import calendar, events, kills, picture, play
from tests.flows.soak.calendar import QUIET


@pytest.mark.thorough
def test_refreshes_with_faults_and_kills_come_to_what_a_clean_one_does(tmp_path: Path) -> None:
    run = kills.soak(refreshes=8, seed=4, home=tmp_path, tell=lambda _line: None)
    assert run.revisions > 0
    assert run.faults.total() > 0
    assert run.killed_at.total() > 0
    assert len(run.vintages) > 1
    run.rebuild()


@pytest.mark.thorough
@pytest.mark.usefixtures("small")
def test_days_of_the_year_are_each_in_the_state_that_is_right(tmp_path: Path) -> None:
    """The first weeks: a revision, a morning without services, and a table that is away."""
    days = calendar.between(date(2027, 4, 19), date(2027, 5, 6))
    played = play.play(days, tmp_path, tell=lambda _line: None)
    assert {ended.state for _, ended in played.days} == {"Completed", QUIET, "Failed", "Stale"}


def test_picture_and_table_of_the_year_are_what_the_calendar_declares(tmp_path: Path) -> None:
    picture.write(tmp_path)
    for name in ("year.svg", "year.md"):
        written = (picture.DOCS / name).read_text(encoding="utf-8")
        assert written == (tmp_path / name).read_text(encoding="utf-8"), name


def test_the_calendar_is_two_hundred_and_fifty_working_days_of_events_there_are() -> None:
    year = calendar.year()
    assert len(year) == 250
    assert {day.ends for day in year} == {"Completed", QUIET, "Stale", "Failed", "Crashed"}
    assert all(events.of(name) for day in year for name in day.events)
    assert all((day.ends == "Stale") == bool(day.stale) for day in year)
    assert {day.ends for day in year if day.is_told} == {"Stale", "Failed", "Crashed"}
