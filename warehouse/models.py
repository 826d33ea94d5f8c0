"""Runs the SQL models: one SELECT a file, one file a table, in the order of folder and name.

The folder says the schema (`1_staging` -> `staging`), the file the table (`20_crosswalk.sql`
-> `crosswalk`). The head of a file is its documentation and becomes the DuckDB comments:

    -- one row: a municipality in force on a day
    -- key: code, valid_from
    -- code: four-digit municipality code, as text
    -- valid_from: first day the code was in force

`one row` is required everywhere, in `mart` also `key` and a line for every column; a column named
after an indicator gets that indicator's titles, unit and recipe if it has no line. What holds
figures, and every table of `mart` that reads it, says what `sql --as-of` gives of it: `kept` by
vintage, `recomputed` from what is kept, or `current`, as it is today. `key` columns
must be unique and not NULL in the finished table, or the build stops. A file `*.macro.sql` creates
macros and is run as it stands.

A table with a row for each figure can be run for some indicators alone, those in the variable
`indicators` (all if it is not set): its query takes rows of which `is_wanted(indicator)`. Its
`parts of` are the tables of which it takes the rows of those indicators and no others; `indicator
of a row` is the expression that says whose a row is.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from common.errors import ChecksFailedError, ModelError
from warehouse import functions

MODELS = Path(__file__).parent / "models"
BATCH = 3_000_000  # figures that are modelled at a time; DuckDB takes two gigabytes for them
_SOME_ALONE = "select getvariable('indicators') is not null"
# A figure of a ratio is made of one of its numerator, and of its denominator.
_FIGURES_OF_EACH = """
    with figures as (
        select indicator_id, count(*) as figures from raw.observation group by indicator_id
    )

    select
        indicator_id,
        coalesce(any_value(own.figures), 0) + coalesce(sum(part.figures), 0) as figures
    from (
        select indicator_id, unnest([numerator, denominator]) as part_id from raw.indicator
        union all
        select indicator_id, null from figures
    ) as indicator
    left join figures as own using (indicator_id)
    left join figures as part on part.indicator_id = indicator.part_id
    group by indicator_id
    order by indicator_id
