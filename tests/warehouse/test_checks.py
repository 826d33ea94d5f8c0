"""Every data check can fail: each is shown a fault in a copy of the real warehouse."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from common.errors import ChecksFailedError, ModelError
from tests.warehouse.damaged_figures import DAMAGE_TO_FIGURES
from tests.warehouse.damaged_registers import DAMAGE_TO_REGISTERS
from warehouse import checks, models

Connection = duckdb.DuckDBPyConnection

DAMAGE = [*DAMAGE_TO_FIGURES, *DAMAGE_TO_REGISTERS]

MADE_OF_FIGURES = "mart.newest_change"  # of those that may be damaged

CHECKS = {check.name: check for check in checks.read_checks()}


def test_every_check_is_shown_a_fault_here() -> None:
    assert {name for name, _, _ in DAMAGE} == set(CHECKS)


@pytest.mark.parametrize(
    ("name", "damage", "mentioned"), DAMAGE, ids=[f"{name}-{said}" for name, _, said in DAMAGE]
)
def test_a_check_reports_the_fault_it_protects_from(
    damaged: Connection, name: str, damage: str, mentioned: str
) -> None:
    check = CHECKS[name]
    before = damaged.execute(check.query).fetchall()
    changed = damaged.execute(damage).fetchone()
    assert changed, "the damage must touch a row"
    assert changed[0] > 0, "the damage must touch a row"
    if MADE_OF_FIGURES in check.query:
        models.run_some(damaged, [MADE_OF_FIGURES])
    faults = [row for row in damaged.execute(check.query).fetchall() if row not in before]
    assert any(mentioned in str(row) for row in faults), faults
    result = checks.run(damaged, check)
    assert result.faults > 0
    assert result.blocks == (check.severity == "block")
    assert result.sentence.startswith(f"{name}: {check.counted(result.faults)} (")


@pytest.mark.parametrize("name", [c.name for c in CHECKS.values() if c.severity == "block"])
def test_a_check_that_blocks_finds_nothing_in_the_real_warehouse(
    real: Connection, name: str
) -> None:
    assert checks.run(real, CHECKS[name]).faults == 0


def test_the_results_are_kept_with_what_each_check_finds_and_why(real: Connection) -> None:
    kept = real.execute("select check_name, finds, why, severity from mart.data_check").fetchall()
    assert sorted(kept) == [(c.name, c.finds, c.why, c.severity) for c in CHECKS.values()]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "(2020, '1508', 57123.0, 66258)",
            "made_up: 1 figure differs from SSB's own (2020, 1508, ours 57 123, SSB 66 258)",
        ),
        (
            "(2020, '1508', 0.25, null), (2021, '1508', 1, 2)",
            "made_up: 2 figures differ from SSB's own (first: 2020, 1508, ours 0.25, SSB missing)",
        ),
    ],
)
def test_a_warning_counts_its_faults_and_shows_the_first(rows: str, sentence: str) -> None:
    query = f'from (values {rows}) as figure (year, code, ours, "SSB")'
    finds = "figure/figures differs/differ from SSB's own"
    with duckdb.connect() as con:
        result = checks.run(con, checks.Check("made_up", finds, "no reason", "warn", query))
    assert result.sentence == sentence


def test_faults_that_block_are_all_named_and_those_that_warn_are_not(damaged: Connection) -> None:
    damaged.execute("delete from mart.municipality where municipality_code = '4601'")
    results = [checks.run(damaged, check) for check in CHECKS.values()]
    with pytest.raises(ChecksFailedError) as caught:
        checks.require(damaged, results)
    sentence = str(caught.value)
    assert sentence.startswith("the new warehouse was not published, the old one stays: ")
    assert (
        "municipality_count: 1 municipality differs from Klass, or has appeared without a change"
        " (4601, Bergen, lost)" in sentence
    )
    assert "observation_orphans: " in sentence
    assert "coverage_current" not in sentence


# --- the files themselves (made up) ----------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "",
        "-- finds: faults\n-- severity: warn\n",
        "-- why: it matters\n-- severity: block\n",
        "-- finds: faults\n-- why: it matters\n",
        "-- finds: faults\n-- why: it matters\n-- severity: bad\n",
    ],
)
def test_a_check_file_must_say_what_it_finds_why_and_how_grave_it_is(
    tmp_path: Path, head: str
) -> None:
    (tmp_path / "made_up.sql").write_text(f"{head}select 1")
    with pytest.raises(ModelError, match=r"^made_up.sql: the head needs '-- finds"):
        list(checks.read_checks(tmp_path))


@pytest.mark.parametrize(
    "head",
    ["-- severity: block\n", "-- severity: warn\n-- concerns: sources\n"],
    ids=["blocks, and concerns nothing", "warns, and concerns something"],
)
def test_a_check_that_blocks_says_what_it_concerns(tmp_path: Path, head: str) -> None:
    (tmp_path / "made_up.sql").write_text(f"-- finds: faults\n-- why: it matters\n{head}select 1")
    with pytest.raises(ModelError, match=r"needs '-- concerns: sources' or 'everything'"):
        list(checks.read_checks(tmp_path))


def test_a_check_that_concerns_sources_names_them_in_its_rows(real: Connection) -> None:
    unnamed = checks.Check("made_up", "nothing", "no reason", "block", "select 1 as x", "sources")
    with pytest.raises(ModelError, match=r"^check made_up: rows have the column table_ids"):
        checks.run(real, unnamed)


def test_faults_of_sources_are_told_apart_and_name_the_ground(damaged: Connection) -> None:
    damaged.execute(
        "update mart.observation set value = -1 where municipality_code = '4601' and"
        " (indicator_id, period) in (('nurses_fte', '2025'), ('nurses_fte', '2024'),"
        " ('population_0_5', '2025'))"
    )
    found = checks.run(damaged, CHECKS["observation_range"])
    assert {tuple(tables): rows for tables, (rows, _) in found.sources.items()} == {
        ("ssb_14534",): 2,
        ("ssb_07459_age",): 1,
    }
    assert found.sentence_of(frozenset(["ssb_07459_age"])).startswith(
        "observation_range: 1 figure is outside the bounds of the catalogue (population_0_5, 4601"
    )
    with pytest.raises(checks.FaultsError) as caught:
        checks.require(damaged, [found])
    assert caught.value.ground == {"klass_131", "ssb_07459"}


def test_a_check_that_does_not_run_is_named(real: Connection) -> None:
    broken = checks.Check("made_up", "nothing", "no reason", "warn", "from nowhere")
    with pytest.raises(ModelError, match=r"^check made_up: .*nowhere"):
        checks.run(real, broken)


def test_a_repeated_key_is_a_data_fault_like_any_other(
    write_model: Callable[[str, str], Path],
) -> None:
    path = write_model(
        "1_staging/10_twice.sql", "-- one row: x\n-- key: x\nfrom range(2) select 1 as x"
    )
    with duckdb.connect() as con, pytest.raises(ChecksFailedError, match=r"10_twice.sql: \(x\)"):
        models.run(con, models.read_model(path))
