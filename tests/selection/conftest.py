"""The real warehouse for reading, and the example rule with changes to try."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

from flows.settings import Settings
from selection import candidates, rulefile
from selection.candidates import Candidates
from selection.choice import Selection, choose
from selection.rulefile import RuleFile
from tests.selection.published_data import PUBLISHED
from warehouse import publish

EXAMPLE = Path(__file__).parents[2] / "selections" / "three-networks.yaml"
RuleWith = Callable[..., RuleFile]
Read = Callable[[RuleFile], Candidates]


@pytest.fixture(scope="session")
def real(built: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with publish.reading(built.warehouse) as con:
        yield con


@pytest.fixture
def rule_with(tmp_path: Path) -> RuleWith:
    """The example rule, written to a file with changes at its top level."""

    return lambda **changes: write_rule(tmp_path / "changed.yaml", changes)


def write_rule(path: Path, changes: dict[str, Any]) -> RuleFile:
    """The example rule with changes at its top level, as a file of its own."""
    said = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")) | changes
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return rulefile.load(path)


@pytest.fixture(scope="session")
def read(real: duckdb.DuckDBPyConnection) -> Read:
    """Reads the candidates for a rule; those that ask for the same figures share one reading."""
    kept: dict[str, Candidates] = {}

    def read_once(file: RuleFile) -> Candidates:
        said = file.rule
        key = f"{said.indicators} {said.universe.year} {said.membership} {said.overrides}"
        if key not in kept:
            kept[key] = candidates.read(real, said)
        return kept[key]

    return read_once


@pytest.fixture(scope="session")
def chosen(read: Read) -> Selection:
    """The example, carried out."""
    file = rulefile.load(EXAMPLE)
    return choose(file.rule, read(file))


@pytest.fixture(scope="module")
def savings() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "life_cycle_savings.csv", index_col="country")