"""
_AS_OF = {"", "kept", "recomputed", "current"}
_NAME = re.compile(r"\b(?:raw|staging|core|mart)\.\w+")
_COMMENT_OR_TEXT = re.compile(r"--[^\n]*|'[^']*'")
_MACRO = re.compile(r"create or replace macro (\w+\.\w+)")
_HEAD_LINE = re.compile(r"^--\s?(?:([a-z][a-z_0-9 ]*):\s+)?(.*)$")


@dataclass(frozen=True)
class Model:
    """A model file: where it goes, what it says of itself, and its query."""

    schema: str
    name: str
    one_row: str
    key: tuple[str, ...]
    as_of: str
    indicator: str
    parts_of: frozenset[str]
    columns: dict[str, str]
    query: str
    path: Path

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def reads(self) -> set[str]:
        """The tables and macros that the query names."""
        return _names_in(self.query)


def read_models(folder: Path = MODELS) -> Iterator[Model]:
    """Yields every model below `folder` in running order. Raises ModelError for a bad head."""
    for path in _files(folder):
        if not _holds_macros(path):
            yield read_model(path)


def read_model(path: Path) -> Model:
    """Reads one model file: its head into documentation, the rest as the query."""
    head, query = split_head(path.read_text(encoding="utf-8"))
    one_row = head.pop("one row", "")
    if not one_row:
        raise ModelError(f"{path.name}: the head must start with '-- one row: what one row is'.")
    key = tuple(part.strip() for part in head.pop("key", "").split(",") if part.strip())
    as_of = head.pop("as of", "")
    if as_of not in _AS_OF:
        raise ModelError(f"{path.name}: '-- as of:' is kept, recomputed or current, not '{as_of}'.")
    indicator, parts_of = head.pop("indicator of a row", ""), head.pop("parts of", "")
    schema = _schema_of(path)
    if schema == "mart" and not key:
        raise ModelError(f"{path.name}: the head of a mart table needs '-- key: column, ...'.")
    return Model(
        schema=schema,
        name=_name_of(path),
        one_row=one_row,
        key=key,
        as_of=as_of,
        indicator=indicator,
        parts_of=frozenset(filter(None, parts_of.split(", "))),
        columns=head,
        query=query.strip().rstrip(";"),
        path=path,
    )


def run(con: duckdb.DuckDBPyConnection, model: Model) -> int:
    """Creates the model's table with its comments, checks its key; returns its row count.

    Raises ModelError for SQL or a head that does not fit, ChecksFailedError for a broken key.
    """
    con.execute(f"create schema if not exists {model.schema}")
    functions.make(con, model.query)
    try:
        is_checked = _create(con, model)
    except duckdb.Error as error:
        raise ModelError(f"{model.path.name}: {error}") from error
    comment(con, model)
    if not is_checked:
        _check_key(con, model)
    return _count(con, f"select count(*) from {model.table}")


def renew(con: duckdb.DuckDBPyConnection, model: Model, indicators: Collection[str]) -> None:
    """Makes the rows of some indicators anew in a table that is there, and leaves all others.

    Raises as `run`.
    """
    functions.make(con, model.query + _of_batch(model))
    con.execute("set variable indicators = cast(? as varchar[])", [[*indicators]])
    try:
        con.execute(f"delete from {model.table} where {_of_batch(model)}")
        con.execute(f"insert into {model.table} by name {model.query}")
        _check_key(con, model, _of_batch(model))
    except duckdb.Error as error:
        raise ModelError(f"{model.path.name}: {error}") from error
    finally:
        con.execute("reset variable indicators")


def _create(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """The table of a model: in one go, or by batches of indicators where it has many figures.

    Returns whether its key was checked: of a batch it is when its rows have just been added.
    """
    parts = batches(con) if model.indicator else []
    made = f"create or replace table {model.table} as"
    if len(parts) < 2 or con.execute(_SOME_ALONE).fetchone() == (True,):
        con.execute(f"{made} {model.query}")
        return False
    rows = 0
    try:
        for batch in parts:
            con.execute("set variable indicators = cast(? as varchar[])", [batch])
            con.execute(f"{made} {model.query}")
            _check_key(con, model, f"rowid >= {rows}")
            rows = _count(con, f"select count(*) from {model.table}")
            made = f"insert into {model.table} by name"
    finally:
        con.execute("reset variable indicators")
    return True


def batches(con: duckdb.DuckDBPyConnection) -> list[list[str]]:
    """The indicators in order, as many together as have some million figures, at least one."""
    rows = con.execute(_FIGURES_OF_EACH).fetchall()
    found: list[list[str]] = []
    room = 0
    for indicator, figures in rows:
        if not found or room < figures:
            found.append([])
            room = BATCH
        found[-1].append(str(indicator))
        room -= figures
    return found


def run_all(con: duckdb.DuckDBPyConnection, folder: Path = MODELS) -> dict[str, int]:
    """Runs every model below `folder`; returns table name -> rows."""
    _require_as_of(folder)
    rows = {}
    for path in _files(folder):
        if _holds_macros(path):
            run_macros(con, path)
        else:
            model = read_model(path)
            rows[model.table] = run(con, model)
    return rows


def read_with_tables(folder: Path = MODELS) -> Iterator[tuple[Model, set[str]]]:
    """Every model in running order, with the tables it reads, also those that its macros read."""
    behind: dict[str, set[str]] = {}
    for path in _files(folder):
        named = _names_in(path.read_text(encoding="utf-8"))
        tables = named.union(*(behind.get(name, set()) for name in named))
        if _holds_macros(path):
            behind |= {name: tables | behind.get(name, set()) for name in _makes(path)}
        else:
            yield read_model(path), tables


def run_some(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Runs only the models of these tables, in their order, for what must be known early."""
    for model in read_models():
        if model.table in tables:
            run(con, model)


def run_needed(
    con: duckdb.DuckDBPyConnection, tables: Collection[str], folder: Path = MODELS
) -> None:
    """Runs the models of these tables and all that they are made of, from the raw tables on."""
    wanted = set(tables)
    needed: list[Path] = []
    for path in reversed(_files(folder)):
        if wanted & _makes(path):
            wanted |= _names_in(path.read_text(encoding="utf-8"))
            needed.append(path)
    for path in reversed(needed):
        if _holds_macros(path):
            run_macros(con, path)
        else:
            run(con, read_model(path))


def _files(folder: Path) -> list[Path]:
    """Models and macros in running order: a file needs only what stands before it."""
    return sorted(folder.glob("*/*.sql"))


def _makes(path: Path) -> set[str]:
    if _holds_macros(path):
        return set(_MACRO.findall(path.read_text(encoding="utf-8")))
    return {f"{_schema_of(path)}.{_name_of(path)}"}


def _names_in(sql: str) -> set[str]:
    """The tables and macros that a text of SQL names, comments and text in it aside."""
    return set(_NAME.findall(_COMMENT_OR_TEXT.sub("", sql)))


