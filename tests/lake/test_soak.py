"""The short form of `make soak-lake`."""

from pathlib import Path

from tests.lake.lakes import MadeLake
from tests.lake.soak import Scale, soak


def test_machines_and_readers_of_a_lake_are_killed_and_nothing_is_lost_or_torn(
    made_lake: MadeLake, tmp_path: Path
) -> None:
    scale = Scale(
        seconds=20, readers=2, requests=30, per_seconds=3, pause=1, session=12, killed=0.3
    )
    run = soak(scale, tmp_path, made_lake, print)
    assert run.looks > 0
    assert run.readers_killed > 0
    assert run.killed_at.total() > 0
