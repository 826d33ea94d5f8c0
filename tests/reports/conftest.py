"""Reports are made of the same warehouse and rules as selections."""

from pathlib import Path

import duckdb
import pytest
import yaml

from common.text import Language
from reports import findings, report
from reports.findings import Findings
from selection import rulefile
from tests.reports.pages import MADE_BY, Node, page_of, parsed
from tests.selection.conftest import EXAMPLE, chosen, read, real, rule_with

__all__ = ["chosen", "read", "real", "rule_with"]


@pytest.fixture(scope="session")
def found(real: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The example carried out, with fewer draws so that it takes seconds."""
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    said["sensitivity"]["draws"] = 50
    path = tmp_path_factory.mktemp("rule") / "few-draws.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return findings.find(real, rulefile.load(path))


@pytest.fixture(scope="session")
def folder(found: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of it."""
    out = tmp_path_factory.mktemp("report") / "out"
    written = report.write_files(found, out, Language.NB, MADE_BY)
    assert bool(written.no_pdf) != (out / "report.pdf").is_file()
    return out


@pytest.fixture(scope="session")
def html(found: Findings) -> Node:
    return parsed(page_of(found, Language.EN))
