"""A commit to a lake that fails, or that nobody answers: whole, and told as it is."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from common.errors import WarehouseError
from tests.lake.lakes import MadeLake
from tests.lake.severed import severed
from tests.lake.vintages import write_few_rows
from warehouse import lake
from warehouse.targets import lake as lake_target
from warehouse.targets import target

FIRST, SECOND = "20260101T120000Z-0001", "20260102T120000Z-0002"


@pytest.fixture(params=["store", "folder"])
def a_lake(request: pytest.FixtureRequest, made_lake: MadeLake, tmp_path: Path) -> MadeLake:
    """A lake of one vintage, on a store or in a folder."""
    if request.param == "folder":
        with made_lake.postgres.connected(made_lake.database) as con:
            con.execute("drop schema public cascade; create schema public")
        lake.create(made_lake.database, str(tmp_path / "files"))
    target(made_lake.name).publish(write_few_rows(tmp_path / "w.duckdb", FIRST))
    return made_lake


def held(made_lake: MadeLake) -> tuple[str | None, list[tuple[int]]]:
    """The vintage that a lake has, and the rows of its table."""
    with lake.connected() as con:
        lake.attach(con, made_lake.database, "lake", "read_only")
        lake.reach_store(con, made_lake.files)
        rows = con.execute("from lake.mart.trial order by n").fetchall()
    return target(made_lake.name).vintage(), rows


def at_commit(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Something happens before the commit is sent."""
    commit = lake_target._commit

    def after_it(con: duckdb.DuckDBPyConnection) -> None:
        what()
        commit(con)

    monkeypatch.setattr(lake_target, "_commit", after_it)


def test_a_commit_whose_answer_is_lost_is_found_to_be_made_and_no_file_is_gone(
    a_lake: MadeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_few_rows(tmp_path / "w.duckdb", FIRST, SECOND)
    with severed(a_lake, is_sent=True) as way:

        def arm() -> None:
            way.is_armed = True

        at_commit(monkeypatch, arm)
        assert target(a_lake.name).publish(file)
        assert way.cut == 1
    assert held(a_lake) == (SECOND, [(0,), (1,)])
    assert not target(a_lake.name).publish(file)


def test_a_commit_that_does_not_reach_the_server_leaves_the_lake_as_it_was(
    a_lake: MadeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_few_rows(tmp_path / "w.duckdb", FIRST, SECOND)
    with severed(a_lake, is_sent=False) as way, monkeypatch.context() as patch:

        def arm() -> None:
            way.is_armed = True

        at_commit(patch, arm)
        with pytest.raises(WarehouseError, match="not brought up to date: PostgreSQL did not take"):
            target(a_lake.name).publish(file)
        assert way.cut == 1
    assert held(a_lake) == (FIRST, [(0,)])
    assert target(a_lake.name).publish(file)
    assert held(a_lake) == (SECOND, [(0,), (1,)])
