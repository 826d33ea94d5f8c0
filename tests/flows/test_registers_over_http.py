"""Registers that are in no recording, from the stand-in: owners, data sets, and never a person."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from common.errors import InputError
from flows import engine
from flows.settings import CALLS_VARIABLE, Settings
from sources import brreg
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish

pytestmark = pytest.mark.thorough  # a whole refresh in a process of its own, with Prefect
Ask = Callable[[str], list[tuple[Any, ...]]]
# What the stand-in gives away of its invented persons: names, birth dates, addresses.
OF_PERSONS = ("PERSON 1", "PERSON 4", "PERSON 5", "PERSON 6", "1897-08-13", "person@example.org")
SECRET = "SECRET-OF-NOBODY"  # noqa: S105 - it is one
KEPT = "OPPDIKTET SELSKAP 19 IKS"


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60), searches=Window(1_000, 60))) as server:
        yield server


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, upstream: StandIn) -> Settings:
    """After one refresh of everything from the stand-in, as a person runs it, with Prefect.

    All that it can write to is in one folder: its home with Prefect's, the user's own home, the
    folder for temporary files, and what was said.
    """
    folder = tmp_path_factory.mktemp("registers")
    settings = Settings(home=folder / "home", upstream=upstream.address)
    for name in ("user", "tmp"):
        (folder / name).mkdir()
    environment = {key: value for key, value in os.environ.items() if "PREFECT" not in key}
    environment |= {
        CALLS_VARIABLE: "1000",
        "HOME": str(folder / "user"),
        "TMPDIR": str(folder / "tmp"),
        "SSB_PASSWORD": SECRET,
        "HTTPS_PROXY": f"http://me:{SECRET}@127.0.0.1:9",
    }
    with (folder / "said.txt").open("w", encoding="utf-8") as said:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "cli.main",
                "refresh",
                "--home",
                str(settings.home),
                "--upstream",
                settings.upstream,
            ],
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
            timeout=3000,
            check=True,
        )
    return settings


@pytest.fixture(scope="module")
def con(live: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with publish.reading(live.warehouse) as reader:
        yield reader


@pytest.fixture
def ask(con: duckdb.DuckDBPyConnection) -> Ask:
    return lambda query: con.execute(query).fetchall()


def asked_of(built: Settings, query: str) -> list[tuple[Any, ...]]:
    """The same of the warehouse made of the recordings."""
    with publish.reading(built.warehouse) as reader:
        return reader.execute(query).fetchall()


# --- persons -------------------------------------------------------------------------------


def stored(folder: Path, con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bytes]]:
    """Every byte a refresh has stored, by place: as it lies, unpacked, and as rows of a table."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield str(path), content
            if content[:2] == b"\x1f\x8b":
                yield f"{path}, unpacked", gzip.decompress(content)
    tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    for schema, table in tables:
        rows = con.execute(f'select "{table}"::varchar from {schema}."{table}"').fetchall()
        yield f"{schema}.{table}", "\n".join(str(row[0]) for row in rows).encode()


def holding(places: list[tuple[str, bytes]], word: str) -> list[str]:
    """The places that hold a word, in capitals or not, as text or escaped."""
    return [place for place, content in places if word.lower().encode() in content.lower()]


def test_nothing_of_a_person_reaches_the_disk(
    live: Settings, con: duckdb.DuckDBPyConnection, upstream: StandIn
) -> None:
    roles = requests.get(upstream.at(brreg.roles_request().url), timeout=60).content
    units = requests.get(upstream.at(brreg.units_request(0).address), timeout=60).content
    served = (gzip.decompress(roles) + units).lower()
    places = list(stored(live.home.parent, con))
    assert len([place for place, _ in places if "/home/prefect/" in place]) > 0
    # what is looked for was served, and what may be kept is found both in a reply and in a table
    assert [word for word in OF_PERSONS if word.lower().encode() not in served] == []
    assert len(holding(places, KEPT)) >= 3
    for word in OF_PERSONS:
        assert holding(places, word) == [], word


def test_no_secret_of_the_environment_is_stored_or_said(
    live: Settings, con: duckdb.DuckDBPyConnection
) -> None:
    assert holding(list(stored(live.home.parent, con)), SECRET) == []


def test_a_reply_without_persons_says_that_it_is_an_extract_and_of_what(ask: Ask) -> None:
    provenance = ask("select provenance from mart.reply where table_id = 'enhetsregisteret'")
    assert len(provenance) == 2
    for (said,) in provenance:
        assert said.startswith("extract without persons, made on arrival of ")
        assert " bytes with SHA-256 " in said


# --- companies and their owners ------------------------------------------------------------


def test_companies_are_flagged_by_what_their_shares_add_to(ask: Ask) -> None:
    query = (
        "select company_number, owners, round(share_total_pct, 6), shares"
        " from mart.intermunicipal_company order by 1"
    )
    assert ask(query) == [
        ("000000019", 3, 100.0, "add_to_100"),
        ("000000027", 3, 100.0, "add_to_100"),
        ("000000035", 2, 60.0, "not_all_known"),
        ("000000060", 2, 95.0, "do_not_add_to_100"),
    ]
    [(faults,)] = ask("select faults from mart.data_check where check_name='company_shares_add_up'")
    assert faults == 2


