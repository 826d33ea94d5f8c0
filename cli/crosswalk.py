"""The crosswalk between two divisions: written out, and one that somebody made checked."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from cli.options import HOME, FormatOption, Group, Home, OutputOption, ReadFrom
from cli.output import write_query
from common.errors import InputError
from common.text import listed, shown
from digidistrikt.opening import open_warehouse
from warehouse import boundaries
from warehouse.crosswalk_check import CrosswalkCheck, CrosswalkRow
from warehouse.municipalities import Municipalities

if TYPE_CHECKING:
    from common.tabular.records import Record

app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    help="What became of each municipality. Example: digidistrikt crosswalk --from 2019 --to 2024",
)
COLUMNS = ("from_code", "from_date", "to_code", "to_date", "weight")


@app.callback(epilog="Example: digidistrikt crosswalk --from 2019 -o crosswalk.csv")
def crosswalk(  # noqa: PLR0913, PLR0917 - each is one thing a person may say
    context: typer.Context,
    from_year: Annotated[
        int | None, typer.Option("--from", help="The year to come from; default every division.")
    ] = None,
    to_year: Annotated[
        int | None, typer.Option("--to", help="The year to go to; default this year.")
    ] = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """What went where between two years, with the share of population and its source."""
    if context.invoked_subcommand:
        return
    with open_warehouse(home, warehouse=warehouse) as con:
        write(con, from_year, to_year, output_format, output)


@app.command("check", epilog="Example: digidistrikt crosswalk check crosswalk.csv")
def crosswalk_check(
    file: Annotated[Path, typer.Argument(help="A crosswalk in CSV.")],
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Check a crosswalk somebody made against the map. Exit code 5 if anything is wrong.

    Shares that differ from the published ones are told as notes, on standard error.
    """
    with open_warehouse(home, warehouse=warehouse) as con:
        faults, remarks = check(con, file)
    for fault in faults:
        typer.echo(fault)
    for remark in remarks:
        typer.echo(f"note: {remark}", err=True)
    if faults:
        raise typer.Exit(InputError.exit_code)
    if remarks:
        count = f"{len(remarks)} {'note' if len(remarks) == 1 else 'notes'}"
        typer.echo(f"{file}: every row is on the map; read the {count} before you use it.")
    else:
        typer.echo(f"{file}: every row can be used.")


def write(
    con: duckdb.DuckDBPyConnection,
    from_year: int | None,
    to_year: int | None,
    output_format: str | None,
    output: Path | None,
) -> None:
    """What went where between the divisions of two years; without the first, from every division.

    Raises BoundaryError for a year without a known division.
    """
    if to_year is None:
        to_year = boundaries.this_year(con)
    to_date = boundaries.division_of(con, to_year)
    came_from, years = "true", "every year"
    if from_year is not None:
        years = str(from_year)
        came_from = f"crosswalk.from_date = date '{boundaries.division_of(con, from_year)}'"
    text = f"""
        select
            crosswalk.from_code, from_version.label as from_name,
            crosswalk.to_code, to_version.label as to_name,
            crosswalk.weight, crosswalk.relation, crosswalk.weight_basis,
            crosswalk.from_date, crosswalk.to_date
        from core.crosswalk as crosswalk
        inner join core.municipality_version as from_version
            on from_version.code = crosswalk.from_code
            and from_version.valid_from <= crosswalk.from_date
            and coalesce(from_version.valid_to > crosswalk.from_date, true)
        inner join core.municipality_version as to_version
            on to_version.code = crosswalk.to_code
            and to_version.valid_from <= crosswalk.to_date
            and coalesce(to_version.valid_to > crosswalk.to_date, true)
        where crosswalk.to_date = date '{to_date}' and {came_from}
        order by crosswalk.from_date, crosswalk.from_code, crosswalk.to_code
    """
    heading = f"Where the municipalities of {years} lie in those of {to_year}"
    write_query(con, text, output_format, output, heading)


def check(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[list[str], list[str]]:
    """What is wrong with a crosswalk in a CSV file, and what to know of it, a sentence each.

    The file has the columns of `digidistrikt crosswalk`; names and relations may be left out. An
    empty weight means that nobody knows it. Raises InputError when it can't be read.
    """
    from common.tabular.records import read_csv_file

    file = read_csv_file(path)
    if missing := [name for name in COLUMNS if name not in file.columns]:
        wanted = ", ".join(COLUMNS)
        raise InputError(
            f"{path.name}, row {file.header_row}: there is no column {listed(missing)}; a crosswalk"
            f" needs {wanted}."
        )
    if not file.records:
        raise InputError(f"{path.name}: there is no row below the header.")
    judge = CrosswalkCheck(con, Municipalities.read(con))
    rows: dict[tuple[str, date, str, date], CrosswalkRow] = {}
    faults: list[str] = []
    remarks: list[str] = []
    for record in file.records:
        place = f"{path.name}, row {record.row}"
        try:
            row = _row(record)
        except ValueError as error:
            faults.append(f"{place}: {error}")
            continue
        found = judge.row_faults(row)
        if row[:4] in rows:
            twice = f"{row.from_code} to {row.to_code} stands in the file already"
            found.append(f"{twice}; leave one of the two out.")
        rows.setdefault(row[:4], row)
        faults += [f"{place}: {sentence}" for sentence in found]
        if not found and (remark := judge.row_remark(row)):
            remarks.append(f"{place}: {remark}")
    faults += [f"{path.name}: {fault}" for fault in judge.file_faults(rows.values())]
    remarks += [f"{path.name}: {remark}" for remark in judge.file_remarks(rows.values())]
    return faults, remarks


def _row(record: "Record") -> CrosswalkRow:
    """Raises ValueError with a sentence."""
    return CrosswalkRow(
        record["from_code"],
        _day(record, "from_date"),
        record["to_code"],
        _day(record, "to_date"),
        _weight(record["weight"]),
    )


def _day(record: "Record", column: str) -> date:
    try:
        return date.fromisoformat(record[column])
    except ValueError as error:
        raise ValueError(
            f"{column} is {shown(record[column])}, not a day such as 2024-01-01; write the first"
            " day of the year whose codes they are."
        ) from error


def _weight(text: str) -> float | None:
    if not text:
        return None
    try:
        weight = float(text.replace(",", "."))
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise ValueError(f"weight is {shown(text)}; write a share from 0 to 1, such as 0.35.")
    return weight
