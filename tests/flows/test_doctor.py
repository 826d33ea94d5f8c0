"""The doctor asks cheap questions only, and finds what a publisher changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.settings import CALLS_VARIABLE
from sources import catalogue
from tests.command import Done, digidistrikt
from tests.small import cut_down
from tests.upstream import faults
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60), searches=Window(10, 1))) as server:
        yield server


def doctor(upstream: StandIn, home: Path) -> Done:
    """`doctor` as a person types it, its requests not spread over minutes."""
    words = ("doctor", "--upstream", upstream.address)
    return digidistrikt(*words, home=home, env={CALLS_VARIABLE: "1000"})


def test_services_as_they_are_expected_are_said_to_be(upstream: StandIn, tmp_path: Path) -> None:
    done = doctor(upstream, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 answers not as expected" in done.stdout
    assert "as expected klass_131" in done.stdout
    assert f"{len(upstream.asked)} requests" in done.stdout
    assert not [asked for asked in upstream.asked if "/data?" in asked.address]
    assert not (tmp_path / "replies").exists()


def test_what_a_publisher_changed_is_told_and_the_rest_examined(
    upstream: StandIn, tmp_path: Path
) -> None:
    table = upstream.statbank.tables["14534"]
    upstream.statbank.publish(table.changed("KOKstillingkode0000", code="Stilling"))
    upstream.misbehave(faults.vanished, "codesAt", times=None)
    done = doctor(upstream, tmp_path)
    assert done.returncode == 4
    differ = [line for line in done.stdout.splitlines() if line.startswith("differs")]
    assert [line.split(":")[0] for line in differ] == ["differs klass_131", "differs ssb_14534"]
    assert "Stilling" in differ[1]
    assert "as expected ssb_07459" in done.stdout


def test_what_entries_ask_for_in_vain_is_mended_with_the_nearest_once_it_was_shown(
    upstream: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = cut_down(tmp_path / "catalogue_shipped")
    monkeypatch.setattr(catalogue, "FOLDER", shipped)
    path = shipped / "staffing.yaml"
    before = path.read_text(encoding="utf-8")
    wrong = before.replace("KOKutdanningoms0000", "KOKutdanning0000").replace("FGK19", "FGK199")
    path.write_text(wrong, encoding="utf-8")
    home = tmp_path / "home"
    done = doctor(upstream, home)
    assert done.returncode == 4
    told = " ".join(done.stdout.split())
    near = "dimension KOKutdanning0000 is not there; the nearest is KOKutdanningoms0000"
    assert f"entry nurses_fte: table 14534: {near}" in told
    assert "entry health_and_care_fte: table 11918: code of KOKfunksjon0000, FGK199" in told
    assert "Nothing was changed; --fix applies the patch." in told
    assert path.read_text(encoding="utf-8") == wrong
    words = ("doctor", "--upstream", upstream.address, "--fix", "--yes")
    mended = digidistrikt(*words, home=home, env={CALLS_VARIABLE: "1000"})
    assert "+" in mended.stdout
    assert path.read_text(encoding="utf-8") == before
    again = doctor(upstream, home)
    assert again.returncode == 0, again.stdout


def test_a_sum_of_what_is_a_rate_at_the_publisher_is_told(
    upstream: StandIn, tmp_path: Path
) -> None:
    table = upstream.statbank.tables["14534"]
    unit = {"KOSARBAARSVERKST0000": {"base": "prosent", "decimals": 1}}
    upstream.statbank.publish(table.changed("ContentsCode", units=unit))
    done = doctor(upstream, tmp_path)
    assert done.returncode == 4
    assert "entry nurses_fte: table 14534: a unit that adds up," in done.stdout


def test_a_host_that_can_not_be_reached_is_told_once_and_soon(tmp_path: Path) -> None:
    with StandIn() as server:
        pass
    done = doctor(server, tmp_path)
    assert done.returncode == 4
    [told] = [line for line in done.stdout.splitlines() if line.startswith("differs")]
    assert re.match(r"differs 127.0.0.1:\d+: can't be reached .*, tried 2 times", told)
    assert "2 requests; 1 answer not as expected" in done.stdout
