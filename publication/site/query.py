"""SQL in the page: DuckDB-WASM beside the tables of `mart`, and the questions as examples.

The engine is the npm package `@duckdb/duckdb-wasm`, which whoever publishes gives; it is as large
as all else together, so a folder is published without it unless it is asked for.
"""

import gzip
import io
import json
import re
from pathlib import Path
from typing import NamedTuple, Self

import pyarrow as pa

from common.errors import ReportError
from publication import tables
from publication.bundle import Bundle
from publication.questions import questions
from publication.site.pages import Pages
from publication.tables import WarehouseTable

PATH = "sql"
_WASM, _WORKER = "duckdb-eh.wasm", "duckdb-browser-eh.worker.js"
_BATCH = 50_000  # rows
_MACRO = re.compile(r"\bmart\.\w+\(")  # macros rest on tables that are not published


class Engine(NamedTuple):
    """The files of DuckDB-WASM that a page needs, and its version."""

    wasm: Path
    worker: Path
    version: str

    @classmethod
    def found_in(cls, package: Path) -> Self:
        """The engine of an npm package that is unpacked. Raises ReportError if it is none."""
        try:
            description = json.loads((package / "package.json").read_text(encoding="utf-8"))
            if description["name"] != "@duckdb/duckdb-wasm":
                raise ValueError(description["name"])
            found = cls(
                package / "dist" / _WASM, package / "dist" / _WORKER, description["version"]
            )
            for path in (found.wasm, found.worker):
                path.stat()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReportError(
                f"{package}: this is not the npm package @duckdb/duckdb-wasm ({error})."
                " 'npm install --no-save @duckdb/duckdb-wasm' puts it in"
                " node_modules/@duckdb/duckdb-wasm: give that folder."
            ) from error
        return found


def write(bundle: Bundle, pages: list[Pages], engine: Engine) -> None:
    """Writes the engine, the tables as it reads them, and the page in each language."""
    folder = pages[0].folder / "assets" / "sql"
    folder.mkdir()
    _pack(engine.wasm.read_bytes(), folder / "duckdb.wasm.gz")
    _pack(engine.worker.read_bytes(), folder / "duckdb-worker.js.gz")
    for table in bundle.tables:
        _pack(_stream(bundle, table), folder / f"{table.name}.arrow.gz")
    size = sum(path.stat().st_size for path in folder.glob("duckdb*"))
    asked = [question for question in questions() if not _MACRO.search(question.query)]
    for each in pages:
        each.write(
            "sql.html", PATH, each.words("site_sql"), each.words("site_sql_about"),
            questions=asked, tables=bundle.tables, version=engine.version,
            megabytes=each.numbers.fixed(size / 1_000_000, 0),
            settings={
                "tables": [table.name for table in bundle.tables],
                "queries": [question.query for question in asked],
                "words": {
                    key: each.words(f"site_sql_{key}")
                    for key in ("result", "rows", "picture", "save", "working", "starting", "done",
                                "failed", "served")
                },
            },
        )  # fmt: skip


def _stream(bundle: Bundle, table: WarehouseTable) -> bytes:
    """The rows of a table as an Arrow IPC stream."""
    found = settled(tables.arrow(bundle.con, table, bundle.vintage))
    out = io.BytesIO()
    with pa.ipc.new_stream(out, found.schema) as stream:
        stream.write_table(found, max_chunksize=_BATCH)
    return out.getvalue()


def settled(found: pa.Table) -> pa.Table:
    """The same rows in the same bytes: what memory holds where a figure is missing is not kept."""
    return found.from_arrays(
        [
            pa.array(column.to_pylist(), column.type)
            if column.null_count or pa.types.is_nested(column.type)
            else column
            for column in found.columns
        ],
        schema=found.schema,
    )


def _pack(content: bytes, path: Path) -> None:
    """Writes gzip that is the same for the same content."""
    path.write_bytes(gzip.compress(content, 6, mtime=0))
