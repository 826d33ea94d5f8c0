"""The short form of `make soak-lake`."""

import shutil
from pathlib import Path

from tests.lake.lakes import MadeLake
from tests.lake.soak import Scale, soak, values
from tests.lake.vintages import TwoVintages
from warehouse import publish
from warehouse.targets import target


def test_machines_and_readers_of_a_lake_are_killed_and_nothing_is_lost_or_torn(
    made_lake: MadeLake, two: TwoVintages, tmp_path: Path
) -> None:
    shutil.copytree(two.home, tmp_path / "home")
    target(made_lake.name).publish(two.file)
    with publish.reading(two.first_file) as con:
        before = values(con)
    scale = Scale(
        seconds=240, readers=2, requests=30, per_seconds=3, pause=6, session=600, is_short=True
    )
    run = soak(scale, tmp_path, made_lake, print, before)
    assert run.looks > 1
    assert run.killed_at.total() > 0
    assert len(run.seen) > 1, "no vintage was published in four minutes"
