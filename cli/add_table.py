"""Adding a StatBank table by its number: what is proposed is shown, and only then fetched."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from cli.add import load, read_warehouse
from cli.statbank import require_number
from cli.terminal import escape
from common import tables, yamlfile
from common.errors import InputError
from digidistrikt.opening import open_warehouse
from flows.settings import Settings
from sources import catalogue
from sources.catalogue import Theme
from sources.http import RequestLimits, Upstream
from sources.infer import Question
from sources.statbank.proposal import Proposal, Wishes, propose
from warehouse import publish

_MINUTES_A_DAY = 21 * 60
"""StatBank is closed 05:00-08:00."""
_HEAD = (
    "# Written by `digidistrikt add --table`; see docs/tables-by-number.md. May be mended by"
    " hand.\n"
)


def add_table(
    wishes: Wishes, settings: Settings, *, yes: bool, newer: bool, in_editor: bool
) -> bool:
    """Shows what would be made of a table, and fetches it if it is wished. Whether it was.

    The entry is kept in the catalogue of the home, beside what was added of the table before; one
    that is `newer` takes the place of all that. Raises InputError for what can't be understood, or
    an id that is taken; UpstreamError. A load that fails leaves the catalogue as it was; replies
    that were fetched are kept for the next try.
    """
    require_number(wishes.number)
    _require_warehouse(settings)
    with open_warehouse(settings.home) as con:
        warehouse = read_warehouse(con)
    path = settings.catalogue / f"statbank_{wishes.number}.yaml"
    entries = catalogue.load(catalogue.FOLDER, settings.catalogue)
    limits = RequestLimits(requests=settings.calls_a_minute)
    with Upstream(settings.upstream, budget=settings.budget, limits=limits) as upstream:
        while True:
            try:
                proposal = propose(wishes, entries, warehouse.known, upstream)
                break
            except Question as question:
                if not sys.stdin.isatty():
                    raise
                wishes = _answered(question, wishes)
    _show(proposal, settings)
    before = None if newer or not path.is_file() else yamlfile.read(path, Theme)[0]
    text = _yaml(proposal, before)
    if in_editor:
        text = _edited(text, path)
    _require_free(text, path, settings, warehouse.columns)
    out = Console(stderr=True)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Fetch it?")):
        out.print("Nothing was fetched." + ("" if sys.stdin.isatty() else " Add --yes to do it."))
        return False
    load(settings, [proposal.table.id], {path: text.encode()})
    _say_what_came(proposal, settings)
    out.print(
        f"Its entry is {path}. A refresh from {settings.upstream} keeps it up to date.",
        soft_wrap=True,
        highlight=False,
    )
    return True


def _require_warehouse(settings: Settings) -> None:
    """Municipalities are known from a warehouse: in an empty home it is made of the recordings."""
    if settings.warehouse.exists():
        return
    from flows import engine

    Console(stderr=True).print(
        f"There is no warehouse in {settings.home} yet: making it from the recordings.",
        soft_wrap=True,
    )
    engine.run(Settings(home=settings.home, upstream="recorded"))


# --- what is shown -------------------------------------------------------------------------


def _show(proposal: Proposal, settings: Settings) -> None:
    console = Console()

    def say(text: str) -> None:
        console.print(escape(text), soft_wrap=True, highlight=False)

    table = proposal.table
    console.print(f"[bold]{escape(f'{table.table}: {table.title.en}')}[/bold]", soft_wrap=True)
    say(table.title.nb)
    if table.note:
        say(f"To be read: {table.note}")
    if table.is_kostra:
        say(
            "KOSTRA: published unrevised about 15 March and revised about 15 June; each figure says"
            " which it is (mart.release_stage)."
        )
    console.print()
    rows = [(each.subject, each.decided, each.why) for each in proposal.decisions]
    tables.draw(("of the table", "decided", "because"), rows, console)
    if proposal.indicators:
        console.print()
        shown = [
            (each.id, each.title.en, each.unit, each.aggregate) for each in proposal.indicators
        ]
        tables.draw(("indicator", "title", "unit", "aggregate"), shown, console)
    console.print()
    say(how_long(proposal.cells, proposal.requests, settings.calls_a_minute))


def how_long(cells: int, requests: int, a_minute: int) -> str:
    """What fetching takes, in words."""
    minutes = requests / a_minute
    asked = f"{requests} request{'' if requests == 1 else 's'}"
    size = f"{cells:,} cells in {asked}".replace(",", " ")
    if minutes <= 1:
        return f"{size}: within a minute."
    if minutes < 90:
        return f"{size}: some {minutes:.0f} minutes at {a_minute} a minute."
    more = (
        f", more than a day's {_MINUTES_A_DAY * a_minute} requests"
        if minutes > _MINUTES_A_DAY
        else ""
    )
    return (
        f"{size}: some {minutes / 60:.1f} hours at {a_minute} a minute{more}. When it is"
        " interrupted, the same command goes on where it stopped, within a day."
    )


def _say_what_came(proposal: Proposal, settings: Settings) -> None:
    """How many figures of each indicator there are now, and how to ask for them."""
    console = Console()
    table = proposal.table
    with publish.reading(settings.warehouse) as con:
        if table.holds == "cube":
            [(count,)] = con.execute(
                f"select count(value) from mart.cube where table_id = '{table.id}'"
            ).fetchall()
            console.print(
                f"{count} figures. On a division: from mart.cube_series('{table.id}', 2019)",
                soft_wrap=True,
                highlight=False,
            )
            return
        ids = ", ".join(f"'{each.id}'" for each in proposal.indicators) or "''"
        found = con.execute(
            "select indicator_id, count(value), count(distinct municipality_code),"
            " min(period), max(period) from mart.observation"
            f" where value is not null and indicator_id in ({ids}) group by all order by all"
        ).fetchall()
    tables.draw(("indicator", "figures", "municipalities", "first", "last"), found, console)


# --- what is asked and written -------------------------------------------------------------


def _answered(question: Question, wishes: Wishes) -> Wishes:
    """The wishes with the answer to a question."""
    Console().print(escape(str(question)), soft_wrap=True, highlight=False)
    if question.option == "context":
        if not typer.confirm("Keep it as context?"):
            raise question
        return replace(wishes, context=True)
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    answer = typer.prompt(f"--{question.option}{choices}").strip()
    if question.option == "aggregate":
        return replace(wishes, aggregate={**wishes.aggregate, **pairs([answer], "aggregate")})
    value: Any = (answer,) if question.option == "periods" else answer
    return replace(wishes, **{question.option: value})


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """`NAME=VALUE` by name; a value alone is of `*`, all. Raises InputError for a name twice."""
    found: dict[str, str] = {}
    for text in given:
        name, is_pair, value = text.partition("=")
        name, value = (name, value) if is_pair else ("*", name)
        if name in found:
            raise InputError(f"--{option} {text}: {name} is given twice.")
        found[name] = value
    return found


def by_dimension(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`DIMENSION=EXPRESSION`, repeatable, by dimension. Raises InputError for another form."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, is_pair, expression = text.partition("=")
        if not (is_pair and expression):
            raise InputError(f"--select {text}: write DIMENSION=CODE, as KOKfunksjon0000=FGK1.")
        found[name] = (*found.get(name, ()), expression)
    return found


def _yaml(proposal: Proposal, before: Theme | None) -> str:
    """The proposal as a catalogue file, with what was added of the table before."""
    kept_tables = {each.id: each for each in (before.tables if before else ())}
    kept = {each.id: each for each in (before.indicators if before else ())}
    table = proposal.table
    if table.id in kept_tables and kept_tables[table.id] != table:
        raise InputError(
            f"{table.id} was added with other regions, periods or contents; write --replace to put"
            " this in the place of all that was added of the table."
        )
    if twice := sorted(kept.keys() & {each.id for each in proposal.indicators}):
        raise InputError(
            f"'{twice[0]}' is there already; choose another id with --as, or write --replace."
        )
    entry = {
        "theme": "added",
        "tables": [_plain(each) for each in {**kept_tables, table.id: table}.values()],
        "indicators": [_plain(each) for each in [*kept.values(), *proposal.indicators]],
    }
    return _HEAD + yamlfile.dump({key: value for key, value in entry.items() if value})


def _plain(entry: catalogue.Table | catalogue.Indicator) -> Mapping[str, Any]:
    found: dict[str, Any] = entry.model_dump(mode="json", exclude_defaults=True)
    found.pop("theme", None)
    return found


def _edited(text: str, path: Path) -> str:
    """The entry as it comes out of an editor. Raises InputError where none can be opened."""
    import click

    try:
        edited = click.edit(text, extension=".yaml")
    except click.ClickException as error:
        raise InputError(
            f"{path}: {error.message}. Set EDITOR to an editor of this machine."
        ) from error
    if edited is None:
        raise InputError(f"{path}: it was not saved in the editor, so nothing was done.")
    return edited


def _require_free(text: str, path: Path, settings: Settings, columns: frozenset[str]) -> None:
    """Refuses an entry that the catalogue can't have, or a column of the tables as an id."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder)
        for other in settings.catalogue.glob("*.yaml"):
            if other != path:
                (beside / other.name).write_bytes(other.read_bytes())
        (beside / path.name).write_text(text, encoding="utf-8")
        entries = catalogue.load(catalogue.FOLDER, beside)
        theme, _ = yamlfile.read(beside / path.name, Theme)
    taken = columns - {each.id for each in entries.indicators}
    if clash := sorted(taken & {each.id for each in theme.indicators}):
        raise InputError(f"'{clash[0]}' is a column of the tables; choose another id with --as.")
