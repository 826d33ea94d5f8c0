"""Pages of reference made from what is declared: `python -m tools.reference` writes them.

A test holds each page against what it is made from.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from selection import keys, starter
from sources import catalogue
from sources.catalogue import Indicator, Table
from warehouse import models, publish

DOCS = Path(__file__).parents[1] / "docs"
_COMMENT = re.compile(r"comment on (?:table|column|macro table) (\S+) is\s+'((?:[^']|'')*)'")
_CARRIED = {
    "sum": "summed",
    "ratio": "{numerator} / {denominator}, recomputed",
    "weighted_mean": "mean weighted by {weight}",
    "none": "only where its ground is the same",
}


def indicators() -> str:
    """`docs/indicators.md`: every shipped indicator, by theme, and every trait."""
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
    lines += ["", "## Traits", "", "Facts in words, in `mart.municipality_trait`.", ""]
    lines += ["| trait | title | theme | as an indicator | table |", "|---|---|---|---|---|"]
    lines += [
        f"| `{each.id}` | {each.title.en}<br>{each.title.nb} | {each.theme}"
        f" | {each.indicator or ''} | {each.table} |"
        for each in sorted(declared.traits, key=lambda each: (each.theme, each.id))
    ]
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


def tables() -> str:
    """`docs/tables.md`: every table of `mart` and every macro read like one, from their heads."""
    lines = [
        "# Tables",
        "",
        "Made by `python -m tools.reference` from `warehouse/models/3_mart`; change a head there.",
        "Columns of single indicators are left out here; `digidistrikt describe` has them.",
    ]
    for model in models.read_models():
        if model.schema == "mart":
            lines += _table(model.table, model.one_row, model.key, model.columns)
    written = (publish.SCHEMA / "mart.sql").read_text(encoding="utf-8")
    comments = {name: text.replace("''", "'") for name, text in _COMMENT.findall(written)}
    lines += _table(
        "mart.data_check",
        comments.pop("mart.data_check"),
        ("check_name",),
        {name.removeprefix("mart.data_check."): text for name, text in comments.items()},
    )
    lines += ["", "## Macros, read like tables"]
    for path in sorted(models.MODELS.glob("3_mart/*.macro.sql")):
        for name, text in _COMMENT.findall(path.read_text(encoding="utf-8")):
            lines += ["", f"### {name}", "", " ".join(text.replace("''", "'").split())]
    return "\n".join(lines) + "\n"


def _table(
    name: str, one_row: str, key: Sequence[str], columns: Mapping[str, str]
) -> Iterator[str]:
    """A table with what one row is, its key and its columns."""
    yield from ("", f"## {name}", "", f"One row: {one_row}. Key: {', '.join(key)}.", "")
    yield from ("| column | meaning |", "|---|---|")
    for column, meaning in columns.items():
        yield f"| `{column}` | {meaning.replace('|', chr(92) + '|')} |"


def rules() -> str:
    """`docs/rules.md`: every key of a selection file and of each method."""
    lines = [
        "# Rules of case selection",
        "",
        "Made by `python -m tools.reference` from `selection/rule.py` and `selection/methods`;",
        "change the text below a key there. `digidistrikt select init METHOD` writes a file with",
        "all of it. A text is for both languages of the report, or has one for `nb`, for `en`, or",
        "for both; where a language is not there the other is shown, and the report says so.",
    ]
    for title, shape in keys.PARTS.items():
        name = (
            title if title == "The file" else " and ".join(f"`{t}`" for t in title.split(" and "))
        )
        lines += _keys(f"## {name}", str(shape.__doc__), shape)
    lines += ["", "## Methods", "", "Which serves which goal: [selection.md](selection.md)."]
    for name, method in keys.methods().items():
        lines += _keys(f"### `{name}`", f"{method.does.en} Used {method.good_for.en}.", method)
    return "\n".join(lines) + "\n"


def _keys(title: str, about: str, shape: type[BaseModel]) -> Iterator[str]:
    """A part of a selection file with its keys."""
    yield from ("", title, "")
    for paragraph in about.strip().split("\n\n"):
        yield from (" ".join(paragraph.split()), "")
    yield from ("| key | takes | if left out | meaning | example |", "|---|---|---|---|---|")
    for key in keys.of(shape):
        default = "needed" if key.is_needed else _default(key.default)
        cells = (
            f"`{key.name}`",
            key.takes,
            default,
            key.meaning,
            f"`{starter.on_one_line(key.example)}`",
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(value: Any) -> str:
    """What a key is where it is left out."""
    if isinstance(value, BaseModel):
        return "as below"
    return f"`{starter.on_one_line(value)}`" if value or isinstance(value, int) else "nothing"


PAGES: dict[str, Callable[[], str]] = {
    "indicators.md": indicators,
    "rules.md": rules,
    "tables.md": tables,
}


def main() -> None:
    """Writes every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
