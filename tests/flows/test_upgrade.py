"""A home that an older version made is brought up to date, with every vintage it has."""

import tarfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from flows import engine, rebuild
from flows.settings import Settings
from tests.command import digidistrikt
from warehouse import publish

pytestmark = pytest.mark.thorough

ARCHIVE = Path(__file__).parent / "homes" / "0.1.0.tar.xz"
VINTAGES = ["20261125T225513Z-286a", "20261125T225519Z-639b", "20261125T225522Z-316a"]
FIGURES = "select indicator_id, municipality_code, period, value, quality, status, missing_reason"
Figures = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def old(tmp_path: Path, small: Path) -> Settings:
    """The home of the older version, to be worked on with the small catalogue of today."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    assert "came_through" in (tmp_path / "catalogue" / "hotspots.yaml").read_text("utf-8")
    return Settings(home=tmp_path, upstream="recorded")


def vintages(settings: Settings) -> Figures:
    """Every figure as it was known at each vintage."""
    with publish.reading(settings.warehouse) as con:
        runs = con.execute("select run_id, started_at from mart.refresh_run order by 1").fetchall()
        return {
            run_id: con.execute(
                f"{FIGURES} from mart.observation_as_of(?) order by all", [at]
            ).fetchall()
            for run_id, at in runs
        }


def differing(before: Figures, after: Figures) -> list[object]:
    """Some figures of the vintages of both that differ, of the indicators known before."""
    differ: list[object] = []
    for run_id in before.keys() & after.keys():
        known = {row[0] for row in before[run_id]}
        now = {_called_today(row) for row in after[run_id] if row[0] in known}
        differ += sorted(now ^ {_called_today(row) for row in before[run_id]}, key=str)[:5]
    return differ


def _called_today(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A figure as today's version calls it: a missing one was `reported` in older ones."""
    value, quality = row[3:5]
    return (*row[:4], "missing" if value is None and quality == "reported" else quality, *row[5:])


def hotspots_of_bergen(figures: Figures) -> list[object]:
    return [
        row[3] for known in figures.values() for row in known if row[:2] == ("hotspots", "4601")
    ]


def test_a_refresh_keeps_every_vintage_of_an_older_version_and_says_so_once(old: Settings) -> None:
    before = vintages(old)
    summary = engine.run(old)
    after = vintages(old)
    assert list(before) == VINTAGES
    assert list(after) == [*VINTAGES, summary.run_id]
    assert differing(before, after) == []
    assert hotspots_of_bergen(after) == [7, 8, 8]
    assert summary.failed == ()
    now = version("digidistrikt")
    assert f"was built by 0.1.0 bf50aae94f54, this one by {now} " in summary.code_change
    assert "All earlier vintages are kept" in summary.code_change
    again = engine.run(old)
    assert again.unchanged_since
    assert again.code_change == ""


def without_warehouse(settings: Settings) -> None:
    settings.warehouse.unlink()


def with_damaged_warehouse(settings: Settings) -> None:
    settings.warehouse.write_bytes(settings.warehouse.read_bytes()[:10_000])


def with_warehouse(_settings: Settings) -> None:
    """The file stays as the older version made it."""


@pytest.mark.parametrize(
    "state",
    [
        with_warehouse,
        pytest.param(without_warehouse, marks=pytest.mark.thorough),
        pytest.param(with_damaged_warehouse, marks=pytest.mark.thorough),
    ],
)
def test_a_rebuild_makes_every_vintage_of_an_older_version_from_its_replies(
    old: Settings, state: Callable[[Settings], None]
) -> None:
    before = vintages(old)
    state(old)
    rebuilt = rebuild.rebuild(old)
    after = vintages(old)
    assert list(after) == VINTAGES
    assert differing(before, after) == []
    assert hotspots_of_bergen(after) == [7, 8]
    assert list(rebuilt.other_code) == VINTAGES
    assert rebuilt.lost == ()
    # what it noted of its refreshes is read
    with publish.reading(old.warehouse) as con:
        outcomes = con.execute(
            "select distinct outcome, message from mart.source_run where table_id = 'klass_104'"
        ).fetchall()
    assert outcomes == [("skipped", "not among the recordings")]


@pytest.mark.parametrize("command", ["status", "catalog", "describe", "networks", "series", "add"])
def test_until_then_a_command_answers_or_says_what_to_do(
    old: Settings, command: str, tmp_path: Path
) -> None:
    (file := tmp_path / "made_up.csv").write_text("kommunenr;2025\n0301;1\n", encoding="utf-8")
    words = {"series": ["population"], "add": [file, "--as", "made_up"]}.get(command, [])
    done = digidistrikt(command, *words, home=old.home)
    if done.returncode:
        assert "built by other code (digidistrikt 0.1.0" in done.stderr
        assert "'digidistrikt refresh' brings it up to date" in done.stderr
    else:
        assert len(done.stdout.splitlines()) > 1
