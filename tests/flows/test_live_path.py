"""A whole refresh over HTTP, from the stand-in server: what a person with a network will run."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from common.errors import InputError
from flows import engine
from flows.settings import CALLS_VARIABLE, Settings
from sources import catalogue
from sources.http import Upstream
from tests import small
from tests.command import Done, digidistrikt
from tests.upstream import faults
from tests.upstream.limits import Limits, Window
from tests.upstream.server import Asked, StandIn
from tests.upstream.tables import invented
from warehouse import publish

# What a table says of how its figures came here: it differs between two upstreams.
HOW_IT_CAME = {"reply_ids", "upstream", "accessed_at", "recorded_on", "provenance", "message"}
OF_ONE_RUN = {"refresh_run", "reply", "source_run", "table_digest"}


def refresh(home: Path, upstream: StandIn, *only: str) -> Done:
    """`refresh --direct` as a person types it, its requests not spread over minutes."""
    words = [word for name in only for word in ("--only", name)]
    return digidistrikt(
        *("refresh", "--direct", "--upstream", upstream.address, *words),
        home=home,
        env={CALLS_VARIABLE: "1000"},
    )


def requests_printed(done: Done) -> int:
    """The number of calls in the last lines of a refresh."""
    found = re.search(r"(\d+)\s+requests?\s+\(minimum", done.stdout)
    assert found, done.stdout + done.stderr
    return int(found[1])


def figures(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of `mart`, without what says how it came."""
    with publish.reading(Settings(home=home).warehouse) as con:
        return {
            table: con.execute(
                f"select {', '.join(columns)} from mart.{table} order by all"
            ).fetchall()
            for table, columns in _columns(con).items()
        }


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    found = con.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where schema_name = 'mart' group by all order by all"
    ).fetchall()
    return {
        table: [column for column in columns if column not in HOW_IT_CAME]
        for table, columns in found
        if table not in OF_ONE_RUN
    }


BESIDE_A_FILE = {
    "ssb_12143": "file_kostra_northern_series",
    "ssb_14746": "file_14746_telemark",
    "ssb_06944": "file_06944_09429",
}


@pytest.fixture(scope="module", autouse=True)
def _catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The small catalogue, and the tables of which a file has other years."""
    with pytest.MonkeyPatch.context() as patch:
        more = [*BESIDE_A_FILE, *BESIDE_A_FILE.values()]
        folder = small.cut_down(tmp_path_factory.mktemp("catalogue"), more)
        patch.setattr(catalogue, "FOLDER", folder)
        yield


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    """The services with their real limits, but for the time window: the tests refresh often."""
    with StandIn(limits=Limits(statbank=Window(1_000, 60), searches=Window(10, 1))) as server:
        yield server


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, upstream: StandIn
) -> tuple[Path, tuple[Asked, ...]]:
    """A folder that was empty, after one refresh from the stand-in, and what that one asked."""
    made, before = tmp_path_factory.mktemp("live"), len(upstream.asked)
    done = refresh(made, upstream)
    assert done.returncode == 0, done.stderr
    asked = tuple(upstream.asked[before:])
    assert requests_printed(done) == len(asked)
    assert f"{len(asked)} requests (minimum {len(asked)})." in " ".join(done.stdout.split())
    return made, asked


@pytest.fixture(scope="module")
def home(first: tuple[Path, tuple[Asked, ...]]) -> Path:
    return first[0]


@pytest.fixture(autouse=True)
def healthy(upstream: StandIn) -> Iterator[None]:
    """No test leaves a fault behind."""
    yield
    upstream.heal()


@pytest.mark.thorough
def test_the_figures_over_http_are_those_of_the_recordings(
    built: Settings, tmp_path: Path, upstream: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the tables that are recorded: what is asked of services alone, the stand-in invents.

    They are asked on the day of the recordings.
    """
    monkeypatch.setattr(catalogue, "FOLDER", small.SHIPPED)
    with Upstream("recorded", budget=tmp_path / "none.sqlite") as recordings:
        monkeypatch.setattr("sources.http.session.utc_day", lambda: recordings.today)
    with engine.opened(Settings(home=tmp_path, upstream=upstream.address)) as everything:
        refresh = replace(
            everything,
            tables=tuple(table for table in everything.tables if table.recorded),
            skipped=tuple(table.id for table in everything.tables if not table.recorded),
        )
        decisions = refresh.decide()
        planned, failed = refresh.plan(decisions)
        fetched = [refresh.fetch(item) for item in planned]
        refresh.publish(decisions, planned, fetched, failed)
    over_http, replayed = figures(tmp_path), figures(built.home)
    assert over_http.keys() == replayed.keys()
    assert len(over_http["observation"]) > 50_000
    for table, rows in replayed.items():
        assert over_http[table] == rows, table


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("indicator", "municipality", "table"),
    [
        ("net_debt", "1804", "ssb_12143"),
        ("population_projection_main", "4001", "ssb_14746"),
        ("median_household_income", "0301", "ssb_06944"),
    ],
)
def test_what_statbank_has_itself_comes_before_a_file(
    home: Path, indicator: str, municipality: str, table: str
) -> None:
    """For the years that the table has; the file keeps the others."""
    with publish.reading(Settings(home=home).warehouse) as con:
        found = con.execute(
            "select distinct table_id from mart.observation where indicator_id = ?"
            " and municipality_code = ? and value is not null",
            [indicator, municipality],
        ).fetchall()
        asked = con.execute(
            "select distinct observation.table_id from staging.observation as figure"
            " join mart.observation as observation using (indicator_id, period)"
            " where figure.table_id = ? and indicator_id = ? and municipality_code = ?",
            [table, indicator, municipality],
        ).fetchall()
    assert asked == [(table,)]
    assert {name for (name,) in found} <= {table, BESIDE_A_FILE[table]}


