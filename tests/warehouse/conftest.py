"""The real warehouse for reading, and a copy of it for damage that is undone after each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import engine
from flows.settings import Settings
from warehouse import models, publish

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]
Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def real(built: Settings) -> Iterator[Connection]:
    """The real warehouse, read-only, as a user meets it."""
    with publish.reading(built.warehouse) as con:
        yield con


@pytest.fixture
def ask(real: Connection) -> Ask:
    """The rows that a query gives on the real warehouse."""
    return lambda query, *values: real.execute(query, list(values)).fetchall()


@pytest.fixture(scope="session")
def _copy(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("copy") / built.warehouse.name
    shutil.copy(built.warehouse, path)
    with duckdb.connect(str(path)) as con:
        yield con


@pytest.fixture
def damaged(_copy: Connection) -> Iterator[Connection]:
    """A writable copy of the real warehouse, as it was again after the test."""
    _copy.execute("begin")
    yield _copy
    _copy.execute("rollback")


# What a publisher or a maintainer might do next; modelled anew in a copy of the real warehouse.
MADE_UP = [
    # a correction of a real figure: the nurses of Bergen in 2025
    """insert into raw.correction
        select 'made_up', 'ssb_14534', reported_code, period, period, value, 'made up', 'a test'
        from raw.observation
        where indicator_id = 'nurses_fte' and reported_code = '4601' and period = '2025'""",
    # a sum of Narvik's people that is no longer the 0 that stands for missing
    """update raw.observation set value = 21845 where indicator_id = 'population'
        and reported_code = 'K-1806' and period = '2019'""",
    # a warning of an indicator of which a ratio is made
    "insert into raw.warning values ('nurses_fte', 'preliminary', '2025')",
    # an earlier list of ROBEK, with Bergen alone on it
    """insert into raw.observation
        select * replace ('4601' as reported_code, '2026-01-15' as period)
        from raw.observation where indicator_id = 'robek' limit 1""",
    # no statement of Bindal, and one of Sømna's that does not say how many breaches there are
    """delete from raw.accessibility_statement where organisation_number =
        (select organisation_number from raw.organisation where municipality_code = '1811')""",
    """update raw.accessibility_statement set breaches = null where statement_id = (
        select min(statement_id)
        from raw.accessibility_statement inner join raw.organisation using (organisation_number)
        where municipality_code = '1812')""",
    # Bodø on strong evidence in a network of weak, and Bergen in one it has left
    """insert into raw.network_membership
        select * replace (
            '1804' as municipality_code, 'council_decision' as basis, '2020' as valid_from)
        from raw.network_membership where network_id = 'diginordland' limit 1""",
    """insert into raw.network_membership
        select * replace (
            '4601' as municipality_code, 'council_decision' as basis, '2025-12' as valid_to)
        from raw.network_membership where network_id = 'diginordland' limit 1""",
    # an earlier and larger number of members
    """insert into raw.network_statement
        select * replace ('made_up' as statement_id, 50 as member_count, '2019' as valid_from)
        from raw.network_statement where network_id = 'digivestland' and member_count = 40""",
]


@pytest.fixture(scope="session")
def remodelled(built: Settings, once: Once) -> Iterator[Connection]:
    """A copy of the real warehouse, modelled anew after the changes of MADE_UP. For reading."""

    def make(folder: Path) -> None:
        folder.mkdir()
        with duckdb.connect(str(shutil.copy(built.warehouse, folder))) as con:
            for change in MADE_UP:
                con.execute(change)
            models.run_all(con)

    with publish.reading(once("remodelled", make) / built.warehouse.name) as con:
        yield con


@pytest.fixture
def write_model(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a model file (made up) below a models folder, as `3_mart/10_name.sql`."""

    def write(place: str, text: str) -> Path:
        path = tmp_path / "models" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def declared(built: Settings, once: Once) -> Iterator[Connection]:
    """The real warehouse of a researcher who has declared what stands in declared.yaml."""

    def make(home: Path) -> None:
        shutil.copytree(built.home, home)
        settings = Settings(home=home, upstream="recorded")
        settings.catalogue.mkdir()
        shutil.copy(Path(__file__).parent / "declared.yaml", settings.catalogue)
        engine.run(settings, only=["klass"])

    with publish.reading(Settings(home=once("declared", make)).warehouse) as con:
        yield con
