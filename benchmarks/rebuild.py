"""What a rebuild of many vintages costs, each of which changed one table: in full and by changes.

`python -m benchmarks.rebuild`. It begins from the recorded figures; each vintage has five figures
of one table moved by one (made up). What is measured is processor time, for one vintage more.
"""

import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest import mock

from flows import engine, load, rebuild
from flows.settings import Settings
from tests.flows.test_rebuild_changes import add_vintage, revise_figures

VINTAGES = 50
IN_FULL = 5
TABLE = "ssb_14534"


def main() -> None:
    """Prints both."""
    print(f"A vintage with five figures of {TABLE} moved, in a rebuild of {VINTAGES}\n")
    with TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), upstream="recorded")
        engine.run(settings)
        alone = processor_seconds(settings)
        random = Random(1)
        for number in range(2, VINTAGES + 1):
            add_vintage(settings.home, revise_figures(TABLE), random)
            if number == IN_FULL:
                with mock.patch.object(load, "changed", return_value=None):
                    in_full = processor_seconds(settings)
        of_changes = processor_seconds(settings)
    print(f"{'modelled in full':20} {(in_full - alone) / (IN_FULL - 1):6.1f} s")
    print(f"{'only what changed':20} {(of_changes - 2 * alone) / (VINTAGES - 2):6.1f} s")
    print(f"{'the whole rebuild':20} {of_changes:6.1f} s")


def processor_seconds(settings: Settings) -> float:
    """A rebuild of all the vintages on record."""
    settings.warehouse.unlink()
    began = time.process_time()
    rebuild.rebuild(settings)
    return time.process_time() - began


if __name__ == "__main__":
    main()
