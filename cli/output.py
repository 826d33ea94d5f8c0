"""Results as a command writes them: a table for a person, otherwise CSV, JSON, Excel or Parquet.

A result is streamed: no more of it is in memory than a batch of rows.
"""

import csv
import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import duckdb

from cli.options import Format
from cli.running import interruptible
from cli.terminal import escape
from common import tables
from common.errors import InputError
from common.text import printable
from digidistrikt.query import column_names, refused, run

if TYPE_CHECKING:
    from common import excel

_BATCH = 10_000  # rows
_NO_FILE = "{0} is for a file: add --output FILE.{0}, or ask with 'digidistrikt sql' or 'export'."
_BINARY = {"parquet", "xlsx"}
_CUBE = "json-stat2 is for an indicator: digidistrikt series INDICATOR --format json-stat2."


def write_query(
    con: duckdb.DuckDBPyConnection,
    query: str,
    output_format: str | None = None,
    output: Path | None = None,
    heading: str = "",
    *,
    timeout: float | None = None,
) -> None:
    """Runs a query and writes its result, on a terminal below a heading.

    `timeout` is in seconds. Raises InputError for SQL that does not run or runs out of memory or
    time, or a result that can't be written; the file that was there stays.
    """
    kind = _kind(output_format, output)

    def write() -> None:
        cursor = run(con, query)
        try:
            if output is None:
                if heading and kind == "table":
                    from rich.console import Console

                    Console().print(f"[bold]{escape(heading)}[/bold]")
                _write(column_names(cursor), _rows(cursor), kind, sys.stdout)
                return
            with swapped_in(output) as beside:
                _write_file(con, cursor, query, kind, beside)
        except duckdb.Error as error:  # a row may fail after others were read
            raise refused(error) from error

    interruptible(con, write, timeout)


def _write_file(
    con: duckdb.DuckDBPyConnection,
    cursor: duckdb.DuckDBPyConnection,
    query: str,
    kind: str,
    file: Path,
) -> None:
    if kind == "parquet":
        _write_parquet(cursor, file)
    elif kind == "xlsx":
        from common import excel

        excel.write_workbook(file, sheets(con, "figures", query, cursor))
    else:
        with file.open("w", encoding="utf-8", newline="") as out:
            _write(column_names(cursor), _rows(cursor), kind, out)


def sheets(
    con: duckdb.DuckDBPyConnection, name: str, query: str, cursor: duckdb.DuckDBPyConnection
) -> "Iterator[excel.Sheet]":
    """A result, what its columns mean, and the sources of the indicators in it."""
    from common import excel
    from digidistrikt import about

    columns = column_names(cursor)
    rows = cursor.fetchall()
    yield excel.Sheet(name, columns, rows)
    at = columns.index("indicator_id") if "indicator_id" in columns else None
    in_rows = [] if at is None else sorted({str(row[at]) for row in rows})
    yield excel.Sheet("columns", about.ColumnMeaning._fields, about.meanings(con, columns, query))
    yield excel.Sheet("sources", about.Origin._fields, about.origins(con, [*columns, *in_rows]))
    yield excel.Sheet("vintage", about.Vintage._fields, [about.vintage(con)])


def write_text(text: str, output: Path | None) -> None:
    """Writes a text to a file, or shows it."""
    if output is None:
        sys.stdout.write(text)
        return
    with swapped_in(output) as beside:
        beside.write_text(text, encoding="utf-8", newline="")


def write_cursor(cursor: duckdb.DuckDBPyConnection, output_format: str | None) -> None:
    """Writes what a query of ours gave to standard output."""
    write_rows(column_names(cursor), cursor.fetchall(), output_format)


def write_rows(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], output_format: str | None
) -> None:
    """Writes rows to standard output. Raises InputError for Parquet, which needs a file."""
    _write(columns, rows, _kind(output_format, None), sys.stdout)


def is_table(output_format: str | None) -> bool:
    """Whether the result is for a person at a terminal."""
    return _kind(output_format, None) == "table"


def _kind(output_format: str | None, output: Path | None) -> str:
    """The format of a result. Raises InputError where a file's name does not tell."""
    if output_format in _BINARY and output is None:
        raise InputError(_NO_FILE.format(output_format))
    if output_format == "json-stat2":
        raise InputError(_CUBE)
    if output is None:
        return str(output_format or ("table" if sys.stdout.isatty() else "csv"))
    kind = str(output_format or output.suffix.lstrip("."))
    if kind not in list(Format):
        raise InputError(
            f"--output {output}: say --format csv, csv-excel, xlsx, json, parquet or markdown."
        )
    return kind


# --- the rows ------------------------------------------------------------------------------


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Any]]:
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


# --- formats -------------------------------------------------------------------------------


def _write(columns: Sequence[str], rows: Iterable[Sequence[Any]], kind: str, out: TextIO) -> None:
    """Writes rows as text. Raises InputError for JSON with two columns of one name."""
    if kind == "table":
        from rich.console import Console

        tables.render(columns, rows, Console(file=out))
        return
    written = {
        "csv": _csv,
        "csv-excel": _csv_for_excel,
        "json": _json,
        "markdown": _markdown,
    }
    lines = written[kind](columns, rows)
    is_terminal = out.isatty()
    for line in lines:
        out.write(printable(line) if is_terminal else line)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(columns)
    yield line.text
    for row in rows:
        writer.writerow(["" if cell is None else tables.plain(cell) for cell in row])
        yield line.text


def _csv_for_excel(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    from common import excel

    return excel.csv_lines(columns, rows)


class _Line:
    """What a CSV writer wrote last."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """An array with an object on each line. JSON has no NaN: it and infinity are null."""
    _require_one_of_each(columns)
    yield "["
    between = "\n"
    for row in rows:
        values = {name: _json_value(cell) for name, cell in zip(columns, row, strict=True)}
        yield between + json.dumps(values, ensure_ascii=False, allow_nan=False, default=str)
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "]\n"


def _json_value(cell: Any) -> Any:
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, dict):
        return {str(key): _json_value(value) for key, value in cell.items()}
    if isinstance(cell, list | tuple):
        return [_json_value(value) for value in cell]
    return cell


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield _markdown_row(columns) + "|---" * len(columns) + "|\n"
    yield from map(_markdown_row, rows)


def _markdown_row(cells: Sequence[Any]) -> str:
    texts = (tables.shown(cell).replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(text.replace("\n", "<br>") for text in texts) + " |\n"


def _write_parquet(cursor: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Raises InputError for two columns of one name, which no reader could tell apart."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    _require_one_of_each(column_names(cursor))
    batches = cursor.to_arrow_reader(_BATCH)
    try:
        with pq.ParquetWriter(file, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    except pa.ArrowException as error:
        raise InputError(f"parquet can't hold this result: {error}") from error


def _require_one_of_each(columns: Sequence[str]) -> None:
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise InputError(f"two columns are called '{twice[0]}'; give one another name with 'as'.")


# --- files ---------------------------------------------------------------------------------


@contextmanager
def swapped_in(output: Path) -> Iterator[Path]:
    """Where to write what is to be at `output`: it is put there when it is whole.

    What stands there stays until then, and if it fails. A device or pipe is written to directly.
    Raises InputError where nothing can be written.
    """
    if output.exists() and not output.is_file() and not output.is_dir():
        yield output
        return
    target = output.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise InputError(f"--output {output}: this can't be written: {error.strerror}.") from error
    finally:
        beside.unlink(missing_ok=True)
