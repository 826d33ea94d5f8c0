"""One statement of SQL, as a person wrote it: it gives rows, or a sentence on why it does not.

Values stand in the text of a query and not in parameters: with one, DuckDB imports pandas, which
takes longer than the answer.
"""

from typing import NamedTuple

import duckdb

from common.errors import DigidistriktError, InputError
from warehouse.reading import unreadable


class Query(NamedTuple):
    """A question to the warehouse: its SQL, and what stands above the result."""

    text: str
    heading: str


def run(con: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """Runs the one statement of a query. Raises InputError if there are none or several."""
    try:
        statements = con.extract_statements(query)
        if len(statements) == 1:
            return con.execute(statements[0])
    except duckdb.Error as error:
        raise refused(error) from error
    found = f"it has {len(statements)} statements" if statements else "it is empty"
    raise InputError(f"this query does not run: {found}; write one statement.")


def refused(error: duckdb.Error) -> DigidistriktError:
    """Why a query does not run, or did not go on, as the sentence of an error of ours."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return InputError(
            "this query does not run: it needs more memory than it may have, a quarter of the"
            " machine's unless --memory says otherwise. Ask for less, or give more: --memory 8GB"
            ' (in Python digidistrikt.open(memory="8GB")).'
        )
    if isinstance(error, duckdb.IOException):
        return unreadable(error)
    return InputError(f"this query does not run: {error}")


def column_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns of a result."""
    return [column[0] for column in cursor.description or []]
