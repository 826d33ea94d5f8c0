"""Pages of reference made from what is declared: `python -m tools.reference` writes them.

A test holds each page against what it is made from.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path

from sources import catalogue
from sources.catalogue import Indicator, Table

DOCS = Path(__file__).parents[1] / "docs"
_CARRIED = {
    "sum": "summed",
    "ratio": "{numerator} / {denominator}, recomputed",
    "weighted_mean": "mean weighted by {weight}",
    "none": "only where its ground is the same",
}


def indicators() -> str:
    """`docs/indicators.md`: every shipped indicator, by theme."""
    declared = catalogue.load()
    entries = sorted(declared.indicators, key=lambda each: (each.theme, each.id))
    lines = [
        "# Indicators",
        "",
        "Made by `python -m tools.reference` from `sources/catalogue`; change an entry there. What",
        "a warehouse has of each, with periods and coverage: `digidistrikt catalog`.",
    ]
    for theme, found in groupby(entries, key=lambda each: each.theme):
        lines += ["", f"## {theme.replace('_', ' ').capitalize()}", ""]
        lines += ["| indicator | title | unit | over merged municipalities | tables |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(each, declared.table_by_id) for each in found]
    return "\n".join(lines) + "\n"


def _row(indicator: Indicator, tables: Mapping[str, Table]) -> str:
    """An indicator with its titles in English and bokmål, and the publisher's tables."""
    numbers = dict.fromkeys(
        tables[origin.table].table or origin.table for origin in indicator.origins
    )
    cells = (
        f"`{indicator.id}`",
        f"{indicator.title.en}<br>{indicator.title.nb}",
        indicator.unit,
        _CARRIED[indicator.aggregate].format(**indicator.model_dump()),
        ", ".join(numbers),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


PAGES: dict[str, Callable[[], str]] = {"indicators.md": indicators}


def main() -> None:
    """Writes every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
