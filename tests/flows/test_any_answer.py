"""Whatever a service answers, a refresh ends in a sentence and a state, and the warehouse stands.

Answers of the small catalogue's services are damaged in status, headers, body and delivery, several
in each refresh. The suite makes a few refreshes, always the same; `make fuzz` hundreds of new ones.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from common.errors import ChecksFailedError, UpstreamError
from flows import engine
from flows.settings import Settings
from sources.http import RequestLimits
from tests import damage
from tests.damage import Draw
from tests.flows.refreshing import refreshed
from tests.upstream import faults
from tests.upstream.exchange import Answer, Question, as_page
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import now
from warehouse import publish, vintages

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("small", "impatient")]

REFRESHES = settings().max_examples // 25  # a refresh takes seconds
STATUSES = [204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 406, 410, 413, 418]
STATUSES += [422, 429, 451, 500, 501, 502, 503, 504, 520, 599, 600, 999]
PLACES = [
    "",
    "/",
    "//",
    "http://",
    "http://[::1",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999999/",
    "ftp://ftp.example.org/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "\\\\x",
    "http://\x7f\x80/",
    "?" * 5_000,
    "http://exa mple/",
    "http://xn--/",
    f"http://{'a' * 300}.example/",
]
HEADERS = {
    "Content-Type": [
        "",
        "text/html",
        "application/json; charset=utf-16",
        "x",
        ";;;",
        "\xff",
        "a" * 9,
    ],
    "Content-Encoding": ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x", "identity", "\xff"],
    "Retry-After": ["0", "-1", "1e9", "9" * 400, "Thu, 99 Foo 2026", "\xb2", "", "nan"],
    "X-Recorded-As-Of": ["2099-99-99", "yesterday", ""],
    "X-Recorded-Provenance": ["\x1b[31m"],
    "Set-Cookie": ["a=b; expires=never", "=" * 5_000, "\x01=\x02"],
    "Transfer-Encoding": ["chunked", "gzip", "x"],
    "X-Long": ["x" * 60_000],
    "Link": ["<>; rel=next"],
    "x-ratelimit-remaining": ["-1", "x"],
}
NUMBERS = ["NaN", "Infinity", "1e999", "-0", "9" * 5_000, "0x10", "1_000", "null", '"1"', "true"]
TEXTS = st.sampled_from(
    [*NUMBERS, "\\u0000", "\\ud800", "\x00", "\x1b[2J", "{", "}", "[[", '"', ","]
)
BODIES = [
    b"",
    b" ",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{}",
    b"[{}]",
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 1_000 + b"]" * 1_000,
    b'{"title":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"title":"\\u001b[2J\\u0000"}',
    b"\x00" * 1_000,
    b"<html>" + b"<title>" * 10_000,
    b"\xff\xfe\xfd",
]
LONGEST = 4_000  # characters of what is told of a source
Key = tuple[str, str, bytes]


class Answers:
    """What the services answer when all is well, and what they are made to answer instead."""

    def __init__(self, upstream: StandIn) -> None:
        self.upstream = upstream
        self.whole: dict[Key, Answer] = {}
        self.instead: dict[Key, Answer] = {}
        self.listening = True
        upstream.misbehave(self._answer, times=None)

    def _answer(self, question: Question, answer: Answer) -> Answer:
        key = (question.method, question.target, question.body)
        if self.listening:
            self.whole[key] = answer
        return self.instead.get(key, answer)


@pytest.fixture(scope="module")
def impatient() -> Iterator[None]:
    """Waits are short here: what is tried is what comes, not when."""
    limits = partial(
        RequestLimits,
        first_wait_seconds=0,
        longest_wait_seconds=0.1,
        read_seconds=2,
        whole_seconds=4,
        attempts=2,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "RequestLimits", limits)
        yield


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    limits = Limits(statbank=Window(1_000_000, 1), searches=Window(1_000_000, 1))
    with StandIn(limits=limits) as upstream:
        yield Answers(upstream)


@pytest.fixture(scope="module")
def home(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of two refreshes that went well, of which the second asked the list of changes."""
    made = tmp_path_factory.mktemp("whole") / "home"
    assert refreshed(made, answers.upstream).failed == ()
    revise(answers.upstream)
    assert refreshed(made, answers.upstream).failed == ()
    answers.listening = False
    return made


def revise(upstream: StandIn) -> None:
    for number in ("14534", "06944", "07459"):
        upstream.statbank.publish(upstream.statbank.tables[number].updated_at(now()))


# --- what is done to an answer -------------------------------------------------------------


def other_status(draw: Draw, answer: Answer) -> Answer:
    body = draw(st.sampled_from([answer.body, *BODIES]))
    return replace(answer, status=draw(st.sampled_from(STATUSES)), body=body)


