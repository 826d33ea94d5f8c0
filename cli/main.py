"""The command line. What answers at once (sql, status, catalog, describe) imports no Prefect."""

import os
import sys
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.contracts import app as contracts_app
from cli.options import FormatOption, Home, OutputOption, UpstreamName
from flows import log
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.steps import Summary

EXIT_CODES = (
    "Exit codes: 0 done (fresh, or nothing new), 3 a data check failed, 4 an upstream failed,"
    " 5 bad input, 6 locked by another refresh, 1 anything else."
)
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=f"Open statistics on Norwegian municipalities, joined to networks. {EXIT_CODES}",
)
networks_app = typer.Typer(
    invoke_without_command=True, help="Networks and their members. Example: digidistrikt networks"
)
app.add_typer(networks_app, name="networks")
crosswalk_app = typer.Typer(
    invoke_without_command=True,
    help="What became of each municipality. Example: digidistrikt crosswalk --from 2019 --to 2024",
)
app.add_typer(crosswalk_app, name="crosswalk")
select_app = typer.Typer(
    no_args_is_help=True,
    help="Rules of case selection. Example: digidistrikt select check my-rule.yaml",
)
app.add_typer(select_app, name="select")
app.add_typer(contracts_app, name="contracts")
SelectionFile = Annotated[Path, typer.Argument(help="A selection file (YAML).")]


@app.command(
    help="Fetch, model, check and publish. A failed refresh leaves the warehouse as it was."
    f"\n\n{EXIT_CODES}",
    epilog="Example: digidistrikt refresh --upstream live",
)
def refresh(
    upstream: UpstreamName = "recorded",
    home: Home = Path("data"),
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only this table or source, as 14534 or kostra; repeatable."),
    ] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Run the steps without Prefect.")
    ] = False,
    json_log: Annotated[
        bool, typer.Option("--json-log", help="Log to standard error as JSON lines.")
    ] = False,
) -> None:
    """Fetch, model, check and publish. A failed refresh leaves the warehouse as it was."""
    from cli import show

    settings = Settings(home=home, upstream=upstream)
    if not json_log:
        show.announce(settings)
    with show.progress(as_json=json_log):
        summary = (_direct if direct else _with_prefect)(settings, only or [])
    show.summary(summary, settings)
    if summary.failed:
        raise typer.Exit(4)


def _direct(settings: Settings, only: list[str]) -> "Summary":
    from flows import steps

    return steps.run(settings, only)


