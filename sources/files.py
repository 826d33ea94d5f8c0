"""Figures that come as files: shipped with the package or dropped in by the researcher.

A file, CSV or an Excel workbook, is kept byte for byte as a reply and read by the layout its
catalogue entry declares. Rows carry municipality codes, or names that a resolver turns into codes;
a row that can't be placed is kept as refused, with the reason.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from common import fileio
from common.errors import InputError
from common.tabular.grid import read_grid
from common.tabular.kinds import is_workbook
from common.tabular.numerals import Number, number_with
from sources.catalogue import Catalogue, FileLayout, Origin, Table
from sources.frames import Frames, frame
from sources.http import Reply, Request, Upstream
from sources.plan import Planned
from sources.shape import Shape

FOLDER = Path(__file__).parent / "recorded" / "files"
SCHEME = "file:"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Resolver = Callable[[Sequence[tuple[str, str | None]], date], list[str | Exception]]
"""Names with their counties (or None) and a day -> for each, a code or why there is none."""

Row = dict[str, str]


def plan(_catalogue: Catalogue, table: Table, _upstream: Upstream) -> list[Planned]:
    """One "call": the file."""
    request = Request(f"{SCHEME}{_layout(table).file}")
    return [Planned(request, table.id, division=str(table.division))]


def questions(_table: Table, _planned: Sequence[Planned], _upstream: Upstream) -> list[Request]:
    """A file is not asked for."""
    return []


def fetch(catalogue: Catalogue, planned: Planned, upstream: Upstream, added_files: Path) -> Reply:
    """The file as a reply; one that the researcher added lies in `added_files`.

    Raises InputError if it is not there.
    """
    table = catalogue.table_by_id[planned.table_id]
    folder = added_files if table.id in catalogue.added else FOLDER
    return from_disk(planned.request, table, upstream.today, folder)


def from_disk(request: Request, table: Table, today: date, folder: Path = FOLDER) -> Reply:
    """A file as a reply, its bytes untouched. Raises InputError if it is not there.

    `today` is the day of the session; the reply is as of it unless the day of publication is known.
    """
    path = folder / request.url.removeprefix(SCHEME)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{request.url}: a file must lie in {folder}.")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; table '{table.id}' is read from it.")
    published = table.published_on or ""
    return Reply(
        request=request,
        content=(content := fileio.read_bytes(path)),
        content_type=WORKBOOK if is_workbook(content) else "text/csv",
        fetched_at=datetime.now(UTC),
        upstream="file",
        as_of=date.fromisoformat(published) if len(published) == len("2026-01-01") else today,
        provenance=table.obtained_via,
    )


def read(catalogue: Catalogue, table: Table, reply: Reply, resolve: Resolver) -> Frames:
    """A file's rows as observations, classes or organisation numbers, by its layout.

    Raises InputError naming file, row and column for what can't be read as declared.
    """
    if table.holds == "context_observation":
        return {"context_observation": frame("context_observation", _context(table, reply))}
    rows = list(_placed(table, reply, resolve))
    refused = [
        {"reply_id": reply.reply_id, "row": number, "raw_value": said, "reason": str(code)}
        for number, said, code, _ in rows
        if isinstance(code, Exception)
    ]
    placed = [(number, code, row) for number, _, code, row in rows if isinstance(code, str)]
    return {
        table.holds: _held(catalogue, table, reply, placed),
        "refused_row": frame("refused_row", refused),
    }


def shape(
    _catalogue: Catalogue,
    table: Table,
    _upstream: Upstream,
    replies: Sequence[Reply],
    _agreed: Shape,
) -> Shape:
    """The names of a file's columns. Raises InputError."""
    return {"columns": dict.fromkeys(columns(table, replies[0]), "")}


def columns(table: Table, reply: Reply) -> list[str]:
    """The names of a file's columns; of an empty file none. Raises InputError."""
    layout = _layout(table)
    below = itertools.islice(_lines(table, reply), layout.skip_rows, None)
    return next((_column_names(layout, cells) for _, cells in below), [])


def _placed(
    table: Table, reply: Reply, resolve: Resolver
) -> Iterator[tuple[int, str, str | Exception, Row]]:
    """Each row about a municipality: its number in the file, what it said, code or reason, row."""
    layout = _layout(table)
    rows = list(_rows(table, reply))
    if layout.code:
        for number, row in rows:
            said = _cell(table, row, layout.code, number)
            lost = lost_its_nought(said) and isinstance(
                said, Number
            )  # a number never has a first 0
            code = f"0{said}" if lost else said
            yield number, said, code if _is_code(code) else _no_code(table, number, said), row
        return
    named = [(number, row, found) for number, row in rows if (found := _name(table, row, number))]
    on = layout.names_on or reply.as_of
    codes = resolve([(name, county) for _, _, (name, county) in named], on)
    for (number, row, (name, _)), resolved in zip(named, codes, strict=True):
        yield number, name, layout.known_names.get(name, resolved), row


