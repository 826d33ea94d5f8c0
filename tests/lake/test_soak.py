"""A short form of `make soak-lake`."""

from pathlib import Path

from tests.lake.lakes import MadeLake
from tests.lake.soak import Scale, soak


def test_machines_and_readers_of_a_lake_are_killed_and_nothing_is_lost_or_torn(
    made_lake: MadeLake, tmp_path: Path
) -> None:
    # By this seed each machine is killed in its first refresh: one of them has the right to write.
    scale = Scale(seconds=12, readers=2, requests=60, per_seconds=10, pause=2, seed=166)
    run = soak(scale, tmp_path, made_lake, lambda _line: None)
    assert run.looks > 0
    assert run.readers_killed > 0
    assert run.killed_at.total() > 0
