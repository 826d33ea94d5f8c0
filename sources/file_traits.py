"""The traits that a file tells of municipalities, each with what it rests on."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from common.errors import InputError
from sources.catalogue import Catalogue, Table
from sources.catalogue.trait import Trait
from sources.file_rows import FileRow, Places
from sources.http import Reply
from sources.periods import period_of


def traits(
    catalogue: Catalogue, table: Table, reply: Reply, places: Places
) -> Iterator[dict[str, Any]]:
    """Rows of `trait_value`; an empty cell gives none.

    Raises InputError for a second value of a municipality, and for what is no declared value.
    """
    declared = catalogue.traits_of(table.id)
    if not declared:
        return
    on = date(int(table.division), 1, 1)
    places.look_up((row, on) for row in places.rows)
    seen: dict[tuple[str, str], FileRow] = {}
    for row in places.rows:
        code = places.of(row, on)
        for trait in declared if code else ():
            value = _value(trait, row)
            if not code or value is None:
                continue
            if other := seen.get((trait.id, code)):
                raise InputError(
                    f"{row.where}: {code} has a '{trait.id}' in row {other.number} already; keep"
                    " one of the two."
                )
            seen[trait.id, code] = row
            yield {
                "trait_id": trait.id,
                "municipality_code": code,
                "value": value,
                "evidence": _evidence(trait, row),
                "valid_on": _valid_on(trait, row),
                "reply_id": reply.reply_id,
            }


def _value(trait: Trait, row: FileRow) -> str | None:
    text = row.cell(trait.column)
    if not text or not trait.values:
        return text or None
    if text not in trait.values:
        raise InputError(
            f"{row.where}, column '{trait.column}': '{text}' is none of the values of"
            f" '{trait.id}': {', '.join(trait.values)}. Add it to the catalogue, or correct it."
        )
    return trait.values[text]


def _evidence(trait: Trait, row: FileRow) -> str | None:
    facts = [f"{name}: {row.cell(name)}" for name in trait.evidence if row.cell(name)]
    return "; ".join(facts) or None


def _valid_on(trait: Trait, row: FileRow) -> str:
    day = row.cell(trait.observed) if trait.observed else trait.valid_on or ""
    if period_of(day) is None:
        raise InputError(f"{row.where}, column '{trait.observed}': '{day}' is no day.")
    return day
