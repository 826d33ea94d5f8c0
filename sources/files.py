"""Figures that come as files: shipped with the package or dropped in by the researcher.

A file is kept byte for byte as a reply and read by the layout its catalogue entry declares. Rows
carry municipality codes, or names that a resolver turns into codes; a row that can't be placed is
kept as refused, with the reason.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sources.catalogue import Catalogue, FileLayout, Origin, Table
from sources.errors import InputError
from sources.http import Call, Reply, Upstream
from sources.plan import Planned
from sources.tidy import Frames, frame

FOLDER = Path(__file__).parent / "recorded" / "files"
SCHEME = "file:"

Resolver = Callable[[Sequence[tuple[str, str | None]], date], list[str | Exception]]
"""Names with their counties (or None) and a day -> for each, a code or why there is none."""

Row = dict[str, str]


def plan(_catalogue: Catalogue, table: Table, _upstream: Upstream) -> list[Planned]:
    """One "call": the file."""
    call = Call(f"{SCHEME}{_layout(table).file}")
    return [Planned(call, table.id, division=str(table.division))]


def fetch(call: Call, table: Table, folder: Path = FOLDER) -> Reply:
    """The file as a reply, its bytes untouched. Raises InputError if it is not there."""
    path = folder / call.url.removeprefix(SCHEME)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{call.url}: a file must lie in {folder}.")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; table '{table.id}' is read from it.")
    published = table.published_on or ""
    return Reply(
        call=call,
        content=path.read_bytes(),
        content_type="text/csv",
        fetched_at=datetime.now(UTC),
        upstream="file",
        as_of=date.fromisoformat(published)
        if len(published) == len("2026-01-01")
        else date.today(),  # noqa: DTZ011
        provenance=table.came_through,
    )


def read(catalogue: Catalogue, table: Table, reply: Reply, resolve: Resolver) -> Frames:
    """A file's rows as observations, classes or organisation numbers, by its layout.

    Raises InputError naming file, row and column for what can't be read as declared.
    """
    rows = list(_placed(table, reply, resolve))
    refused = [
        {"reply_id": reply.reply_id, "row": number, "said": said, "reason": str(code)}
        for number, said, code, _ in rows
        if isinstance(code, Exception)
    ]
    placed = [(number, code, row) for number, _, code, row in rows if isinstance(code, str)]
    return {
        table.holds: _held(catalogue, table, reply, placed),
        "refused_row": frame("refused_row", refused),
    }


def _placed(
    table: Table, reply: Reply, resolve: Resolver
) -> Iterator[tuple[int, str, str | Exception, Row]]:
    """Each row about a municipality: its number in the file, what it said, code or reason, row."""
    layout = _layout(table)
    rows = list(_rows(table, reply))
    if layout.code:
        for number, row in rows:
            said = _cell(table, row, layout.code, number)
            yield number, said, said if _is_code(said) else _no_code(table, number, said), row
        return
    named = [(number, row, found) for number, row in rows if (found := _name(table, row, number))]
    codes = resolve([(name, county) for _, _, (name, county) in named], reply.as_of)
    for (number, row, (name, _)), resolved in zip(named, codes, strict=True):
        yield number, name, layout.known_names.get(name, resolved), row


def _name(table: Table, row: Row, number: int) -> tuple[str, str | None] | None:
    """The municipality's name and county in a row, or None where the row is about another body."""
    layout = _layout(table)
    said = _cell(table, row, layout.name or "", number)
    match = re.match(layout.name_pattern, said)
    if not match or said in layout.other_names:
        return None
    county = row.get(layout.county) if layout.county else match.groupdict().get("county")
    return (said if said in layout.known_names else match["name"]), county


def _is_code(text: str) -> bool:
    return len(text) == len("0301") and text.isdigit()


def _no_code(table: Table, number: int, said: str) -> InputError:
    return InputError(
        f"{_layout(table).file}, row {number}: '{said}' is not a municipality code of four digits."
    )


