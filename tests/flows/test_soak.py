"""A few of the refreshes and days that `make soak` plays."""

from pathlib import Path

import pytest

from tests.flows.soak import kills, world

pytestmark = pytest.mark.thorough


def test_refreshes_with_faults_and_kills_come_to_what_a_clean_one_does(tmp_path: Path) -> None:
    run = kills.soak(refreshes=8, seed=4, home=tmp_path, tell=lambda _line: None)
    assert run.revisions > 0
    assert run.faults.total() > 0
    assert run.killed_at.total() > 0
    assert len(run.vintages) > 1
    run.rebuild()


@pytest.mark.usefixtures("small")
def test_days_of_a_changing_world_are_each_in_the_state_that_is_right(tmp_path: Path) -> None:
    played = world.play(days=len(world.EVENTS), seed=4, home=tmp_path, tell=lambda _line: None)
    assert played.events.keys() == {event.__name__ for event in world.EVENTS}
    assert played.stale > 0
