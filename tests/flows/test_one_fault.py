"""One fault of one source leaves that source stale, with a sentence, and the others published."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import engine, outcome
from flows.settings import Settings
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import now
from warehouse import publish

pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as server:
        yield server


def ask(home: Path, query: str) -> list[tuple[object, ...]]:
    with publish.reading(Settings(home=home).warehouse) as con:
        return con.execute(query).fetchall()


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


def refreshed(home: Path, upstream: StandIn) -> outcome.Summary:
    return engine.run(Settings(home=home, upstream=upstream.address, calls_a_minute=1_000_000))


@pytest.mark.parametrize("was_good_before", [False, True], ids=["first", "later"])
def test_a_wrong_code_in_one_indicator_leaves_its_table_stale_and_is_found_by_what_is_told(
    tmp_path: Path, upstream: StandIn, was_good_before: bool
) -> None:
    if was_good_before:
        refreshed(tmp_path, upstream)
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
