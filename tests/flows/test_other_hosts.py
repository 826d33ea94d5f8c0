"""Only the host that was asked is believed, and of a refusal no more is read than is told."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from common.errors import UpstreamError
from flows.settings import Settings
from tests.flows.refreshing import ask
from tests.flows.test_one_fault import ask_anew
from tests.upstream.exchange import Answer, Question
from tests.upstream.server import StandIn

pytestmark = pytest.mark.usefixtures("small")


@pytest.mark.thorough
def test_a_refresh_follows_no_redirect_to_another_host_and_sends_it_nothing(
    home: Path, upstream: StandIn
) -> None:
    with StandIn() as other:

        def sent_on(question: Question, answer: Answer) -> Answer:
            to = {"Location": f"{other.address}{question.target}"}
            return replace(answer, status=307, headers=to)

        before = Settings(home=home).warehouse.read_bytes()
        upstream.misbehave(sent_on, "14534/data", times=None)
        with pytest.raises(UpstreamError, match="redirected to another host"):
            ask_anew(home, upstream, "ssb_14534")
        assert other.asked == []
        assert Settings(home=home).warehouse.read_bytes() == before


@pytest.mark.thorough
def test_a_refresh_believes_no_server_that_calls_its_figures_recorded(
    home: Path, upstream: StandIn
) -> None:
    said = upstream.statbank.tables["14534"].came_from
    assert said["X-Recorded-As-Of"]
    assert ask(home, "select distinct provenance from raw.reply where table_id = 'ssb_14534'") == [
        (None,)
    ]
    assert ask(
        home,
        "select count(*) from raw.reply"
        f" where table_id = 'ssb_14534' and as_of = '{said['X-Recorded-As-Of']}'",
    ) == [(0,)]


def test_a_refusal_of_any_length_is_told_on_one_line(home: Path, upstream: StandIn) -> None:
    def long(_question: Question, _answer: Answer) -> Answer:
        body = orjson.dumps({"title": "OPPDIKTET <title> " * 15_000, "status": 404})
        return Answer(404, body, {"Content-Type": "text/html"})

    upstream.misbehave(long, "14534/metadata", times=None)
    with pytest.raises(UpstreamError) as told:
        ask_anew(home, upstream, "ssb_14534")
    assert len(str(told.value)) < 600
