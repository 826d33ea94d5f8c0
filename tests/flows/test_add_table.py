"""Any table of StatBank by its number alone, at a stand-in: what is proposed, fetched, carried."""

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.settings import Settings
from tests.command import Done, digidistrikt
from tests.flows.refreshing import ask
from tests.terminal import until
from tests.upstream import described
from tests.upstream.exchange import Answer, Question
from tests.upstream.faults import too_many_requests
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn

MANY = {"DIGIDISTRIKT_CALLS_A_MINUTE": "10000"}


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(100_000, 60))) as upstream:
        for table in described.tables().values():
            upstream.statbank.publish(table)
        yield upstream


@pytest.fixture
def home(small_home: Settings, tmp_path: Path) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(small_home.home, copy)
    return copy


def command(*words: str, home: Path, server: StandIn) -> Done:
    return digidistrikt(*words, "--upstream", server.address, home=home, env=MANY)


def add(number: str, *words: str, home: Path, server: StandIn) -> Done:
    return command("add", "--table", number, *words, home=home, server=server)


def carried(home: Path, indicator: str, year: int, municipality: str) -> dict[str, object]:
    """An indicator of a municipality on a division, by period."""
    query = (
        f"select period, value from mart.series('{indicator}', {year})"
        f" where municipality_code = '{municipality}'"
    )
    return dict(ask(home, query))  # type: ignore[arg-type]


def test_a_preview_shows_every_decision_with_its_reason_and_fetches_nothing(
    home: Path, server: StandIn
) -> None:
    done = add("11918", home=home, server=server)
    assert done.returncode == 1
    assert "Nothing was fetched. Add --yes" in done.stderr
    words = " ".join(done.stdout.split())
    assert "KOSTRA: published unrevised about 15 March" in words
    assert "18 436 cells in 1 request: within a minute." in words
    assert not (home / "catalogue").exists()


def test_what_is_in_doubt_is_refused_with_the_option_that_answers_it(
    home: Path, server: StandIn
) -> None:
    for number, option in (("90010", "--region"), ("90011", "--context"), ("90012", "--aggregate")):
        done = add(number, "--yes", home=home, server=server)
        assert done.returncode == 5
        assert option in done.stderr
    assert add("1191", home=home, server=server).returncode == 5
    done = digidistrikt("add", home=home)
    assert "name a file and, with --as, the id" in done.stderr


@pytest.mark.thorough
def test_indicators_and_a_cube_of_one_table_are_kept_side_by_side(
    home: Path, server: StandIn
) -> None:
    one = ("--contents", "KOSbelop0000", "--select", "KOKfunksjon0000=FGK1b")
    one += ("--select", "KOKart0000=AGD10", "--as", "administration", "--yes")
    assert add("12362", *one, home=home, server=server).returncode == 0
    # Bergen, 1201 in 2019: the code, times 2 for FGK1b, times the years since 2000
    assert carried(home, "administration", 2026, "4601")["2019"] == 1201 * 2 * 19
    # Ålesund of today and old Haram, which became Ålesund and then Haram again
    parts = 1504 + 1523 + 1529 + 1546
    assert carried(home, "administration", 2026, "1508")["2019"] == parts * 2 * 19
    assert carried(home, "administration", 2026, "1580")["2019"] == 1534 * 2 * 19
    assert carried(home, "administration", 2019, "1201")["2024"] == 4601 * 2 * 24

    again = add("12362", *one, home=home, server=server)
    assert again.returncode == 5
    assert "'administration' is there already" in again.stderr

    assert add("12362", "--yes", home=home, server=server).returncode == 0
    cube = (
        "select municipality_code, value, quality from mart.cube_series('ssb_12362_cube', 2026)"
        " where codes['KOKfunksjon0000'] = 'FGK1b' and codes['KOKart0000'] = 'AGD10'"
        " and contents = 'KOSbelop0000' and period = '2019'"
        " and municipality_code in ('0301', '1508', '1580', '4601') order by 1"
    )
    assert ask(home, cube) == [
        ("0301", 301 * 2 * 19, "reported"),
        ("1508", parts * 2 * 19, "summed"),
        ("1580", 1534 * 2 * 19, "recoded"),
        ("4601", 1201 * 2 * 19, "recoded"),
    ]
    same = (  # a cube and an indicator of one of its combinations are carried alike
        "select count(*), count(*) filter (abs(one.value - cell.value) > 1e-6)"
        " from mart.series('administration', 2019) as one"
        " inner join mart.cube_series('ssb_12362_cube', 2019) as cell"
        " using (municipality_code, period)"
        " where codes['KOKfunksjon0000'] = 'FGK1b' and codes['KOKart0000'] = 'AGD10'"
        " and contents = 'KOSbelop0000' and one.value is not null"
    )
    [(count, differ)] = ask(home, same)
    assert (int(str(count)) > 4_000, differ) == (True, 0)
    shares = "select distinct quality from mart.cube_series('ssb_12362_cube', 2019) where"
    not_added = f"{shares} contents = 'KOSandel3501' and municipality_code = '1504'"
    assert ("not_comparable",) in ask(home, not_added)
    text = (home / "catalogue" / "statbank_12362.yaml").read_text(encoding="utf-8")
    assert "id: administration" in text
    assert "id: ssb_12362_cube" in text


