"""`export`: tables and indicators as files for Excel, R and other programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from cli.options import HOME, Home, ReadFrom, outside_home
from cli.output import sheets, swapped_in, write_query
from common import excel
from common.errors import InputError
from common.text import nearest
from digidistrikt.opening import open_warehouse
from digidistrikt.query import run
from digidistrikt.series import series_of
from warehouse.reading import TABLES

app = typer.Typer()
_KINDS = ("xlsx", "csv", "csv-excel", "parquet", "json")


@app.command(epilog="Example: digidistrikt export population case_candidate --output figures.xlsx")
def export(
    names: Annotated[list[str], typer.Argument(help="Indicators, and tables of mart.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            callback=outside_home,
            help="FILE.xlsx, .csv or .parquet, or a folder.",
        ),
    ],
    division: Annotated[
        int | None, typer.Option(help="Of indicators: the year whose municipalities to use.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--format", "-f", help=f"{', '.join(_KINDS)}; else by the name.")
    ] = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Write indicators and tables to a workbook, a sheet each, or to one CSV or Parquet file each.

    A workbook also says what columns mean and where figures come from. Several names that do not go
    into a workbook go into a folder.
    """
    kind = kind or output.suffix.lstrip(".") or "csv"
    if kind not in _KINDS:
        raise InputError(f"--output {output}: say --format {', '.join(_KINDS)}.")
    with open_warehouse(home, warehouse=warehouse) as con:
        queries = {name.removeprefix("mart."): _query(con, name, division) for name in names}
        if kind == "xlsx" and len(queries) > 1:
            _write_workbook(con, queries, output)
            return
        if len(queries) == 1 and output.suffix:
            [query] = queries.values()
            write_query(con, query, kind, output)
            return
        if output.suffix:
            raise InputError(f"--output {output}: {len(queries)} names need a folder, or .xlsx.")
        output.mkdir(parents=True, exist_ok=True)
        for name, query in queries.items():
            file = output / f"{name}.{kind.removesuffix('-excel')}"
            write_query(con, query, kind, file)


def _query(con: duckdb.DuckDBPyConnection, name: str, division: int | None) -> str:
    """The rows of an indicator or a table. Raises InputError for a name that is neither."""
    bare = name.removeprefix("mart.")
    tables = [
        row[0]
        for row in con.execute(
            f"select table_name from ({TABLES}) where schema_name = 'mart'"
        ).fetchall()
    ]
    if bare in tables:
        return f"from mart.{bare}"
    known = [row[0] for row in con.execute("select indicator_id from mart.indicator").fetchall()]
    if name in known:
        return series_of(con, name, division).text
    near = nearest(bare, [*tables, *known])
    hint = f"the nearest are {', '.join(near)}" if near else "catalog and describe list them"
    raise InputError(f"'{name}' is neither an indicator nor a table of mart; {hint}.")


def _write_workbook(con: duckdb.DuckDBPyConnection, queries: dict[str, str], output: Path) -> None:
    """A sheet each, and of all of them together what columns mean and whose figures they are."""
    made: list[excel.Sheet] = []
    about_all: dict[str, tuple[Sequence[str], dict[tuple[object, ...], None]]] = {}
    for name, query in queries.items():
        figures, *others = sheets(con, name, query, run(con, query))
        made.append(figures)
        for sheet in others:
            known = about_all.setdefault(sheet.name, (sheet.columns, {}))[1]
            known.update(dict.fromkeys(map(tuple, sheet.rows)))
    about = [excel.Sheet(name, columns, rows) for name, (columns, rows) in about_all.items()]
    with swapped_in(output) as beside:
        excel.write_workbook(beside, [*made, *about])
