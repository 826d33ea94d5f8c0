"""What the command line prints: tables for people, plain formats for programs.

Rows are chosen here and not by query parameters: with a parameter DuckDB imports pandas, which
takes longer than the answer.
"""

import csv
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common import tables
from common.errors import InputError
from flows import attempts
from flows.log import JsonLines
from flows.settings import Settings
from warehouse.checks import Check

if TYPE_CHECKING:
    from flows.steps import Summary
    from sources.doctor import Finding

_WIDE = 120  # columns of a terminal from which titles are shown too
_DATA_FORMATS = ("csv", "json", "parquet", "markdown", "table")


def announce(settings: Settings) -> None:
    """Says before a refresh which upstream is asked."""
    told = {
        "recorded": "recorded replies shipped with the package (real figures, not today's)",
        "live": "the publishers' live services",
    }.get(settings.upstream, settings.upstream)
    Console(stderr=True).print(f"Upstream: [bold]{escape(told)}[/bold]")


@contextmanager
def progress(as_json: bool = False) -> Iterator[None]:
    """What the product's own log says: a changing line on a terminal, else lines, text or JSON."""
    console = Console(stderr=True)
    log = logging.getLogger("digidistrikt")
    log.setLevel(logging.INFO)
    log.propagate = False
    with nullcontext() if as_json else console.status("starting") as line:
        handler: logging.Handler = JsonLines()
        if line is not None:
            handler = _Told(line.update if console.is_terminal else console.print)
        log.addHandler(handler)
        try:
            yield
        finally:
            log.removeHandler(handler)


