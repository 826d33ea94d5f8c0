"""Each fault of a publisher leaves its own source stale, with a sentence, and the others fresh."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sources import catalogue
from tests import small
from tests.command import Done, digidistrikt
from tests.flows.refreshing import ask
from tests.flows.test_live_path import refresh
from tests.flows.test_vintages import ATenthMore
from tests.upstream import faults
from tests.upstream.faults import Misbehave
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Dimension, Table

pytestmark = pytest.mark.thorough  # a whole refresh a fault

# By table: what goes wrong with its figures, and what is told. All are tried in one refresh.
OF_REPLIES: dict[str, tuple[Misbehave, str]] = {
    "14023": (faults.page_instead, "expected JSON, came an HTML page 'Vi har det travelt'"),
    "14024": (faults.redirect_loop, "can't be asked (Exceeded 30 redirects"),
    "12031": (faults.broken_json, "Expected JSON, came"),
    "12143": (faults.one_value_too_few, "the product of its sizes, came"),
    "12367": (faults.duplicate_code, "each code once"),
    "06944": (faults.not_a_number, "Expected JSON, came"),
    "09429": (faults.numbers_as_text, "expected a number or null, came text"),
    "14674": (faults.back_at_once, "HTTP 503, tried 5 times"),
    "07984": (faults.too_many_requests("3600"), "asks to be left alone for 3600 seconds"),
    "11918": (faults.vanished, "refused with HTTP 404: Non-existent table"),
}
# By table: what its publisher does to it, and what is told.
OF_TABLES: dict[str, tuple[Callable[[Table], Table], str]] = {
    "06913": (lambda table: table.without("Region"), "no longer has the dimension Region"),
    "01222": (
        lambda table: table.changed("Region", code="Regionkode"),
        "no longer has the dimension Region",
    ),
    "14746": (
        lambda table: table.with_dimension(Dimension("Kilde", "kilde", {"1": "OPPDIKTET"})),
        "dimension Kilde must be selected",
    ),
}
GOES_BACK, GETS_NO_MORE, HEALTHY = "14534", "07459", "12134"
TAKEN_BACK_TO = datetime.now(UTC) - timedelta(hours=3)
FIGURES = "select count(value), sum(value::decimal(18, 3)) from mart.observation"


def now() -> str:
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def status(home: Path, *words: str) -> str:
    done = digidistrikt("status", *words, home=home)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def _catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The small catalogue and the tables that go wrong."""
    more = [f"ssb_{number}" for number in (*OF_REPLIES, *OF_TABLES)]
    with pytest.MonkeyPatch.context() as patch:
        folder = small.cut_down(tmp_path_factory.mktemp("catalogue"), more)
        patch.setattr(catalogue, "FOLDER", folder)
        yield


@pytest.fixture(scope="module")
def before(
    tmp_path_factory: pytest.TempPathFactory, upstream: StandIn
) -> tuple[Path, list[tuple[object, ...]]]:
    """A home whose sources are all fresh, and its figures."""
    home = tmp_path_factory.mktemp("faults")
    upstream.statbank.publish(upstream.statbank.tables[GOES_BACK].updated_at(now()))
    done = refresh(home, upstream)
    assert done.returncode == 0, done.stderr
    return home, ask(home, FIGURES)


@pytest.fixture(scope="module")
def after(before: tuple[Path, list[tuple[object, ...]]], upstream: StandIn) -> tuple[Path, Done]:
    """The same home after a refresh in which nearly everything went wrong."""
    home, tables = before[0], upstream.statbank.tables
    for number, (fault, _) in OF_REPLIES.items():
        upstream.statbank.publish(tables[number].updated_at(now()))
        upstream.misbehave(
            fault, f"{number}/{'metadata' if fault is faults.vanished else 'data'}", None
        )
    for number, (change, _) in OF_TABLES.items():
        upstream.statbank.publish(change(tables[number]).updated_at(now()))
    as_it_was = tables[GOES_BACK]
    other_figures = replace(as_it_was, figures=ATenthMore(as_it_was.figures))
    upstream.statbank.publish(other_figures.updated_at(written(TAKEN_BACK_TO)))
    upstream.statbank.publish(tables[GETS_NO_MORE].discontinue().updated_at(now()))
    upstream.statbank.publish(tables[HEALTHY].updated_at(now()))
    return home, refresh(home, upstream)


