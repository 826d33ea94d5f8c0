"""StatBank: which codes a selection chooses, how a query is cut, what a reply adds up to."""

import gzip
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.errors import UpstreamError
from sources import catalogue, statbank
from sources.catalogue import Origin
from sources.http import RECORDED, Upstream
from sources.statbank import api
from tests.sources.invented_table import (
    AGES,
    BOTH,
    entries,
    metadata,
    origin,
)

Towards = Callable[..., Upstream]


# --- planning over the recorded metadata -------------------------------------------------------


def planned_queries(table_id: str, upstream: Upstream) -> list[dict[str, Any]]:
    entries = catalogue.load()
    planned = statbank.plan(entries, entries.table_by_id[table_id], upstream)
    return [
        {item["variableCode"]: item for item in (piece.request.json or {})["selection"]}
        | {"division": piece.division}
        for piece in planned
        if piece.request.method == "POST"
    ]


def test_population_is_asked_in_own_codes_in_sums_of_today_and_for_the_country(
    towards: Towards,
) -> None:
    own, sums, country = planned_queries("ssb_07459", towards("recorded"))
    assert own["division"] == "own"
    assert {len(code) for code in own["Region"]["valueCodes"]} == {4}
    assert sums["division"] == "current"
    assert sums["Region"]["codelist"] == "agg_KommSummer"
    assert len(sums["Region"]["valueCodes"]) == 357
    assert all(code.startswith("K-") for code in sums["Region"]["valueCodes"])
    assert country.keys() == {"ContentsCode", "Tid", "division"}
    for query_of in (own, sums, country):
        assert query_of["Tid"]["valueCodes"] == [str(year) for year in range(1986, 2027)]


def test_ages_are_never_cut_as_they_are_added_up(server: Any, towards: Towards) -> None:
    """With a limit at which a cut through the ages, too, would take fewer pieces."""
    for name in ("ssb_07459_metadata", "ssb_config", "ssb_sums"):
        body = gzip.decompress((RECORDED / f"{name}.json.gz").read_bytes())
        server.says(body.replace(b"800000", b"1000"))
    queries = planned_queries("ssb_07459_age", towards())
    assert {tuple(each.pop("Alder")["valueCodes"]) for each in queries} == {tuple(AGES)}
    columns = [math.prod(len(i["valueCodes"]) for i in list(q.values())[:-1]) for q in queries]
    assert max(columns) == 1000 // 106


def test_every_call_that_the_recordings_are_planned_for_has_a_reply(towards: Towards) -> None:
    upstream, entries = towards("recorded"), catalogue.load()
    tables = [t for t in entries.tables if t.kind == "statbank" and t.recorded]
    planned = [each for table in tables for each in statbank.plan(entries, table, upstream)]
    assert len(planned) == len(set(planned)) > len(tables)
    assert all(upstream.fetch(each.request).content for each in planned)


# --- planning over an invented table -----------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "used"),
    [
        ("Uttrekk for Kommuner 2024-", "agg_inv2"),
        ("uttrekk for kommuner 2024-", "agg_inv2"),
        ("Kommuner 2024-", "agg_inv2"),
        ("Fylker", "agg_inv3"),
    ],
)
def test_a_code_list_is_found_by_its_label_or_a_part_of_it(
    server: Any, towards: Towards, label: str, used: str
) -> None:
    server.says(metadata())
    server.says({"maxDataCells": 100})
    server.says({"id": used, "values": [{"code": "1508"}, {"code": "1580"}]})
    listed, data = statbank.plan(*entries(BOTH, codelist_label=label), towards())
    assert listed.request == api.codelist_request(used)
    assert (data.request.json or {})["selection"][0] == {
        "variableCode": "KOKregion",
        "valueCodes": ["1508", "1580"],
        "codelist": used,
    }


def test_the_whole_label_wins_over_a_longer_one_that_contains_it(
    server: Any, towards: Towards
) -> None:
    server.says(metadata({"agg_long": "Uttrekk for Kommuner 2024-", "agg_exact": "Kommuner 2024-"}))
    server.says({"maxDataCells": 100})
    server.says({"id": "agg_exact", "values": [{"code": "1508"}]})
    listed, _ = statbank.plan(*entries(BOTH, codelist_label="Kommuner 2024-"), towards())
    assert listed.request == api.codelist_request("agg_exact")