def test_an_owner_is_the_municipality_with_its_number_and_each_row_has_the_flag(ask: Ask) -> None:
    query = (
        "select municipality_code, share_text, owner_share_pct, shares"
        " from mart.company_owner where company_number = '{}' order by position"
    )
    assert ask(query.format("000000019")) == [
        ("4601", "33,21 %", 33.21, "add_to_100"),
        ("4602", "28,5%", 28.5, "add_to_100"),
        ("4611", "38,29 %", 38.29, "add_to_100"),
    ]
    assert ask(query.format("000000035")) == [
        ("5001", "60%", 60.0, "not_all_known"),
        ("5006", None, None, "not_all_known"),
    ]


def test_an_owner_who_has_left_is_no_owner(ask: Ask) -> None:
    assert ask("from mart.company_owner where municipality_code = '0301'") == []


def test_ict_companies_are_found_by_the_words_of_their_purpose(ask: Ask) -> None:
    query = (
        "select company_number, ict_basis, ict_words from mart.intermunicipal_company"
        " where is_ict order by 1"
    )
    assert ask(query) == [
        ("000000019", "purpose", ["ikt"]),
        ("000000035", "purpose", ["digitalisering", "it-drift"]),
    ]


def test_a_municipality_has_the_ict_companies_it_owns(ask: Ask, built: Settings) -> None:
    query = (
        "select municipality_code, ict_companies from mart.case_candidate"
        " where municipality_code in ('1804', '4601', '5006') order by 1"
    )
    assert ask(query) == [("1804", []), ("4601", ["000000019"]), ("5006", ["000000035"])]
    assert asked_of(built, query) == [("1804", None), ("4601", None), ("5006", None)]


def test_the_register_gives_every_municipality_its_number(ask: Ask) -> None:
    query = (
        "select table_id, count(*), count(distinct organisation_number)"
        " from staging.organisation group by table_id"
    )
    assert ask(query) == [("enhetsregisteret", 357, 357)]


# --- data sets, and what is not known ------------------------------------------------------


def test_data_sets_are_counted_by_municipality_its_agencies_included(ask: Ask) -> None:
    query = (
        "select indicator_id, value, status from mart.observation where municipality_code = '{}'"
        " and indicator_id in ('data_sets', 'open_data_sets') order by 1"
    )
    # Oslo has none of its own and one of an agency; of Stavanger's two the second is not open
    assert ask(query.format("0301")) == [("data_sets", 1, None), ("open_data_sets", 1, None)]
    assert ask(query.format("1103")) == [("data_sets", 2, None), ("open_data_sets", 1, None)]


def test_no_data_set_is_a_nought_that_says_so_and_not_asked_is_nothing(
    ask: Ask, built: Settings
) -> None:
    query = (
        "select status, count(*), max(value) from mart.observation"
        " where indicator_id = 'data_sets' group by status order by status nulls first"
    )
    assert ask(query) == [(None, 239, 2), ("not listed", 118, 0)]
    assert asked_of(built, query) == []


def test_what_was_not_asked_is_told_from_what_is_not_there(ask: Ask, built: Settings) -> None:
    tables = "select table_id from mart.source_table where not is_asked order by 1"
    indicators = (
        "select indicator_id from mart.indicator where not is_asked and figures = 0 order by 1"
    )
    assert ask(tables) == ask(indicators) == []
    not_asked = {row[0] for row in asked_of(built, tables)}
    assert not_asked >= {"datanorge_data_sets", "enhetsregisteret"}
    assert {row[0] for row in asked_of(built, indicators)} >= {"data_sets", "open_data_sets"}


def test_a_refresh_says_what_it_did_not_ask(tmp_path: Path) -> None:
    with engine.opened(Settings(home=tmp_path, upstream="recorded")) as refresh:
        assert {"datanorge_data_sets", "enhetsregisteret"} <= set(refresh.skipped)
        assert {table.id for table in refresh.tables}.isdisjoint(refresh.skipped)


def test_only_what_is_not_recorded_is_refused_with_the_way_out(built: Settings) -> None:
    with (
        pytest.raises(InputError, match="there is no recording; use --upstream live"),
        engine.opened(built, ["brreg"]),
    ):
        pass


def test_a_damaged_store_is_mended_by_a_refresh_and_needed_by_part_of_one(
    built: Settings, tmp_path: Path
) -> None:
    settings = Settings(home=Path(shutil.copytree(built.home, tmp_path / "home")))
    body = next((settings.home / "replies").rglob("*.gz"))
    body.write_bytes(b"half of it")
    with pytest.raises(InputError, match="damaged"), engine.opened(settings, ["klass"]):
        pass
    with engine.opened(settings) as refresh:
        assert refresh.last is None
