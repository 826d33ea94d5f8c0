"""A condition of a rule, as SQL on the columns of a candidate."""

import json
import re
from collections.abc import Iterator
from functools import cache
from threading import Timer
from typing import Any

import duckdb
import pandas as pd

from common.errors import SelectionError
from common.text import listed, nearest
from warehouse import publish

MEMORY = "512MB"
SECONDS = 10
# DuckDB neither stops within these nor counts what they make.
_OF_ANY_LENGTH = frozenset(
    {"repeat", "lpad", "rpad", "range", "generate_series", "list_resize", "array_resize", "bar"}
)


def judge(table: pd.DataFrame, where: str) -> pd.Series:
    """For each row whether an SQL condition on its columns holds: True, False, or NA for unknown.

    It runs in a DuckDB that can reach no file, no network and no warehouse, within MEMORY and
    SECONDS. Raises SelectionError where it is not one condition that is the same each time it is
    asked, naming the columns it might have meant.
    """
    with _sandbox().cursor() as con:
        _require_one_steady(con, where)
        spoken_of = table[mentioned(table, where)]  # to hand over all takes far longer
        con.register("candidate", spoken_of.reset_index(names="municipality_code"))
        timer = Timer(SECONDS, con.interrupt)
        timer.start()
        try:
            query = f"select municipality_code, ({where}\n)::boolean as holds from candidate"
            rows = con.sql(query).fetchall()
        except duckdb.InterruptException as error:
            raise SelectionError(
                f"the condition '{where}' took more than {SECONDS} s; write a simpler one.",
                nb=f"vilkåret '{where}' tok mer enn {SECONDS} s; skriv et enklere.",
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise SelectionError(
                f"the condition '{where}' needs more than {MEMORY} of memory; write a simpler one.",
                nb=f"vilkåret '{where}' trenger mer enn {MEMORY} minne; skriv et enklere.",
            ) from error
        except duckdb.Error as error:
            raise _no_sql(where, error, table) from error
        finally:
            timer.cancel()
    if len(rows) != len(table):
        raise SelectionError(
            f"the condition '{where}' has to say yes or no of each candidate, one by one.",
            nb=f"vilkåret '{where}' må si ja eller nei om hver kandidat for seg.",
        )
    verdict = pd.Series(dict(rows), dtype=object).reindex(table.index)
    return verdict.map(lambda holds: pd.NA if holds is None else holds).astype("boolean")


def _require_one_steady(con: duckdb.DuckDBPyConnection, where: str) -> None:
    """Refuses what is not one expression, or calls what gives another answer another time.

    DuckDB's own parser says so, of the condition without brackets around it.
    """
    [[text]] = con.execute("select json_serialize_sql(?)", [f"select {where}"]).fetchall()
    parsed = json.loads(text)
    if parsed["error"]:
        raise SelectionError(
            f"the condition '{where}' is not SQL on the columns of a candidate: "
            f"{parsed['error_message']}",
            nb=f"vilkåret '{where}' er ikke SQL på kolonnene til en kandidat: "
            f"{parsed['error_message']}",
        )
    if len(parsed["statements"]) != 1 or not _is_bare(parsed["statements"][0]["node"]):
        raise SelectionError(
            f"'{where}' is more than one condition.", nb=f"'{where}' er mer enn ett vilkår."
        )
    if long := sorted(set(_computed(parsed)) & _OF_ANY_LENGTH):
        raise SelectionError(
            f"the condition '{where}' calls {long[0]}, which makes values of any length.",
            nb=f"vilkåret '{where}' bruker {long[0]}, som lager verdier av alle lengder.",
        )
    if changing := sorted(set(_called(parsed)) & _changing()):
        raise SelectionError(
            f"the condition '{where}' calls {changing[0]}, which is not the same each time it is "
            "asked; a rule has to give the same cases again.",
            nb=f"vilkåret '{where}' bruker {changing[0]}, som ikke gir det samme hver gang; en "
            "regel må gi de samme casene igjen.",
        )


def _is_bare(node: dict[str, Any]) -> bool:
    """Whether a query is a single expression and nothing else."""
    return (
        len(node.get("select_list", ())) == 1
        and node["from_table"]["type"] == "EMPTY"
        and not any(node.get(part) for part in ("where_clause", "having", "qualify", "modifiers"))
    )


def _called(part: Any) -> Iterator[str]:
    """The names of functions and of columns in a parsed query; some functions read as columns."""
    if isinstance(part, dict):
        if isinstance(name := part.get("function_name"), str):
            yield name.lower()
        if part.get("class") == "COLUMN_REF" and len(part["column_names"]) == 1:
            yield part["column_names"][0].lower()
        for inner in part.values():
            yield from _called(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _called(inner)


def _computed(part: Any) -> Iterator[str]:
    """The names of functions that make a value; those that make a table can be stopped."""
    if isinstance(part, dict):
        if part.get("class") == "FUNCTION":
            yield part["function_name"].lower()
        if part.get("type") != "TABLE_FUNCTION":
            yield from (name for inner in part.values() for name in _computed(inner))
    elif isinstance(part, list):
        yield from (name for inner in part for name in _computed(inner))


@cache
def _changing() -> frozenset[str]:
    """The functions that DuckDB itself says may give another answer another time."""
    rows = _sandbox().sql(
        "select distinct function_name from duckdb_functions() "
        "where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')"
    )
    said_as_words = {"current_date", "current_time", "current_timestamp", "localtime",
                     "localtimestamp"}  # fmt: skip
    return frozenset(str(name) for (name,) in rows.fetchall()) | said_as_words


@cache
def _sandbox() -> duckdb.DuckDBPyConnection:
    """A DuckDB that holds nothing; made once, because to make one takes longer than to ask it."""
    # without a folder to spill into, what outgrows the memory says so
    con = duckdb.connect(config={"threads": 1, "temp_directory": ""})
    publish.sandbox(con, MEMORY)
    return con


def mentioned(table: pd.DataFrame, where: str) -> list[str]:
    """The columns of a table that a condition speaks of."""
    words = {word.lower() for word in re.findall(r"\w+", where)}
    return [str(column) for column in table if str(column).lower() in words]


def _no_sql(where: str, error: duckdb.Error, table: pd.DataFrame) -> SelectionError:
    """What DuckDB has against a condition; a column there is not is told in both languages."""
    first = str(error).splitlines()[0].partition(": ")[2] or str(error)
    en, nb = first, first
    if unknown := re.search(r'column "(\w+)" not found', first):
        near = nearest(unknown[1], [str(column) for column in table], 0.6)
        en += f" Did you mean {listed(near, 'or')}?" if near else ""
        nb = f"det finnes ingen kolonne '{unknown[1]}'."
        nb += f" Mente du {listed(near, 'eller')}?" if near else ""
    return SelectionError(
        f"the condition '{where}' is not SQL on the columns of a candidate: {en}",
        nb=f"vilkåret '{where}' er ikke SQL på kolonnene til en kandidat: {nb}",
    )
