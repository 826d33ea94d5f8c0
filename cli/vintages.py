"""`diff` and `rebuild`: what changed between two vintages, and the warehouse rebuilt."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HOME, FormatOption, Home, ReadFrom
from cli.output import write_query
from cli.progress import announce_home, progress
from common.errors import BEHIND, InputError
from digidistrikt.opening import moment, open_warehouse, started
from flows.settings import Settings
from warehouse.models import quote

if TYPE_CHECKING:
    from flows.rebuild import Rebuilt

app = typer.Typer()


@app.command(epilog="Example: digidistrikt diff 2026-06-15 2026-07-01 --format csv")
def diff(
    earlier: Annotated[
        str | None, typer.Argument(help="A vintage, day or time; default: the vintage before last.")
    ] = None,
    later: Annotated[str | None, typer.Argument(help="The same; default: now.")] = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
) -> None:
    """List every figure that changed between two vintages, and by how much."""
    with open_warehouse(home, warehouse=warehouse) as con:
        a, b = _between(earlier, later, started(con))
        query = (
            f"from mart.changes_between({quote(a.isoformat())}, {quote(b.isoformat())})"
            " order by indicator_id, municipality_code, period"
        )
        write_query(con, query, output_format)


def _between(
    earlier: str | None, later: str | None, begun: dict[str, datetime]
) -> tuple[datetime, datetime]:
    """The two moments to compare; by default the vintage before last, and now.

    Raises InputError for what is no moment, the two in the wrong order, or a single vintage.
    """
    if earlier is None and len(begun) < 2:
        raise InputError("there is one vintage only; nothing has changed since.")
    a = moment(earlier, begun) if earlier else [*begun.values()][-2]
    b = moment(later, begun) if later else max(datetime.now(UTC), *begun.values())
    if a > b:
        raise InputError(f"{earlier} is later than {later or 'now'}; name the earlier one first.")
    return a, b


@app.command(epilog="Example: digidistrikt rebuild")
def rebuild(home: Home = HOME) -> None:
    """Rebuild the warehouse from stored replies and verify that it is identical.

    What can't be had any more is named. Exit code 5 if anything is lost, 7 if a target is behind.
    """
    from flows import rebuild

    settings = Settings(home=home)
    announce_home(settings)
    with progress():
        rebuilt = rebuild.rebuild(settings)
    typer.echo(_outcome(rebuilt, settings.warehouse))
    for loss in rebuilt.lost:
        typer.echo(f"lost: {loss}")
    for sentence in rebuilt.behind:
        typer.echo(f"behind: {sentence}")
    if rebuilt.lost:
        raise typer.Exit(InputError.exit_code)
    if rebuilt.behind:
        raise typer.Exit(BEHIND)


def _outcome(rebuilt: "Rebuilt", warehouse: Path) -> str:
    """What a rebuild came to, in words."""
    made = f"{warehouse} rebuilt from stored replies"
    other = [table for table, is_same in rebuilt.same.items() if not is_same]
    if not rebuilt.same:
        sentence = (
            f"{made}, as of vintage {rebuilt.run_id}; there was no warehouse to compare with."
        )
    elif other:
        sentence = f"{made}; different from before: {', '.join(other)}."
    else:
        sentence = f"{made}: every table is the same."
    if rebuilt.other_code:
        codes = sorted({" ".join(each) for each in rebuilt.other_code.values()})
        sentence += (
            f" Code or catalogue changed: {', '.join(rebuilt.other_code)} was built by"
            f" {', '.join(codes)}, this one by {' '.join(rebuilt.code)}."
        )
    return sentence