@pytest.mark.thorough
def test_a_load_for_which_a_days_calls_do_not_suffice_goes_on_where_it_stopped(
    home: Path, server: StandIn
) -> None:
    small = Limits(cells=150_000, statbank=Window(100_000, 60))
    with StandIn(limits=small) as upstream:
        for table in described.tables().values():
            upstream.statbank.publish(table)

        def three_a_day(question: Question, answer: Answer) -> Answer:
            asked = [each for each in upstream.asked if each.method == "POST"]
            return answer if len(asked) < 3 else spent(question, answer)

        spent = too_many_requests("50000")
        upstream.misbehave(three_a_day, "12362/data", None)
        done = add("12362", "--yes", home=home, server=upstream)
        assert done.returncode == 4
        assert "the service asks to be left alone for 50000 seconds. Try again after" in done.stderr
        assert not list((home / "catalogue").glob("*.yaml"))
        upstream.heal()
        upstream.asked.clear()
        assert add("12362", "--yes", home=home, server=upstream).returncode == 0
        assert sum(each.method == "POST" for each in upstream.asked) == 6 - 3


@pytest.mark.thorough
def test_on_a_terminal_doubt_is_asked_about_and_the_entry_may_be_edited(
    home: Path, server: StandIn, small: Path, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/en: Value/en: Something counted/' \"$1\"\n")
    editor.chmod(0o755)
    ours, theirs = pty.openpty()
    words = ["add", "--table", "90012", "--edit", "--upstream", server.address]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.small", str(small), *words, "--home", str(home)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **MANY, "TERM": "xterm", "COLUMNS": "120", "EDITOR": str(editor)},
    )
    os.close(theirs)
    until(ours, b"--aggregate (Verdi=sum, Verdi=none)")
    os.write(ours, b"Verdi=sum\r")
    until(ours, b"Fetch it?")
    os.write(ours, b"y\r")
    until(ours, b"keeps it up to date")
    assert process.wait(timeout=600) == 0
    os.close(ours)
    assert ask(home, "select title_en, aggregate from mart.indicator where title_nb = 'Verdi'") == [
        ("Something counted", "sum")
    ]


def test_an_editor_that_is_not_there_is_one_sentence(
    home: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    done = add("11918", "--edit", "--yes", home=home, server=server)
    assert done.returncode == 5
    assert "Set EDITOR to an editor of this machine." in done.stderr
    assert not (home / "catalogue").exists()


def test_search_finds_tables_in_both_languages_and_says_what_is_taken(
    home: Path, server: StandIn
) -> None:
    for words in (("årsverk", "sektor"), ("municipal", "sector")):
        done = command("search", *words, home=home, server=server)
        assert "11918" in done.stdout, done.stderr
        assert "ssb_11918" in done.stdout
        assert "90011" not in done.stdout
    refused = command("search", "konsumprisindeks", home=home, server=server)
    assert refused.returncode == 5
    assert "1 are left out by the options" in refused.stderr
    found = command("search", "konsumprisindeks", "--all", home=home, server=server)
    assert "90011" in found.stdout


def test_a_table_is_shown_with_dimensions_codes_units_notes_and_lists(
    home: Path, server: StandIn
) -> None:
    shown = command("table", "12362", "--language", "nb", home=home, server=server).stdout
    for part in ("FGK1b", "Politisk styring og kontrollorganer", "1000 kr", "must be chosen"):
        assert part in shown
    assert "'Uttrekk for Kommuner 2024-'" in shown
    ended = command("table", "90015", home=home, server=server).stdout
    assert "Discontinued" in ended
    assert "To be read: Tabellen er avsluttet. Se tabell 90004." in " ".join(ended.split())


TEN = {  # number: an indicator of it, what a municipality's code is multiplied by in 2019, period
    "11918": ("ssb_11918_agreed_full_time_equivalents_a", 1 * 6, "2019"),
    "12137": ("ssb_12137_amount_agd9", 2, "2019"),
    "12292": ("ssb_12292_full_time_equivalents_working_with_users", 1, "2019"),
    "14533": ("ssb_14533_agreed_full_time_equivalents", 6, "2019"),
    "90001": ("ssb_90001_pupils", 2, "2019-2020"),
    "90002": ("ssb_90002_number_of_households", 2 * 3, "2019"),
    "90003": ("ssb_90003_registered_unemployed_persons_2", 2, "2019M12"),
    "90006": ("ssb_90006_deaths", 3, "2019"),
    "90007": ("ssb_90007_employed_persons_by_place_of_residence", 3 * 3 * 6, "2019"),
    "90008": ("ssb_90008_population_at_the_end_of_the_quarter", 1, "2019K4"),
    "90018": ("ssb_90018_deaths", 1, "2019U52"),
}


@pytest.mark.thorough
def test_tables_of_every_kind_are_added_to_an_empty_home_by_number_and_carried(
    tmp_path: Path, server: StandIn, small: Path
) -> None:
    home = tmp_path / "empty"
    for number, (indicator, factor, period) in TEN.items():
        done = add(number, "--yes", home=home, server=server)
        assert done.returncode == 0, (number, done.stderr)
        assert carried(home, indicator, 2026, "4601")[period] == 1201 * factor * 19, number
        parts = 1504 + 1523 + 1529 + 1546
        assert carried(home, indicator, 2026, "1508")[period] == parts * factor * 19, number
        assert carried(home, indicator, 2019, "1201")[period] == 1201 * factor * 19, number
    assert add("90004", "--yes", home=home, server=server).returncode == 0
    today = carried(home, "ssb_90004_dwellings", 2026, "4601")
    assert today["2019"] == 4601 * 19  # as the publisher has summed it
