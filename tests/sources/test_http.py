"""The one way out: what is sent, what is waited for, what is given up, and in which words."""

import email.utils
import itertools
import re
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UpstreamError
from sources.http import Request, UnreachableError
from sources.http.faults import seconds
from tests.sources.questions import DATA, ERROR, TABLE, Towards

# --- what is sent ------------------------------------------------------------------------------


def test_every_call_says_who_asks_and_what_it_can_read(server: Any, towards: Towards) -> None:
    server.says({"ok": True})
    towards().fetch(Request(TABLE, accept="*/*"))
    [asked] = server.asked
    assert asked.headers["User-Agent"] == f"digidistrikt/{version('digidistrikt')}"
    assert asked.headers["Accept"] == "*/*"


def test_a_stand_in_server_is_asked_under_the_host_of_each_service(
    server: Any, towards: Towards
) -> None:
    server.says({})
    towards().fetch(Request(TABLE, {"lang": "no"}))
    assert server.asked[0].path == "/data.ssb.no/api/pxwebapi/v2/tables/07459/metadata?lang=no"


def test_a_question_with_a_selection_is_posted_as_one_canonical_json(
    server: Any, towards: Towards
) -> None:
    server.says({})
    selection = [{"variableCode": "Region", "valueCodes": ["1508", "1580"]}]
    towards().fetch(Request(DATA.url, json={"selection": selection, "note": "Ålesund"}))
    [asked] = server.asked
    assert asked.method == "POST"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.body.decode() == (
        '{"note":"Ålesund","selection":[{"valueCodes":["1508","1580"],"variableCode":"Region"}]}'
    )


def test_a_get_is_asked_once_in_a_session_and_a_post_each_time(
    server: Any, towards: Towards
) -> None:
    server.says({})
    session = towards()
    replies = [session.fetch(Request(TABLE, {"lang": "no"})) for _ in range(3)]
    session.fetch(Request(TABLE, {"lang": "en"}))
    session.fetch(DATA)
    session.fetch(DATA)
    assert [asked.method for asked in server.asked] == ["GET", "GET", "POST", "POST"]
    assert session.requests == 4
    assert replies[0] is replies[1] is replies[2]
    assert len(session.answered) == 2


def test_a_reply_is_kept_byte_for_byte_with_the_place_it_came_from(
    server: Any, towards: Towards
) -> None:
    body = b'\xef\xbb\xbf{"navn" :\r\n "\xc3\x85lesund" }'
    server.says(body)
    reply = towards().fetch(Request(TABLE))
    assert reply.content == body
    assert reply.upstream == server.address
    assert reply.as_of == reply.fetched_at.date()
    assert reply.provenance is None


def test_a_get_follows_a_redirect(server: Any, towards: Towards) -> None:
    server.says(status=301, Location="/moved/here")
    server.says({"found": True})
    assert towards().fetch(Request(TABLE)).content == b'{"found": true}'
    assert [asked.path for asked in server.asked][1] == "/moved/here"


def test_a_selection_survives_a_redirect_that_keeps_it(server: Any, towards: Towards) -> None:
    server.says(status=308, Location="/moved/here")
    server.says({})
    towards().fetch(DATA)
    assert [(asked.method, asked.body) for asked in server.asked][1] == (
        "POST",
        b'{"selection":[]}',
    )


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_loses_the_selection_is_refused_as_its_answer_is_to_another_question(
    server: Any, towards: Towards, status: int
) -> None:
    server.says(status=status, Location="/moved/here")
    server.says({"version": "2.0", "class": "dataset", "value": [1]})
    with pytest.raises(UpstreamError, match=r"07459/data.*the selection was lost.*mend"):
        towards().fetch(DATA)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("http://127.0.0.1:9/elsewhere", r"redirected to another host, http://127\.0\.0\.1:9\)"),
        ("//example.org/data", r"redirected to another host, http://example\.org\)"),
        ("https://[", "redirected to what is no address"),
        ("http://a:b@c:d:e/\xff", "redirected to"),
    ],
)
@pytest.mark.parametrize("json", [None, {"selection": []}], ids=["GET", "POST"])
def test_a_redirect_to_another_host_is_refused_and_nothing_is_sent_there(
    server: Any, towards: Towards, location: str, told: str, json: dict[str, Any] | None
) -> None:
    server.says(b"", 307, Location=location)
    with pytest.raises(UpstreamError, match=f"^{re.escape(TABLE)}.*{told}"):
        towards().fetch(Request(TABLE, json=json))
    assert len(server.asked) == 1


