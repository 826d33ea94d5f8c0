"""Missing figures and revisions between vintages: does the choice stand?"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from selection import candidates as candidates_of
from selection import choice, sensitivity
from selection.candidates import Vintage
from tests.selection.choosing import NOTHING, selection_of
from tests.selection.conftest import Read, RuleWith

OLD, FAUSKE = "old_age_dependency_ratio", "1841"


# --- missing figures and vintages --------------------------------------------------------------


def test_a_missing_figure_is_bounded_and_never_filled_in(rule_with: RuleWith, read: Read) -> None:
    # free income is known for 40 of the 41 in Nordland; the limits come from those that have it
    income = {"id": "free_income_per_inhabitant", "role": "cause"}
    file = rule_with(
        indicators=[income],
        method={"name": "extreme", "end": "high"},
        networks={"given": ["diginordland"], "because": "made up for this test"},
        universe={"district_definition": "every_municipality"},
        tie_break=[],
    )
    selection, found = selection_of(file, read)
    [row] = sensitivity.bounds(selection, found).to_dict("records")
    assert row["missing"] == ["free_income_per_inhabitant"]
    assert (row["lowest"], row["highest"]) == (False, True)
    assert row["municipality_code"] not in selection.codes
    assert pd.isna(found.table.loc[row["municipality_code"], "free_income_per_inhabitant"])


# --- revisions between vintages ----------------------------------------------------------------


@pytest.fixture
def revised(real: duckdb.DuckDBPyConnection, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the real warehouse with two made-up vintages more: the first of them revised a
    made-up figure of Fauske, 99.9 old persons per 100, to that of today; the second nothing."""
    [(path,)] = real.execute("select path from duckdb_databases() where not internal").fetchall()
    shutil.copy(path, tmp_path / "revised.duckdb")
    with duckdb.connect(str(tmp_path / "revised.duckdb")) as con:
        con.execute(f"""
            create or replace table mart.superseded as
                select * replace (
                    99.9 as value, timestamptz '2090-06-01 06:00:00+00' as known_until
                )
                from mart.observation_as_of('2090-01-01')
                where indicator_id = '{OLD}' and municipality_code = '{FAUSKE}' and period = '2026';
            insert into raw.superseded by name from mart.superseded;
            insert into raw.known_since
                select indicator_id, municipality_code, period, known_until from mart.superseded;
            insert into raw.refresh_run by name
                select first.* replace (name as run_id, built as started_at)
                from raw.refresh_run as first, (values
                    ('made_up_2', '2090-06-01 06:00:00+00'::timestamptz),
                    ('made_up_3', '2090-07-01 06:00:00+00')) as made(name, built);
            create or replace table mart.refresh_run as from raw.refresh_run order by started_at;
        """)
        yield con


def test_a_revision_that_moved_the_choice_is_seen_and_counted(
    revised: duckdb.DuckDBPyConnection, rule_with: RuleWith
) -> None:
    file = rule_with(method={"name": "extreme", "end": "high"}, sensitivity=NOTHING)
    [first] = candidates_of.earlier_vintages(revised, file.rule)
    runs = revised.execute("select run_id, started_at from mart.refresh_run order by started_at")
    assert first == runs.fetchall()[0]  # in the second nothing was other than today

    now, then = (candidates_of.read(revised, file.rule, when) for when in (None, first))
    assert (now.vintage, then.vintage) == ("made_up_3", first.name)
    assert then.table.loc[FAUSKE, OLD] == 99.9
    assert then.table.drop(columns=OLD).equals(now.table.drop(columns=OLD))

    selection = choice.choose(file.rule, now)
    assert FAUSKE not in selection.codes
    moved = sensitivity.explore(
        selection, now, lambda rule, when: candidates_of.read(revised, rule, when), [first]
    )
    [row] = moved.vintages.to_dict("records")
    assert (row["vintage"], row["revised"], moved.differing) == (first.name, 1, 1)
    assert FAUSKE in set(moved.runs.query("kind == 'vintage'")["municipality_code"])
    assert moved.kinds.set_index("kind").loc["vintage", "agreement"] == pytest.approx(5 / 6)


def test_as_many_earlier_vintages_are_tried_as_the_rule_asks_for(rule_with: RuleWith) -> None:
    settings = {**NOTHING, "vintages": 1}
    asked = rule_with(sensitivity=settings).rule
    newest, oldest = (Vintage(f"of {m}", datetime(2026, m, 1, tzinfo=UTC)) for m in (6, 5))
    tried = sensitivity.on_earlier_vintages(asked, [newest, oldest])
    assert [variant.vintage for variant in tried] == [newest]


def test_a_warehouse_of_one_vintage_has_none_to_compare_with(
    real: duckdb.DuckDBPyConnection, rule_with: RuleWith
) -> None:
    assert candidates_of.earlier_vintages(real, rule_with().rule) == []


def test_a_change_that_changes_nothing_is_told_and_not_counted(
    rule_with: RuleWith, read: Read
) -> None:
    own = [
        "source_says_all_in_county",
        "steering_group_seat",
        "council_decision",
        "named_in_source",
    ]
    selection, found = selection_of(
        rule_with(
            sensitivity={"draws": 0, "leave_one_out": False, "bases": [own], "scalings": ["z"],
                         "district_definitions": ["centrality_4_6"]},
        ),
        read,
    )  # fmt: skip
    moved = sensitivity.explore(selection, found, lambda rule, vintage: found)
    assert moved.kinds.empty
    assert [note.kind for note in moved.notes if "the rule itself" in note.text.en] == [
        "district_definition", "basis", "scaling",
    ]  # fmt: skip


def test_scalings_are_not_tried_where_a_regression_chooses(rule_with: RuleWith, read: Read) -> None:
    file = rule_with(method={"name": "typical"}, goal="find_mechanisms",
                     sensitivity={"leave_one_out": False, "scalings": ["rank"]})  # fmt: skip
    assert list(sensitivity.variants(file.rule, read(file))) == []
