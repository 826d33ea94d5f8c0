"""A table that comes in several replies is loaded reply by reply, and whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import orjson

from flows import load
from flows.settings import Settings
from sources import catalogue
from sources.store import Fetched, Store
from warehouse import publish

TABLE = "ssb_07459"


def with_body(item: Fetched, body: bytes) -> Fetched:
    return replace(item, reply=replace(item.reply, body=body))


def loaded(fetched: Sequence[Fetched], last_good: Sequence[Fetched]) -> tuple[list[str], object]:
    """The tables that failed, and the figures, of replies loaded into an empty warehouse."""
    entries = catalogue.load(catalogue.FOLDER)
    with duckdb.connect() as con:
        for script in sorted(publish.SCHEMA.glob("*.sql")):
            con.execute(script.read_text(encoding="utf-8"))
        load.make_tables(con)
        load.load_catalogue(con, entries)
        _, failed = load.load_replies(con, entries, fetched, last_good, [TABLE])
        figures = con.execute("from raw.observation order by all").fetchall()
        replies = con.execute("select count(*) from raw.reply").fetchall()
    return [item.table_id for item in failed], (figures, replies)


def test_of_a_table_with_a_reply_that_is_not_as_declared_no_other_is_loaded(
    small_home: Settings,
) -> None:
    store = Store(small_home.home)
    manifest = store.read_manifest(store.runs()[-1])
    held = [item for item in manifest.replies if item.planned.table_id == TABLE]
    data = [item for item in held if "/codelists/" not in item.reply.request.url]
    assert len(data) > 1

    document = orjson.loads(data[0].reply.content)
    place = next(n for n, value in enumerate(document["value"]) if value is not None)
    document["value"][place] += 1
    revised = with_body(data[0], orjson.dumps(document))
    broken = with_body(data[-1], data[-1].reply.content[:-20])
    others = [item for item in held if item not in (data[0], data[-1])]

    none_failed, as_held = loaded(held, [])
    assert none_failed == []
    assert loaded([revised, *others, broken], held) == ([TABLE], as_held)
    assert loaded([revised, *others, data[-1]], held)[1] != as_held
