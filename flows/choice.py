"""Which tables a refresh asks for: all of the catalogue, or those a person names."""

from collections.abc import Sequence

from common.errors import InputError
from common.text import nearest
from sources.catalogue import Catalogue, Table


def chosen(entries: Catalogue, only: Sequence[str]) -> tuple[Table, ...]:
    """All tables, or those that `only` names by id, kind or number. Raises InputError."""
    if not only:
        return tuple(entries.tables)
    called = {name: entries.called(name) for name in only}
    if unknown := [name for name, tables in called.items() if not tables]:
        names = {name for table in entries.tables for name in table.names}
        near = nearest(unknown[0], names)
        kinds = sorted({table.kind for table in entries.tables})
        raise InputError(
            f"--only {unknown[0]}: there is no such table or kind of source. Choose"
            f" {' or '.join(near) or 'a table that status lists'}, or a kind: {', '.join(kinds)}."
        )
    wanted = {table.id for tables in called.values() for table in tables}
    return tuple(table for table in entries.tables if table.id in wanted)


def can_be_asked(
    tables: Sequence[Table], upstream: str
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The tables an upstream answers for, and the ids of those skipped for want of a recording.

    Raises InputError if it answers for none.
    """
    asked = tuple(table for table in tables if upstream != "recorded" or table.recorded)
    skipped = tuple(table.id for table in tables if table not in asked)
    if not asked:
        raise InputError(f"--only {' '.join(skipped)}: there is no recording; use --upstream live.")
    return asked, skipped
