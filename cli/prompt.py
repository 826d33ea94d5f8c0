"""The SQL prompt: history, completion of tables, columns and keywords."""

import re
from pathlib import Path

import duckdb
import typer
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from cli.output import write_query
from common.errors import DigidistriktError
from common.text import printable
from flows.settings import Settings
from warehouse.reading import TABLES

_NAME = re.compile(r"[\w.]+")  # a table is completed with its schema


def run_prompt(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Reads a statement a line until the end of input; no fault and no Ctrl-C ends it."""
    session: PromptSession[str] = PromptSession(
        history=_history(settings.home / "sql_history"),
        completer=WordCompleter(words(con), ignore_case=True, match_middle=True, pattern=_NAME),
        auto_suggest=AutoSuggestFromHistory(),
        lexer=PygmentsLexer(SqlLexer),
    )
    typer.echo("Read-only SQL. Tables: show tables from mart. Ctrl-C stops, Ctrl-D leaves.")
    while True:
        try:
            text = session.prompt("digidistrikt> ").strip()
            if text.casefold() in {"exit", "quit"}:
                return
            if text:
                write_query(con, text, "table")
        except KeyboardInterrupt:
            typer.echo("interrupted")
        except EOFError:
            return
        except (DigidistriktError, OSError) as error:
            typer.echo(printable(str(error)))


def _history(path: Path) -> History:
    """The queries of earlier days, or only of this one where nothing can be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)  # who reads a lake may have no home yet
        with path.open("a", encoding="utf-8"):
            return FileHistory(str(path))
    except OSError as error:
        typer.echo(f"{path}: can't be written ({error.strerror}), so no history is kept.", err=True)
        return InMemoryHistory()


def words(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What can be completed: tables, columns, indicators and SQL keywords."""
    found = con.execute(
        f"""
        select schema_name || '.' || table_name from ({TABLES}) where schema_name = 'mart'
        union select column_name from duckdb_columns() where schema_name = 'mart'
        union select indicator_id from mart.indicator
        union select keyword_name from duckdb_keywords()
        """
    ).fetchall()
    return sorted(row[0] for row in found)