def elsewhere(draw: Draw, answer: Answer) -> Answer:
    to = {"Location": draw(st.sampled_from(PLACES))}
    status = draw(st.sampled_from([301, 302, 303, 307, 308]))
    return replace(answer, status=status, headers={**answer.headers, **to})


def other_headers(draw: Draw, answer: Answer) -> Answer:
    name = draw(st.sampled_from(sorted(HEADERS)))
    value = draw(st.sampled_from(HEADERS[name]))
    status = draw(st.sampled_from([200, 200, 503, 429]))
    return replace(answer, status=status, headers={**answer.headers, name: value})


def other_body(draw: Draw, answer: Answer) -> Answer:
    return replace(answer, body=draw(st.sampled_from(BODIES)))


def other_bytes(draw: Draw, answer: Answer) -> Answer:
    return replace(answer, body=damage.in_bytes(draw, answer.body))


def other_text(draw: Draw, answer: Answer) -> Answer:
    text = damage.in_text(draw, answer.body.decode("utf-8", "replace"), TEXTS)
    return replace(answer, body=text.encode("utf-8", "surrogatepass"))


def other_json(draw: Draw, answer: Answer) -> Answer:
    if answer.status != HTTPStatus.OK:
        return other_bytes(draw, answer)
    document = damage.several(draw, orjson.loads(answer.body))
    return replace(answer, body=json.dumps(document).encode())


def keys_twice(draw: Draw, answer: Answer) -> Answer:
    """The first object has a key of its own once more, with another value."""
    name = draw(st.sampled_from(["id", "value", "codes", "page", "dimension", "updated"]))
    again = json.dumps({name: draw(damage.ODD)})[:-1] + ","
    return replace(answer, body=answer.body.replace(b"{", again.encode(), 1))


def other_delivery(draw: Draw, answer: Answer) -> Answer:
    ways: list[faults.Misbehave] = [faults.half_a_body, faults.reset, faults.gzip_bomb(3)]
    return ways[draw(st.integers(0, 2))](Question("GET", "", {}, {}, b"", ""), answer)


def page(_draw: Draw, _answer: Answer) -> Answer:
    return as_page("OPPDIKTET \x1b[2J \x00", 200)


DAMAGES: list[Callable[[Draw, Answer], Answer]] = [
    other_status,
    elsewhere,
    other_headers,
    other_body,
    other_bytes,
    other_text,
    other_json,
    other_json,
    keys_twice,
    other_delivery,
    page,
]


# --- what becomes of it --------------------------------------------------------------------


@settings(
    max_examples=REFRESHES,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_whatever_is_answered_a_refresh_ends_in_a_sentence_and_the_warehouse_answers(
    data: st.DataObject, answers: Answers, home: Path
) -> None:
    how = data.draw(st.sampled_from(["anew", "what changed", "by name"]))
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        if how != "anew":
            shutil.copytree(home, copy)
        revise(answers.upstream)
        asked = sorted(answers.whole)
        numbers = st.integers(0, len(asked) - 1)
        answers.instead.clear()
        for place in [asked[n] for n in data.draw(st.lists(numbers, min_size=1, max_size=8))]:
            make = data.draw(st.sampled_from(DAMAGES))
            answers.instead[place] = make(data.draw, answers.whole[place])
            note(f"{make.__name__}: {place[1]}")
        try:
            ends_in_a_state(copy, answers.upstream, by_name=how == "by name")
        finally:
            answers.instead.clear()


def ends_in_a_state(home: Path, upstream: StandIn, *, by_name: bool) -> None:
    warehouse = Settings(home=home).warehouse
    before = warehouse.read_bytes() if warehouse.exists() else b""
    only = ("statbank", "klass", "uutilsynet") if by_name else ()
    try:
        told = [item.message for item in refreshed(home, upstream, only).failed]
    except (UpstreamError, ChecksFailedError) as error:
        told = [str(error)]
        assert (warehouse.read_bytes() if warehouse.exists() else b"") == before
    for sentence in told:
        assert sentence.replace("\n", " ").isprintable(), sentence
        assert len(sentence) < LONGEST, sentence
    if warehouse.exists():
        answers_whole(warehouse)


def answers_whole(warehouse: Path) -> None:
    """The tables have the digests that the file keeps of its newest run, each source a state."""
    with publish.reading(warehouse) as con:
        [(run_id,)] = con.execute(
            "select run_id from mart.refresh_run order by started_at desc limit 1"
        ).fetchall()
        kept = con.execute(
            "select table_name, (rows, digest) from mart.table_digest where run_id = ?", [run_id]
        ).fetchall()
        assert dict(kept) == vintages.digest(con)
        without_a_state = (
            "select * from mart.source_run where outcome = 'failed' and message = ''"
            " or outcome not in ('fetched', 'unchanged', 'failed', 'skipped')"
        )
        assert con.execute(without_a_state).fetchall() == []
