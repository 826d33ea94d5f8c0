"""A rebuild models only what changed between vintages, and comes to what a full one comes to."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from flows import load, rebuild
from flows.settings import Settings
from sources.http import Reply
from sources.store import Fetched, Manifest, Store
from warehouse import publish

pytestmark = pytest.mark.thorough

WORLDS = settings().max_examples // 100  # a world takes a minute
Replies = list[Fetched]


def with_body(item: Fetched, document: object) -> Fetched:
    reply = item.reply
    again = Reply(
        reply.request,
        orjson.dumps(document),
        reply.content_type,
        reply.fetched_at,
        reply.upstream,
        reply.as_of,
        reply.provenance,
        reply.updated,
        reply.is_discontinued,
    )
    return replace(item, reply=again)


def one_of(random: Random, replies: Sequence[Fetched], table: str, where: str = "") -> list[int]:
    """The place of a reply of a table, unless it was lost before."""
    places = [
        place
        for place, item in enumerate(replies)
        if item.planned.table_id == table and where in item.reply.request.address
    ]
    return random.sample(places, min(1, len(places)))


def revise_figures(table: str) -> Callable[[Random, Replies], None]:
    """Some figures are other ones, and some are gone."""

    def change(random: Random, replies: Replies) -> None:
        for place in one_of(random, replies, table, "/data"):
            document = orjson.loads(replies[place].reply.content)
            known = [n for n, value in enumerate(document["value"]) if value is not None]
            for cell in random.sample(known, 5):
                document["value"][cell] = random.choice([None, document["value"][cell] + 1])
            replies[place] = with_body(replies[place], document)

    return change


def change_statements(random: Random, replies: Replies) -> None:
    for place in one_of(random, replies, "uutilsynet_statements"):
        document = orjson.loads(replies[place].reply.content)
        random.choice(document["_embedded"]["dataElements"])["talBrot"] += 1
        replies[place] = with_body(replies[place], document)


def lose_a_table(random: Random, replies: Replies) -> None:
    table = random.choice(["ssb_14534", "ssb_12134", "uutilsynet_statements"])
    replies[:] = [item for item in replies if item.planned.table_id != table]


def fetch_again(random: Random, replies: Replies) -> None:
    """The same bytes, fetched later."""
    place = random.randrange(len(replies))
    item = replies[place]
    later = replace(item.reply, fetched_at=item.reply.fetched_at + timedelta(hours=1))
    replies[place] = replace(item, reply=later)


def rename_a_municipality(random: Random, replies: Replies) -> None:
    for place in one_of(random, replies, "klass_131", "codesAt"):
        document = orjson.loads(replies[place].reply.content)
        random.choice(document["codes"])["name"] = "OPPDIKTET"
        replies[place] = with_body(replies[place], document)


CHANGES = [
    revise_figures("ssb_14534"),
    revise_figures("ssb_12134"),
    change_statements,
    lose_a_table,
    fetch_again,
    rename_a_municipality,
]


def add_vintage(home: Path, change: Callable[[Random, Replies], None], random: Random) -> None:
    """On record after the newest vintage, a day later."""
    store = Store(home)
    before = store.runs()[-1]
    manifest = store.read_manifest(before)
    replies = list(manifest.replies)
    change(random, replies)
    for item in replies:
        store.keep(item.reply)
    at = datetime.fromisoformat(str(manifest.run["started_at"])) + timedelta(days=1)
    run_id = f"{at:%Y%m%dT%H%M%SZ}-made"
    run = {**manifest.run, "run_id": run_id, "started_at": at.isoformat(), "after": before}
    noted = Manifest(manifest.upstream, tuple(replies), manifest.declared, {}, run)
    store.write_manifest(run_id, noted)


def remade(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of `mart` after a rebuild of the stored replies alone."""
    warehouse = Settings(home=home).warehouse
    warehouse.unlink(missing_ok=True)
    assert rebuild.rebuild(Settings(home=home)).lost == ()
    with publish.reading(warehouse) as con:
        tables = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'mart' order by all"
        ).fetchall()
        return {
            str(name): con.execute(f"from mart.{name} order by all").fetchall()
            for (name,) in tables
        }


@settings(max_examples=WORLDS, phases=[Phase.generate])
@given(seed=st.integers(0, 10_000))
def test_a_rebuild_of_what_changed_is_a_full_rebuild(seed: int, small_home: Settings) -> None:
    random = Random(seed)  # noqa: S311
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = Path(folder) / "home"
        shutil.copytree(small_home.home, home)
        for change in random.sample(CHANGES, len(CHANGES)):
            add_vintage(home, change, random)
        of_changes = remade(home)
        patch.setattr(load, "changed", lambda *_: None)
        in_full = remade(home)
    assert len({row[0] for row in in_full["table_digest"]}) == 1 + len(CHANGES)
    assert len(in_full["superseded"]) > 10
    for table, rows in in_full.items():
        assert of_changes[table] == rows, table
