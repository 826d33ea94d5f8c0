"""The same warehouse in a file and in a lake: the same rows, meanings, answers and vintages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

import digidistrikt as dd
from common.errors import InputError
from digidistrikt.opening import open_warehouse
from tests.command import digidistrikt
from tests.lake.lakes import MadeLake
from tests.lake.vintages import TwoVintages
from warehouse import lake, preview, publish, reading, vintages
from warehouse.targets import target

RULE = """
title: {nb: Prøve, en: Trial}
question: {nb: "Hva?", en: "What?"}
goal: explore
universe: {district_definition: centrality_4_6, include: [], exclude: []}
networks: {given: [diginordland, digitale_helgeland], because: a trial}
membership: {basis: [named_in_source, council_decision, source_says_all_in_county]}
indicators:
  - {id: nurses_fte_per_1000, role: outcome, direction: higher}
  - {id: population, role: control, direction: none}
method: {name: extreme, end: both, on: [nurses_fte_per_1000]}
cases: {per_network: 2}
sensitivity: {draws: 10, leave_one_out: false}
seed: 1
"""
_OWN = "database_name = current_database() and schema_name = 'mart'"
_COLUMNS = f"""
    select table_name, column_name, data_type, comment from duckdb_columns()
    where {_OWN} order by all
"""
_MACROS = """
    select function_name, parameters, comment from duckdb_functions()
    where schema_name = 'mart' and database_name = current_database() order by all
"""
_ANSWERS = (
    "from mart.series('nurses_fte_per_1000', 2019) order by all",
    "from mart.peers('1804', 5) order by all",
    "from mart.observation_as_of(now()) order by all",
    "from mart.aggregate('population', 'county', 2026) order by all",
)


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute(f"select table_name from ({reading.TABLES}) where schema_name = 'mart'")
    return sorted(str(name) for (name,) in found.fetchall())


def same(one: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables of `mart` that hold other rows; there must be tables."""
    assert tables(one) == tables(other) != []
    queries = {name: f"from mart.{name} order by all" for name in tables(one)}
    return [
        name
        for name, query in queries.items()
        if one.execute(query).fetchall() != other.execute(query).fetchall()
    ]


