"""Known figures written as people write them are read exactly, or refused with a reason.

The suite tries the same two hundred each time, `make fuzz` ten thousand new ones.
"""

from hypothesis import given
from hypothesis import strategies as st

from tests.written.reading import outcome
from tests.written.writing import write


@given(st.integers(0, 2**48))
def test_no_file_gives_other_figures_than_those_that_were_written(seed: int) -> None:
    for each in (seed, seed + 1):
        assert outcome(write(each)) in {"read", "in part", "refused"}


def test_most_files_are_read_and_not_asked_about() -> None:
    outcomes = [outcome(write(seed)) for seed in range(300)]
    assert outcomes.count("read") > 0.6 * len(outcomes)
