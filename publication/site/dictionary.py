"""The data dictionary: which tables there are, and a page a table with columns, key and queries."""

from publication import questions
from publication.bundle import Bundle
from publication.site import described
from publication.site.pages import Pages
from publication.tables import WarehouseTable, mart_macros

PATH = "tables"


def path_of(table: str) -> str:
    """The page of a table of `mart`."""
    return f"tables/{table}"


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the pages in each language."""
    macros = mart_macros(bundle.con)
    for each in pages:
        each.write(
            "tables.html", PATH, each.words("front_tables"), each.words("site_tables_about"),
            tables=bundle.tables, macros=macros,
        )  # fmt: skip
        for table in bundle.tables:
            _write(each, table)


def _write(pages: Pages, table: WarehouseTable) -> None:
    path = path_of(table.name)
    pages.write(
        "table.html", path, f"mart.{table.name}",
        pages.words("site_table_about", name=table.name, rows=pages.numbers.figure(table.rows)),
        table=table, first=f"from mart.{table.name} limit 10", asked=questions.about(table.name),
        described=described.table(pages, table, path),
    )  # fmt: skip