def test_a_label_that_no_code_list_has_is_told_with_the_nearest(
    server: Any, towards: Towards
) -> None:
    server.says(metadata())
    server.says({"maxDataCells": 100})
    with pytest.raises(UpstreamError) as caught:
        statbank.plan(*entries(BOTH, codelist_label="Uttrek for Komuner 2024-"), towards())
    assert str(caught.value) == (
        "table 99999, dimension KOKregion: no code lists are labelled 'Uttrek for Komuner 2024-'."
        " The nearest are: Uttrekk for Kommuner 2024-; Uttrekk for Kommuner 2020-2023;"
        " Fylker 2024-. Write one of these as 'codelist_label' of 'invented' in the catalogue."
    )


def test_a_label_that_fits_several_code_lists_is_refused(server: Any, towards: Towards) -> None:
    server.says(metadata())
    server.says({"maxDataCells": 100})
    with pytest.raises(UpstreamError, match=r"2 code lists.*They are: Uttrekk for Kommuner 2020"):
        statbank.plan(*entries(BOTH, codelist_label="Kommuner 20"), towards())


def test_a_dimension_without_code_lists_says_so(server: Any, towards: Towards) -> None:
    server.says(metadata({}))
    server.says({"maxDataCells": 100})
    with pytest.raises(UpstreamError, match="The nearest are: none at all"):
        statbank.plan(*entries(BOTH, codelist_label="Kommuner"), towards())


def test_contents_and_values_may_be_chosen_by_their_label(server: Any, towards: Towards) -> None:
    server.says(metadata())
    server.says({"maxDataCells": 100})
    by_label = origin("label:Invented C2", Art=["label:invented A2", "A1"])
    [data] = statbank.plan(*entries(by_label), towards())
    chosen = {i["variableCode"]: i["valueCodes"] for i in (data.request.json or {})["selection"]}
    assert (chosen["ContentsCode"], chosen["Art"]) == (["C2"], ["A1", "A2"])


def test_a_label_that_no_value_has_is_told_with_the_nearest(server: Any, towards: Towards) -> None:
    server.says(metadata())
    server.says({"maxDataCells": 100})
    with pytest.raises(UpstreamError) as caught:
        statbank.plan(*entries(origin(Art=["label:invented B2"])), towards())
    assert str(caught.value).startswith(
        "table 99999, dimension Art: no code is labelled 'invented B2'. The nearest labels are:"
        " invented A2; invented A1. The publisher may have changed its codes;"
    )


def test_a_label_of_two_codes_is_refused_with_both(server: Any, towards: Towards) -> None:
    twice = metadata()
    twice["dimension"]["Art"]["category"]["label"] = {"A1": "invented", "A2": "invented"}
    server.says(twice)
    server.says({"maxDataCells": 100})
    with pytest.raises(UpstreamError, match="2 codes are labelled 'invented': A1, A2"):
        statbank.plan(*entries(origin(Art=["label:invented"])), towards())


def test_indicators_that_select_the_same_dimensions_share_one_query(
    server: Any, towards: Towards
) -> None:
    server.says(metadata(may_leave_out=True))
    server.says({"maxDataCells": 100})
    total = origin("C2")
    first, second = statbank.plan(
        *entries(origin(Art=["A2"]), origin(Art=["A1"]), total, codes=("????",)), towards()
    )
    shared = {"KOKregion": ["1508", "1580"], "Art": ["A1", "A2"], "ContentsCode": ["C1"]}
    selection = {
        item["variableCode"]: item["valueCodes"] for item in (first.request.json or {})["selection"]
    }
    assert selection == shared | {"Tid": ["2024", "2025", "2026"]}
    assert [item["variableCode"] for item in (second.request.json or {})["selection"]] == [
        "KOKregion",
        "ContentsCode",
        "Tid",
    ]


