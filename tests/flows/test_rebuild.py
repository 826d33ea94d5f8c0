"""A rebuild uses what is left, and names what is lost."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from common.errors import InputError
from flows import engine, rebuild
from flows.settings import Settings
from tests.flows.test_upgrade import VINTAGES, differing, hotspots_of_bergen, old, vintages
from warehouse import publish

__all__ = ["old"]  # a fixture
pytestmark = pytest.mark.thorough


def record_of(settings: Settings, run_id: str) -> Path:
    return settings.home / "runs" / f"{run_id}.json.gz"


def delete(record: Path) -> None:
    record.unlink()


def cut_short(record: Path) -> None:
    record.write_bytes(record.read_bytes()[:200])


def drop_half(record: Path) -> None:
    noted = json.loads(gzip.decompress(record.read_bytes()))
    del noted["run"]["outcomes"], noted["replies"]
    record.write_bytes(gzip.compress(json.dumps(noted).encode()))


def drop_replies(record: Path) -> None:
    noted = json.loads(gzip.decompress(record.read_bytes()))
    del noted["replies"][3]["sha256"]
    record.write_bytes(gzip.compress(json.dumps(noted).encode()))


def cut_warehouse(settings: Settings) -> None:
    settings.warehouse.write_bytes(settings.warehouse.read_bytes()[:10_000])


def reply_of(settings: Settings, run_id: str, table_id: str) -> Path:
    noted = json.loads(gzip.decompress(record_of(settings, run_id).read_bytes()))
    [digest] = [e["sha256"] for e in noted["replies"] if e["table_id"] == table_id]
    return settings.home / "replies" / digest[:2] / f"{digest}.gz"


@pytest.mark.parametrize(
    "damage",
    [
        delete,
        pytest.param(cut_short, marks=pytest.mark.thorough),
        pytest.param(drop_half, marks=pytest.mark.thorough),
    ],
)
def test_a_vintage_whose_record_is_lost_is_named_and_the_others_are_made(
    old: Settings, damage: Callable[[Path], None]
) -> None:
    before = vintages(old)
    damage(record_of(old, VINTAGES[1]))
    rebuilt = rebuild.rebuild(old)
    after = vintages(old)
    assert list(after) == [VINTAGES[0], VINTAGES[2]]
    assert differing(before, after) == []
    [lost] = rebuilt.lost
    assert lost.startswith(f"vintage {VINTAGES[1]}: ")
    kept = Settings(home=old.home).warehouse.with_name("digidistrikt.duckdb.before-rebuild")
    with publish.reading(kept) as con:
        assert con.execute("select count(*) from mart.refresh_run").fetchone() == (3,)


def test_a_lost_newest_vintage_leaves_the_one_before(old: Settings) -> None:
    record_of(old, VINTAGES[2]).unlink()
    cut_warehouse(old)
    rebuilt = rebuild.rebuild(old)
    assert rebuilt.run_id == VINTAGES[1]
    assert hotspots_of_bergen(vintages(old)) == [7]


def test_replies_lost_beside_a_corrupt_warehouse_cost_their_table_only_and_are_named(
    old: Settings,
) -> None:
    """One of a single vintage, and one that every vintage has."""
    before = vintages(old)
    reply_of(old, VINTAGES[1], "file_hotspots").unlink()
    reply_of(old, VINTAGES[2], "file_county_economic_region").unlink()
    cut_warehouse(old)
    done = CliRunner().invoke(app, ["rebuild", "--home", str(old.home)])
    after = vintages(old)
    assert hotspots_of_bergen(after) == [8]
    assert differing({VINTAGES[0]: before[VINTAGES[0]]}, after) == []
    for run_id in VINTAGES:
        assert f"lost: vintage {run_id}, file_county_economic_region: " in done.output
    assert f"lost: vintage {VINTAGES[1]}, file_hotspots: " in done.output
    assert done.output.count("lost: ") == 4
    assert "the stored reply is gone" in done.output
    assert done.exit_code == 5


@pytest.mark.parametrize("damage", [delete, cut_short, drop_half, drop_replies])
def test_with_nothing_left_to_rebuild_from_one_sentence_says_the_way_out(
    old: Settings, damage: Callable[[Path], None]
) -> None:
    cut_warehouse(old)
    for run_id in VINTAGES:
        damage(record_of(old, run_id))
    with pytest.raises(InputError, match=r"no stored run to rebuild from.*Move .* and refresh"):
        rebuild.rebuild(old)


def test_the_way_out_is_open_whatever_became_of_the_records(old: Settings) -> None:
    for run_id, damage in zip(VINTAGES, (cut_short, drop_half, drop_replies), strict=True):
        damage(record_of(old, run_id))
    cut_warehouse(old)
    old.warehouse.rename(old.warehouse.with_suffix(".away"))
    assert engine.run(old).figures > 15_000


def test_a_refresh_after_a_lost_record_asks_everything_again(old: Settings) -> None:
    drop_replies(record_of(old, VINTAGES[2]))
    summary = engine.run(old)
    assert list(vintages(old)) == [*VINTAGES, summary.run_id]
