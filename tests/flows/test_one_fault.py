"""One fault of one source leaves that source stale, with a sentence, and the others published."""

import itertools
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from common.errors import UpstreamError
from flows import engine, outcome
from flows.settings import Settings
from sources import changes
from sources.http import Upstream
from tests.flows.refreshing import ask, refreshed
from tests.upstream.exchange import Answer, Question
from tests.upstream.faults import Misbehave
from tests.upstream.server import StandIn
from tests.upstream.tables import now

# a whole refresh a fault
pytestmark = [pytest.mark.usefixtures("small"), pytest.mark.thorough]


WRONG_CODE = """\
theme: invented
indicators:
  - id: invented_share
    title: {nb: OPPDIKTET, en: INVENTED}
    unit: antall
    aggregate: sum
    origins:
      - {table: ssb_06944, contents: SamletInntekt, select: {HusholdType: ["range(0000,000a)"]}}
"""


@pytest.mark.parametrize("was_good_before", [False, True], ids=["first", "later"])
def test_a_wrong_code_in_one_indicator_leaves_its_table_stale_and_is_found_by_what_is_told(
    tmp_path: Path, upstream: StandIn, first: Path, was_good_before: bool
) -> None:
    if was_good_before:
        shutil.copytree(first, tmp_path, dirs_exist_ok=True)
        upstream.statbank.publish(upstream.statbank.tables["14534"].updated_at(now()))
    (tmp_path / "catalogue").mkdir(exist_ok=True)
    (tmp_path / "catalogue" / "mine.yaml").write_text(WRONG_CODE, encoding="utf-8")
    summary = refreshed(tmp_path, upstream)
    [failed] = summary.failed
    assert failed.table_id == "ssb_06944"
    assert "mine.yaml, line 3" in failed.message
    assert "invented_share" in failed.message
    assert "table 06944" in failed.message
    assert "'000a' in a selection is not among 0000" in failed.message
    figures = "select count(value) > 0 from mart.observation where indicator_id = '{}'"
    assert ask(tmp_path, figures.format("nurses_fte")) == [(True,)]
    assert ask(tmp_path, figures.format("median_household_income")) == [(was_good_before,)]


OF_POPULATION = "from raw.reply where table_id = 'ssb_07459' and url like '%/data%'"


def test_parts_of_two_versions_of_a_table_are_fetched_once_more_and_are_one(
    tmp_path: Path, upstream: StandIn
) -> None:
    def changes_meanwhile(_question: Question, answer: Answer) -> Answer:
        upstream.statbank.publish(upstream.statbank.tables["07459"].updated_at(now()))
        return answer

    table = upstream.statbank.tables["07459"]
    upstream.statbank.publish(table.updated_at("2026-03-16T07:00:00Z"))
    upstream.misbehave(changes_meanwhile, "07459/data")
    summary = refreshed(tmp_path, upstream)
    assert summary.failed == ()
    assert ask(tmp_path, f"select count(distinct updated) {OF_POPULATION}") == [(1,)]
    assert summary.retried == 1


def test_a_table_that_never_stands_still_is_stale_and_never_of_two_versions(
    tmp_path: Path, upstream: StandIn, first: Path
) -> None:
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    held = ask(tmp_path, f"select distinct updated {OF_POPULATION}")
    seconds = itertools.count(1)

    def changes_always(_question: Question, answer: Answer) -> Answer:
        later = f"{datetime.now(UTC) + timedelta(seconds=next(seconds)):%Y-%m-%dT%H:%M:%SZ}"
        upstream.statbank.publish(upstream.statbank.tables["07459"].updated_at(later))
        return answer

    for number in ("07459", "14534"):
        upstream.statbank.publish(upstream.statbank.tables[number].updated_at(now()))
    upstream.misbehave(changes_always, "07459/data", times=None)
    [failed] = refreshed(tmp_path, upstream).failed
    assert failed.table_id == "ssb_07459"
    assert "changes while it is fetched" in failed.message
    assert ask(tmp_path, f"select distinct updated {OF_POPULATION}") == held


@pytest.fixture
def warned() -> Iterator[list[str]]:
    """The warnings that the product logs."""
    log, messages = logging.getLogger("digidistrikt"), []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    yield messages
    log.removeHandler(handler)


ODD_ENTRIES: list[tuple[dict[str, object], int]] = [
    ({"updated": "2026-11-25T07:00:00"}, 0),
    ({"updated": "yesterday"}, 1),
    ({"updated": 20261125}, 0),
    ({"updated": "9999-12-31T23:59:59-14:00"}, 1),
    ({"updated": None}, 1),
    ({"id": None}, 1),
    ({"id": 7}, 0),
]


def listing(*odd: dict[str, object]) -> Misbehave:
    """Only the list of changes is asked, which leaves the rest for the tables it names."""

    def with_odd_entries(_question: Question, answer: Answer) -> Answer:
        listed = orjson.loads(answer.body)
        listed["tables"] = [{"id": "06944", "updated": now()} | each for each in odd]
        return replace(answer, body=orjson.dumps(listed))

    return with_odd_entries


