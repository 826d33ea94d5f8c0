"""The client against the stand-in server: plans within limits, and what becomes of each fault."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common.errors import UpstreamError
from sources import catalogue
from sources.catalogue import Catalogue, Indicator, Origin, Regions, Table, Title
from sources.http import RequestLimits, Upstream
from sources.statbank import api, plan, read
from tests.upstream import faults
from tests.upstream.faults import Misbehave
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Dimension, invented
from tests.upstream.tables import Table as StatBankTable

TITLE = Title(nb="OPPDIKTET", en="INVENTED")
AGES = Dimension("Alder", "alder", {f"{age:03d}": f"{age} år" for age in range(106)})


@pytest.fixture
def statbank() -> Iterator[StandIn]:
    """The stand-in with an invented table: the figure of a cell is its place in it."""
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as server:
        server.statbank.publish(invented())
        yield server


@pytest.fixture
def client(statbank: StandIn, tmp_path: Path) -> Iterator[Upstream]:
    """A client with little patience and small expectations."""
    limits = RequestLimits(
        requests=1_000,
        per_seconds=0.5,
        read_seconds=0.5,
        whole_seconds=0.3,
        largest_bytes=5_000_000,
        attempts=3,
        first_wait_seconds=0.01,
    )
    with Upstream(statbank.address, budget=tmp_path / "budget.sqlite", limits=limits) as session:
        yield session


def declared(*regions: Regions, **select: tuple[str, ...]) -> tuple[Catalogue, Table]:
    """A catalogue of the invented table and one indicator for it."""
    table = Table(
        id="oppdiktet",
        kind="statbank",
        table="99999",
        publisher="OPPDIKTET",
        title=TITLE,
        licence="none",
        citation="OPPDIKTET",
        url="http://127.0.0.1",
        regions=regions or (Regions(),),
    )
    origin = Origin(table=table.id, contents="Antall", select=select)
    indicator = Indicator(
        id="oppdiktet_antall", title=TITLE, unit="antall", aggregate="sum", origins=(origin,)
    )
    return Catalogue(tables=(table,), indicators=(indicator,)), table


def fetched(client: Upstream, catalogue: Catalogue, table: Table) -> list[dict[str, object]]:
    """Plans, asks and reads: the observations, in the order of the table."""
    rows = []
    for planned in plan(catalogue, table, client):
        frames = read(catalogue, table, client.fetch(planned.request))
        rows += frames["observation"].to_pylist() if "observation" in frames else []
    return sorted(rows, key=lambda row: (row["reported_code"], row["period"]))


# --- plans ---------------------------------------------------------------------------------


def test_a_table_comes_whole_and_every_figure_in_its_place(client: Upstream) -> None:
    rows = fetched(client, *declared())
    assert [(row["reported_code"], row["period"]) for row in rows] == [
        (region, year) for region in ("0001", "0002", "0003") for year in ("2023", "2024", "2025")
    ]
    assert [row["value"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("limit", [900, 2_000, 5_000, 12_000])
def test_a_table_over_the_limit_comes_in_the_fewest_queries_and_whole(
    statbank: StandIn, client: Upstream, limit: int
) -> None:
    """12 120 cells: as 12 million at the real limit of 800 000, a thousand times smaller."""
    periods = tuple(str(year) for year in range(2000, 2030))
    statbank.statbank.publish(invented(regions=404, periods=periods))
    statbank.limits.cells = limit
    rows = fetched(client, *declared())
    assert [row["value"] for row in rows] == list(range(1, 404 * 30 + 1))
    data = [asked for asked in statbank.asked if asked.address.count("/data?")]
    assert {asked.status for asked in data} == {200}
    assert len(data) == fewest(404, 30, limit)


def test_twelve_million_cells_are_planned_as_fifteen_queries_within_the_limit_of_requests(
    statbank: StandIn, client: Upstream
) -> None:
    """At the real limit; `python -m benchmarks.large_table` fetches them too."""
    ages = Dimension("Alder", "alder", {f"{age:03}": f"{age} år" for age in range(100)})
    periods = [str(year) for year in range(1876, 2026)]
    statbank.statbank.publish(invented(regions=800, periods=periods, more=[ages]))
    planned = plan(*declared(Alder=("*",)), client)
    asked = [item.request.json["selection"] for item in planned if item.request.json]
    cells = [math.prod(len(part["valueCodes"]) for part in selection) for selection in asked]
    assert sum(cells) == 12_000_000
    assert max(cells) <= statbank.limits.cells == 800_000
    assert len(cells) == 15
    assert len(statbank.asked) + len(cells) <= Limits().statbank.requests


def fewest(regions: int, years: int, limit: int) -> int:
    """The least number of rectangles of at most `limit` cells, tried one by one."""
    return min(
        math.ceil(regions / high) * math.ceil(years / wide)
        for high in range(1, regions + 1)
        for wide in range(1, years + 1)
        if high * wide <= limit
    )


def test_codes_that_are_added_up_stay_in_one_query(statbank: StandIn, client: Upstream) -> None:
    statbank.statbank.publish(invented(more=[AGES]))
    statbank.limits.cells = 400
    rows = fetched(client, *declared(Alder=("*",)))
    first_cell = {("0001", "2023"): sum(1 + 3 * age for age in range(106))}
    assert {(rows[0]["reported_code"], rows[0]["period"]): rows[0]["value"]} == first_cell
    assert len(rows) == 9


def test_sums_of_a_code_list_chosen_by_its_label(client: Upstream) -> None:
    rows = fetched(
        client, *declared(Regions(codelist_label="sammenslåtte par", division="current"))
    )
    assert [(row["reported_code"], row["value"]) for row in rows[:2]] == [
        ("P-0001", 1 + 4),
        ("P-0001", 2 + 5),
    ]


def test_a_missing_figure_keeps_its_symbol_and_a_noted_one_its_value(
    statbank: StandIn, client: Upstream
) -> None:
    statbank.statbank.publish(invented(symbols={1: ":", 2: "*", 3: "-"}))
    rows = fetched(client, *declared())[:3]
    assert [(row["value"], row["status"]) for row in rows] == [(None, ":"), (2, "*"), (0, "-")]


def test_every_table_is_listed_over_all_pages(statbank: StandIn, client: Upstream) -> None:
    before = sum("oppdiktet" in t.label.lower() for t in statbank.statbank.tables.values())
    for number in range(1_001):
        statbank.statbank.publish(invented(f"8{number:04d}"))
    statbank.statbank.publish(invented("70000").discontinue())
    listed = [table["id"] for table in api.tables(client, "oppdiktet")]
    assert len(listed) == len(set(listed)) == before + 1_001
    with_old = [table["id"] for table in api.tables(client, "70000", with_discontinued=True)]
    assert with_old == ["70000"]


def test_what_was_updated_is_told_by_one_request(statbank: StandIn, client: Upstream) -> None:
    statbank.statbank.publish(invented("90001", updated="2020-03-16T07:00:00Z"))
    statbank.statbank.publish(invented("90002", updated="2999-03-16T07:00:00Z"))
    assert [table["id"] for table in api.tables(client, past_days=1)] == ["90002"]
    assert client.requests == len(statbank.asked) == 1


# --- faults --------------------------------------------------------------------------------

DATA = "99999/data"


@pytest.mark.parametrize(
    "fault",
    [
        faults.too_many_requests("0"),
        faults.unavailable,
        faults.reset,
        faults.half_a_body,
        faults.half_in_chunks,
    ],
    ids=["429", "503", "reset", "half a body", "half in chunks"],
)
def test_a_fault_that_passes_is_survived(
    statbank: StandIn, client: Upstream, fault: Misbehave
) -> None:
    statbank.misbehave(fault, DATA, times=2)
    assert [row["value"] for row in fetched(client, *declared())] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert client.requests == len(statbank.asked) == 3 + 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (faults.unavailable, "503"),
        (faults.page_instead, "Vi har det travelt"),
        (faults.reset, "no whole answer"),
        (faults.half_a_body, "no whole answer"),
        (faults.half_in_chunks, "no whole answer"),
        (faults.half_without_length, "JSON"),
        (faults.half_packed, "JSON"),
        (faults.slow_drip(0.005), "not whole after 0.3 seconds"),
        (faults.redirect_loop, "redirect"),
        (faults.gzip_bomb(10_000), "larger than 5000000 bytes"),
        (faults.broken_json, "JSON"),
        (faults.one_value_too_few, "came 8"),
        (faults.duplicate_code, "0001"),
        (faults.not_a_number, "Expected JSON"),
        (faults.numbers_as_text, "`value[0]`: expected a number or null, came text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_that_stays_is_told_in_a_sentence_with_the_address(
    statbank: StandIn, client: Upstream, fault: Misbehave, told: str
) -> None:
    statbank.misbehave(fault, DATA, times=None)
    with pytest.raises(UpstreamError) as error:
        fetched(client, *declared())
    assert "https://data.ssb.no/api/pxwebapi/v2/tables/99999/data" in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_too_many_requests_without_a_word_of_when_waits_until_the_window_is_over(
    statbank: StandIn, client: Upstream
) -> None:
    statbank.limits.statbank = Window(3, 0.5)
    rows = [fetched(client, *declared()) for _ in range(4)]
    assert [len(found) for found in rows] == [9, 9, 9, 9]
    assert [asked.status for asked in statbank.asked].count(200) == 2 + 4


def test_metadata_that_vanished_for_a_moment_is_asked_once_more(
    statbank: StandIn, client: Upstream
) -> None:
    statbank.misbehave(faults.vanished, "/metadata")
    assert len(fetched(client, *declared())) == 9


def test_metadata_that_is_gone_is_asked_twice_and_no_more(
    statbank: StandIn, client: Upstream
) -> None:
    statbank.misbehave(faults.vanished, "/metadata", times=None)
    with pytest.raises(UpstreamError, match="Non-existent table"):
        fetched(client, *declared())
    assert len(statbank.asked) == 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (invented().without("Region"), "no longer has the dimension Region"),
        (invented().changed("Region", code="Regionkode"), "no longer has the dimension Region"),
        (invented().with_dimension(Dimension("Kjonn", "kjønn", {"1": "Menn"})), "Kjonn"),
        (invented(contents=("Andel",)), "Antall"),
    ],
    ids=["gone", "renamed", "a new one that must be chosen", "contents gone"],
)
def test_a_changed_table_is_told_by_what_changed(
    statbank: StandIn, client: Upstream, changed: StatBankTable, told: str
) -> None:
    statbank.statbank.publish(changed)
    with pytest.raises(UpstreamError, match=told):
        fetched(client, *declared())


def test_new_codes_come_along(statbank: StandIn, client: Upstream) -> None:
    grown = invented().with_codes("Region", **{"0004": "OPPDIKTET kommune 4"})
    statbank.statbank.publish(grown)
    assert fetched(client, *declared())[-1]["reported_code"] == "0004"


def test_a_cell_limit_lowered_after_it_was_asked_is_told(
    statbank: StandIn, client: Upstream
) -> None:
    catalogue, table = declared()
    planned = plan(catalogue, table, client)
    statbank.limits.cells = 2
    with pytest.raises(UpstreamError, match="Too many cells selected"):
        client.fetch(planned[-1].request)


def test_two_sessions_that_share_a_budget_are_never_refused(
    statbank: StandIn, tmp_path: Path
) -> None:
    """The service counts a little shorter than we do, as requests take their time to arrive."""
    statbank.limits.statbank = Window(5, 0.4)
    limits, budget = RequestLimits(requests=5, per_seconds=0.5), tmp_path / "shared.sqlite"
    request = api.metadata_request("99999")

    def ask_eight_times(_: int) -> None:
        for _ in range(8):
            with Upstream(statbank.address, budget=budget, limits=limits) as session:
                session.fetch(request)

    with ThreadPoolExecutor(2) as both:
        list(both.map(ask_eight_times, range(2)))
    assert [asked.status for asked in statbank.asked] == [200] * 16


# --- tables that are not about municipalities, and tables at their end -----------------------


def test_a_table_of_context_comes_whole_with_the_words_of_its_groups(client: Upstream) -> None:
    entries = catalogue.load()
    table = entries.table_by_id["ssb_14023"]
    [planned] = plan(entries, table, client)
    got = read(entries, table, client.fetch(planned.request))["context_observation"].to_pylist()
    assert len(got) == 2 * 2 * 2
    first, second = got[0], got[1]
    assert (first["subject"], first["period"], first["value"], first["unit"]) == (
        "OPPDIKTET andel",
        "2023",
        1.0,
        "prosent",
    )
    assert dict(first["breakdown"]) == {
        "sektor": "OPPDIKTET kommuner",
        "størrelsesgruppe": "OPPDIKTET små",
    }
    assert (second["value"], second["status"]) == (None, "..")


def test_a_table_that_is_gone_is_told_with_the_one_that_took_its_place(client: Upstream) -> None:
    entries = catalogue.load()
    old = entries.table_by_id["ssb_14746"].model_copy(update={"table": "14288", "replaces": ()})
    with pytest.raises(UpstreamError, match=r"14288.*Table 14288 was replaced by 14746\.$"):
        plan(entries, old, client)