@pytest.mark.parametrize(
    ("asked", "regions", "fault"),
    [
        (origin(), {}, "dimension Art must be selected.*add it under 'select'.*'invented'"),
        (origin(Art=["A9"]), {}, "table 99999, dimension Art: the selection 'A9'.*mend the cat"),
        (origin("C9", Art=["A1"]), {}, "dimension ContentsCode: the selection 'C9' matches none"),
        (origin(Art=["A1"], Kjonn=["1"]), {}, "no longer has the dimension Kjonn; it has Art, Con"),
        (BOTH, {"codes": ("9999",)}, "dimension KOKregion: the selection '9999' matches none"),
        (BOTH, {"periods": ("2031",)}, "dimension Tid: the selection '2031' matches none"),
        (BOTH, {"eliminated": True}, "dimension KOKregion must be selected"),
    ],
)
def test_what_the_table_does_not_have_is_told_in_a_sentence(
    server: Any, towards: Towards, asked: Origin, regions: dict[str, Any], fault: str
) -> None:
    server.says(metadata())
    server.says({"maxDataCells": 100})
    with pytest.raises(UpstreamError, match=fault):
        statbank.plan(*entries(asked, **regions), towards())


@pytest.mark.parametrize("said", [{}, {"maxDataCells": None}, {"maxDataCells": 0}, b"oops"])
def test_a_service_without_a_usable_limit_is_told_in_a_sentence(
    server: Any, towards: Towards, said: object
) -> None:
    server.says(metadata())
    server.says(said)
    with pytest.raises(UpstreamError, match=r"v2/config: "):
        statbank.plan(*entries(BOTH), towards())


# --- what the service offers -------------------------------------------------------------------

ERROR = {"type": "Parameter error", "title": "Non-existent table", "status": 404}


def test_a_table_that_seems_gone_is_asked_for_once_more(server: Any, towards: Towards) -> None:
    server.says(ERROR, status=404)
    server.says(metadata())
    assert api.metadata(towards(), "99999").shape == (3, 2, 2, 3)


def test_a_table_that_is_gone_is_told_with_its_address(server: Any, towards: Towards) -> None:
    server.says(ERROR, status=404)
    with pytest.raises(UpstreamError, match=r"tables/99999/metadata.*HTTP 404: Non-existent table"):
        api.metadata(towards(), "99999")
    assert len(server.asked) == 2


def test_a_service_that_is_ill_is_not_asked_for_its_metadata_twice_over(
    server: Any, towards: Towards
) -> None:
    server.says(status=503)
    with pytest.raises(UpstreamError, match="HTTP 503"):
        api.metadata(towards(attempts=2), "99999")
    assert len(server.asked) == 2


def test_metadata_that_is_none_is_told_with_its_address(server: Any, towards: Towards) -> None:
    server.says({"class": "collection"})
    with pytest.raises(UpstreamError, match=r"tables/99999/metadata.*: The reply: expected one"):
        api.metadata(towards(), "99999")


def test_a_code_list_that_is_not_known_is_told_in_the_services_words(
    server: Any, towards: Towards
) -> None:
    server.says({"title": "Non-existent codelist"}, status=404)
    with pytest.raises(UpstreamError, match=r"codelists/agg_none.*Non-existent codelist"):
        api.codelist(towards(), "agg_none")


def test_the_list_of_tables_is_read_page_by_page(server: Any, towards: Towards) -> None:
    for number in (1, 2, 3):
        server.says({"tables": [{"id": f"0000{number}"}], "page": {"totalPages": 3}})
    found = api.tables(towards(), "title:befolkning", past_days=7, with_discontinued=True)
    assert [table["id"] for table in found] == ["00001", "00002", "00003"]
    assert [asked.path.rsplit("?")[1] for asked in server.asked] == [
        f"includeDiscontinued=true&lang=no&pageNumber={number}&pageSize=1000&pastDays=7"
        "&query=title%3Abefolkning"
        for number in (1, 2, 3)
    ]


def test_a_search_without_hits_gives_no_tables(server: Any, towards: Towards) -> None:
    server.says({"tables": [], "page": {"totalPages": 0}})
    assert list(api.tables(towards(), "nothing")) == []
    assert len(server.asked) == 1


def test_real_pages_of_the_list_are_read(server: Any, towards: Towards) -> None:
    folder = Path(__file__).parent / "replies"
    page = gzip.decompress((folder / "tables_page_1.json.gz").read_bytes())
    server.says(page)
    first = next(api.tables(towards()))
    assert (first["id"], first["lastPeriod"]) == ("13760", "2025M09")


def test_a_list_of_tables_without_its_page_block_is_refused(server: Any, towards: Towards) -> None:
    server.says({"tables": []})
    with pytest.raises(UpstreamError, match=r"/tables.*expected int at 'page.totalPages', came No"):
        list(api.tables(towards()))
