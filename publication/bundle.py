"""What a folder is made of: everything that is read from the warehouse for it, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from common.text import Language
from publication import figures as indicator_figures
from publication import tables
from publication.changes import VintageChanges, since_the_vintage_before
from publication.figures import IndicatorFigures
from publication.papers import Source
from publication.tables import WarehouseTable
from publication.wording import words
from reports.page.land import Land, land_of_today
from reports.page.numbers import Numbers


@dataclass(frozen=True)
class Imprint:
    """Who publishes, and where: the address of the folder, a name, and how to reach them.

    All may be empty: addresses are then relative, and the site itself is the contact.
    """

    url: str = ""
    publisher: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Bundle:
    """Everything that is read from the warehouse for a folder, once."""

    con: duckdb.DuckDBPyConnection
    vintage: str
    run: dict[str, Any]
    tables: list[WarehouseTable]
    figures: list[IndicatorFigures]
    sources: Sequence[Source]
    accessed: dict[str, str]
    changes: VintageChanges
    land: Land

    @property
    def day(self) -> date:
        """The day on which the vintage was made."""
        started: date = self.run["started_at"].date()
        return started

    def changed(self, language: Language) -> list[str]:
        """What changed since the vintage before, in sentences."""
        return self.changes.sentences(words(language), Numbers(language), self.titles(language))

    def titles(self, language: Language) -> dict[str, str]:
        """The title of each indicator by its name."""
        return {each.id: str(each.indicator[f"title_{language}"]) for each in self.figures}


def read(con: duckdb.DuckDBPyConnection) -> Bundle:
    """Reads what the folder is made of; sources of which nothing was fetched are left out."""
    [run] = rows(con, "from mart.refresh_run order by started_at desc limit 1")
    replies = rows(con, "select table_id, max(as_of) as day from mart.reply group by all")
    return Bundle(
        con,
        str(run["run_id"]),
        run,
        tables.mart_tables(con),
        indicator_figures.read(con),
        rows(con, "from mart.source_table where is_asked order by table_id"),
        {str(each["table_id"]): str(each["day"]) for each in replies if each["day"]},
        since_the_vintage_before(con),
        land_of_today(con),
    )


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The rows of a query by the names of its columns."""
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
