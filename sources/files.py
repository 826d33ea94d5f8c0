"""Figures that come as files: shipped with the package or dropped in by the researcher.

A file (CSV, a workbook, Parquet) is kept byte for byte as a reply and read by the layout its
catalogue entry declares. Rows carry municipality codes, or names that a resolver turns into codes;
a row that can't be placed is kept as refused, with the reason.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from common import fileio
from common.errors import InputError
from common.tabular.kinds import is_workbook
from common.tabular.numerals import BOUND, number, without_mark
from sources.catalogue import Catalogue, Indicator, Origin, Table
from sources.catalogue.layout import FileLayout
from sources.file_rows import FileRow, Places, Refusal, Resolver, columns, layout_of, read_rows
from sources.file_traits import traits
from sources.frames import Frames, frame
from sources.http import Reply, Request, Upstream
from sources.periods import part_of_year, period_of
from sources.plan import Planned
from sources.shape import Shape

FOLDER = Path(__file__).parent / "recorded" / "files"
SCHEME = "file:"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plan(_catalogue: Catalogue, table: Table, _upstream: Upstream) -> list[Planned]:
    """One "call": the file."""
    request = Request(f"{SCHEME}{layout_of(table).file}")
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
        body=(content := fileio.read_bytes(path)),
        content_type=WORKBOOK if is_workbook(content) else "text/csv",
        fetched_at=datetime.now(UTC),
        upstream="file",
        as_of=date.fromisoformat(published) if len(published) == len("2026-01-01") else today,
        provenance=table.obtained_via,
    )


def read(catalogue: Catalogue, table: Table, reply: Reply, resolve: Resolver) -> Frames:
    """A file's rows as observations and traits, classes or organisation numbers, by its layout.

    A row without a municipality and a cell that is no number are kept as refused, with the reason.
    Raises InputError for a file that is not as declared, or of which nothing can be read.
    """
    rows = read_rows(table, reply)
    if table.holds == "context_observation":
        return {"context_observation": frame("context_observation", _context(table, reply, rows))}
    refused: dict[int, Refusal] = {}
    places = Places(table, rows, resolve, refused)
    trait_rows: list[dict[str, Any]] = []
    if table.holds == "observation":
        found = list(_observations(catalogue, table, reply, places))
        trait_rows = list(traits(catalogue, table, reply, places))
    else:
        on = date(int(table.division), 1, 1) if table.division != "own" else reply.as_of
        places.look_up((row, on) for row in rows)
        placed = [(code, row) for row in rows if (code := places.of(row, on))]
        found = list(_HELD[table.holds](table, reply, placed))
    if refused and not (found or trait_rows):
        raise InputError(next(iter(refused.values())).reason)
    kept = [
        {"reply_id": reply.reply_id, "row": at, "raw_value": raw_value, "reason": reason}
        for at, (raw_value, reason) in sorted(refused.items())
    ]
    return {
        table.holds: frame(table.holds, found),
        "trait_value": frame("trait_value", trait_rows),
        "refused_row": frame("refused_row", kept),
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


def _classes(table: Table, reply: Reply, placed: Sequence[tuple[str, FileRow]]) -> Iterator[Any]:
    for scheme, (code_column, name_column) in table.classes.items():
        for code, row in placed:
            yield {
                "scheme": scheme,
                "municipality_code": code,
                "class_code": row.cell(code_column),
                "class_name": row.cell(name_column) if name_column else None,
                "valid_from": date(int(table.division), 1, 1),
                "valid_to": None,
                "reply_id": reply.reply_id,
            }


def _organisations(
    _table: Table, reply: Reply, placed: Sequence[tuple[str, FileRow]]
) -> Iterator[Any]:
    for code, row in placed:
        yield {
            "organisation_number": row.cell("orgnr"),
            "municipality_code": code,
            "name": row.cell("orgnavn"),
            "reply_id": reply.reply_id,
        }


def _adoptions(_table: Table, reply: Reply, placed: Sequence[tuple[str, FileRow]]) -> Iterator[Any]:
    for code, row in placed:
        yield {
            "municipality_code": code,
            "adopted_on": _date(row, "adopted_on"),
            "left_on": _date(row, "left_on") if row.cell("left_on") else None,
            "listed_under": row.cell("listed_under"),
            "evidence": row.cell("evidence"),
            "reply_id": reply.reply_id,
        }


def _stays(_table: Table, reply: Reply, placed: Sequence[tuple[str, FileRow]]) -> Iterator[Any]:
    for code, row in placed:
        yield {
            "municipality_code": code,
            "entered_on": _date(row, "entered_on"),
            "left_on": _date(row, "left_on") if row.cell("left_on") else None,
            "reply_id": reply.reply_id,
        }


def _date(row: FileRow, column: str) -> date:
    try:
        return date.fromisoformat(row.cell(column))
    except ValueError as error:
        raise InputError(
            f"{row.where}, column '{column}': '{row.cell(column)}' is not a day as 2019-12-31."
        ) from error


_HELD = {
    "classification": _classes,
    "organisation": _organisations,
    "adoption": _adoptions,
    "stay": _stays,
}
"""How the rows of a file that holds no figures are read."""


def _context(table: Table, reply: Reply, rows: Sequence[FileRow]) -> Iterator[Any]:
    layout = layout_of(table)
    figure = Origin(table=table.id, column=layout.value)
    for row in rows:
        if row.fault:
            raise InputError(row.fault)
        value, status = _figure(layout, figure, row)
        yield {
            "subject": row.cell(layout.subject or ""),
            "breakdown": {name: row.cell(name) for name in layout.breakdown},
            "period": _period(layout, figure, row),
            "value": value,
            "status": status,
            "unit": row.cell(layout.unit or ""),
            "reply_id": reply.reply_id,
        }


# --- figures -------------------------------------------------------------------------------


_ByWords = dict[tuple[str, ...], list[FileRow]]
"""Rows by what they say in some columns; those at fault by nothing."""


class FileFigure(NamedTuple):
    """A figure of a municipality as it stands in a row."""

    indicator: Indicator
    row: FileRow
    code: str
    period: str
    value: float | None
    status: str | None


def _observations(
    catalogue: Catalogue, table: Table, reply: Reply, places: Places
) -> Iterator[dict[str, Any]]:
    for figure in _once(_figures(catalogue, table, places)):
        yield {
            "indicator_id": figure.indicator.id,
            "reported_code": figure.code,
            "period": figure.period,
            "value": figure.value,
            "status": figure.status,
            "unit": figure.indicator.unit,
            "reply_id": reply.reply_id,
        }


def _figures(catalogue: Catalogue, table: Table, places: Places) -> Iterator[FileFigure]:
    layout = layout_of(table)
    by_words: dict[tuple[str, ...], _ByWords] = {}
    sought = [
        (indicator, origin, row, period)
        for indicator, origin in catalogue.indicators_of(table.id)
        for row in _chosen(places.rows, origin.where, by_words)
        if (period := _usable_period(layout, origin, row, places))
    ]
    places.look_up((row, _day(period)) for _, _, row, period in sought)
    if layout.code_form == "any":  # an entry for all rows of a file: one that none reads is told
        reached = {row.number for _, _, row, _ in sought}
        places.refuse_unplaced([row for row in places.rows if row.number not in reached])
    parts: dict[tuple[str, str, str], list[FileFigure]] = {}
    for indicator, origin, row, period in sought:
        try:
            value, status = _figure(layout, origin, row)
        except InputError as error:
            if places.of(row, _day(period)) is None:
                continue
            if origin.add_rows:
                raise  # a sum without one of its parts is another figure
            places.refuse(row, row.cell(origin.column or ""), str(error))
            continue
        code = places.of(row, _day(period), is_missing=value is None)
        if code is None:
            continue
        figure = FileFigure(indicator, row, code, period, value, status)
        if origin.add_rows:
            parts.setdefault((indicator.id, code, period), []).append(figure)
        else:
            yield figure
    yield from (_sum(found) for found in parts.values())


def _chosen(
    rows: Sequence[FileRow], where: Mapping[str, str], by_words: dict[tuple[str, ...], _ByWords]
) -> Sequence[FileRow]:
    """The rows with these words, and those at fault, whose words can't be trusted."""
    if not where:
        return rows
    columns = tuple(where)
    if columns not in by_words:
        found: _ByWords = {}
        for row in rows:
            words = () if row.fault else tuple(row.cell(name) for name in columns)
            found.setdefault(words, []).append(row)
        by_words[columns] = found
    of_columns = by_words[columns]
    return [*of_columns.get(tuple(where.values()), []), *of_columns.get((), [])]