def _require_as_of(folder: Path) -> None:
    """Raises ModelError for a table of `mart` that reads figures and has no `as of` for it."""
    found = list(read_models(folder))
    figures = {model.table for model in found if model.as_of}
    for path in folder.glob("*/*.macro.sql"):
        if split_head(path.read_text(encoding="utf-8"))[0].get("as of"):
            figures |= _makes(path)
    for model in found:
        read = sorted(model.reads & figures)
        if model.schema == "mart" and read and not model.as_of:
            raise ModelError(
                f"{model.path.name}: reads figures ({', '.join(read)}), so its head needs"
                " '-- as of: recomputed', or 'current' if sql --as-of is to give those of today."
            )
        of_today = [name for name in read if not name.startswith("mart.")]
        if model.as_of == "recomputed" and of_today:
            raise ModelError(
                f"{model.path.name}: can't be recomputed as of an earlier time, as"
                f" {', '.join(of_today)} has the figures of today only; read mart.observation."
            )


def run_macros(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Creates the macros of a file. Raises ModelError naming it if that fails."""
    con.execute(f"create schema if not exists {_schema_of(path)}")
    try:
        con.execute(path.read_text(encoding="utf-8"))
    except duckdb.Error as error:
        raise ModelError(f"{path.name}: {error}") from error


def run_all_macros(con: duckdb.DuckDBPyConnection, folder: Path = MODELS) -> None:
    """Creates every macro over tables, or views of the same names, that are there already."""
    for path in _files(folder):
        if _holds_macros(path):
            run_macros(con, path)


def _holds_macros(path: Path) -> bool:
    return path.name.endswith(".macro.sql")


def _name_of(path: Path) -> str:
    return re.sub(r"^\d+_", "", path.stem)


def _schema_of(path: Path) -> str:
    return path.parent.name.split("_", 1)[1]


def split_head(text: str) -> tuple[dict[str, str], str]:
    """Head lines as field -> text (continuation lines joined), and the SQL that follows."""
    head: dict[str, str] = {}
    field = ""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = _HEAD_LINE.match(line)
        if not match:
            return head, "\n".join(lines[number:])
        field = match[1] or field
        head[field] = " ".join(filter(None, [head.get(field, ""), match[2].strip()]))
    return head, ""


def comment(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Describes a table and its columns as the head of its model, or an indicator, says."""
    columns = [row[0] for row in con.execute(f"describe {model.table}").fetchall()]
    if unknown := [name for name in (*model.columns, *model.key) if name not in columns]:
        raise ModelError(f"{model.path.name}: describes columns it does not have: {unknown}.")
    comments = dict(model.columns)
    if model.schema == "mart" and (bare := [name for name in columns if not comments.get(name)]):
        comments |= {name: text for name, text in _indicator_comments(con) if name in bare}
        if bare := [name for name in bare if not comments.get(name)]:
            raise ModelError(f"{model.path.name}: columns without a comment in the head: {bare}.")
    statements = [f"comment on table {model.table} is {quote(model.one_row)}"]
    statements += [
        f'comment on column {model.table}."{name}" is {quote(text)}'
        for name, text in comments.items()
    ]
    con.execute("; ".join(statements))


def _indicator_comments(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """What the columns made of indicators and traits mean."""
    found = con.execute(
        "select count(*) from information_schema.tables"
        " where table_schema = 'raw' and table_name = 'indicator'"
    ).fetchone()
    if found == (0,):
        return []
    return con.execute(
        "select indicator_id, title_en || ' (' || title_nb || '), ' || unit"
        " || coalesce('; ' || recipe, '') from raw.indicator"
        " union all"
        " select trait_id, title_en || ' (' || title_nb || '); NULL: not known' from raw.trait"
    ).fetchall()


def _of_batch(model: Model) -> str:
    """The condition that a row is of the indicators at hand, if there are such."""
    if not model.indicator:
        return "true"
    return f"is_wanted({model.indicator})"


def _check_key(con: duckdb.DuckDBPyConnection, model: Model, where: str = "true") -> None:
    """Raises ChecksFailedError where rows share a key. Rows of one key are of one indicator."""
    if not model.key:
        return
    key = ", ".join(f'"{name}"' for name in model.key)
    empty = " or ".join(f'"{name}" is null' for name in model.key)
    bad = con.execute(
        f"select {key}, count(*) from {model.table} where {where} group by {key}"
        f" having count(*) > 1 or {empty} order by all limit 3"
    ).fetchall()
    if bad:
        shown = "; ".join(str(row[:-1]) for row in bad)
        raise ChecksFailedError(
            f"{model.path.name}: ({', '.join(model.key)}) must be unique and not NULL, but {shown}"
            " is not. Look at what these rows come from before changing the key."
        )


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives one row
    return int(row[0])


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
