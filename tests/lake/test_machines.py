"""What machines share through a PostgreSQL: the budget of requests, and the right to write."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import filelock
import pytest
from filelock import FileLock

from common.errors import LockedError, SharedServerError
from common.postgres import Service
from flows.settings import SHARED_VARIABLE
from sources.http import Request, RequestLimits, Upstream
from tests.command import digidistrikt
from tests.lake.postgres import END_WHO_HOLDS, OWNER, PASSWORD, SERVICE, Postgres
from tests.sources.conftest import ScriptedServer
from warehouse import publish

SHARED = Service(SERVICE)
PATIENCE = 600  # seconds; it ends what hangs
_ASKS_TEN_TIMES = """
import sys
from common.postgres import Service
from sources.http import Request, RequestLimits, Upstream
limits = RequestLimits(requests=10, per_seconds=2)
with Upstream(sys.argv[1], budget=Service(sys.argv[2]), limits=limits) as upstream:
    for number in range(10):
        upstream.fetch(Request(f"https://data.ssb.no/{sys.argv[3]}/{number}"))
"""
_HOLDS_THE_RIGHT = """
import pathlib, sys, time
from common.postgres import Service
from warehouse import publish
with publish.sole_writer(pathlib.Path(sys.argv[1]), Service(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""
_BUILDS_UNTIL_TOLD = """
import pathlib, sys
from common.postgres import Service
from warehouse import publish
path = pathlib.Path(sys.argv[1])
with publish.sole_writer(path, Service(sys.argv[2])), publish.build(path) as con:
    con.execute("create table made as select 1 as n")
    print("building", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    running = ScriptedServer()
    running.says({})
    yield running
    running.close()


def _started(program: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


# --- the budget ---------------------------------------------------------------------------------


def test_three_machines_together_keep_to_one_budget(
    service: Postgres, server: ScriptedServer
) -> None:
    names = ("one", "two", "three")
    running = [_started(_ASKS_TEN_TIMES, server.address, SERVICE, name) for name in names]
    assert [process.wait(PATIENCE) for process in running] == [0, 0, 0]
    came = sorted(asked.at for asked in server.asked)
    assert len({asked.path for asked in server.asked}) == len(came) == 30
    # An eleventh request comes two seconds after the first; a part of them is for slow arrivals.
    assert all(later - first > 1.5 for first, later in zip(came, came[10:], strict=False))


def test_no_request_is_made_that_can_not_be_counted(
    service: Postgres, server: ScriptedServer
) -> None:
    limits = RequestLimits(requests=10, per_seconds=0.1)
    with Upstream(server.address, budget=SHARED, limits=limits) as upstream:
        upstream.fetch(Request("https://data.ssb.no/before"))
        service.stop()
        try:
            with pytest.raises(SharedServerError, match="needed for the request budget"):
                upstream.fetch(Request("https://data.ssb.no/while"))
        finally:
            service.start()
        upstream.fetch(Request("https://data.ssb.no/after"))
    assert [asked.path.rpartition("/")[2] for asked in server.asked] == ["before", "after"]


def test_requests_that_a_clock_ahead_had_counted_are_not_waited_for(
    service: Postgres, server: ScriptedServer
) -> None:
    limits = RequestLimits(requests=10, per_seconds=0.1)
    with Upstream(server.address, budget=SHARED, limits=limits) as upstream:
        upstream.fetch(Request("https://data.ssb.no/before"))
    with service.connected() as con:
        [(table,)] = con.execute(
            "select relname from pg_class where relname like %s and relkind = 'r'",
            [f"ratelimit%{urlsplit(server.address).port}"],
        ).fetchall()
        con.execute(
            f"insert into {table} (name, weight, item_timestamp)"
            " select 'made up', 1, now() at time zone 'UTC' + interval '1 hour'"
            " from generate_series(1, 10)"
        )
    with Upstream(server.address, budget=SHARED, limits=limits) as upstream:
        upstream.fetch(Request("https://data.ssb.no/after"))
    assert [asked.path.rpartition("/")[2] for asked in server.asked] == ["before", "after"]


def test_requests_are_counted_in_utc_whatever_the_time_zone_of_the_server(
    service: Postgres,
) -> None:
    with service.connected() as con:
        con.execute(f"alter role {OWNER} set timezone = 'Europe/Oslo'")
    try:
        with SHARED.connected("a test") as con:
            assert con.execute("show timezone").fetchall() == [("UTC",)]
    finally:
        with service.connected() as con:
            con.execute(f"alter role {OWNER} reset timezone")


def test_a_service_that_nobody_declared_is_told_without_a_password(service: Postgres) -> None:
    with pytest.raises(
        SharedServerError, match='definition of service "no_such" not found'
    ) as told:
        Upstream("live", budget=Service("no_such"))
    assert PASSWORD not in str(told.value)


# --- the right to write -------------------------------------------------------------------------


def test_one_machine_has_the_right_and_who_has_it_is_told(
    service: Postgres, tmp_path: Path
) -> None:
    holder = _started(_HOLDS_THE_RIGHT, str(tmp_path / "there" / "w.duckdb"), SERVICE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    here = tmp_path / "here" / "w.duckdb"
    try:
        with (
            pytest.raises(LockedError, match=rf"another refresh is writing \(.* {holder.pid} the"),
            publish.sole_writer(here, SHARED),
        ):
            pass
        # The system's lock of this machine was let go of: the next try gets as far.
        with pytest.raises(LockedError, match="PostgreSQL"), publish.sole_writer(here, SHARED):
            pass
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(PATIENCE)
    with publish.sole_writer(here, SHARED), publish.build(here) as con:
        con.execute("create table made as select 1 as n")
    assert here.is_file()


def test_nothing_is_published_once_the_right_was_lost(service: Postgres, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with publish.sole_writer(path, SHARED), publish.build(path) as con:
        con.execute("create table made as select 1 as n")

    def publish_with_the_server_gone() -> None:
        with publish.sole_writer(path, SHARED), publish.build(path) as con:
            con.execute("create table made as select 2 as n")
            service.stop()

    try:
        with pytest.raises(LockedError, match="the right to write was lost, so nothing is publ"):
            publish_with_the_server_gone()
    finally:
        service.start()
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("from made").fetchall() == [(1,)]
    assert sorted(each.name for each in tmp_path.glob("w.duckdb*")) == [
        "w.duckdb",
        "w.duckdb.lock",
    ]


def test_a_rebuilt_warehouse_is_not_swapped_in_once_the_right_was_lost(
    service: Postgres, tmp_path: Path
) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("the old one")
    with publish.sole_writer(path, SHARED):
        rebuilt = publish.unfinished(path, "again")
        rebuilt.write_text("the new one")
        with service.connected() as con:
            con.execute(END_WHO_HOLDS)
        with pytest.raises(LockedError, match="the right to write was lost"):
            publish.swap(rebuilt, path)
    assert path.read_text() == "the old one"
    assert not rebuilt.exists()


def test_who_lost_the_right_unawares_does_not_touch_what_its_new_holder_builds(
    service: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    other = _started(_BUILDS_UNTIL_TOLD, str(path), SERVICE)
    assert other.stdout is not None
    assert other.stdout.readline() == "building\n"
    with service.connected() as con:
        con.execute(END_WHO_HOLDS)
    # Another machine does not see the lock of a file on a network drive.
    monkeypatch.setattr(filelock, "FileLock", lambda name: FileLock(f"{name}.here"))
    with publish.sole_writer(path, SHARED), publish.build(path) as con:
        con.execute("create table made as select 2 as n")
        _, told = other.communicate("go on\n", PATIENCE)
    assert other.returncode == 1
    assert "the right to write was lost, so nothing is published" in told
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("from made").fetchall() == [(2,)]
    assert sorted(each.name for each in tmp_path.glob("w.duckdb*")) == [
        "w.duckdb", "w.duckdb.lock", "w.duckdb.lock.here",
    ]  # fmt: skip


# --- a whole refresh ----------------------------------------------------------------------------


def test_a_refresh_on_a_shared_server_publishes_and_without_it_stops_in_a_sentence(
    service: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHARED_VARIABLE, SERVICE)
    home = tmp_path / "home"
    service.stop()
    try:
        away = digidistrikt("refresh", "--direct", home=home)
    finally:
        service.start()
    assert away.returncode == 1
    assert away.stderr.count("PostgreSQL service 'lake_of_a_test', needed for the right to") == 1
    assert "Traceback" not in away.stderr
    done = digidistrikt("refresh", "--direct", home=home)
    assert done.returncode == 0, done.stderr
    with service.connected() as con:
        held = con.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchall()
    assert held == [(0,)]