def figures_of_row(
    catalogue: Catalogue, table: Table, row: FileRow
) -> Iterator[tuple[Indicator, str, float | None]]:
    """The figures in a row whatever it is about, as in one of totals; what is none is left out."""
    layout = layout_of(table)
    for indicator, origin in catalogue.indicators_of(table.id):
        if all(row.cell(name) == text for name, text in origin.where.items()):
            with suppress(InputError):  # a total that can't be read is no evidence of anything
                yield indicator, _period(layout, origin, row), _figure(layout, origin, row)[0]


def _usable_period(layout: FileLayout, origin: Origin, row: FileRow, places: Places) -> str | None:
    try:
        return _period(layout, origin, row)
    except InputError as error:
        places.refuse(row, row.cell(layout.period or layout.part_of_year or ""), str(error))
        return None


def _once(figures: Iterable[FileFigure]) -> Iterator[FileFigure]:
    """Raises InputError for a municipality that has two figures of one period."""
    seen: dict[tuple[str, str, str], FileFigure] = {}
    for figure in figures:
        key = (figure.indicator.id, figure.code, figure.period)
        if other := seen.get(key):
            raise InputError(
                f"{figure.row.where}: {figure.code} in {figure.period} has a figure of"
                f" '{figure.indicator.id}' in row {other.row.number} already; keep one of the two."
            )
        seen[key] = figure
        yield figure


