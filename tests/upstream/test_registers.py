"""Enhetsregisteret, the accessibility statements and data.norge.no as they answer."""

import gzip

import orjson
import pytest

from tests.upstream.conftest import Ask
from tests.upstream.limits import Window
from tests.upstream.registers import REMOVED
from tests.upstream.server import StandIn
from tests.upstream.tables import INVENTED

UNITS = "https://data.brreg.no/enhetsregisteret/api/enheter"
STATEMENTS = "https://data.uutilsynet.no/dataset/alle-erklaeringer"
SEARCH = "https://search.api.fellesdatakatalog.digdir.no/search/datasets"


def test_every_municipality_is_a_unit_with_its_number(ask: Ask) -> None:
    found = ask(f"{UNITS}?organisasjonsform=KOMM&size=1000").json()
    numbers = {
        unit["forretningsadresse"]["kommunenummer"] for unit in found["_embedded"]["enheter"]
    }
    assert len(numbers) == found["page"]["totalElements"] == 357


def test_a_search_without_hits_has_a_page_and_nothing_embedded(ask: Ask) -> None:
    found = ask(f"{UNITS}?navn=finnesikke").json()
    assert found["page"]["totalElements"] == 0
    assert "_embedded" not in found


def test_a_search_stops_at_10_000_hits(ask: Ask) -> None:
    assert ask(f"{UNITS}?size=1000&page=9").status_code == 200
    assert ask(f"{UNITS}?size=1000&page=10").status_code == 400


def test_owners_have_shares_as_free_text_and_persons_stand_beside_them(ask: Ask) -> None:
    groups = ask(f"{UNITS}/000000019/roller").json()["rollegrupper"]
    by_code = {group["type"]["kode"]: group["roller"] for group in groups}
    assert [role["ansvarsandel"] for role in by_code["DELT"]] == [
        "33,21 %", "28,5%", "38,29 %", "100 %",
    ]  # fmt: skip
    assert [role["fratraadt"] for role in by_code["DELT"]] == [False, False, False, True]
    assert {role["type"]["kode"] for role in by_code["DELT"]} == {"DTPR"}
    assert all(role["person"]["navn"]["fornavn"] == INVENTED for role in by_code["STYR"])


def test_a_share_may_be_missing(ask: Ask) -> None:
    groups = ask(f"{UNITS}/000000035/roller").json()["rollegrupper"]
    [owners] = [group["roller"] for group in groups if group["type"]["kode"] == "DELT"]
    assert [role.get("ansvarsandel") for role in owners] == ["60%", None, "100 %"]


def test_a_unit_that_is_gone_answers_404_or_410(ask: Ask) -> None:
    assert ask(f"{UNITS}/000000999").status_code == 404
    assert ask(f"{UNITS}/{REMOVED}").status_code == 410


def test_the_bulk_downloads_are_packed_json_refused_to_whoever_asks_for_json(ask: Ask) -> None:
    roles = UNITS.replace("enheter", "roller/totalbestand")
    assert ask(f"{UNITS}/lastned").status_code == ask(roles).status_code == 406
    units = orjson.loads(gzip.decompress(ask(f"{UNITS}/lastned", headers={}).content))
    assert {unit["organisasjonsform"]["kode"] for unit in units} == {"KOMM", "IKS"}
    companies = orjson.loads(gzip.decompress(ask(roles, headers={}).content))
    assert {unit["organisasjonsnummer"] for unit in units} <= {
        company["organisasjonsnummer"] for company in companies
    }


def test_statements_come_in_pages_of_any_size_and_none_is_lost(ask: Ask) -> None:
    pages = [ask(f"{STATEMENTS}?size=2000&page={n}", headers={}).json() for n in range(3)]
    addresses = [
        statement["erklaeringsAdresse"]
        for page in pages
        for statement in page["_embedded"]["dataElements"]
    ]
    assert len(addresses) == len(set(addresses)) == pages[0]["page"]["totalElements"] == 5530


def test_statements_are_refused_to_whoever_asks_for_json(ask: Ask) -> None:
    assert ask(STATEMENTS, headers={"Accept": "application/json"}).status_code == 406
    assert ask(STATEMENTS, headers={"Accept": "*/*"}).status_code == 200


def test_data_sets_are_found_by_organisation(ask: Ask) -> None:
    whole = ask(SEARCH, json={"pagination": {"size": 1000}}).json()
    path = whole["hits"][0]["organization"]["orgPath"]
    found = ask(SEARCH, json={"filters": {"orgPath": {"value": path}}}).json()
    assert {hit["organization"]["orgPath"] for hit in found["hits"]} == {path}
    assert found["aggregations"]["orgPath"] == [{"key": path, "count": len(found["hits"])}]


def test_data_sets_of_an_agency_lie_below_its_municipality(ask: Ask) -> None:
    found = ask(SEARCH, json={"filters": {"orgPath": {"value": "/KOMMUNE"}}}).json()
    assert found["page"]["totalElements"] == 357 + 1
    assert found["page"]["size"] == len(found["hits"]) == 10
    paths = ask(SEARCH, json={"pagination": {"size": 1000}}).json()["hits"]
    assert [hit["organization"]["orgPath"].count("/") for hit in paths].count(3) == 1
    assert ask(SEARCH, json={"pagination": {"size": 1000, "page": 10}}).status_code == 500


def test_searches_are_few(upstream: StandIn, ask: Ask) -> None:
    upstream.limits.searches = Window(2, 60)
    assert [ask(SEARCH, json={}).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("address", ["https://data.brreg.no/annet", "https://ukjent.no/x"])
def test_nobody_else_is_there(ask: Ask, address: str) -> None:
    assert ask(address).status_code == 404
