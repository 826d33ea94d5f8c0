"""A refresh asks for what changed, and a source that fails leaves the others fresh."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from flows import load
from flows.settings import Settings
from sources import catalogue, changes
from sources.store import Manifest, Store
from tests.flows.refreshing import ask
from tests.flows.soak import clock
from tests.flows.test_live_path import refresh, requests_printed
from tests.upstream import faults
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn

# a whole refresh a fault
pytestmark = [pytest.mark.usefixtures("small"), pytest.mark.thorough]


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as server:
        yield server


def outcomes(home: Path, outcome: str) -> set[object]:
    query = f"select table_id from mart.source_table where outcome = '{outcome}'"
    return {table_id for (table_id,) in ask(home, query)}


def asked_since(upstream: StandIn, before: int) -> list[str]:
    return [asked.address for asked in upstream.asked[before:]]


def publish_anew(upstream: StandIn, *numbers: str) -> None:
    """The publisher touches tables, now."""
    for number in numbers:
        table = upstream.statbank.tables[number]
        upstream.statbank.publish(table.updated_at(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"))


def test_what_did_not_change_is_kept_and_what_failed_is_stale(
    tmp_path: Path, upstream: StandIn
) -> None:
    """One story, since each refresh starts from what the last one left."""
    first = refresh(tmp_path, upstream)
    assert first.returncode == 0, first.stderr
    assert outcomes(tmp_path, "failed") == set()
    runs = "select count(*) from mart.refresh_run"
    figures = "select count(value), sum(value::decimal(18, 3)) from mart.observation"
    before_anything = ask(tmp_path, figures)

    seen = len(upstream.asked)
    again = refresh(tmp_path, upstream)
    assert again.returncode == 0, again.stderr
    assert "Nothing new since" in again.stdout
    assert "1 request (minimum 1)." in " ".join(again.stdout.split())
    [only_question] = asked_since(upstream, seen)
    assert "/tables?" in only_question
    assert requests_printed(again) == 1
    assert ask(tmp_path, runs) == [(1,)]

    seen = len(upstream.asked)
    publish_anew(upstream, "14534")
    changed = refresh(tmp_path, upstream)
    assert changed.returncode == 0, changed.stderr
    asked = asked_since(upstream, seen)
    assert any("/tables/14534/data" in address for address in asked)
    assert not any("/tables/07459" in address for address in asked)
    assert not any("klass" in address for address in asked)
    assert ask(tmp_path, figures) == before_anything

    publish_anew(upstream, "14534", "12143")
    upstream.misbehave(faults.back_at_once, "12143/data", times=None)
    failed = refresh(tmp_path, upstream)
    assert failed.returncode == 4
    assert "stale ssb_12143" in failed.stdout
    assert outcomes(tmp_path, "failed") == {"ssb_12143"}
    assert "ssb_14534" in outcomes(tmp_path, "fetched")
    assert ask(tmp_path, figures) == before_anything
    [(told,)] = ask(tmp_path, "select message from mart.source_table where outcome = 'failed'")
    assert "12143/data" in str(told)
    assert "503" in str(told)

    vintages = ask(tmp_path, runs)
    again = refresh(tmp_path, upstream)
    assert again.returncode == 4
    assert "Nothing new since" in again.stdout
    assert "stale ssb_12143" in again.stdout
    assert ask(tmp_path, runs) == vintages

    upstream.heal()
    healed = refresh(tmp_path, upstream)
    assert healed.returncode == 0, healed.stderr
    assert outcomes(tmp_path, "failed") == set()
    assert "ssb_12143" in outcomes(tmp_path, "fetched")
    assert ask(tmp_path, figures) == before_anything


def test_figures_of_another_upstream_never_stand_in(
    tmp_path: Path, upstream: StandIn, small_home: Settings
) -> None:
    shutil.copytree(small_home.home, tmp_path, dirs_exist_ok=True)
    upstream.misbehave(faults.back_at_once, "12134", times=None)
    done = refresh(tmp_path, upstream)
    assert done.returncode == 4
    query = "select observations from mart.source_table where table_id = 'ssb_12134'"
    assert ask(tmp_path, query) == [(0,)]
    assert ask(tmp_path, "select distinct upstream from mart.reply where upstream != 'file'") == [
        (upstream.address,)
    ]


def test_a_code_nobody_knows_is_set_aside_and_named_and_the_others_publish(
    tmp_path: Path, upstream: StandIn
) -> None:
    strange = {"9876": "OPPDIKTET ny kommune"}
    for number, codes in (("14534", strange | {"9877": "OPPDIKTET"}), ("12143", strange)):
        table = upstream.statbank.tables[number]
        upstream.statbank.publish(table.with_codes("KOKkommuneregion0000", **codes))
    done = refresh(tmp_path, upstream)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "codes 9876 in ssb_12143, ssb_14534, 9877 in ssb_14534" in told
    counted = "select count(distinct reported_code) from {} where reported_code in ('9876', '9877')"
    assert ask(tmp_path, counted.format("raw.observation")) == [(2,)]
    known = "select count(*) from mart.observation where municipality_code like '987_'"
    assert ask(tmp_path, known) == [(0,)]
    nurses = "select count(value) from mart.observation where indicator_id = 'nurses_fte'"
    assert ask(tmp_path, nurses) == [(714,)]


@pytest.mark.parametrize(
    ("day", "is_asked"), [(date(2027, 12, 31), False), (date(2028, 1, 1), True)]
)
def test_klass_is_asked_on_the_day_on_which_municipalities_change(
    small_home: Settings, day: date, is_asked: bool
) -> None:
    """It was asked two days before the year ended, and else is asked once a week."""
    entries, store = catalogue.load(catalogue.FOLDER), Store(small_home.home)
    klass = entries.table_by_id["klass_131"]
    asked_at = datetime(2027, 12, 29, 7, 20, tzinfo=UTC)
    held = [
        replace(item, reply=replace(item.reply, fetched_at=asked_at))
        for item in store.read_manifest(store.runs()[-1]).replies
        if item.planned.table_id == klass.id
    ]
    left = Manifest("live", tuple(held), {klass.id: changes.declared(entries, klass)})

    class Live:
        name = "live"

    with clock.showing(datetime.combine(day, time(7, 20), UTC)):
        [decision] = changes.decide(entries, [klass], left, Live())  # type: ignore[arg-type]
    assert decision.asked == is_asked


def test_a_register_asked_on_a_later_day_is_read_anew_though_it_says_the_same(
    small_home: Settings,
) -> None:
    """Its figures are of the day it was asked."""
    entries, store = catalogue.load(catalogue.FOLDER), Store(small_home.home)
    before = store.read_manifest(store.runs()[-1]).replies
    later = [
        replace(item, reply=replace(item.reply, as_of=item.reply.as_of + timedelta(days=8)))
        if item.planned.table_id in {"uutilsynet_statements", "ssb_14534"}
        else item
        for item in before
    ]
    assert load.changed(entries, before, before) == frozenset()
    assert load.changed(entries, before, later) == {"uutilsynet_statements"}