def _with_prefect(settings: Settings, only: list[str]) -> "Summary":
    from flows import steps

    with steps.opened(settings, only):
        """What can't be opened is told now, not after Prefect has taken its time to start."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # faults are told once, by us
    settings.prepare_prefect()
    from flows.refresh import refresh_warehouse

    return refresh_warehouse(
        upstream=settings.upstream, home=str(settings.home.resolve()), only=only
    )


@app.command(epilog="Example: digidistrikt rebuild")
def rebuild(home: Home = Path("data")) -> None:
    """Make the warehouse again from the stored replies alone, and say whether it is the same."""
    from cli import history, show
    from flows import rebuild

    settings = Settings(home=home)
    with show.progress():
        rebuilt = rebuild.rebuild(settings)
    typer.echo(history.told(rebuilt, settings.warehouse))


@app.command(epilog="Example: digidistrikt diff 2026-06-15 2026-07-01 --format csv")
def diff(
    earlier: Annotated[
        str | None, typer.Argument(help="A vintage, day or time; default: the vintage before last.")
    ] = None,
    later: Annotated[str | None, typer.Argument(help="The same; default: now.")] = None,
    home: Home = Path("data"),
    output_format: FormatOption = None,
) -> None:
    """Every figure that changed between two vintages, and by how much."""
    from cli import history
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        history.diff(con, earlier, later, output_format)


@app.command(epilog="Example: digidistrikt doctor --live")
def doctor(
    upstream: UpstreamName = "recorded",
    live: Annotated[bool, typer.Option("--live", help="The same as --upstream live.")] = False,
    home: Home = Path("data"),
) -> None:
    """Ask each service the cheapest question there is, and say what is not as expected.

    Takes about a minute, fetches no figures and changes nothing. Exit code 4 if anything differs.
    """
    from cli import show
    from sources import catalogue as entries
    from sources import doctor as examination
    from sources.contracts import Contracts
    from sources.http import Upstream

    settings = Settings(home=home, upstream="live" if live else upstream)
    show.announce(settings)
    declared = entries.load(entries.FOLDER, settings.catalogue)
    limits = replace(examination.LIMITS, calls=settings.calls_a_minute)
    with Upstream(settings.upstream, budget=settings.budget, limits=limits) as session:
        differ = [
            finding
            for finding in examination.examine(declared, session, Contracts(settings.contracts))
            if not show.finding(finding)
        ]
        typer.echo(f"{session.calls} calls; {len(differ)} answers not as expected.")
    if differ:
        raise typer.Exit(4)


@app.command(epilog="Example: digidistrikt status")
def status(home: Home = Path("data"), output_format: FormatOption = None) -> None:
    """The vintage, the freshness of each source, and what the checks found."""
    from cli import show
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        show.status(con, Settings(home=home), output_format)


@app.command(epilog="""Example: digidistrikt sql "from mart.case_candidate limit 5" --format csv""")
def sql(
    query: Annotated[str | None, typer.Argument(help="SQL; without it a prompt opens.")] = None,
    home: Home = Path("data"),
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The figures known on a day, at a time or vintage."),
    ] = None,
) -> None:
    """Ask the warehouse, read-only."""
    from cli import show
    from warehouse import publish

    settings = Settings(home=home)
    if as_of:
        from cli.history import as_of as known_on

        opened = known_on(settings, as_of)
    else:
        opened = publish.reading(settings.warehouse)
    with opened as con:
        if query is None:
            from cli.prompt import run_prompt

            run_prompt(con, settings)
        else:
            show.query(con, query, output_format, output)


@app.command(epilog="Example: digidistrikt catalog population")
def catalog(
    word: Annotated[str | None, typer.Argument(help="Part of an id, title or theme.")] = None,
    home: Home = Path("data"),
    output_format: FormatOption = None,
) -> None:
    """The indicators there are, with unit, source, span and coverage."""
    from cli import show
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        show.catalogue(con, word or "", output_format)


@app.command(epilog="Example: digidistrikt describe observation")
def describe(
    table: Annotated[str, typer.Argument(help="A table; mart is understood.")],
    home: Home = Path("data"),
    output_format: FormatOption = None,
) -> None:
    """What one row of a table is, and what each column means."""
    from cli import show
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        show.table(con, table, output_format)


@app.command(epilog="Example: digidistrikt series population --division 2019 --municipality Haram")
def series(
    indicator: Annotated[str, typer.Argument(help="An indicator; catalog lists them.")],
    division: Annotated[
        int | None, typer.Option(help="The year whose municipalities to use; default this year.")
    ] = None,
    municipality: Annotated[
        str | None, typer.Option(help="Only this one: a code of that year, or a name.")
    ] = None,
    home: Home = Path("data"),
    output_format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """An indicator on the municipal division of any year since 1964, with its quality."""
    from cli import municipality as places
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        places.series(con, indicator, division, municipality, output_format, output)


@app.command(epilog="Example: digidistrikt municipality Haram")
def municipality(
    name: Annotated[str, typer.Argument(help="A code or name of any year; Herøy (Nordland).")],
    home: Home = Path("data"),
    output_format: FormatOption = None,
) -> None:
    """A municipality through time: codes, names, changes; its classes and networks today."""
    from cli import municipality as places
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        places.municipality(con, name, output_format)


@crosswalk_app.callback(epilog="Example: digidistrikt crosswalk --from 2019 -o crosswalk.csv")
def crosswalk(
    context: typer.Context,
    from_year: Annotated[
        int | None, typer.Option("--from", help="The year to come from; default every division.")
    ] = None,
    to_year: Annotated[
        int | None, typer.Option("--to", help="The year to go to; default this year.")
    ] = None,
    home: Home = Path("data"),
    output_format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """What went where between two years, with the share of the people and where it is from."""
    if context.invoked_subcommand:
        return
    from cli import crosswalk as body
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        body.write(con, from_year, to_year, output_format, output)


@crosswalk_app.command("check", epilog="Example: digidistrikt crosswalk check crosswalk.csv")
def crosswalk_check(
    file: Annotated[Path, typer.Argument(help="A crosswalk in CSV.")], home: Home = Path("data")
) -> None:
    """Say what is wrong with a crosswalk somebody made. Exit code 5 if anything is."""
    from cli import crosswalk as body
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        faults = body.check(con, file)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(5)
    typer.echo(f"{file}: every row can be used.")


@networks_app.callback(epilog="Example: digidistrikt networks")
def networks(
    context: typer.Context, home: Home = Path("data"), output_format: FormatOption = None
) -> None:
    """Networks with the number of members by what the evidence is."""
    if context.invoked_subcommand:
        return
    from cli import show
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        show.networks(con, output_format)


@networks_app.command("check", epilog="Example: digidistrikt networks check members.csv")
def networks_check(
    file: Annotated[Path, typer.Argument(help="A CSV of memberships.")], home: Home = Path("data")
) -> None:
    """Say of each row of a file what is wrong with it. Exit code 5 if any is."""
    from sources.networks import check_membership_file
    from warehouse import publish

    with publish.reading(Settings(home=home).warehouse) as con:
        today = con.execute(
            "select municipality_code, municipality_name, county_name from mart.municipality"
        ).fetchall()
        former = con.execute(
            "select code, arg_max(name, valid_from) from core.municipality_version"
            " where code not in (select municipality_code from mart.municipality) group by code"
        ).fetchall()
        known = [row[0] for row in con.execute("select network_id from mart.network").fetchall()]
    problems = check_membership_file(
        file,
        {code: name for code, name, _ in today},
        known,
        counties={code: county for code, _, county in today},
        former=dict(former),
    )
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(5)
    typer.echo(f"{file}: every row can be used.")


@app.command(epilog="Example: digidistrikt add survey.xlsx --as digital_maturity --period 2025")
def add(  # noqa: PLR0913, PLR0917 - each is one thing a person may say of a file
    file: Annotated[Path, typer.Argument(help="A CSV file or an Excel workbook (.xlsx).")],
    wanted: Annotated[str, typer.Option("--as", help="Id of the indicator it gives.")],
    home: Home = Path("data"),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Load without asking.")] = False,
    period: Annotated[str | None, typer.Option(help="A column, or one period for all.")] = None,
    value: Annotated[
        list[str] | None, typer.Option(help="A column of figures, or COLUMN=ID; repeatable.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="The column of municipality codes.")] = None,
    name: Annotated[str | None, typer.Option(help="The column of municipality names.")] = None,
    county: Annotated[str | None, typer.Option(help="The column of counties of names.")] = None,
    names_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day the names were in use.")
    ] = None,
    division: Annotated[int | None, typer.Option(help="Year of the division of the codes.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; else the first.")] = None,
    skip_rows: Annotated[int | None, typer.Option(help="Rows above the header.")] = None,
    no_header: Annotated[bool, typer.Option("--no-header", help="Columns are c1, c2, ...")] = False,
    title: Annotated[str | None, typer.Option(help="Title in English.")] = None,
    title_nb: Annotated[str | None, typer.Option(help="Title in bokmål.")] = None,
    unit: Annotated[str, typer.Option(help="Unit of the figures.")] = "not stated",
    summed: Annotated[
        bool, typer.Option("--summed", help="Counts: add them over merged municipalities.")
    ] = False,
    publisher: Annotated[str, typer.Option(help="Who made the figures.")] = "not stated",
    citation: Annotated[str | None, typer.Option(help="How they are cited.")] = None,
    url: Annotated[str, typer.Option(help="Where they were published.")] = "not stated",
    licence: Annotated[str, typer.Option(help="Their licence.")] = "unconfirmed",
) -> None:
    """Add your own file: shows what was understood, and loads it if you say so."""
    from cli.add import add as add_file
    from sources.catalogue.entry import Title
    from sources.infer import Hints

    said = title or title_nb
    wishes = Hints(
        id=wanted,
        title=Title(nb=title_nb or said, en=title or said) if said else None,
        unit=unit,
        aggregate="sum" if summed else "none",
        publisher=publisher,
        licence=licence,
        citation=citation,
        url=url,
        sheet=sheet,
        skip_rows=skip_rows,
        has_header=False if no_header else None,
        code=code,
        name=name,
        county=county,
        period=period,
        values=tuple(value or ()),
        names_on=names_on.date() if names_on else None,
        division=division,
    )
    if not add_file(file, wishes, Settings(home=home), yes=yes):
        raise typer.Exit(1)


def _reports() -> ModuleType:
    """What the commands below do; its libraries are an extra. Raises InputError without them."""
    from common.errors import InputError

    try:
        from cli import report as report_commands
    except ModuleNotFoundError as error:
        raise InputError(
            f"reports need {error.name}, which is not installed: pip install 'digidistrikt[report]'"
        ) from error
    return report_commands


class ReportLanguage(StrEnum):
    """The language of a report."""

    NB = "nb"
    EN = "en"


ReportIn = Annotated[ReportLanguage, typer.Option(help="Bokmål or English.")]


@select_app.command("check", epilog="Example: digidistrikt select check my-rule.yaml")
def select_check(
    file: SelectionFile, language: ReportIn = ReportLanguage.NB, home: Home = Path("data")
) -> None:
    """Say in plain words what a rule will do, or what is wrong with it. Exit code 5 if anything."""
    _reports().check_selection(file, language, Settings(home=home))


@select_app.command("freeze", epilog="Example: digidistrikt select freeze my-rule.yaml")
def select_freeze(file: SelectionFile, home: Home = Path("data")) -> None:
    """Keep the rule as it is today, before the outcome is looked at."""
    _reports().freeze_selection(file, Settings(home=home))


@app.command(epilog="Example: digidistrikt report selections/three-networks.yaml --out my-report")
def report(
    file: SelectionFile,
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    language: ReportIn = ReportLanguage.NB,
    home: Home = Path("data"),
) -> None:
    """Choose cases by a rule, and write the report: a page, tables, data and figures."""
    commands = _reports()
    commands.tell(commands.write_report(file, out, language, Settings(home=home)))


@app.command(epilog="Example: digidistrikt reproduce my-report")
def reproduce(
    folder: Annotated[Path, typer.Argument(metavar="REPORT", help="The folder of a report.")],
    home: Home = Path("data"),
) -> None:
    """Make a report again from its vintage and rule, and compare. Exit code 5 if it differs."""
    _reports().reproduce(folder, Settings(home=home))


@app.command(epilog="Example: digidistrikt record --into sources/recorded")
def record(
    into: Annotated[Path, typer.Option(help="The folder of recordings to write.")],
    home: Home = Path("data"),
) -> None:
    """Rewrite the recordings from the live services."""
    from cli import show
    from flows import steps

    with show.progress():
        count = steps.record(Settings(home=home, upstream="live"), into)
    typer.echo(f"{count} replies recorded in {into}.")


def main() -> None:
    """Runs the command line; an error of ours is one sentence and an exit code."""
    import sqlite3

    from common.errors import DigidistriktError

    try:
        app()
    except DigidistriktError as error:
        _end(str(error), error.exit_code)
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        _end(f"{about}{error.strerror or error}.", 1)
    except sqlite3.Error as error:
        _end(
            f"budget.sqlite, in the home folder, can't be kept ({error}). Make room on the disk, or"
            " remove that file: it has only the calls of the last minute.",
            1,
        )


def _end(sentence: str, code: int) -> NoReturn:
    """One sentence and an exit code; a line of JSON where all lines are."""
    told = f"digidistrikt: {sentence}"
    if "--json-log" in sys.argv:
        told = log.line("ERROR", sentence, exit_code=code)
    typer.echo(told, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
