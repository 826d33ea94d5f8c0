"""A warehouse with nothing in it but the municipal map, built from the recorded publications."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse import models
from warehouse.municipalities import Municipalities

Connection = duckdb.DuckDBPyConnection
INPUTS = Path(__file__).parents[3] / "recordings" / "inputs"
POPULATION = INPUTS / "population"

STAGING = [
    "create schema staging",
    f"""create table staging.klass_change as
        select changeOccurred::date as changed_on, from_code as old_code, from_label as old_name,
            to_code as new_code, to_label as new_name
        from read_csv('{INPUTS}/klass/klass_131_changes_full.csv', all_varchar = true)""",
    f"""create table staging.klass_code as
        select code.code, code.name, date '2026-01-01' as valid_on
        from (select unnest(codes) as code
              from read_json('{INPUTS}/klass/klass_131_codesAt_2026-01-01.json'))""",
    f"""create table staging.population_publisher_sum as
        select 'ssb_07459' as table_id, kom2024 as code, aar::integer as year,
            nullif(befolkning, '0')::bigint as population
        from read_csv('{POPULATION}/ssb_07459_total_1986_2026.csv', all_varchar = true)""",
    f"""create table staging.population_reported as
        select kommunenummer as code, year::integer as year, population_1jan::bigint as population
        from read_csv('{POPULATION}/ssb_population_1jan_as_reported_2016_2020_2023.csv',
            all_varchar = true)
        union all
        select code, year, population from staging.population_publisher_sum where year >= 2024""",
    """create table staging.publisher_code as
        select distinct table_id, code, date '2026-01-01' as as_of
        from staging.population_publisher_sum""",
    "create table staging.codelist_value_map (codelist varchar, code varchar, source_code varchar)",
]

REPORTED = """
create table core.published_series (
    series_id varchar primary key, indicator_id varchar, table_id varchar, division varchar,
    preference integer, aggregation varchar, weight_indicator_id varchar
);
create table core.observation_reported (
    series_id varchar, reported_code varchar, period varchar, year integer, value double,
    status varchar, reply_id varchar, given_as varchar, holds_divided boolean, together varchar[]
);
create table core.group_member (
    kind varchar, group_code varchar, group_name varchar, division date, municipality_code varchar,
    valid_from_text varchar, valid_to varchar
)"""


def load_staging(con: Connection) -> None:
    for statement in STAGING:
        con.execute(statement)


def build(con: Connection) -> None:
    """Runs the boundary models, which are those numbered in the twenties, and the lineage."""
    for model in models.read_models():
        of_boundaries = model.schema == "core" and model.path.name.startswith("2")
        if of_boundaries or model.table == "mart.municipality_history":
            models.run(con, model)
    con.execute(REPORTED)
    models.run_macros(con, next(models.MODELS.glob("2_core/*_harmonised.macro.sql")))


@pytest.fixture(scope="session")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file with the real municipal map."""
    path = tmp_path_factory.mktemp("warehouse") / "map.duckdb"
    with duckdb.connect(str(path)) as con:
        load_staging(con)
        build(con)
    return path


@pytest.fixture(scope="session")
def con(map_file: Path) -> Iterator[Connection]:
    """The real map, read-only, as a user meets it."""
    with duckdb.connect(str(map_file), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def municipalities(con: Connection) -> Municipalities:
    return Municipalities.read(con)


@pytest.fixture
def map_with() -> Iterator[Callable[..., Connection]]:
    """Builds a map in memory from the real changes and some more."""
    opened: list[Connection] = []

    def build_with(*changes: tuple[str, str, str, str, str]) -> Connection:
        con = duckdb.connect()
        opened.append(con)
        load_staging(con)
        for change in changes:
            con.execute("insert into staging.klass_change values (?, ?, ?, ?, ?)", change)
        build(con)
        return con

    yield build_with
    for connection in opened:
        connection.close()
