"""The packaged registers, and the municipalities that a file of memberships is checked against."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from sources.networks import read_register

KLASS = Path(__file__).parents[3] / "recordings" / "inputs" / "klass"

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def register() -> dict[str, Rows]:
    return {name: table.to_pylist() for name, table in read_register().items()}


@pytest.fixture(scope="module")
def municipalities() -> dict[str, str]:
    """The 357 municipalities of Klass 131 at 2026-01-01, code to name."""
    reply = json.loads((KLASS / "klass_131_codesAt_2026-01-01.json").read_text(encoding="utf-8"))
    return {row["code"]: row["name"] for row in reply["codes"] if row["code"] != "9999"}


@pytest.fixture(scope="module")
def counties() -> dict[str, str]:
    """The name of the county by municipality code."""
    names = {
        row["code"]: row["name"]
        for row in csv_rows(KLASS / "county_economic_region_2024.csv")
        if row["level"] == "fylke"
    }
    return {
        row["kommune"]: names[row["fylke"]]
        for row in csv_rows(KLASS / "municipality_county_economic_region_2024.csv")
        if row["level"] == "kommune" and row["fylke"] in names
    }


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
