"""Fetches that are spread over processes: counted wherever they are made, and the same figures."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows import engine
from flows.settings import Settings
from tests.flows.prefect_server import PATIENCE_SECONDS, PROJECT, served
from tests.upstream.faults import unavailable
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn

pytestmark = pytest.mark.thorough

_SPREAD = """
import json, sys
from prefect.task_runners import ProcessPoolTaskRunner
from flows.refresh import refresh_warehouse
spread = refresh_warehouse.with_options(task_runner=ProcessPoolTaskRunner(max_workers=2))
summary = spread(upstream=sys.argv[1], home=sys.argv[2])
print(json.dumps([summary.requests, summary.retried, len(summary.failed)]))
"""


def test_requests_of_other_processes_are_counted_and_give_the_same_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGIDISTRIKT_CALLS_A_MINUTE", "1000000")
    limits = Limits(statbank=Window(1_000, 60))
    with StandIn(limits=limits) as statbank, served(tmp_path / "prefect") as server:
        one = Settings(home=tmp_path / "one", upstream=statbank.address)
        alone = engine.run(one)
        assert alone.requests == len(statbank.asked)
        before = len(statbank.asked)
        statbank.misbehave(unavailable, where="/tables/07459/data")
        done = subprocess.run(
            [sys.executable, "-c", _SPREAD, statbank.address, str(tmp_path / "spread")],
            env=server.environment, cwd=PROJECT, capture_output=True, text=True,
            check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        requests, retried, failed = json.loads(done.stdout.splitlines()[-1])
    assert requests == len(statbank.asked) - before
    assert [each.status for each in statbank.asked].count(503) == 1
    assert retried == alone.retried + 1
    assert failed == 0
    ours, theirs = (_figures(home) for home in (one.home, tmp_path / "spread"))
    assert ours == theirs != []


def _figures(home: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(Settings(home=home).warehouse), read_only=True) as con:
        return con.execute(
            "select indicator_id, municipality_code, period, value, reply_ids"
            " from mart.observation order by all"
        ).fetchall()
