"""What a service refuses is told; live and recorded never mix; the budget of requests holds."""

import sqlite3
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from common.errors import InputError, UpstreamError
from sources.http import Request, RequestLimits, Upstream
from sources.statbank import api
from tests.sources.questions import DATA, ERROR, TABLE, Towards

# --- what is refused ---------------------------------------------------------------------------


def test_a_refusal_quotes_the_publisher_and_is_never_repeated(
    server: Any, towards: Towards
) -> None:
    server.says(ERROR, status=400)
    with pytest.raises(UpstreamError) as caught:
        towards().fetch(DATA)
    assert str(caught.value) == (
        f"{DATA.address}: refused with HTTP 400: Non-existent table."
        " The same question would be refused again; look at what is asked for."
    )
    assert caught.value.status == 400
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        (
            {"title": "Too many cells selected", "detail": "Max 800000."},
            "selected. Max 800000. The",
        ),
        (["odd"], r"\['odd'\]"),
        ({"message": "no title"}, "no title"),
        (b"plain   words\nof the server.", "plain words of the server. The"),
        (b"", "no explanation"),
    ],
)
def test_a_refusal_in_any_form_is_quoted(
    server: Any, towards: Towards, said: object, quoted: str
) -> None:
    server.says(said, status=403)
    with pytest.raises(UpstreamError, match=f"HTTP 403: .*{quoted}"):
        towards().fetch(Request(TABLE))


def test_a_refusal_in_html_is_told_by_its_title(server: Any, towards: Towards) -> None:
    page = b"<html><head>\n<title>404 - File or directory not found.</title></head></html>"
    server.says(page, status=404, Content_Type="text/html; charset=utf-8")
    with pytest.raises(UpstreamError, match="HTML page '404 - File or directory not found'"):
        towards().fetch(Request(TABLE))


def test_a_page_for_people_in_place_of_figures_is_refused_and_not_remembered(
    server: Any, towards: Towards
) -> None:
    page = b"<html><title>Log in to the guest network</title></html>"
    server.says(page, Content_Type="text/html")
    server.says({"figures": []})
    session = towards()
    with pytest.raises(UpstreamError, match=r"expected JSON, came an HTML page 'Log in to.*Open"):
        session.fetch(Request(TABLE))
    assert session.fetch(Request(TABLE)).content == b'{"figures": []}'


def test_an_upstream_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'live', 'recorded' or the http address.*'liev'"):
        Upstream("liev", budget=tmp_path / "requests.sqlite")


# --- live and recorded never mix ---------------------------------------------------------------


def test_what_was_not_recorded_is_told_and_never_asked_of_the_network(
    server: Any, towards: Towards
) -> None:
    server.says({"from": "the network"})
    with pytest.raises(UpstreamError, match=r"not among the recordings.*--upstream live.*record"):
        towards("recorded").fetch(Request(f"{server.address}/tables/99999/metadata"))
    assert server.asked == []


def test_data_that_was_not_recorded_is_told_with_the_start_of_its_selection(
    towards: Towards,
) -> None:
    request = api.data_request("07459", [{"variableCode": "Region", "valueCodes": ["9999"]}])
    with pytest.raises(UpstreamError, match=r"/data.* with \{\"selection\".*9999.*not among the"):
        towards("recorded").fetch(request)


def test_a_call_to_live_that_fails_does_not_fall_back_on_its_recording(
    server: Any, towards: Towards
) -> None:
    request = api.metadata_request("07459")
    assert towards("recorded").fetch(request).content
    server.says(status=503)
    with pytest.raises(UpstreamError, match="HTTP 503"):
        towards().fetch(request)


def test_live_asks_the_address_itself(server: Any, towards: Towards) -> None:
    server.says({"live": True})
    reply = towards("live").fetch(Request(f"{server.address}/as/it/is"))
    assert (reply.upstream, server.asked[0].path) == ("live", "/as/it/is")


def test_a_recorded_reply_says_its_day_and_where_it_came_from(towards: Towards) -> None:
    session = towards("recorded")
    reply = session.fetch(api.metadata_request("07459"))
    assert reply.as_of == session.today
    assert str(reply.provenance).startswith("envelope rebuilt from published figures; ")


# --- the budget --------------------------------------------------------------------------------


def test_a_session_can_be_asked_from_several_threads(server: Any, towards: Towards) -> None:
    server.says({})
    session = towards()
    requests = [Request(f"{TABLE}/{number}") for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(session.fetch, requests))
    assert [reply.request for reply in replies] == requests
    assert session.requests == len(server.asked) == 20


@pytest.mark.parametrize("hours", [1 / 60, 10, 24 * 365])
def test_requests_counted_by_a_clock_that_was_ahead_are_not_waited_for(
    server: Any, tmp_path: Path, hours: float
) -> None:
    server.says({})
    limits, budget = RequestLimits(requests=1, per_seconds=0.2), tmp_path / "requests.sqlite"
    with Upstream(server.address, budget=budget, limits=limits) as session:
        session.fetch(Request(f"{TABLE}/1"))
    with closing(sqlite3.connect(budget)) as counted, counted:
        [(name,)] = counted.execute("select name from sqlite_master where type = 'table'")
        ahead = round(hours * 3_600_000)
        counted.execute(f"update '{name}' set item_timestamp = item_timestamp + {ahead}")
    with Upstream(server.address, budget=budget, limits=limits) as session:
        session.fetch(Request(f"{TABLE}/2"))
    with closing(sqlite3.connect(budget)) as counted, counted:
        [(latest,)] = counted.execute(f"select max(item_timestamp) from '{name}'")
    assert latest <= time.time() * 1000


def test_a_wait_that_is_long_is_told(
    server: Any, towards: Towards, caplog: pytest.LogCaptureFixture
) -> None:
    server.says({})
    session = towards(requests=1, per_seconds=0.5, logged_after_seconds=0.01)
    for number in range(2):
        session.fetch(Request(f"{TABLE}/{number}"))
    assert "waiting for more than 0.01 seconds, for its answer or for our limit of 1" in caplog.text


def test_two_processes_together_keep_to_one_budget(server: Any, tmp_path: Path) -> None:
    server.says({})
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from sources.http import Request, RequestLimits, Upstream
        limits = RequestLimits(requests=3, per_seconds=1)
        with Upstream(sys.argv[1], budget=Path(sys.argv[2]), limits=limits) as upstream:
            for number in range(4):
                upstream.fetch(Request(f"https://data.ssb.no/{sys.argv[3]}/{number}"))
        """
    )
    budget = tmp_path / "shared" / "requests.sqlite"
    running = [
        subprocess.Popen([sys.executable, "-c", program, server.address, str(budget), name])
        for name in ("one", "other")
    ]
    assert [process.wait(timeout=600) for process in running] == [0, 0]
    came = sorted(asked.at for asked in server.asked)
    assert len({asked.path for asked in server.asked}) == len(came) == 8
    # A fourth request comes a full second after the first; half of it allows for a slow arrival.
    assert all(fourth - first > 0.5 for first, fourth in zip(came, came[3:], strict=False))