def test_no_call_is_refused_and_none_is_made_twice(first: tuple[Path, tuple[Asked, ...]]) -> None:
    """But for the years of which Klass has no correspondence, which is found out by asking."""
    _, asked = first
    refused = [call.address for call in asked if call.status != 200]
    assert all("/corresponds?" in address for address in refused)
    asked_by_get = [call.address for call in asked if call.method == "GET"]
    assert len(asked_by_get) == len(set(asked_by_get)) > 10


def test_a_service_that_is_back_after_two_503_is_survived_and_each_try_counted(
    home: Path, upstream: StandIn
) -> None:
    before = len(upstream.asked)
    upstream.misbehave(faults.back_at_once, "12134/data", times=2)
    done = refresh(home, upstream, "ssb_12134")
    assert done.returncode == 0, done.stderr
    assert requests_printed(done) == len(upstream.asked) - before == 3 + 2
    assert "5 requests (minimum 3" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("where", "only"),
    [("12134/metadata", "ssb_12134"), ("14534/data", "ssb_14534"), ("codesAt", "klass_131")],
)
def test_a_service_that_stays_away_gives_one_sentence_and_leaves_the_old_file(
    home: Path, upstream: StandIn, where: str, only: str
) -> None:
    warehouse = Settings(home=home).warehouse
    old = hashlib.sha256(warehouse.read_bytes()).hexdigest()
    upstream.misbehave(faults.back_at_once, where, times=None)
    done = refresh(home, upstream, only)
    assert done.returncode == 4
    told = [line for line in done.stderr.splitlines() if line.startswith("digidistrikt: ")]
    assert len(told) == 1
    assert where in told[0]
    assert "503" in told[0]
    assert "Traceback" not in done.stderr
    assert hashlib.sha256(warehouse.read_bytes()).hexdigest() == old


def test_a_number_of_calls_that_is_none_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CALLS_VARIABLE, "many")
    with pytest.raises(InputError, match="is a number of calls, 1 or more, not 'many'"):
        Settings(home=tmp_path)


def test_a_table_that_lost_its_dimension_is_told_by_name(home: Path, upstream: StandIn) -> None:
    table = upstream.statbank.tables["14534"]
    upstream.statbank.publish(table.changed("KOKstillingkode0000", code="Stilling"))
    try:
        done = refresh(home, upstream, "ssb_14534")
    finally:
        upstream.statbank.publish(table)
    assert done.returncode == 4
    assert "14534" in done.stderr
    assert "Stilling" in done.stderr


def test_a_new_dimension_that_must_be_chosen_is_told_by_name(home: Path, upstream: StandIn) -> None:
    table = upstream.statbank.tables["12134"]
    [sector] = [d for d in invented().dimensions if d.code == "Region"]
    upstream.statbank.publish(
        table.with_dimension(sector).changed("Region", code="Sektor", elimination=False)
    )
    try:
        done = refresh(home, upstream, "ssb_12134")
    finally:
        upstream.statbank.publish(table)
    assert done.returncode == 4
    assert "Sektor must be selected" in done.stderr