@contextmanager
def at_snapshot(made_lake: MadeLake, vintage: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of a lake as of the snapshot that a vintage was published in."""
    service = made_lake.database
    with lake.connected() as con:
        lake.attach(con, service, "now", "read_only")
        [(number,)] = con.execute(
            "select snapshot_id from ducklake_snapshots('now') where commit_message = ?",
            [f"vintage {vintage}"],
        ).fetchall()
        lake.attach(con, service, reading.ATTACHED, f"read_only, snapshot_version {number}")
        lake.reach_store(con, made_lake.files)
        reading.create_views(con, reading.tables(con))
        yield con


def test_a_file_and_a_lake_give_the_same_rows_meanings_and_answers(
    published: MadeLake, two: TwoVintages
) -> None:
    with (
        publish.reading(two.file) as file,
        open_warehouse(Path("none"), warehouse=published.name) as con,
    ):
        assert same(file, con) == []
        for query in (_COLUMNS, _MACROS, *_ANSWERS):
            rows = con.execute(query).fetchall()
            assert rows == file.execute(query).fetchall(), query
            assert len(rows) > 4


def test_a_copy_of_a_lake_is_a_file_of_the_same_on_which_models_are_built(
    published: MadeLake, two: TwoVintages, tmp_path: Path
) -> None:
    copy = reading.WarehouseFile(tmp_path / "copy.duckdb")
    reading.place(published.name).copy(copy.path)
    with publish.reading(two.file) as file, copy.opened() as con:
        assert len(vintages.digest(file)) > 20
        assert vintages.digest(con) == vintages.digest(file)
        for query in (_COLUMNS, _MACROS, *_ANSWERS):
            assert con.execute(query).fetchall() == file.execute(query).fetchall(), query
        with preview.previewed(copy, "network_profile") as (built, made):
            rows = built.execute(f"from {made.table} order by all").fetchall()
        assert rows == file.execute(f"from {made.table} order by all").fetchall() != []


def test_an_earlier_vintage_is_the_same_in_a_file_and_a_lake(
    published: MadeLake, two: TwoVintages
) -> None:
    with (
        open_warehouse(two.home, two.first) as file,
        open_warehouse(two.home, two.first, warehouse=published.name) as con,
    ):
        assert same(file, con) == []
    with publish.reading(two.first_file) as kept, at_snapshot(published, two.first) as con:
        assert same(kept, con) == []
    with publish.reading(two.file) as newest, at_snapshot(published, two.second) as con:
        assert same(newest, con) == []
    with publish.reading(two.first_file) as kept, at_snapshot(published, two.second) as con:
        assert "observation" in same(kept, con)


def test_a_vintage_is_one_snapshot_and_writes_only_what_differs(
    published: MadeLake, two: TwoVintages
) -> None:
    assert not target(published.name).publish(two.file)
    with lake.connected() as con:
        lake.attach(con, published.database, "lake", "read_only")
        found = con.execute(
            "select commit_message, changes from ducklake_snapshots('lake') order by snapshot_id"
        ).fetchall()
        written = [
            (table, begin)
            for table, begin in con.execute(
                "select table_name, ducklake_data_file.begin_snapshot"
                " from __ducklake_metadata_lake.ducklake_data_file"
                " inner join __ducklake_metadata_lake.ducklake_table using (table_id)"
                " where ducklake_table.end_snapshot is null"
            ).fetchall()
        ]
    messages = [message for message, _ in found if message]
    assert messages == [f"vintage {two.first}", f"vintage {two.second}"]
    last = len(found) - 1
    changed = {table for table, begin in written if begin == last}
    assert "observation" in changed
    assert {"network", "crosswalk", "municipality_history", "cube"}.isdisjoint(changed)


def test_an_open_reader_sees_one_vintage_while_the_next_is_published(
    made_lake: MadeLake, two: TwoVintages
) -> None:
    target(made_lake.name).publish(two.first_file)
    query = "select max(run_id) from mart.refresh_run"
    with dd.open(frames="arrow", warehouse=made_lake.name) as before:
        assert before.vintage == two.first
        target(made_lake.name).publish(two.file)
        assert before.sql(query).to_pylist() == [{"max(run_id)": two.first}]
    with dd.open(frames="arrow", warehouse=made_lake.name) as after:
        assert after.vintage == two.second


def test_commands_read_the_lake_as_they_read_the_file(
    published: MadeLake, two: TwoVintages
) -> None:
    for words in (
        ["sql", "from mart.network order by all", "--format", "csv"],
        ["sql", "select sum(value) from mart.observation", "--as-of", two.first],
        ["describe"],
        ["describe", "observation"],
        ["catalog", "nurses"],
        ["series", "nurses_fte", "--division", "2019", "--format", "csv"],
        ["municipality", "Bodø"],
        ["networks", "digiagder"],
        ["cite", "nurses_fte"],
        ["diff", "--format", "csv"],
    ):
        file = digidistrikt(*words, home=two.home)
        found = digidistrikt(*words, "--warehouse", published.name, home=two.home)
        assert found.stdout == file.stdout != "", words
        assert found.returncode == 0


def test_a_report_of_the_lake_is_that_of_the_file(
    published: MadeLake, two: TwoVintages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, made = tmp_path / "trial.yaml", []
    rule.write_text(RULE, encoding="utf-8")
    for name, words in (("file", []), ("lake", ["--warehouse", published.name])):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        done = digidistrikt("report", rule, "--out", "report", *words, home=two.home)
        assert done.returncode == 0, done.stderr
        files = [path for path in Path("report").rglob("*") if path.is_file()]
        made.append({str(p): p.read_bytes() for p in files if p.suffix != ".pdf"})
    assert made[0] == made[1]
    assert {"report/selection.json", "report/report.html"} < made[0].keys()


def test_a_report_of_an_earlier_vintage_is_reproduced_from_the_lake_without_its_home(
    published: MadeLake, two: TwoVintages, tmp_path: Path, no_browser: None
) -> None:
    rule, folder = tmp_path / "trial.yaml", tmp_path / "report"
    rule.write_text(RULE, encoding="utf-8")
    made = digidistrikt("report", rule, "--out", folder, "--warehouse", two.first_file, home=None)
    assert made.returncode == 0, made.stderr
    words = ["reproduce", folder, "--warehouse", published.name]
    done = digidistrikt(*words, home=tmp_path / "none")
    assert done.returncode == 0, done.stderr
    assert f"the same, byte for byte, from vintage {two.first}" in done.stdout
    assert "Code changed" not in done.stdout
    written = folder / "selection.json"
    other = written.read_text("utf-8").replace(two.first, "20200101T000000Z-0000")
    written.write_text(other, encoding="utf-8")
    told = digidistrikt(*words, home=tmp_path / "none")
    assert (told.returncode, told.stdout) == (InputError.exit_code, "")
    assert f"{published.name}: vintage 20200101T000000Z-0000 was not published" in told.stderr
