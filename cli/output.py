"""Results as a command writes them: a table for a person, CSV, JSON, Markdown or Parquet otherwise.

Rows are chosen here and not by query parameters: with a parameter DuckDB imports pandas, which
takes longer than the answer.
"""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import duckdb
from rich.console import Console
from rich.markup import escape

from cli.options import Format
from common import tables
from common.errors import InputError


def write_query(
    con: duckdb.DuckDBPyConnection,
    query: str,
    output_format: str | None = None,
    output: Path | None = None,
    heading: str = "",
) -> None:
    """Runs a query and writes its result, on a terminal below a heading.

    Raises InputError for SQL that does not run or a file that can't be written.
    """
    cursor = _run(con, query)
    if output_format == "parquet" or (output and output.suffix == ".parquet"):
        _write_parquet(cursor, output)
        return
    columns = column_names(cursor)
    rows = cursor.fetchall()
    if output is None:
        if heading and is_table(output_format):
            Console().print(f"[bold]{escape(heading)}[/bold]")
        _write(columns, rows, _chosen(output_format), sys.stdout)
        return
    kind = output_format or output.suffix.lstrip(".")
    if kind not in list(Format):
        raise InputError(f"--output {output}: say --format csv, json, parquet or markdown.")
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            _write(columns, rows, kind, file)
    except OSError as error:
        raise InputError(f"--output {output}: this can't be written: {error.strerror}.") from error


def _run(con: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """Runs the one statement of a query. Raises InputError if there are none or several."""
    try:
        statements = con.extract_statements(query)
        if len(statements) == 1:
            return con.execute(statements[0])
    except duckdb.Error as error:
        raise InputError(f"this query does not run: {error}") from error
    found = f"it has {len(statements)} statements" if statements else "it is empty"
    raise InputError(f"this query does not run: {found}; write one statement.")


def write_cursor(cursor: duckdb.DuckDBPyConnection, output_format: str | None) -> None:
    """Writes what a query of ours gave to standard output."""
    write_rows(column_names(cursor), cursor.fetchall(), output_format)


def write_rows(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], output_format: str | None
) -> None:
    """Writes rows to standard output. Raises InputError for Parquet, which needs a file."""
    _write(columns, rows, _chosen(output_format), sys.stdout)


def is_table(output_format: str | None) -> bool:
    """Whether the result is for a person at a terminal."""
    return _chosen(output_format) == "table"


def column_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns of a result."""
    return [column[0] for column in cursor.description or []]


def _chosen(output_format: str | None) -> str:
    return str(output_format or ("table" if sys.stdout.isatty() else "csv"))


def _write(columns: Sequence[str], rows: Sequence[Sequence[Any]], kind: str, out: TextIO) -> None:
    if kind == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(
            [["" if cell is None else tables.plain(cell) for cell in row] for row in rows]
        )
    elif kind == "json":
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        out.write(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n")
    elif kind == "markdown":
        out.write("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|\n")
        out.writelines(
            "| " + " | ".join(_in_markdown(cell) for cell in row) + " |\n" for row in rows
        )
    elif kind == "parquet":
        raise InputError("parquet is for a file: add --output FILE.parquet.")
    else:
        tables.render(columns, rows, Console(file=out))


def _in_markdown(cell: object) -> str:
    return tables.shown(cell).replace("|", "\\|").replace("\n", " ")


def _write_parquet(cursor: duckdb.DuckDBPyConnection, output: Path | None) -> None:
    if output is None:
        raise InputError("parquet is for a file: add --output FILE.parquet.")
    import pyarrow.parquet as pq

    pq.write_table(cursor.to_arrow_table(), output)