@pytest.fixture(scope="module")
def told(after: tuple[Path, Done]) -> dict[str, dict[str, str]]:
    """What `status` says of each source, in a pipe."""
    return {row["table_id"]: row for row in csv.DictReader(io.StringIO(status(after[0])))}


@pytest.fixture(scope="module")
def on_terminal(after: tuple[Path, Done]) -> str:
    """What `status` says to a person."""
    return " ".join(status(after[0], "-f", "table").split())


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(number, said) for number, (_, said) in [*OF_REPLIES.items(), *OF_TABLES.items()]],
)
def test_each_fault_leaves_its_own_source_stale_and_status_says_why(
    number: str, sentence: str, told: dict[str, dict[str, str]], on_terminal: str
) -> None:
    row = told[f"ssb_{number}"]
    assert row["outcome"] == "failed"
    assert sentence in row["message"]
    assert number in row["message"]
    assert f"stale ssb_{number}: {' '.join(row['message'].split())}" in on_terminal


def test_sources_that_are_well_are_published_and_the_others_keep_their_figures(
    before: tuple[Path, list[tuple[object, ...]]],
    after: tuple[Path, Done],
    told: dict[str, dict[str, str]],
) -> None:
    home, done = after
    assert done.returncode == 4
    assert "Traceback" not in done.stdout + done.stderr
    stale = {table_id for table_id, row in told.items() if row["outcome"] == "failed"}
    assert stale == {f"ssb_{number}" for number in (*OF_REPLIES, *OF_TABLES, GOES_BACK)}
    assert told[f"ssb_{HEALTHY}"]["outcome"] == "fetched"
    assert ask(home, FIGURES) == before[1]


def test_a_table_that_gets_no_new_figures_is_published_and_said_to_be_at_its_end(
    after: tuple[Path, Done], on_terminal: str
) -> None:
    table_id = f"ssb_{GETS_NO_MORE}"
    state = f"from mart.source_table where table_id = '{table_id}'"
    assert ask(after[0], f"select outcome, is_discontinued {state}") == [("fetched", True)]
    assert ask(after[0], f"select observations > 0 {state}") == [(True,)]
    told = f"{table_id}, {GETS_NO_MORE}, successor not known; search"
    assert told in on_terminal


def test_a_table_that_went_back_keeps_what_is_held_until_a_person_asks_for_it_by_name(
    before: tuple[Path, list[tuple[object, ...]]],
    after: tuple[Path, Done],
    told: dict[str, dict[str, str]],
    upstream: StandIn,
) -> None:
    home, table_id = before[0], f"ssb_{GOES_BACK}"
    said = told[table_id]["message"]
    assert f"came as of {TAKEN_BACK_TO:%Y-%m-%d %H:%M}, older than what is held, of " in said
    assert f"To take it nevertheless: digidistrikt refresh --only {table_id}" in said
    assert after[0] == home

    taken = refresh(home, upstream, table_id)
    assert taken.returncode == 0, taken.stderr
    [(count, total)] = ask(home, FIGURES)
    assert (count, total) != before[1][0]
    state = f"select outcome from mart.source_table where table_id = '{table_id}'"
    assert ask(home, state) == [("fetched",)]
    # what was left aside is as stale as it was
    stale = ask(home, "select count(*) from mart.source_table where outcome = 'failed'")
    assert stale == [(len(OF_REPLIES) + len(OF_TABLES),)]