class _Told(logging.Handler):
    """Tells each message once: a table cut into many calls says so once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell, self._last = tell, ""

    def emit(self, record: logging.LogRecord) -> None:
        if (message := escape(record.getMessage())) != self._last:
            self._tell(message)
        self._last = message


def summary(done: "Summary", settings: Settings) -> None:
    """What a refresh loaded, as a table, and what its checks found."""
    console = Console()
    if done.unchanged_since:
        console.print(
            f"Nothing new since {done.unchanged_since:%Y-%m-%d %H:%M}:"
            f" {settings.warehouse} is as it was. {done.calls_told}.",
            soft_wrap=True,
        )
        return
    _what_came(console, done, settings)
    console.print()
    passed = [result for result in done.checks if not result.faults]
    console.print(f"[green]{len(passed)} of {len(done.checks)} checks passed[/green].")
    for result in done.checks:
        if result.faults:
            _to_know(console, "to know", result.check, result.faults, result.examples)
    if done.not_asked:
        listed = ", ".join(done.not_asked)
        console.print(f"Not among the recordings, so not asked: {escape(listed)}.", soft_wrap=True)
    for failure in done.failed:
        console.print(
            f"[red]stale[/red] {failure.table_id}, shown with its last good figures if any:"
            f" {escape(failure.told)}"
        )
    if done.refused_rows:
        console.print(f"{done.refused_rows} rows of files were refused: from mart.refused_row")
    console.print(
        f"Published {settings.warehouse}: {done.figures} figures, vintage {done.run_id}."
        f" {done.calls_told}.",
        soft_wrap=True,
    )


def _what_came(console: Console, done: "Summary", settings: Settings) -> None:
    """A row for each table that brought figures; the others that were read are named below."""
    table = Table(title=f"Loaded from {settings.upstream}", box=None, padding=(0, 2, 0, 0))
    table.add_column("source", no_wrap=True)
    table.add_column("periods", no_wrap=True)
    for heading in ("municipalities", "indicators", "figures"):
        table.add_column(heading, justify="right", no_wrap=True)
    if wide := console.width >= _WIDE:
        table.add_column("what it is", no_wrap=True, overflow="ellipsis")
    for item in done.loaded:
        if not item.observations:
            continue
        counts = (item.municipalities, item.indicators, item.observations)
        shown = [f"{count:,}".replace(",", " ") for count in counts]
        title = [escape(item.title)] if wide else []
        table.add_row(item.table_id, item.periods, *shown, *title)
    console.print(table)
    without = {*done.not_asked, *(failure.table_id for failure in done.failed)}
    others = [i.table_id for i in done.loaded if not i.observations and i.table_id not in without]
    if others:
        console.print(f"Codes, classes and registers: {escape(', '.join(others))}.")


def finding(found: "Finding") -> bool:
    """Prints what a service answered; returns whether it was as expected."""
    mark = "[green]as expected[/green]" if found.expected else "[red]differs[/red]"
    Console().print(f"{mark} [bold]{found.subject}[/bold]: {escape(found.told)}", soft_wrap=True)
    return found.expected


def query(
    con: duckdb.DuckDBPyConnection,
    text: str,
    output_format: str | None,
    output: Path | None,
    heading: str = "",
) -> None:
    """Runs a query and writes its result, on a terminal below a heading.

    Raises InputError for SQL that does not run.
    """
    try:
        cursor = con.execute(text)
    except duckdb.Error as error:
        raise InputError(f"this query does not run: {error}") from error
    if output_format == "parquet" or (output and output.suffix == ".parquet"):
        _parquet(cursor, output)
        return
    columns = _columns(cursor)
    rows = cursor.fetchall()
    if output is None:
        if heading and is_table(output_format):
            Console().print(f"[bold]{escape(heading)}[/bold]")
        _write(columns, rows, _chosen(output_format))
        return
    kind = output_format or output.suffix.lstrip(".")
    if kind not in _DATA_FORMATS:
        raise InputError(f"--output {output}: say --format csv, json, parquet or markdown.")
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            _write(columns, rows, kind, file)
    except OSError as error:
        raise InputError(f"--output {output}: this can't be written: {error.strerror}.") from error


def status(con: duckdb.DuckDBPyConnection, settings: Settings, output_format: str | None) -> None:
    """The last run and the last attempt, sources, and checks with something to say."""
    kind = _chosen(output_format)
    if kind == "table":
        run = con.execute("from mart.refresh_run order by started_at desc limit 1").fetchone()
        if run:
            Console().print(
                f"Vintage [bold]{run[0]}[/bold] from [bold]{run[2]}[/bold],"
                f" built {run[1]:%Y-%m-%d %H:%M} by digidistrikt {run[3]}"
            )
        tried = attempts.last(settings)
        if tried and run and tried["run_id"] != run[0]:
            Console().print(f"Last tried {tried['ended_at']}: {escape(tried['told'])}")
    message = (
        "" if kind == "table" else ", message"
    )  # too wide for a terminal; below it for what failed
    cursor = con.execute(
        "select table_id, if(is_asked, upstream, 'not asked') as upstream,"
        " coalesce(strftime(updated, '%Y-%m-%d'), published_on) as published, recorded_on,"
        " strftime(accessed_at, '%Y-%m-%d %H:%M') as accessed, observations as figures,"
        f" refused_rows as refused, outcome{message} from mart.source_table"
    )
    _write(_columns(cursor), cursor.fetchall(), kind)
    if kind != "table":
        return
    failed = con.execute("select table_id, message from mart.source_table where outcome = 'failed'")
    for table_id, message in failed.fetchall():
        Console().print(f"[red]stale[/red] {table_id}: {escape(message)}", soft_wrap=True)
    found = con.execute("from mart.data_check where faults > 0 order by severity, check_name")
    for name, protects, severity, faults, examples in found.fetchall():
        _to_know(Console(), severity, Check(name, protects, severity, ""), faults, examples)


def _to_know(
    console: Console, mark: str, check: Check, faults: int, examples: Sequence[str]
) -> None:
    """What a check protects, the first fault, and how many more there are."""
    more = f", and {faults - 1} more" if faults > 1 else ""
    console.print(
        f"[yellow]{mark}[/yellow] {escape(check.name)}: {escape(check.protects)}; first"
        f" {escape(examples[0])}{more}."
    )


def catalogue(con: duckdb.DuckDBPyConnection, word: str, output_format: str | None) -> None:
    """Indicators whose id, titles or theme hold a word. Raises InputError if none does."""
    cursor = con.execute(
        """
        select
            concat_ws(' ', indicator_id, theme, title_nb, title_en) as searched,
            indicator_id, concat_ws(': ', title_en, recipe) as title, unit,
            concat_ws(' to ', first_period, nullif(last_period, first_period)) as periods,
            municipalities,
            array_to_string(warnings, ', ') as warnings,
            array_to_string(table_ids, ', ') as sources
        from mart.indicator
        order by theme, indicator_id
        """
    )
    rows = [row[1:] for row in cursor.fetchall() if word.lower() in row[0].lower()]
    if not rows:
        raise InputError(
            f"no indicator has '{word}' in its id, title or theme; leave the word out."
        )
    _write(_columns(cursor)[1:], rows, _chosen(output_format))


def table(con: duckdb.DuckDBPyConnection, name: str, output_format: str | None) -> None:
    """What one row is, and each column, of a table or of a macro that is read like one.

    Raises InputError naming the tables there are.
    """
    schema, _, bare = name.rpartition(".")
    key = (schema or "mart", bare)
    tables = con.execute("select schema_name, table_name, comment from duckdb_tables()").fetchall()
    macros = con.execute(
        "select schema_name, function_name, comment, parameters from duckdb_functions()"
        " where function_type = 'table_macro' and comment is not null"
    ).fetchall()
    about = {(within, named): comment or "" for within, named, comment, *_ in [*tables, *macros]}
    parameters = {(within, named): given for within, named, _, given in macros}
    if key not in about:
        listed = ", ".join(sorted(name for within, name in about if within == "mart"))
        raise InputError(f"there is no table {'.'.join(key)}; in mart there are {listed}.")
    if is_table(output_format):
        asked = f"({', '.join(parameters[key])})" if key in parameters else ""
        one_row = escape(" ".join(about[key].split()))
        Console().print(f"[bold]{'.'.join(key)}{asked}[/bold]: one row: {one_row}")
    found = _macro_columns(con, key, len(parameters[key])) if key in parameters else None
    rows(("column_name", "data_type", "meaning"), found or _table_columns(con, key), output_format)


def _table_columns(
    con: duckdb.DuckDBPyConnection, key: tuple[str, str]
) -> list[tuple[str, str, str | None]]:
    found = con.execute(
        "select schema_name, table_name, column_name, data_type, comment"
        " from duckdb_columns() order by column_index"
    ).fetchall()
    return [(row[2], row[3], row[4]) for row in found if row[:2] == key]


def _macro_columns(
    con: duckdb.DuckDBPyConnection, key: tuple[str, str], parameters: int
) -> list[tuple[str, str, str | None]]:
    """DuckDB keeps no comments on the columns of a macro: its own comment says what they are."""
    nothing = ", ".join(["null"] * parameters)
    found = con.execute(f"describe from {'.'.join(key)}({nothing})").fetchall()
    return [(row[0], row[1], None) for row in found]


def networks(con: duckdb.DuckDBPyConnection, output_format: str | None) -> None:
    """Networks with members by basis, weak ones marked, and how many each says it has."""
    cursor = con.execute(
        """
        select
            network_id,
            network_name,
            members,
            (
                select string_agg(
                    basis.members || ' ' || basis.basis || if(strength = 'weak', ' (weak)', ''),
                    ', ' order by basis.basis
                )
                from (
                    select unnest(map_keys(members_by_basis)) as basis,
                        unnest(map_values(members_by_basis)) as members
                ) as basis
                left join mart.membership_basis using (basis)
            ) as by_basis,
            stated_members as stated
        from mart.network_profile
        """
    )
    _write(_columns(cursor), cursor.fetchall(), _chosen(output_format))


def rows(columns: Sequence[str], found: Sequence[Any], output_format: str | None) -> None:
    """Rows that were put together in Python."""
    _write(columns, found, _chosen(output_format))


def is_table(output_format: str | None) -> bool:
    """Whether the result is for a person at a terminal."""
    return _chosen(output_format) == "table"


def _columns(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    return [column[0] for column in cursor.description or []]


def _chosen(output_format: str | None) -> str:
    return str(output_format or ("table" if sys.stdout.isatty() else "csv"))


def _write(columns: Sequence[str], rows: Sequence[Any], kind: str, file: Any = None) -> None:
    out = file or sys.stdout
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


def _parquet(cursor: duckdb.DuckDBPyConnection, output: Path | None) -> None:
    if output is None:
        raise InputError("parquet is for a file: add --output FILE.parquet.")
    import pyarrow.parquet as pq

    pq.write_table(cursor.to_arrow_table(), output)