def _rows(table: Table, reply: Reply) -> Iterator[tuple[int, Row]]:
    """The rows below the header, numbered as in the file."""
    layout = _layout(table)
    try:
        text = reply.content.decode(layout.encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{layout.file}: byte {error.start} is not {layout.encoding}; declare the encoding."
        ) from error
    lines = csv.reader(io.StringIO(text), delimiter=layout.delimiter)
    for _ in range(layout.skip_rows):
        next(lines, None)
    header = next(lines, []) if layout.has_header else None
    for cells in lines:
        if any(cells):
            names = header or [f"c{place}" for place in range(1, len(cells) + 1)]
            yield lines.line_num, dict(zip(names, cells, strict=False))


def _held(
    catalogue: Catalogue, table: Table, reply: Reply, placed: list[tuple[int, str, Row]]
) -> pa.Table:
    if table.holds == "classification":
        return frame("classification", _classes(table, reply, placed))
    if table.holds == "organisation":
        return frame("organisation", _organisations(table, reply, placed))
    return frame("observation", _observations(catalogue, table, reply, placed))


def _classes(table: Table, reply: Reply, placed: list[tuple[int, str, Row]]) -> Iterator[Any]:
    for scheme, (code_column, name_column) in table.classes.items():
        for number, code, row in placed:
            yield {
                "scheme": scheme,
                "municipality_code": code,
                "class_code": _cell(table, row, code_column, number),
                "class_name": _cell(table, row, name_column, number) if name_column else None,
                "division": int(table.division),
                "reply_id": reply.reply_id,
            }


def _organisations(table: Table, reply: Reply, placed: list[tuple[int, str, Row]]) -> Iterator[Any]:
    for number, code, row in placed:
        yield {
            "organisation_number": _cell(table, row, "orgnr", number),
            "municipality_code": code,
            "name": _cell(table, row, "orgnavn", number),
            "reply_id": reply.reply_id,
        }


def _observations(
    catalogue: Catalogue, table: Table, reply: Reply, placed: list[tuple[int, str, Row]]
) -> Iterator[Any]:
    for indicator, origin in catalogue.indicators_of(table.id):
        figures = [
            (code, _period(table, origin, row, number), *_figure(table, origin, row, number))
            for number, code, row in placed
            if all(_cell(table, row, name, number) == text for name, text in origin.where.items())
        ]
        for code, period, value, status in _added(figures) if origin.add_rows else figures:
            yield {
                "indicator_id": indicator.id,
                "reported_code": code,
                "period": period,
                "value": value,
                "status": status,
                "unit": indicator.unit,
                "reply_id": reply.reply_id,
            }


Figure = tuple[str, str, float | None, str | None]


def _added(figures: Iterable[Figure]) -> list[Figure]:
    """One figure a code and period: the sum if every part is there, else missing."""
    parts: dict[tuple[str, str], list[float | None]] = {}
    for code, period, value, _ in figures:
        parts.setdefault((code, period), []).append(value)
    return [
        (code, period, None if None in values else sum(filter(None, values)), None)
        for (code, period), values in parts.items()
    ]


def _period(table: Table, origin: Origin, row: Row, number: int) -> str:
    layout = _layout(table)
    if origin.period:
        return origin.period
    return _cell(table, row, layout.period or "", number)


def _figure(table: Table, origin: Origin, row: Row, number: int) -> tuple[float | None, str | None]:
    """A cell as a number, or None with the file's own sign for missing (None if it is empty)."""
    layout = _layout(table)
    column = origin.column or ""
    text = _cell(table, row, column, number)
    if text in origin.values:
        return origin.values[text], None
    if text in layout.missing:
        return None, text or None
    plain = text.removesuffix("%").replace("\u00a0", "").replace(" ", "")
    try:
        return float(plain.replace(layout.decimal, ".")), None
    except ValueError as error:
        raise InputError(
            f"{layout.file}, row {number}, column '{column}': '{text}' is not a number with"
            f" '{layout.decimal}' before the decimals, nor one of the declared signs for missing."
        ) from error


def _cell(table: Table, row: Row, column: str, number: int) -> str:
    if column not in row:
        raise InputError(
            f"{_layout(table).file}, row {number}: there is no column '{column}'; the file has"
            f" {', '.join(row)}."
        )
    return row[column].strip()


def _layout(table: Table) -> FileLayout:
    if table.layout is None:
        raise InputError(f"table '{table.id}' is a file and needs a 'layout'.")
    return table.layout