def test_what_a_server_says_of_recordings_is_not_believed(server: Any, towards: Towards) -> None:
    server.says({}, **{"X-Recorded-As-Of": "1999-01-01", "X-Recorded-Provenance": "the publisher"})
    reply = towards().fetch(Request(TABLE))
    assert reply.as_of == datetime.now(UTC).date()
    assert reply.provenance is None


@pytest.mark.parametrize(
    ("content_type", "body", "told"),
    [
        ("application/json", b"[" * 100_000 + b"]" * 100_000, r"\[\[\[\["),
        ("application/json", b'{"title": "' + b"a " * 105_000 + b'"}', "a a a"),
        ("text/html", b"<title>" * 50_000, "an HTML page\\."),
        ("text/html", b"<TITLE>Closed</TITLE>", "an HTML page 'Closed'"),
        ("text/plain; charset=\x01none", b"\xff\xfe\x00", "404: "),
    ],
    ids=["brackets", "a long title", "titles without end", "capitals", "odd bytes"],
)
def test_of_a_refusal_little_is_read_and_one_line_is_quoted(
    server: Any, towards: Towards, content_type: str, body: bytes, told: str
) -> None:
    server.says(body, 404, **{"Content-Type": content_type})
    with pytest.raises(UpstreamError, match=f"refused with HTTP 404: .*{told}|{told}") as caught:
        towards().fetch(Request(TABLE))
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


def test_a_request_sent_again_is_counted_as_retried(server: Any, towards: Towards) -> None:
    server.says(b"", 503, **{"Retry-After": "0"})
    server.says({})
    session = towards()
    session.fetch(Request(TABLE))
    session.fetch(Request(f"{TABLE}/other"))
    assert (session.requests, session.retried) == (3, 1)


def test_a_redirect_in_a_circle_ends_in_a_sentence(server: Any, towards: Towards) -> None:
    server.says(status=302, Location="/round/and/round")
    with pytest.raises(UpstreamError, match=r"07459/metadata: can't be asked \(Exceeded 30"):
        towards().fetch(Request(TABLE))


# --- what passes -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_fault_that_passes_is_waited_out(server: Any, towards: Towards, status: int) -> None:
    server.says(status=status)
    server.says(status=status)
    server.says({"at last": 1})
    assert towards().fetch(Request(TABLE)).content == b'{"at last": 1}'
    assert len(server.asked) == 3


@pytest.mark.parametrize("fault", ["reset", "half", "hang"])
def test_an_answer_that_does_not_come_whole_is_asked_for_again(
    server: Any, towards: Towards, fault: str
) -> None:
    server.fails(fault)
    server.says({"whole": True})
    assert towards(read_seconds=0.3).fetch(DATA).content == b'{"whole": true}'
    assert [asked.body for asked in server.asked] == [b'{"selection":[]}'] * 2


@pytest.mark.parametrize(
    ("fault", "came"), [("reset", "closed"), ("half", "10 bytes read"), ("hang", "timed out")]
)
def test_patience_ends_in_one_sentence_that_names_the_address_what_came_and_what_to_do(
    server: Any, towards: Towards, fault: str, came: str
) -> None:
    server.fails(fault)
    with pytest.raises(UpstreamError) as caught:
        towards(read_seconds=0.1, attempts=2).fetch(Request(TABLE))
    assert str(caught.value).startswith(f"{TABLE}: no whole answer (")
    assert came in str(caught.value)
    assert "tried 2 times. Try again later" in str(caught.value)
    assert "object at 0x" not in str(caught.value)
    assert len(server.asked) == 2


