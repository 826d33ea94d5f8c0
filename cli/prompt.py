"""The SQL prompt: history, completion of tables, columns and keywords; Ctrl-D leaves."""

import re

import duckdb
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from cli.output import write_query
from common.errors import InputError
from flows.settings import Settings

_NAME = re.compile(r"[\w.]+")  # a table is completed with its schema


def run_prompt(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Reads statements until the end of input; a statement ends with `;` or an empty line."""
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(settings.home / "sql_history")),
        completer=WordCompleter(words(con), ignore_case=True, match_middle=True, pattern=_NAME),
        auto_suggest=AutoSuggestFromHistory(),
        lexer=PygmentsLexer(SqlLexer),
    )
    print("SQL, read-only. Tables: show tables from mart. Leave with Ctrl-D.")  # noqa: T201
    while True:
        try:
            text = session.prompt("digidistrikt> ").strip().rstrip(";")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if not text:
            continue
        try:
            write_query(con, text, "table")
        except InputError as error:
            print(error)  # noqa: T201


def words(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What can be completed: tables, columns, indicators and SQL keywords."""
    found = con.execute(
        """
        select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'mart'
        union select column_name from duckdb_columns() where schema_name = 'mart'
        union select indicator_id from mart.indicator
        union select keyword_name from duckdb_keywords()
        """
    ).fetchall()
    return sorted(row[0] for row in found)
