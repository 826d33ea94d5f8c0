"""Another program has the warehouse open for writing while a refresh wants it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from common.errors import LockedError
from flows import engine, rebuild
from flows.settings import Settings
from tests.flows.test_upgrade import VINTAGES, old, vintages
from warehouse import publish

__all__ = ["old"]  # a fixture
NOTEBOOK = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(float(sys.argv[2]))
"""


@contextmanager
def held(settings: Settings, seconds: float) -> Iterator[None]:
    """A notebook that has the file open for writing, for some seconds."""
    words = [sys.executable, "-c", NOTEBOOK, str(settings.warehouse), str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as notebook:
        assert notebook.stdout is not None
        assert notebook.stdout.readline() == "open\n"
        try:
            yield
        finally:
            notebook.kill()


@pytest.mark.thorough
def test_a_refresh_waits_for_a_program_that_soon_lets_go(old: Settings) -> None:
    with held(old, 2):
        summary = engine.run(old)
    assert list(vintages(old)) == [*VINTAGES, summary.run_id]


@pytest.mark.parametrize("command", [engine.run, rebuild.rebuild])
def test_who_holds_the_file_is_told_and_the_file_stays(
    old: Settings, command: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "PATIENCE", 0.5)
    before = old.warehouse.read_bytes()
    assert callable(command)
    with held(old, 600), pytest.raises(LockedError, match="has it open for writing") as error:
        command(old)
    assert error.value.exit_code == 6
    assert "rebuild" not in str(error.value)
    assert old.warehouse.read_bytes() == before
