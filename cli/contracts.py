"""`digidistrikt contracts`: what shape each source is agreed to have, and what came instead."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HOME, FormatOption, Group, Home
from cli.output import write_rows
from common.errors import InputError, UpstreamError
from common.text import nearest
from flows.settings import Settings

if TYPE_CHECKING:
    from sources.contracts import Contracts, Difference

app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    help="The contract of each source. Example: digidistrikt contracts",
)
Source = Annotated[str, typer.Argument(help="A source; contracts lists them.")]


@app.callback(epilog="Example: digidistrikt contracts")
def contracts(
    context: typer.Context, home: Home = HOME, output_format: FormatOption = None
) -> None:
    """List sources: where their contract comes from, its date, and the number of differences."""
    if context.invoked_subcommand:
        return
    found, sources = _of(home)
    rows = [_row(source, found) for source in sources]
    write_rows(("source", "from", "since", "differs", "seen_at"), rows, output_format)


@app.command("show", epilog="Example: digidistrikt contracts show klass_131")
def show_contract(source: Source, home: Home = HOME) -> None:
    """Show the contract of a source."""
    found, _ = _of(home, source)
    contract = found.of(source)
    if contract is None:
        raise InputError(
            f"{source}: nobody has seen its shape yet; the first refresh that asks a service for it"
            " makes the contract."
        )
    typer.echo(contract.text, nl=False)


@app.command("diff", epilog="Example: digidistrikt contracts diff ssb_14534")
def diff(
    source: Annotated[str | None, typer.Argument(help="A source; default: all of them.")] = None,
    home: Home = HOME,
) -> None:
    """Show what differs from the contracts since the last refresh. Exit code 4 if anything does."""
    found, sources = _of(home, source)
    pending = [differs for each in sources if (differs := found.pending(each))]
    for differs in pending:
        _tell(differs)
    if pending:
        raise typer.Exit(UpstreamError.exit_code)
    typer.echo("no source differs from its contract.")


@app.command("accept", epilog="Example: digidistrikt contracts accept ssb_14534")
def accept(
    source: Source,
    change: Annotated[
        list[str] | None,
        typer.Option(help="Of klass_131: a change of codes it does not list, OLD=NEW; repeatable."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of the change; else 1 January."),
    ] = None,
    population: Annotated[
        list[str] | None,
        typer.Option(
            help="Of ssb_07459: a true figure that changed more than any before,"
            " CODE:YEAR=FIGURE; repeatable."
        ),
    ] = None,
    why: Annotated[str | None, typer.Option(help="How you know of it.")] = None,
    home: Home = HOME,
) -> None:
    """Accept the shape that came last as the contract, or what a person knows to be true.

    That is a change of municipality codes, or a figure of population.
    """
    found, _ = _of(home, source)
    if population:
        _accept_population(source, population, why, home)
        return
    if change:
        _state(source, change, on, why, home)
        return
    _tell(found.accept(source))
    typer.echo(f"{source}: accepted. Refresh to read it in this shape.")


def _state(
    source: str, changes: list[str], on: datetime | None, why: str | None, home: Path
) -> None:
    from sources import stated_changes

    if source != "klass_131" or not why:
        raise InputError("--change is of klass_131, and needs --why: how you know of the change.")
    day = on.date() if on else date(datetime.now(UTC).year, 1, 1)
    path = Settings(home=home).stated_changes
    for stated in stated_changes.state(path, changes, day, why):
        typer.echo(f"{stated.text}: kept in {path}. Refresh to carry figures by it.")


def _accept_population(source: str, figures: list[str], why: str | None, home: Path) -> None:
    from sources import accepted_population

    if source != "ssb_07459" or not why:
        raise InputError("--population is of ssb_07459, and needs --why: how you know the figure.")
    path = Settings(home=home).accepted_population
    for figure in accepted_population.accept(path, figures, why):
        typer.echo(f"{figure.text}: kept in {path}. Refresh to publish it.")


def _row(source: str, found: "Contracts") -> tuple[object, ...]:
    contract, pending = found.of(source), found.pending(source)
    differs = len(pending.lines) if pending else 0
    if contract is None:
        return source, "not seen yet", None, differs, None
    return source, contract.origin, contract.since, differs, contract.upstream


def _tell(differs: "Difference") -> None:
    agreed, came = differs.agreed, differs.came
    typer.echo(f"--- {agreed.source}, {agreed.origin} {agreed.since}")
    typer.echo(f"+++ {came.source}, came {came.since} from {came.upstream}")
    for line in differs.lines:
        typer.echo(line)


def _of(home: Path, source: str | None = None) -> "tuple[Contracts, list[str]]":
    """The contracts of a home, and the sources it reads, or the one that is meant.

    Raises InputError naming the nearest ones.
    """
    from sources import catalogue
    from sources.contracts import Contracts

    settings = Settings(home=home)
    declared = catalogue.load(catalogue.FOLDER, settings.catalogue)
    sources = [table.id for table in declared.tables]
    if source and source not in sources:
        near = nearest(source, sources)
        raise InputError(
            f"there is no source '{source}'; is it {' or '.join(near) or 'one that status lists'}?"
        )
    return Contracts(settings.contracts), [source] if source else sources
