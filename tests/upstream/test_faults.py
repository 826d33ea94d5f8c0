"""The server misbehaves as it is told, where it is told, and as often as it is told."""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
import requests

from tests.upstream import faults
from tests.upstream.conftest import STATBANK, Ask
from tests.upstream.faults import Misbehave
from tests.upstream.server import StandIn
from tests.upstream.tables import invented

DATA = "/tables/99999/data?valueCodes[Region]=*&valueCodes[ContentsCode]=*&valueCodes[Tid]=*"


@pytest.fixture(autouse=True)
def table(upstream: StandIn) -> None:
    """An invented table of nine cells."""
    upstream.statbank.publish(invented())


def test_a_fault_happens_where_and_as_often_as_it_was_told(
    upstream: StandIn, statbank: Ask
) -> None:
    upstream.misbehave(faults.unavailable, "99999/data", times=2)
    seen = [statbank(path).status_code for path in ("/config", DATA, DATA, DATA)]
    assert seen == [200, 503, 503, 200]
    assert [asked.status for asked in upstream.asked] == seen


def test_a_fault_can_last_until_it_is_healed(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.unavailable, times=None)
    assert [statbank("/config").status_code for _ in range(3)] == [503] * 3
    upstream.heal()
    assert statbank("/config").status_code == 200


@pytest.mark.parametrize("retry_after", [None, "7", "date"])
def test_429_may_say_when_to_come_back(
    upstream: StandIn, statbank: Ask, retry_after: str | None
) -> None:
    if retry_after == "date":
        retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=7), usegmt=True)
        assert parsedate_to_datetime(retry_after).tzinfo is not None
    upstream.misbehave(faults.too_many_requests(retry_after))
    answer = statbank("/config")
    assert (answer.status_code, answer.content) == (429, b"")
    assert answer.headers.get("Retry-After") == retry_after


def test_a_page_can_come_with_200(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.page_instead)
    answer = statbank(DATA)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.reset, requests.ConnectionError),
        (faults.half_a_body, requests.exceptions.ChunkedEncodingError),
        (faults.redirect_loop, requests.TooManyRedirects),
        (faults.broken_json, requests.exceptions.JSONDecodeError),
    ],
)
def test_an_answer_can_be_broken(
    upstream: StandIn, statbank: Ask, fault: Misbehave, error: type[Exception]
) -> None:
    upstream.misbehave(fault, times=None)
    with pytest.raises(error):
        statbank(DATA).json()


def test_a_slow_answer_comes_byte_by_byte(upstream: StandIn) -> None:
    upstream.misbehave(faults.slow_drip(0.001))
    with requests.get(upstream.at(f"{STATBANK}/config"), stream=True, timeout=60) as answer:
        first = answer.raw.read(1)
        assert int(answer.headers["Content-Length"]) > len(first) == 1


def test_a_small_body_can_unpack_to_a_large_one(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.gzip_bomb(megabytes=20))
    answer = statbank(DATA)
    assert len(answer.content) == 20_000_000
    assert int(answer.headers["Content-Length"]) < 100_000


def test_metadata_can_vanish_for_a_while(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.vanished, "/metadata")
    seen = [statbank("/tables/99999/metadata") for _ in range(2)]
    assert [answer.status_code for answer in seen] == [404, 200]
    assert seen[0].json()["title"] == "Non-existent table"


def test_a_cube_can_lack_a_value(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.one_value_too_few, "99999/data")
    cube = statbank(DATA).json()
    assert len(cube["value"]) == math.prod(cube["size"]) - 1


def test_a_cube_can_name_a_code_twice(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.duplicate_code, "99999/data")
    index = statbank(DATA).json()["dimension"]["Region"]["category"]["index"]
    assert index == ["0001", "0001", "0002"]


def test_a_figure_can_be_no_number(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.not_a_number, "99999/data")
    assert re.search(r'"value": \[NaN, 2', statbank(DATA).text)


def test_figures_can_be_text(upstream: StandIn, statbank: Ask) -> None:
    upstream.misbehave(faults.numbers_as_text, "99999/data")
    assert json.loads(statbank(DATA).text)["value"][:2] == ["1", "2"]