def _sum(parts: Sequence[FileFigure]) -> FileFigure:
    """The sum of rows of one municipality, or missing with the sign of the first missing part."""
    missing = next((part for part in parts if part.value is None), None)
    if missing:
        return missing
    return parts[0]._replace(value=sum(part.value or 0 for part in parts), status=None)


def _day(period: str) -> date:
    return date(int(period[:4]), 1, 1)


def _period(layout: FileLayout, origin: Origin, row: FileRow) -> str:
    """The code of a figure's period. Raises InputError for a cell that is none."""
    if row.fault:
        return "0001"  # what is wrong with the row is told before its period is of use
    text = origin.period or row.cell(layout.period or "")
    period = period_of(text)
    if period and layout.part_of_year and re.fullmatch(r"\d{4}", period):
        part = row.cell(layout.part_of_year)
        quarters = "kvartal" in layout.part_of_year.lower()
        added = part_of_year(part, quarters=quarters)
        period, text = (f"{period}{added}", text) if added else (None, part)
    if period is None:
        raise InputError(
            f"{row.where}: '{text}' is not a period; write 2025, 2025K1, 2025M03 or 2025-03-31."
        )
    return period


def _figure(layout: FileLayout, origin: Origin, row: FileRow) -> tuple[float | None, str | None]:
    """A cell as a number, or None with the file's own sign for missing (None if it is empty).

    A footnote's mark is no part of a number and becomes its status; a bound such as `<5` is
    missing. Raises InputError for anything else.
    """
    text = row.cell(origin.column or "")
    if text.isdigit() and text.isascii() and text not in layout.missing and not origin.values:
        return float(text), None  # as most figures are: the rules below take their time
    if text in origin.values:
        return origin.values[text], None
    if text in layout.missing or BOUND.fullmatch(text):
        return None, text or None
    digits, mark = without_mark(text)
    value = number(digits, layout.decimal, layout.thousands)
    if value is None:
        raise InputError(
            f"{row.where}, column '{origin.column}': '{text}' is not a number with"
            f" '{layout.decimal}' before the decimals, nor one of the declared signs for missing."
        )
    return value, mark
