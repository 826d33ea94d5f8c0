"""`search` and `table`: what there is in StatBank, and what one of its tables holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from cli.options import HOME, AsLanguage, FormatOption, Home, UpstreamName
from cli.output import write_rows
from cli.terminal import escape
from common import tables
from common.errors import InputError
from common.text import Language
from flows.settings import Settings

if TYPE_CHECKING:
    from sources.catalogue import Catalogue
    from sources.http import Upstream
    from sources.jsonstat import Cube, Dimension

app = typer.Typer()
_REGIONAL = {"region", "kommune", "municipality", "bosted", "bostedskommune"}
_COLUMNS = ("table", "title", "first_period", "last_period", "updated", "status", "taken_as")
_CODES_SHOWN = 12
_NOTE = 300  # letters of a note that need not be read


@app.command(epilog="Example: digidistrikt search avtalte årsverk")
def search(  # noqa: PLR0913, PLR0917 - each is one thing a person may say
    words: Annotated[list[str], typer.Argument(help="Words that the table has, all of them.")],
    home: Home = HOME,
    upstream: UpstreamName = "live",
    language: AsLanguage = Language.EN,
    every: Annotated[
        bool, typer.Option("--all", help="Tables without regions, and discontinued ones, too.")
    ] = False,
    period: Annotated[
        str | None, typer.Option(help="Only tables with figures of this period, as 2019.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="Only of a subject: its code, or a word of its name.")
    ] = None,
    output_format: FormatOption = None,
) -> None:
    """Search StatBank's tables in bokmål and English.

    Asks StatBank's own search in both languages. A table has regions if its dimensions say so; that
    they are municipalities, `digidistrikt table` tells.
    """
    settings = Settings(home=home, upstream=upstream)
    with _session(settings) as session:
        found = _found(session, words, with_discontinued=every, language=language)
    kept = [
        each
        for each in found
        if (every or _is_regional(each)) and _covers(each, period) and _is_of(each, subject)
    ]
    if not kept:
        left_out = f" ({len(found)} are left out by the options; try --all)" if found else ""
        raise InputError(f"no table of StatBank has all of '{' '.join(words)}'{left_out}.")
    entries = _entries(settings)
    write_rows(_COLUMNS, [_row(each, entries) for each in kept], output_format)


def _session(settings: Settings) -> "Upstream":
    from sources.http import RequestLimits, Upstream

    limits = RequestLimits(requests=settings.calls_a_minute)
    return Upstream(settings.upstream, budget=settings.budget, limits=limits)


def _entries(settings: Settings) -> "Catalogue":
    from sources import catalogue

    return catalogue.load(catalogue.FOLDER, settings.catalogue)


def _found(
    session: "Upstream", words: Sequence[str], *, with_discontinued: bool, language: Language
) -> list[dict[str, Any]]:
    """What either language finds, by number, in the words of the language asked for if it can."""
    from sources.statbank import api

    by_number: dict[str, dict[str, Any]] = {}
    wanted, other = ("en", "no") if language is Language.EN else ("no", "en")
    for each in (other, wanted):
        listed = api.tables(
            session, " AND ".join(words), with_discontinued=with_discontinued, language=each
        )
        by_number |= {str(table["id"]): table for table in listed}
    return [by_number[number] for number in sorted(by_number)]


def _is_regional(table: dict[str, Any]) -> bool:
    return any(str(name).casefold() in _REGIONAL for name in table.get("variableNames", ()))


def _covers(table: dict[str, Any], period: str | None) -> bool:
    first, last = str(table.get("firstPeriod", "")), str(table.get("lastPeriod", ""))
    return period is None or first[: len(period)] <= period <= last[: len(period)]


def _is_of(table: dict[str, Any], subject: str | None) -> bool:
    if subject is None:
        return True
    steps = [step for path in table.get("paths", ()) for step in path]
    codes = {str(table.get("subjectCode", "")), *(str(step.get("id", "")) for step in steps)}
    labels = " ".join(str(step.get("label", "")) for step in steps)
    return subject.casefold() in {code.casefold() for code in codes} or (
        len(subject) > 2 and subject.casefold() in labels.casefold()
    )


def _row(table: dict[str, Any], entries: "Catalogue") -> tuple[object, ...]:
    number = str(table["id"])
    taken = [each.id for each in entries.tables if each.table == number]
    return (
        number,
        str(table.get("label", "")).removeprefix(f"{number}: "),
        table.get("firstPeriod"),
        table.get("lastPeriod"),
        str(table.get("updated") or "")[:10],
        "discontinued" if table.get("discontinued") else "",
        ", ".join(taken),
    )


# --- one table -----------------------------------------------------------------------------


@app.command(epilog="Example: digidistrikt table 11918")
def table(
    number: Annotated[str, typer.Argument(help="StatBank's number of a table, as 11918.")],
    home: Home = HOME,
    upstream: UpstreamName = "live",
    language: AsLanguage = Language.EN,
    every: Annotated[bool, typer.Option("--all", help="All codes of every dimension.")] = False,
) -> None:
    """Show a StatBank table: dimensions, codes, units, notes, code lists, what is taken of it.

    Asks for its metadata alone, and for no figures.
    """
    from math import prod

    from sources.statbank import api

    require_number(number)
    settings = Settings(home=home, upstream=upstream)
    with _session(settings) as session:
        cube = api.metadata(session, number, "en" if language is Language.EN else "no")
        limit = api.cell_limit(session)
    console = Console()

    def say(text: str) -> None:
        console.print(escape(text), soft_wrap=True, highlight=False)

    console.print(f"[bold]{escape(cube.label)}[/bold]", soft_wrap=True)
    say(_state(cube.updated, is_discontinued=bool(cube.discontinued)))
    cells = prod(cube.shape)
    say(f"{_spaced(cells)} cells, {_counted(-(-cells // limit), 'request')} or more for all.")
    for dimension in cube.dimensions:
        console.print()
        _show_dimension(dimension, console, every=every)
    _show_notes(cube, say)
    _show_taken(number, _entries(settings), say)


def require_number(number: str) -> None:
    """Raises InputError for what is no number of a table."""
    if not (number.isdecimal() and len(number) == 5):
        raise InputError(
            f"'{number}' is no number of a StatBank table: five digits, as 11918. digidistrikt"
            " search WORDS finds them."
        )


def _state(updated: datetime | None, *, is_discontinued: bool) -> str:
    sentence = (
        f"Updated {updated:%Y-%m-%d %H:%M} UTC." if updated else "The day of update is not told."
    )
    ended = " Discontinued: it gets no new figures; its notes may name the table that follows."
    return sentence + (ended if is_discontinued else "")


def _show_dimension(dimension: "Dimension", console: Console, *, every: bool) -> None:
    choice = "may be left out" if dimension.elimination else "must be chosen"
    if dimension.elimination and dimension.total:
        choice += f", then {dimension.total} stands for it"
    head = f"[bold]{escape(dimension.code)}[/bold] ({escape(dimension.label)}):"
    console.print(f"{head} {_counted(len(dimension.codes), 'code')}, {choice}", soft_wrap=True)
    shown = len(dimension.codes) if every else _CODES_SHOWN
    if dimension.role == "time" and not every:
        console.print(f"  {dimension.codes[0]} to {dimension.codes[-1]}")
        return
    rows = [
        [code, label, *_unit(dimension, code)]
        for code, label in zip(dimension.codes[:shown], dimension.labels[:shown], strict=True)
    ]
    heads = ["code", "label", *(["unit", "decimals", "measured"] if dimension.units else [])]
    tables.draw(heads, rows, console)
    if (more := len(dimension.codes) - shown) > 0:
        console.print(f"  and {more} more: --all", highlight=False)
    if dimension.codelists:
        lists = "; ".join(f"{each.id} '{each.label}'" for each in dimension.codelists)
        console.print(f"  Code lists: {escape(lists)}", soft_wrap=True, highlight=False)


def _unit(dimension: "Dimension", code: str) -> list[object]:
    if not dimension.units:
        return []
    unit = dimension.units.get(code)
    measured = ", ".join(
        filter(None, (dimension.measuring.get(code), dimension.refperiods.get(code)))
    )
    return [unit.base if unit else None, unit.decimals if unit else None, measured]


def _show_notes(cube: "Cube", say: Any) -> None:
    for note in cube.notes:
        must = note in cube.mandatory
        say(f"\n{'To be read: ' if must else 'Note: '}{note if must else _short(note)}")
    for dimension in cube.dimensions:
        for note in dimension.notes:
            say(f"\nNote on {dimension.code}: {_short(note)}")


def _short(note: str) -> str:
    return note if len(note) <= _NOTE else f"{note[:_NOTE]} …"


def _show_taken(number: str, entries: "Catalogue", say: Any) -> None:
    """What the catalogue has of a table, and how to take more."""
    say("")
    for each in entries.tables:
        if each.table == number:
            ids = [indicator.id for indicator, _ in entries.indicators_of(each.id)]
            what = f"indicators {', '.join(ids)}" if ids else each.holds.replace("_", " ")
            say(f"Taken as {each.id}: {what}.")
    say(f"To take it, or more of it: digidistrikt add --table {number}")


def _counted(number: int, what: str) -> str:
    return f"{_spaced(number)} {what}{'' if number == 1 else 's'}"


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")
