"""The model runner: order, documentation that becomes comments, and keys that are enforced."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.errors import ChecksFailedError, ModelError
from warehouse import models

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]
Write = Callable[[str, str], Path]

WELL = """\
-- one row: a municipality, made up
-- key: code
-- code: four-digit code,
--     as text
-- name: it's the official name: with a colon
select '0301' as code, 'Oslo' as name
"""


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        yield connection


# --- what the runner does with a file --------------------------------------------------------


def test_models_run_in_the_order_of_folder_and_name(
    con: Connection, write_model: Write, tmp_path: Path
) -> None:
    write_model("2_core/10_second.sql", "-- one row: x\nfrom staging.first")
    write_model("1_staging/20_first.sql", "-- one row: x\nfrom staging.before")
    write_model("1_staging/10_before.sql", "-- one row: x\nselect 1 as x")
    rows = models.run_all(con, tmp_path / "models")
    assert list(rows) == ["staging.before", "staging.first", "core.second"]
    assert con.execute("from core.second").fetchall() == [(1,)]


def test_a_macro_file_is_run_as_it_stands_and_makes_no_table(
    con: Connection, write_model: Write, tmp_path: Path
) -> None:
    write_model("1_staging/10_double.macro.sql", "create macro staging.double(x) as 2 * x;")
    write_model("1_staging/20_four.sql", "-- one row: x\nselect staging.double(2) as x")
    assert models.run_all(con, tmp_path / "models") == {"staging.four": 1}


def test_the_head_of_a_file_becomes_comments(con: Connection, write_model: Write) -> None:
    models.run(con, models.read_model(write_model("3_mart/10_place.sql", WELL)))
    assert con.execute("select comment from duckdb_tables()").fetchall() == [
        ("a municipality, made up",)
    ]
    assert con.execute(
        "select column_name, comment from duckdb_columns() where not internal"
    ).fetchall() == [
        ("code", "four-digit code, as text"),
        ("name", "it's the official name: with a colon"),
    ]


def test_a_colon_in_a_continued_line_begins_no_new_column() -> None:
    head, query = models.split_head("-- code: text\n--     note: of four digits\nselect 1\n-- end")
    assert head == {"code": "text note: of four digits"}
    assert query == "select 1\n-- end"


def test_a_column_named_after_an_indicator_has_its_titles_and_unit_unless_the_head_says_more(
    con: Connection, write_model: Write
) -> None:
    con.execute(
        "create schema raw; create table raw.indicator as select * from (values"
        " ('roads', 'Roads', 'Veier', 'km', null), ('lakes', 'Lakes', 'Vann', 'count', null))"
        " as made_up (indicator_id, title_en, title_nb, unit, recipe);"
        "create table raw.trait as select 'ice' as trait_id, 'Ice' as title_en, 'Is' as title_nb"
    )
    text = "-- one row: x\n-- key: roads\n-- lakes: of the members\n"
    text += "select 1 as roads, 2 as lakes, 'thin' as ice"
    models.run(con, models.read_model(write_model("3_mart/10_wide.sql", text)))
    assert con.execute(
        "select comment from duckdb_columns() where schema_name = 'mart'"
    ).fetchall() == [("Roads (Veier), km",), ("of the members",), ("Ice (Is); NULL: not known",)]


# --- what it refuses, in one sentence that names the file ------------------------------------


@pytest.mark.parametrize(
    ("place", "text", "sentence"),
    [
        ("1_staging/10_a.sql", "select 1 as x", "10_a.sql: the head must start with '-- one row"),
        ("3_mart/10_a.sql", "-- one row: x\n-- x: y\nselect 1 as x", "10_a.sql: .*'-- key"),
        (
            "3_mart/10_a.sql",
            WELL.replace("-- name: it's the official name: with a colon\n", ""),
            r"10_a.sql: columns without a comment in the head: \['name'\]\.",
        ),
        (
            "3_mart/10_a.sql",
            WELL.replace("it's the official name: with a colon", ""),
            r"10_a.sql: columns without a comment in the head: \['name'\]\.",
        ),
        (
            "1_staging/10_a.sql",
            WELL.replace("as name", "as title"),
            r"10_a.sql: describes columns it does not have: \['name'\]\.",
        ),
        (
            "1_staging/10_a.sql",
            WELL.replace("key: code", "key: code, county"),
            r"10_a.sql: describes columns it does not have: \['county'\]\.",
        ),
        ("1_staging/10_a.sql", "-- one row: x\nfrom nowhere", "10_a.sql: .*nowhere"),
        ("1_staging/10_a.macro.sql", "create macro", "10_a.macro.sql: "),
    ],
)
def test_a_file_that_breaks_a_rule_is_named(
    con: Connection, write_model: Write, tmp_path: Path, place: str, text: str, sentence: str
) -> None:
    write_model(place, text)
    with pytest.raises(ModelError, match=sentence):
        models.run_all(con, tmp_path / "models")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("select * from (values ('0301'), ('0301')) as t (code)", "'0301'"),
        ("select null::varchar as code", "None"),
        ("select * from (values ('0301', 1), ('0301', 1)) as t (code, year)", "'0301', 1"),
    ],
)
def test_a_key_that_is_repeated_or_empty_stops_the_build(
    con: Connection, write_model: Write, query: str, shown: str
) -> None:
    key = "code, year" if "year" in query else "code"
    path = write_model("1_staging/10_twice.sql", f"-- one row: x\n-- key: {key}\n{query}")
    with pytest.raises(ChecksFailedError) as caught:
        models.run(con, models.read_model(path))
    sentence = str(caught.value)
    assert sentence.startswith(f"10_twice.sql: ({key}) must be unique and not NULL, but ({shown}")
    assert "\n" not in sentence


# --- the real models -------------------------------------------------------------------------


def test_no_two_models_make_the_same_table() -> None:
    tables = [model.table for model in models.read_models()]
    assert sorted(tables) == sorted(set(tables))


def test_every_mart_table_and_view_says_what_one_row_is(ask: Ask) -> None:
    bare = ask(
        "select table_name from duckdb_tables() where schema_name = 'mart' and comment is null"
        " union all"
        " select view_name from duckdb_views() where schema_name = 'mart' and comment is null"
    )
    assert bare == []


def test_every_mart_macro_says_what_one_row_is(ask: Ask) -> None:
    macros = ask("select function_name, comment from duckdb_functions() where schema_name = 'mart'")
    assert macros
    assert [name for name, comment in macros if not comment] == []


def test_every_mart_column_says_what_it_means(ask: Ask) -> None:
    bare = ask(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'mart' and coalesce(trim(comment), '') = ''"
    )
    assert bare == []


def test_every_mart_table_has_a_key(ask: Ask) -> None:
    with_key = {model.table for model in models.read_models() if model.key} | {
        f"mart.{name}"
        for (name,) in ask(
            "select table_name from duckdb_constraints()"
            " where schema_name = 'mart' and constraint_type = 'PRIMARY KEY'"
        )
    }
    made = {
        f"mart.{name}"
        for (name,) in ask("select table_name from duckdb_tables() where schema_name = 'mart'")
    }
    assert made - with_key == set()


def test_no_table_of_any_schema_repeats_the_words_one_row_in_its_comment(ask: Ask) -> None:
    assert ask("select table_name from duckdb_tables() where comment like 'one row%'") == []


def test_the_population_of_a_network_is_not_described_as_that_of_a_municipality(ask: Ask) -> None:
    [(comment,)] = ask(
        "select comment from duckdb_columns()"
        " where table_name = 'network_profile' and column_name = 'population'"
    )
    assert "known members" in str(comment)


# --- what `sql --as-of` gives (made up) --------------------------------------------------------

OF_FIGURES = "-- one row: x\n-- key: x\n-- as of: {}\nselect 1 as x"


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("", r"20_new.sql: reads figures \(mart.observation\), so its head needs '-- as of"),
        ("-- as of: then\n", "20_new.sql: '-- as of:' is kept, recomputed or current, not 'then'"),
    ],
)
def test_a_new_table_of_figures_says_what_is_given_of_an_earlier_time(
    write_model: Callable[[str, str], Path], head: str, fault: str
) -> None:
    write_model("3_mart/10_observation.sql", OF_FIGURES.format("kept"))
    path = write_model(
        "3_mart/20_new.sql", f"-- one row: x\n-- key: x\n{head}select x from mart.observation"
    )
    with duckdb.connect() as con, pytest.raises(ModelError, match=fault):
        models.run_all(con, path.parents[1])


def test_a_table_of_todays_figures_is_not_said_to_be_of_an_earlier_time(
    write_model: Callable[[str, str], Path],
) -> None:
    write_model("1_staging/10_observation.sql", OF_FIGURES.format("current"))
    path = write_model(
        "3_mart/20_new.sql",
        "-- one row: x\n-- key: x\n-- as of: recomputed\nselect x from staging.observation",
    )
    with (
        duckdb.connect() as con,
        pytest.raises(ModelError, match=r"staging.observation has the figures of today only"),
    ):
        models.run_all(con, path.parents[1])


def test_what_a_table_is_made_of_is_run_before_it_and_nothing_else(
    write_model: Callable[[str, str], Path],
) -> None:
    write_model("1_staging/10_first.sql", "-- one row: x\nselect 1 as x")
    write_model("1_staging/11_other.sql", "-- one row: x\nselect * from nowhere")
    write_model(
        "2_core/20_named.macro.sql",
        "create or replace macro core.doubled() as table select 2 * x as x from staging.first",
    )
    path = write_model(
        "3_mart/30_last.sql", "-- one row: x\n-- key: x\n-- x: two\nfrom core.doubled()"
    )
    with duckdb.connect() as con:
        con.execute("create schema staging; create schema core; create schema mart")
        models.run_needed(con, ["mart.last"], path.parents[1])
        assert con.execute("from mart.last").fetchall() == [(2,)]
