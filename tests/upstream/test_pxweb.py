"""StatBank as it answers: figures, refusals with their real bodies, and limits."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import requests

from tests.upstream.conftest import STATBANK, Ask
from tests.upstream.limits import Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Dimension, invented

REAL_ERRORS = Path(__file__).parents[1] / "sources" / "replies" / "errors.json.gz"


def wish(dimension: str, *codes: str, codelist: str | None = None) -> dict[str, object]:
    """One dimension of a selection."""
    used = {"codelist": codelist} if codelist else {}
    return {"variableCode": dimension, "valueCodes": list(codes)} | used


EVERYTHING = [wish("Region", "*"), wish("ContentsCode", "*"), wish("Tid", "*")]
DATA = "/tables/99999/data"


@pytest.fixture(autouse=True)
def table(upstream: StandIn) -> None:
    """An invented table of 3 regions, 1 contents, 3 years; its figures run from 1 to 9."""
    upstream.statbank.publish(invented())


# --- figures -------------------------------------------------------------------------------


def test_the_last_dimension_runs_fastest(statbank: Ask) -> None:
    cube = statbank(DATA, EVERYTHING).json()
    assert cube["value"] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert cube["id"] == ["Region", "ContentsCode", "Tid"]
    assert cube["size"] == [3, 1, 3]


def test_get_asks_the_same_as_post(statbank: Ask) -> None:
    query = (
        "valueCodes[Region]=0003,0001&valueCodes[ContentsCode]=*&valueCodes[Tid]=[top(1,1)],2023"
    )
    posted = statbank(
        DATA,
        [
            wish("Region", "0003", "0001"),
            wish("ContentsCode", "*"),
            wish("Tid", "top(1,1)", "2023"),
        ],
    )
    assert statbank(f"{DATA}?{query}").json() == posted.json()


def test_the_order_of_codes_follows_the_request(statbank: Ask) -> None:
    cube = statbank(
        DATA,
        [wish("Region", "0003", "0001"), wish("ContentsCode", "*"), wish("Tid", "2025", "2023")],
    ).json()
    assert cube["dimension"]["Region"]["category"]["index"] == {"0003": 0, "0001": 1}
    assert cube["dimension"]["Tid"]["category"]["index"] == {"2025": 0, "2023": 1}
    assert cube["value"] == [9, 7, 3, 1]


def test_a_dimension_left_out_is_summed_and_nothing_says_so(statbank: Ask) -> None:
    cube = statbank(DATA, [wish("ContentsCode", "*"), wish("Tid", "*")]).json()
    assert cube["id"] == ["ContentsCode", "Tid"]
    assert cube["value"] == [1 + 4 + 7, 2 + 5 + 8, 3 + 6 + 9]


def test_a_dimension_with_a_total_is_taken_at_its_total(upstream: StandIn, statbank: Ask) -> None:
    upstream.statbank.publish(invented().changed("Region", total="0002"))
    cube = statbank(DATA, [wish("ContentsCode", "*"), wish("Tid", "*")]).json()
    assert cube["value"] == [4, 5, 6]


def test_a_code_list_that_sums_gives_sums(statbank: Ask) -> None:
    selection = [
        wish("Region", "*", codelist="agg_Par"),
        wish("ContentsCode", "*"),
        wish("Tid", "2023"),
    ]
    cube = statbank(DATA, selection).json()
    assert list(cube["dimension"]["Region"]["category"]["index"]) == ["P-0001", "P-0002"]
    assert cube["value"] == [1 + 4, 4 + 7]


def test_output_values_have_no_effect(statbank: Ask) -> None:
    region = wish("Region", "*", codelist="agg_Par")
    rest = [wish("ContentsCode", "*"), wish("Tid", "2023")]
    single = statbank(DATA, [region | {"outputValues": "single"}, *rest])
    assert single.json() == statbank(DATA, [region, *rest]).json()


def test_a_code_list_in_get_counts_only_beside_codes(statbank: Ask) -> None:
    query = "valueCodes[ContentsCode]=*&valueCodes[Tid]=2023&codelist[Region]=agg_Par"
    assert statbank(f"{DATA}?{query}").json()["id"] == ["ContentsCode", "Tid"]


def test_the_metadata_can_be_seen_through_a_code_list(statbank: Ask) -> None:
    cube = statbank("/tables/99999/metadata?codelist[Region]=vs_Faa").json()
    assert list(cube["dimension"]["Region"]["category"]["index"]) == ["0001", "0002"]
    assert cube["value"] == []


def test_without_a_selection_the_service_chooses_a_view(statbank: Ask) -> None:
    assert statbank(DATA).json()["size"] == [1, 1]


def test_symbols_stand_by_cell_for_missing_and_for_noted_figures(
    upstream: StandIn, statbank: Ask
) -> None:
    upstream.statbank.publish(invented(symbols={2: ":", 3: "*", 4: "..", 5: "-"}))
    cube = statbank(DATA, EVERYTHING).json()
    assert cube["value"] == [1, None, 3, None, 0, 6, 7, 8, 9]
    assert cube["status"] == {"1": ":", "2": "*", "3": "..", "4": "-"}


def test_a_recorded_table_gives_the_published_figures(statbank: Ask) -> None:
    years = wish("Tid", "2024", "2025", "2026")
    cube = statbank("/tables/07459/data", [wish("ContentsCode", "Personer1"), years]).json()
    assert cube["value"] == [5550203, 5594340, 5627400]


def test_a_cell_that_was_never_recorded_has_no_figure(statbank: Ask) -> None:
    by_sex = [wish("Kjonn", "1"), wish("ContentsCode", "Personer1"), wish("Tid", "2026")]
    cube = statbank("/tables/07459/data", by_sex).json()
    assert (cube["value"], cube["status"]) == ([None], {"0": ".."})


def test_dimensions_can_be_placed(statbank: Ask) -> None:
    body = {
        "selection": EVERYTHING,
        "placement": {"stub": ["Tid", "ContentsCode"], "heading": ["Region"]},
    }
    cube = statbank(DATA, json=body).json()
    assert cube["id"] == ["Tid", "ContentsCode", "Region"]
    assert cube["value"] == [1, 4, 7, 2, 5, 8, 3, 6, 9]


# --- refusals ------------------------------------------------------------------------------

REFUSALS = {
    "ugyldig tabell-ID": ("/tables/00000/data", EVERYTHING),
    "ugyldig kommune-kode": (DATA, [wish("Region", "9999"), *EVERYTHING[1:]]),
    "manglende mandatory": (DATA, EVERYTHING[:2]),
    "ugyldig ContentsCode": (DATA, [wish("ContentsCode", "Feil"), wish("Tid", "*")]),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_has_the_body_that_was_really_seen(statbank: Ask, case: str) -> None:
    seen = orjson.loads(gzip.decompress(REAL_ERRORS.read_bytes()))["errors"]
    [real] = [error for error in seen if error["case"] == case]
    refusal = statbank(*REFUSALS[case])
    assert (refusal.status_code, refusal.text) == (real["http_status"], real["body"])


def test_a_region_that_must_be_chosen_can_not_be_left_out(upstream: StandIn, statbank: Ask) -> None:
    upstream.statbank.publish(invented().changed("Region", elimination=False))
    refusal = statbank(DATA, EVERYTHING[1:])
    assert refusal.json()["title"] == "Missing selection for mandantory variable"


@pytest.mark.parametrize(
    ("path", "selection", "status", "title"),
    [
        ("/tables/00000", None, 404, "Non-existent table"),
        ("/tables/00000/metadata", None, 404, "Non-existent table"),
        ("/codelists/agg_finnes_ikke", None, 404, "Non-existent codelist"),
        (DATA, [wish("Fylke", "*"), *EVERYTHING], 400, "Non-existent variable"),
        (DATA, [wish("Region", "*", codelist="agg_par"), *EVERYTHING[1:]], 400,
         "Non-existent codelist"),
        (DATA, [*EVERYTHING[:2], wish("Tid", "top(5, 1)")], 400, "Illegal selection expression"),
        (f"{DATA}?outputFormat=papyrus", EVERYTHING, 400, "Unsupported output format"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_by_name(
    statbank: Ask, path: str, selection: list[object] | None, status: int, title: str
) -> None:
    refusal = statbank(path, selection)
    assert (refusal.status_code, refusal.json()["title"]) == (status, title)


def test_a_code_listed_twice_gives_500_and_nothing_else(statbank: Ask) -> None:
    broken = statbank(DATA, [wish("Region", "0001", "0001"), *EVERYTHING[1:]])
    assert (broken.status_code, broken.content) == (500, b"")


def test_there_is_no_navigation(statbank: Ask) -> None:
    assert statbank("/navigation").status_code == 404


# --- limits --------------------------------------------------------------------------------


def test_more_than_800_000_cells_are_refused(upstream: StandIn, statbank: Ask) -> None:
    ages = Dimension("Alder", "alder", {str(age): str(age) for age in range(200)})
    periods = [str(year) for year in range(1001, 1041)]
    upstream.statbank.publish(invented(regions=101, periods=periods, more=[ages]))
    all_but_region = [wish("Alder", "*"), wish("ContentsCode", "*"), wish("Tid", "*")]
    refusal = statbank(DATA, [wish("Region", "*"), *all_but_region])
    fits = statbank(DATA, [wish("Region", "top(100)"), *all_but_region])
    title = "Too many cells selected"
    assert refusal.status_code == 400
    assert refusal.json() == {
        "type": "Parameter error", "title": title, "status": 400, "detail": title
    }  # fmt: skip
    assert len(fits.json()["value"]) == 800_000


def test_the_cell_limit_can_be_lowered_and_the_service_says_so(
    upstream: StandIn, statbank: Ask
) -> None:
    upstream.limits.cells = 8
    assert statbank("/config").json()["maxDataCells"] == 8
    assert statbank(DATA, EVERYTHING).json()["title"] == "Too many cells selected"


def test_the_config_says_of_calls_that_it_does_not_count_them(statbank: Ask) -> None:
    limits = statbank("/config").json()
    assert (limits["maxCallsPerTimeWindow"], limits["timeWindow"]) == (0, 0)


def test_a_long_address_meets_an_html_page(statbank: Ask) -> None:
    codes = ",".join(["0001"] * 500)
    page = statbank(f"{DATA}?valueCodes[Region]={codes}")
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert "404 - File or directory not found." in page.text


def test_the_31st_call_in_a_minute_is_refused_and_says_nothing() -> None:
    with StandIn() as strict:
        address = strict.at(f"{STATBANK}/config")
        answers = [requests.get(address, timeout=60) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[0].headers["x-ratelimit-policy"] == "30;w=60s"
    assert answers[0].headers["x-ratelimit-remaining"] == "29"
    assert (answers[30].content, answers[30].headers.get("Retry-After")) == (b"", None)


def test_the_call_limit_is_statbanks_alone(upstream: StandIn, ask: Ask, statbank: Ask) -> None:
    upstream.limits.statbank = Window(1, 60)
    assert [statbank("/config").status_code for _ in range(2)] == [200, 429]
    units = ask("https://data.brreg.no/enhetsregisteret/api/enheter?size=1")
    assert units.status_code == 200


# --- the list of tables --------------------------------------------------------------------


def found(answer: requests.Response) -> list[str]:
    """The numbers of the tables on a page."""
    return [table["id"] for table in answer.json()["tables"]]


@pytest.fixture
def many(upstream: StandIn) -> None:
    """Five tables, each updated a day after the one before, in a service of 2026-03-20."""
    upstream.statbank.tables = {}
    upstream.statbank.clock = lambda: datetime(2026, 3, 20, 12, tzinfo=UTC)
    for day in range(15, 20):
        number = f"900{day}"
        upstream.statbank.publish(invented(number, updated=f"2026-03-{day}T07:00:00Z"))


@pytest.mark.usefixtures("many")
def test_tables_come_page_by_page_and_past_the_end_is_404(statbank: Ask) -> None:
    first, last, past = (statbank(f"/tables?pageSize=2&pageNumber={n}") for n in (1, 3, 4))
    assert first.json()["page"]["totalElements"] == 5
    assert first.json()["page"]["totalPages"] == 3
    assert (len(found(first)), len(found(last))) == (2, 1)
    assert (past.status_code, past.json()["title"]) == (404, "Non-existent page")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("pastDays=2", ["90019"]),
        ("query=updated:[20260316 TO 20260317]", ["90016", "90017"]),
        ("query=title:90018", ["90018"]),
        ("query=90015 90019", ["90015", "90019"]),
        ("query=oppdiktet AND updated:[20260319 TO 20260331]", ["90019"]),
        ("query=finnesikke", []),
    ],
)
def test_tables_are_searched(statbank: Ask, query: str, numbers: list[str]) -> None:
    assert found(statbank(f"/tables?{query}")) == numbers


@pytest.mark.usefixtures("many")
def test_a_discontinued_table_shows_only_to_who_asks_for_such(
    upstream: StandIn, statbank: Ask
) -> None:
    upstream.statbank.publish(invented("90015").discontinue())
    assert "90015" not in found(statbank("/tables"))
    assert "90015" in found(statbank("/tables?includeDiscontinued=true"))
    assert statbank("/tables/90015").json()["discontinued"] is True


# --- what publishers do to tables ----------------------------------------------------------


def test_a_dimension_can_go_be_renamed_come_and_grow(upstream: StandIn, statbank: Ask) -> None:
    table = invented()
    sex = Dimension("Kjonn", "kjønn", {"1": "Menn", "2": "Kvinner"})
    shapes = {
        "gone": table.without("Region"),
        "renamed": table.changed("Region", code="Regionkode"),
        "new": table.with_dimension(sex),
        "grown": table.with_codes("Region", **{"0004": "OPPDIKTET kommune 4"}),
    }
    sizes = {}
    for name, shape in shapes.items():
        upstream.statbank.publish(shape)
        cube = statbank("/tables/99999/metadata").json()
        sizes[name] = dict(zip(cube["id"], cube["size"], strict=True))
    assert sizes["gone"] == {"ContentsCode": 1, "Tid": 3}
    assert sizes["renamed"] == {"Regionkode": 3, "ContentsCode": 1, "Tid": 3}
    assert sizes["new"] == {"Kjonn": 2, "Region": 3, "ContentsCode": 1, "Tid": 3}
    assert sizes["grown"] == {"Region": 4, "ContentsCode": 1, "Tid": 3}
