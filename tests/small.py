"""A small real catalogue, for tests whose subject is not each of the hundred thousand figures.

It keeps a few of the shipped tables as they are, with codes and classes, so that a refresh takes
seconds and every check that blocks still has something to look at. In a process of its own:
`python -m tests.small FOLDER refresh --direct`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from sources import catalogue

SHIPPED = catalogue.FOLDER  # whatever a test puts in its place
# StatBank tables that are revised, each with an indicator that shows it.
REVISED = {
    "14534": "nurses_fte",
    "06944": "median_household_income",
    "07984": "employed_residents",
    "11918": "municipal_fte",
    "12367": "administration_expenditure",
}
KEPT = {f"ssb_{number}" for number in [*REVISED, "07459", "12134", "12143", "13470"]}
KEPT |= {"uutilsynet_statements"}
CLASSIFICATION = "classification.yaml"  # what municipalities and their classes are known by


def cut_down(folder: Path, more: Iterable[str] = ()) -> Path:
    """Writes the shipped catalogue without most of its tables, and what is made of those.

    `more` are tables that are kept besides.
    """
    kept = KEPT | set(more)
    folder.mkdir(parents=True, exist_ok=True)
    themes = {
        path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(SHIPPED.glob("*.yaml"))
    }
    for name, theme in themes.items():
        if name != CLASSIFICATION:
            theme["tables"] = [table for table in theme.get("tables", []) if table["id"] in kept]
    _keep_fed(themes)
    for name, theme in themes.items():
        (folder / name).write_text(yaml.safe_dump(theme), encoding="utf-8")
    return folder


def _keep_fed(themes: dict[str, dict[str, Any]]) -> None:
    """Keeps the indicators that are read from a table kept, or made of two that are."""
    there = {table["id"] for theme in themes.values() for table in theme.get("tables", [])}
    read: set[str] = set()
    for theme in themes.values():
        for each in theme.get("indicators", []):
            origins = [o for o in each.get("origins", []) if o["table"] in there]
            if origins:
                each["origins"] = origins
                read.add(each["id"])
    for theme in themes.values():
        theme["traits"] = [each for each in theme.get("traits", []) if each["table"] in there]
        theme["indicators"] = [
            each
            for each in theme.get("indicators", [])
            if each["id"] in read or {each.get("numerator"), each.get("denominator")} <= read
        ]


if __name__ == "__main__":
    catalogue.FOLDER = Path(sys.argv.pop(1))
    from cli.main import main

    main()