def test_a_service_that_stays_ill_is_given_up_after_the_agreed_number_of_tries(
    server: Any, towards: Towards
) -> None:
    server.says(ERROR, status=503)
    session = towards()
    with pytest.raises(UpstreamError, match=r"07459/metadata: HTTP 503, tried 5 times\. Try again"):
        session.fetch(Request(TABLE))
    assert session.requests == len(server.asked) == 5


def test_nobody_at_the_address_is_told_in_a_sentence(server: Any, towards: Towards) -> None:
    server.close()
    with pytest.raises(UnreachableError, match=r"can't be reached .*Connection refused.*Try again"):
        towards().fetch(Request(TABLE))


def test_who_could_not_be_reached_is_not_asked_again_in_the_session(
    server: Any, towards: Towards
) -> None:
    server.close()
    session = towards(attempts=3)
    for _ in range(2):
        with pytest.raises(UnreachableError, match="tried 3 times"):
            session.fetch(Request(TABLE))
    assert session.requests == 3


def test_who_broke_off_is_asked_again_in_the_session(server: Any, towards: Towards) -> None:
    session = towards(attempts=2)
    server.fails("reset")
    server.fails("half")
    server.says({})
    with pytest.raises(UpstreamError, match="no whole answer"):
        session.fetch(Request(TABLE))
    assert session.fetch(Request(TABLE)).content == b"{}"


def test_the_wait_between_tries_doubles(server: Any, towards: Towards) -> None:
    server.says(status=503)
    with pytest.raises(UpstreamError):
        towards(first_wait_seconds=0.1, attempts=4).fetch(Request(TABLE))
    came = [asked.at for asked in server.asked]
    waits = [later - earlier for earlier, later in itertools.pairwise(came)]
    assert all(wait >= least for wait, least in zip(waits, (0.1, 0.2, 0.4), strict=True))


def test_a_service_that_names_the_seconds_is_not_asked_before(
    server: Any, towards: Towards
) -> None:
    server.says(status=429, Retry_After="1")
    server.says({})
    towards().fetch(Request(TABLE))
    first, second = (asked.at for asked in server.asked)
    assert second >= first + 1


def test_a_service_that_names_a_date_is_not_asked_before(server: Any, towards: Towards) -> None:
    until = int(time.time()) + 2
    server.says(status=503, Retry_After=email.utils.formatdate(until, usegmt=True))
    server.says({})
    towards().fetch(Request(TABLE))
    assert server.asked[1].at >= until


@pytest.mark.parametrize("said", ["Thu, 01 Jan 2015 00:00:00 GMT", "soon", "-5", "0"])
def test_a_wait_that_is_over_or_can_not_be_read_holds_nothing_up(
    server: Any, towards: Towards, said: str
) -> None:
    server.says(status=503, Retry_After=said)
    server.says({"well": "again"})
    assert towards().fetch(Request(TABLE)).content == b'{"well": "again"}'


def test_a_service_that_asks_for_more_patience_than_ours_is_left_alone(
    server: Any, towards: Towards
) -> None:
    server.says(status=503, Retry_After="3600")
    with pytest.raises(UpstreamError, match=r"left alone for 3600 seconds\. Try again after that"):
        towards().fetch(Request(TABLE))
    assert len(server.asked) == 1


@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9]{1,12}"), st.datetimes().map(str)))
def test_whatever_stands_in_retry_after_is_seconds_or_nothing(said: str) -> None:
    found = seconds(said)
    assert found is None or found >= 0


def test_a_date_without_a_zone_is_read_as_utc() -> None:
    until = time.time() + 100
    date = email.utils.formatdate(until).replace("+0000", "-0000")
    assert 90 < (seconds(date) or 0) <= 100