@pytest.mark.parametrize(("odd", "warnings"), ODD_ENTRIES, ids=str)
def test_an_odd_entry_in_the_list_of_changes_is_told_where_it_says_nothing_that_can_be_read(
    tmp_path: Path, upstream: StandIn, odd: dict[str, object], warnings: int, warned: list[str]
) -> None:
    upstream.misbehave(listing(odd), "/tables?")
    with Upstream(upstream.address, budget=tmp_path / "requests.sqlite") as session:
        changes.changed_at(session, [datetime.now(UTC)])
    assert len([message for message in warned if "list of changes" in message]) == warnings


def test_odd_entries_in_the_list_of_changes_end_no_refresh(
    tmp_path: Path, upstream: StandIn, first: Path, warned: list[str]
) -> None:
    shutil.copytree(first, tmp_path / "home")
    upstream.misbehave(listing(*(odd for odd, _ in ODD_ENTRIES)), "/tables?")
    assert refreshed(tmp_path / "home", upstream).failed == ()
    told = [message for message in warned if "list of changes" in message]
    assert len(told) == sum(warnings for _, warnings in ODD_ENTRIES)


# --- rows that come twice ------------------------------------------------------------------

Rows = list[dict[str, object]]


def altered(path: str, change: Callable[[Rows], object]) -> Misbehave:
    """Changes the rows at a path of a JSON answer."""

    def misbehave(_question: Question, answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        rows = document = orjson.loads(answer.body)
        for step in path.split("."):
            rows = rows[step]
        change(rows)
        return replace(answer, body=orjson.dumps(document))

    return misbehave


def repeat_first(rows: Rows) -> None:
    rows[1] = rows[0]


def contradict_first(rows: Rows) -> None:
    rows[1] = rows[0] | {"iktLoeysingNamn": "OPPDIKTET"}


def ask_anew(home: Path, upstream: StandIn, *tables: str) -> outcome.Summary:
    settings = Settings(home=home, upstream=upstream.address, calls_a_minute=1_000_000)
    return engine.run(settings, tables)


def refused(first: Path, home: Path, upstream: StandIn, table: str) -> str:
    """What is told if a table is asked for alone and can't be read; the file stays as it was."""
    shutil.copytree(first, home)
    before = Settings(home=home).warehouse.read_bytes()
    with pytest.raises(UpstreamError) as error:
        ask_anew(home, upstream, table)
    assert Settings(home=home).warehouse.read_bytes() == before
    return str(error.value)


def repeat_last(rows: Rows) -> None:
    rows.append(rows[0])


def test_a_row_that_comes_twice_in_one_reply_is_kept_once_and_told(
    tmp_path: Path, upstream: StandIn, first: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = (
        ("uutilsynet_statements", "alle-erklaeringer?page=3", "_embedded.dataElements", 1),
        ("klass_131", "131/codesAt", "codes", 1),
        ("klass_128", "128", "correspondenceItems", 3),  # one in each of three years
    )
    for table, where, path, _ in sources:
        twice = repeat_first if table == "uutilsynet_statements" else repeat_last
        upstream.misbehave(altered(path, twice), where, times=None)
    shutil.copytree(first, tmp_path / "home")
    asked = [table for table, *_ in sources]
    assert ask_anew(tmp_path / "home", upstream, *asked).failed == ()
    for table, _, _, times in sources:
        assert f"{table}: rows that came twice and are kept once: {times}" in caplog.text


def test_rows_that_contradict_each_other_leave_their_source_stale(
    tmp_path: Path, upstream: StandIn
) -> None:
    path = "_embedded.dataElements"
    upstream.misbehave(altered(path, contradict_first), "alle-erklaeringer?page=3", times=None)
    [failed] = refreshed(tmp_path, upstream).failed
    assert failed.table_id == "uutilsynet_statements"
    assert "came twice and with another solution_name" in failed.message


def test_a_register_that_changes_between_its_pages_is_refused(
    tmp_path: Path, upstream: StandIn, first: Path
) -> None:
    last: Rows = []

    def remember(rows: Rows) -> None:
        last.append(rows[-1])

    def moved_by_one(rows: Rows) -> None:
        rows.insert(0, last[0])
        rows.pop()

    path = "_embedded.dataElements"
    upstream.misbehave(altered(path, moved_by_one), "alle-erklaeringer?page=3", times=None)
    upstream.misbehave(altered(path, remember), "alle-erklaeringer?page=2", times=None)
    told = refused(first, tmp_path / "home", upstream, "uutilsynet_statements")
    assert "came on two pages, so another came on none" in told


def test_pages_that_tell_of_different_totals_are_refused(
    tmp_path: Path, upstream: StandIn, first: Path
) -> None:
    def one_less(_question: Question, answer: Answer) -> Answer:
        document = orjson.loads(answer.body)
        document["page"]["totalElements"] -= 1
        return replace(answer, body=orjson.dumps(document))

    upstream.misbehave(one_less, "alle-erklaeringer?page=3", times=None)
    told = refused(first, tmp_path / "home", upstream, "uutilsynet_statements")
    assert "the register changed meanwhile" in told