def _name(table: Table, row: Row, number: int) -> tuple[str, str | None] | None:
    """The municipality's name and county in a row, or None where the row is about another body."""
    layout = _layout(table)
    said = _cell(table, row, layout.name or "", number)
    match = re.match(layout.name_pattern, said)
    if not match or said in layout.other_names:
        return None
    if layout.county:
        county = _cell(table, row, layout.county, number) or None
    else:
        county = match.groupdict().get("county")
    return (said if said in layout.known_names else match["name"]), county


def _is_code(text: str) -> bool:
    return re.fullmatch("[0-9]{4}", text) is not None


def lost_its_nought(text: str) -> bool:
    """Whether a program has taken a municipality code for a number: 301 for 0301."""
    return re.fullmatch("[0-9]{3}", text) is not None


def _no_code(table: Table, number: int, said: str) -> InputError:
    hint = f" If a program dropped the first 0, write 0{said}." if lost_its_nought(said) else ""
    return InputError(
        f"{_layout(table).file}, row {number}: '{said}' is not a municipality code of four digits."
        f"{hint}"
    )


def _rows(table: Table, reply: Reply) -> Iterator[tuple[int, Row]]:
    """The rows below the header, numbered as in the file.

    A row with more or fewer cells than the others is refused: its figures stand in wrong columns.
    """
    layout = _layout(table)
    names: list[str] = []
    for number, cells in itertools.islice(_lines(table, reply), layout.skip_rows, None):
        if not names:
            names = _column_names(layout, cells)
            if layout.has_header:
                continue
        if not any(cells):
            continue
        if len(cells) != len(names):
            raise InputError(
                f"{layout.file}, row {number}: {len(names)} cells are expected, and"
                f" there are {len(cells)}; is a '{layout.delimiter}' in a text without quotes?"
            )
        yield number, dict(zip(names, cells, strict=True))


def _lines(table: Table, reply: Reply) -> Iterator[tuple[int, list[str]]]:
    """The cells of every row, with its number in the file."""
    layout = _layout(table)
    if not reply.content.strip():
        return
    yield from read_grid(
        reply.content,
        layout.file,
        sheet=layout.sheet,
        encoding=layout.encoding,
        delimiter=layout.delimiter,
    ).rows


def _column_names(layout: FileLayout, first: Sequence[str]) -> list[str]:
    """The header's names, or c1, c2, ... where there is none."""
    if not layout.has_header:
        return [f"c{place}" for place in range(1, len(first) + 1)]
    names = [name.strip() for name in first]
    if repeated := [name for name in names if name and names.count(name) > 1]:
        raise InputError(f"{layout.file}: two columns are named '{repeated[0]}'; rename one.")
    return names


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
                "valid_from": date(int(table.division), 1, 1),
                "valid_to": None,
                "reply_id": reply.reply_id,
            }


def _context(table: Table, reply: Reply) -> Iterator[Any]:
    layout = _layout(table)
    figure = Origin(table=table.id, column=layout.value)
    for number, row in _rows(table, reply):
        value, status = _figure(table, figure, row, number)
        yield {
            "subject": _cell(table, row, layout.subject or "", number),
            "breakdown": {name: _cell(table, row, name, number) for name in layout.breakdown},
            "period": _period(table, figure, row, number),
            "value": value,
            "status": status,
            "unit": _cell(table, row, layout.unit or "", number),
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
    """One figure a code and period: the sum, or missing with the sign of the first missing part."""
    parts: dict[tuple[str, str], list[tuple[float | None, str | None]]] = {}
    for code, period, value, status in figures:
        parts.setdefault((code, period), []).append((value, status))
    return [(code, period, *_sum(found)) for (code, period), found in parts.items()]


def _sum(parts: Sequence[tuple[float | None, str | None]]) -> tuple[float | None, str | None]:
    for value, status in parts:
        if value is None:
            return None, status
    return sum(value for value, _ in parts if value is not None), None


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
    if isinstance(text, Number):
        return float(text), None
    if not number_with(layout.decimal).fullmatch(text):
        raise InputError(
            f"{layout.file}, row {number}, column '{column}': '{text}' is not a number with"
            f" '{layout.decimal}' before the decimals, nor one of the declared signs for missing."
        )
    plain = re.sub(r"[%\s]", "", text).replace("\u2212", "-")
    return float(plain.replace(layout.decimal, ".")), None


def _cell(table: Table, row: Row, column: str, number: int) -> str:
    if column not in row:
        raise InputError(
            f"{_layout(table).file}, row {number}: there is no column '{column}'; the file has"
            f" {', '.join(row)}."
        )
    return row[column]


def _layout(table: Table) -> FileLayout:
    if table.layout is None:
        raise InputError(f"table '{table.id}' is a file and needs a 'layout'.")
    return table.layout
