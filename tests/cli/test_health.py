"""The state of a warehouse as numbers, and when a server refreshes it next."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cli import health
from flows.settings import Settings
from tests.command import digidistrikt
from warehouse import publish


def test_metrics_are_what_prometheus_reads_and_what_the_warehouse_holds(built: Settings) -> None:
    done = digidistrikt("status", "--metrics", home=built.home)
    assert done.returncode == 0
    found = {each.name: each.samples for each in text_string_to_metric_families(done.stdout)}
    with publish.reading(built.warehouse) as con:
        figures = dict(
            con.execute(
                "select table_id, observations from mart.source_table where is_asked"
            ).fetchall()
        )
        faults = dict(con.execute("select check_name, faults from mart.data_check").fetchall())
        [(vintage,)] = con.execute("select epoch(max(started_at)) from mart.refresh_run").fetchall()
    counted = {s.labels["source"]: s.value for s in found["digidistrikt_source_figures"]}
    assert counted == {table: number or 0 for table, number in figures.items()}
    assert counted["ssb_07459"] > 0
    checked = {s.labels["check"]: s.value for s in found["digidistrikt_check_faults"]}
    assert checked == faults
    assert {s.value for s in found["digidistrikt_source_stale"]} == {0}
    [seconds] = found["digidistrikt_vintage_seconds"]
    assert seconds.value == pytest.approx(vintage)
    [tried] = found["digidistrikt_last_try_ok"]
    assert tried.value == 1


@pytest.fixture
def schedule(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """What a Prefect server answers of its scheduled runs."""
    runs: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert json.loads(self.rfile.read(int(self.headers["Content-Length"])))["limit"] == 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(runs).encode())

        def log_message(self, *_words: object) -> None:
            """Nothing is written."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_address[1]}/api")
    yield runs
    server.shutdown()
    server.server_close()


def test_the_next_refresh_is_told_and_one_that_nobody_takes_is_late(
    schedule: list[dict[str, str]],
) -> None:
    assert health.next_run().startswith("No refresh is scheduled")
    schedule.append({"expected_start_time": "2126-11-27T07:20:00Z"})
    assert health.next_run().startswith("Next refresh 2126-11-27")
    schedule[0]["expected_start_time"] = "2020-11-27T07:20:00Z"
    assert "late: is a worker running?" in health.next_run()


def test_without_a_server_nothing_is_told_and_one_that_is_away_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert not health.next_run()
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert "http://127.0.0.1:9/api does not say" in health.next_run()
