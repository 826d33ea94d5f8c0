"""Eight of the hundred refreshes with random faults and kills that `make soak` runs."""

from pathlib import Path

import pytest

from tests.flows import soak

pytestmark = pytest.mark.thorough


def test_refreshes_with_faults_and_kills_come_to_what_a_clean_one_does(tmp_path: Path) -> None:
    run = soak.soak(refreshes=8, seed=4, home=tmp_path, tell=lambda _line: None)
    assert run.revisions > 0
    assert run.faults.total() > 0
    assert run.killed_at.total() > 0
    assert len(run.vintages) > 1
    run.rebuild()
