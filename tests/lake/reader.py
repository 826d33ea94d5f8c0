"""A reader of a lake: `python -m tests.lake.reader PLACE SECONDS` looks at it time and again.

Each look opens the newest vintage, requires every table of `mart` to be what the digests of that
vintage say, and writes a line: the vintage, when it began, and a digest of its figures.
"""

import sys
import time
from pathlib import Path

import duckdb

from digidistrikt.opening import open_warehouse
from warehouse.vintages import DIGEST

NEWEST = "select run_id, started_at::varchar from mart.refresh_run order by started_at desc limit 1"
_KEPT = "select table_name, rows, digest from mart.table_digest where run_id = ? order by all"
FIGURES = """
    select md5(string_agg(line, '' order by line)) from (
        select row(indicator_id, municipality_code, period, value, quality, status,
            missing_reason)::varchar as line
        from {}
    )
"""


def look(con: duckdb.DuckDBPyConnection) -> tuple[str, str, str]:
    """The vintage that a connection sees; requires each of its tables to be of that vintage."""
    [(vintage, began)] = con.execute(NEWEST).fetchall()
    kept = con.execute(_KEPT, [vintage]).fetchall()
    assert len(kept) > 20, f"{vintage}: {len(kept)} tables on record"
    for table, *expected in kept:
        found = con.execute(
            f"select count(*), {DIGEST} from (select line::varchar as line from mart.{table} line)"
        ).fetchall()
        assert found == [tuple(expected)], f"{vintage}: {table} is of another vintage"
    [(figures,)] = con.execute(FIGURES.format("mart.observation")).fetchall()
    return vintage, began, figures


if __name__ == "__main__":
    while True:
        with open_warehouse(Path("none"), warehouse=sys.argv[1]) as con:
            sys.stdout.write("\t".join(look(con)) + "\n")
            sys.stdout.flush()
        time.sleep(float(sys.argv[2]))
