"""StatBank: which codes a selection chooses, how a query is cut, what a reply adds up to."""

import gzip
import itertools
import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, UpstreamError
from sources import catalogue, statbank
from sources.catalogue import Catalogue, Indicator, Origin, Regions, Table, Title
from sources.frames import COUNTRY
from sources.http import RECORDED, Reply, Request, Upstream
from sources.statbank import api
from sources.statbank.planning import Query, cut
from sources.statbank.selection import select

Towards = Callable[..., Upstream]
YEARS = [str(year) for year in range(2015, 2027)]
AGES = [f"{age:03d}" for age in range(105)] + ["105+"]
INVENTED = Title(nb="Oppdiktet", en="Invented")


# --- selections ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expressions", "chosen"),
    [
        (["2020"], ["2020"]),
        (["2026", "2015", "2026"], ["2015", "2026"]),
        (["*"], YEARS),
        (["202?"], YEARS[5:]),
        (["*5"], ["2015", "2025"]),
        (["top(1)"], ["2026"]),
        (["top(3)"], ["2024", "2025", "2026"]),
        (["top(2,1)"], ["2024", "2025"]),
        (["TOP(99)"], YEARS),
        (["bottom(2)"], ["2015", "2016"]),
        (["bottom(1,2)"], ["2017"]),
        (["from(2025)"], ["2025", "2026"]),
        (["to(2016)"], ["2015", "2016"]),
        (["range(2019, 2021)"], ["2019", "2020", "2021"]),
        (["to(2015)", "top(1)"], ["2015", "2026"]),
    ],
)
def test_years_are_chosen_as_the_service_chooses_them(
    expressions: list[str], chosen: list[str]
) -> None:
    assert select(expressions, YEARS, newest_first=True) == chosen


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("top(2)", ["000", "001"]),
        ("bottom(1)", ["105+"]),
        ("105+", ["105+"]),
        ("range(103,105+)", ["103", "104", "105+"]),
        ("?05", ["005"]),
        ("1*", ["100", "101", "102", "103", "104", "105+"]),
    ],
)
def test_in_other_dimensions_top_is_the_first_and_signs_in_codes_are_just_signs(
    expression: str, chosen: list[str]
) -> None:
    assert select([expression], AGES) == chosen


def test_codes_do_not_mind_their_case() -> None:
    codes = ["K-4601", "EAK", "EKG01"]
    assert select(["k-4601", "range(eak,ekg01)"], codes) == codes


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("2014", "'2014' matches none of 12 codes (2015, 2016, 2017"),
        ("201", "'201' matches none of 12 codes"),
        ("", "'' matches none"),
        ("K-*", "'K-*' matches none"),
        ("top(0)", "'top(0)' matches none"),
        ("range(2026,2015)", "'range(2026,2015)' matches none"),
        ("top(many)", "'many' in a selection should be a whole number"),
        ("top()", "'' in a selection should be a whole number"),
        ("top(1,2,3)", "'top(1,2,3)' in a selection has 3 parts; top() has 1 or 2"),
        ("from(2015,2016)", "'from(2015,2016)' in a selection has 2 parts; from() has 1"),
        ("range(2015)", "'range(2015)' in a selection has 1 parts; range() has 2"),
        ("from(1999)", "the code '1999' in a selection is not among 2015, 2016"),
    ],
)
def test_a_selection_of_nothing_is_refused_by_name(expression: str, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        select(["2020", expression], YEARS, newest_first=True)
    assert fault in str(caught.value)


codes = st.lists(st.text("0123456789KE+-", min_size=1, max_size=4), min_size=1, unique=True)


@given(codes, st.data(), st.booleans())
def test_what_is_chosen_stands_in_the_order_of_the_codes_and_once(
    offered: list[str], data: st.DataObject, newest_first: bool
) -> None:
    wanted = data.draw(st.lists(st.sampled_from(offered), min_size=1))
    chosen = select(wanted, offered, newest_first=newest_first)
    assert chosen == [code for code in offered if code in wanted]


@given(codes, st.data())
def test_from_and_to_share_one_code_and_leave_none_out(
    offered: list[str], data: st.DataObject
) -> None:
    middle = data.draw(st.sampled_from(offered))
    after, before = (select([f"{kind}({middle})"], offered) for kind in ("from", "to"))
    assert [*before, *after[1:]] == offered
    assert before[-1] == after[0] == middle


@given(codes, st.integers(1, 6), st.booleans())
def test_top_and_bottom_are_the_two_ends(
    offered: list[str], count: int, newest_first: bool
) -> None:
    top = select([f"top({count})"], offered, newest_first=newest_first)
    bottom = select([f"bottom({count})"], offered, newest_first=newest_first)
    first, last = offered[:count], offered[-count:]
    assert (top, bottom) == ((last, first) if newest_first else (first, last))


# --- cutting -------------------------------------------------------------------------------


def query(sizes: Sequence[int]) -> Query:
    names = [f"D{place}" for place in range(len(sizes))]
    chosen = {
        name: tuple(f"{name}-{code}" for code in range(size))
        for name, size in zip(names, sizes, strict=True)
    }
    return Query("99999", chosen, {"D0": "agg_invented"})


def cells(piece: Query) -> set[tuple[str, ...]]:
    return set(itertools.product(*piece.codes.values()))


def fewest_by_trial(sizes: Sequence[int], limit: int, whole: set[int]) -> int | None:
    """The fewest pieces of any grid, found by trying them all."""
    tried = (
        math.prod(runs)
        for runs in itertools.product(
            *([1] if place in whole else range(1, size + 1) for place, size in enumerate(sizes))
        )
        if math.prod(-(-size // run) for size, run in zip(sizes, runs, strict=True)) <= limit
    )
    return min(tried, default=None)


sizes = st.lists(st.integers(1, 9), min_size=1, max_size=4)


@given(sizes, st.integers(1, 300), st.sets(st.integers(0, 3)))
def test_pieces_cover_a_query_once_keep_the_limit_and_are_the_fewest(
    lengths: list[int], limit: int, whole: set[int]
) -> None:
    cut_whole = frozenset(f"D{place}" for place in whole)
    fewest = fewest_by_trial(lengths, limit, whole)
    if fewest is None:
        with pytest.raises(UpstreamError, match=f"added up make more than {limit} cells"):
            cut(query(lengths), limit, cut_whole)
        return
    pieces = cut(query(lengths), limit, cut_whole)
    assert len(pieces) == fewest
    assert all(len(cells(piece)) == piece.cells <= limit for piece in pieces)
    assert sum(piece.cells for piece in pieces) == query(lengths).cells
    assert set().union(*map(cells, pieces)) == cells(query(lengths))
    for name in cut_whole & query(lengths).codes.keys():
        assert all(piece.codes[name] == query(lengths).codes[name] for piece in pieces)


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 100_000))
def test_a_query_cut_along_one_dimension_has_the_least_that_is_possible(
    regions: int, years: int, limit: int
) -> None:
    """Slabs of whole years: no cut of any kind has fewer pieces than cells / limit, rounded up."""
    limit = max(limit, regions)
    pieces = cut(query([regions, years]), limit)
    least = math.ceil(regions * years / limit)
    assert least <= len(pieces) <= math.ceil(years / (limit // regions))
    if limit % regions == 0:
        assert len(pieces) == least


def test_a_query_within_the_limit_is_one_piece_and_itself() -> None:
    assert cut(query([357, 41]), 800_000) == [query([357, 41])]
    assert cut(query([800_000]), 800_000) == [query([800_000])]


def test_time_is_cut_before_regions_if_that_takes_no_more_pieces() -> None:
    pieces = cut(query([357, 106, 22]), 800_000)
    assert [len(piece.codes["D2"]) for piece in pieces] == [11, 11]
    assert all(len(piece.codes["D0"]) == 357 for piece in pieces)


# --- planning over the recorded metadata ---------------------------------------------------


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


# --- planning over an invented table -------------------------------------------------------

LISTS = {
    "agg_inv1": "Uttrekk for Kommuner 2020-2023",
    "agg_inv2": "Uttrekk for Kommuner 2024-",
    "agg_inv3": "Fylker 2024-",
}


def metadata(lists: dict[str, str] = LISTS, *, may_leave_out: bool = False) -> dict[str, Any]:
    """An invented table of three regions, two kinds, two contents and three years."""
    chosen = {
        "KOKregion": ["1508", "1580", "EAK"],
        "Art": ["A1", "A2"],
        "ContentsCode": ["C1", "C2"],
        "Tid": ["2024", "2025", "2026"],
    }
    described = {
        name: {
            "label": name,
            "category": {
                "index": {code: place for place, code in enumerate(codes)},
                "label": {code: f"invented {code}" for code in codes},
            },
            "extension": {"elimination": may_leave_out and name == "Art"},
        }
        for name, codes in chosen.items()
    }
    offered = [{"id": each, "label": label, "type": "Valueset"} for each, label in lists.items()]
    described["KOKregion"]["extension"]["codelists"] = offered
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "99999: Invented",
        "id": list(chosen),
        "size": [len(codes) for codes in chosen.values()],
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "dimension": described,
        "value": [],
    }


def entries(*origins: Origin, **regions: Any) -> tuple[Catalogue, Table]:
    """A catalogue of one invented table and an indicator for each origin."""
    table = Table(
        id="invented",
        kind="statbank",
        table="99999",
        publisher="Nobody",
        title=INVENTED,
        licence="invented",
        citation="invented",
        url="https://example.org/99999",
        region_dimension="KOKregion",
        regions=(Regions(**regions),),
    )
    indicators = [
        Indicator(
            id=f"invented_{number}",
            title=INVENTED,
            unit="pieces",
            aggregate="sum",
            origins=(origin,),
        )
        for number, origin in enumerate(origins, 1)
    ]
    return Catalogue(tables=(table,), indicators=tuple(indicators)), table


def origin(contents: str = "C1", **select: Sequence[str]) -> Origin:
    return Origin(
        table="invented",
        contents=contents,
        select={name: tuple(wanted) for name, wanted in select.items()},
    )


BOTH = origin(Art=["A1", "A2"])


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


# --- what the service offers ---------------------------------------------------------------

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


# --- reading -------------------------------------------------------------------------------


def reply(codes: dict[str, list[str]], values: object, status: object = None) -> Reply:
    """A reply that answers exactly what was asked."""
    body = metadata() | {
        "id": list(codes),
        "size": [len(chosen) for chosen in codes.values()],
        "dimension": {
            name: {"category": {"index": chosen, "label": {code: code for code in chosen}}}
            for name, chosen in codes.items()
        },
        "value": values,
        "status": status,
    }
    return answer(codes, body)


def answer(codes: dict[str, list[str]], body: object) -> Reply:
    request = api.data_request(
        "99999", [{"variableCode": name, "valueCodes": chosen} for name, chosen in codes.items()]
    )
    return Reply(
        request=request,
        content=json.dumps(body).encode(),
        content_type="application/json",
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
        upstream="invented",
        as_of=date(2026, 6, 1),
    )


ASKED = {"KOKregion": ["1508", "1580"], "Art": ["A1", "A2"], "ContentsCode": ["C1"]}
IN_2026 = ASKED | {"Tid": ["2026"]}


def figures(got: Reply, *origins: Origin) -> list[tuple[object, ...]]:
    found, table = entries(*origins)
    rows = statbank.read(found, table, got)["observation"]
    return list(zip(*(rows[name].to_pylist() for name in FIGURE), strict=True))


FIGURE = ("reported_code", "period", "value", "status")


def test_codes_of_a_dimension_are_added_up_for_each_region_and_period() -> None:
    got = reply(ASKED | {"Tid": ["2025", "2026"]}, [1, 2, 10, 20, 100, 200, 1000, 2000])
    assert figures(got, BOTH) == [
        ("1508", "2025", 11, None),
        ("1508", "2026", 22, None),
        ("1580", "2025", 1100, None),
        ("1580", "2026", 2200, None),
    ]


def test_two_indicators_take_their_own_parts_of_one_reply() -> None:
    got = reply(IN_2026, [1, 2, 10, 20])
    assert figures(got, origin(Art=["A1"]), origin(Art=["A?"])) == [
        ("1508", "2026", 1, None),
        ("1580", "2026", 10, None),
        ("1508", "2026", 3, None),
        ("1580", "2026", 30, None),
    ]


def test_figures_are_found_by_the_label_that_chose_them() -> None:
    got = reply(IN_2026, [1, 2, 10, 20])
    by_label = origin("label:c1", Art=["label:A2"])
    assert figures(got, by_label) == [("1508", "2026", 2, None), ("1580", "2026", 20, None)]
    assert statbank.read(*entries(origin("label:C2", Art=["A2"])), got) == {}


@pytest.mark.parametrize(
    ("values", "status", "expected"),
    [
        ([1, None, 0, 0], {"1": ".."}, (None, "..")),
        ([None, None, 0, 0], {"0": ".", "1": ":"}, (None, ":")),
        ([None, 5, 0, 0], {"0": "..", "1": "*"}, (None, "..")),
        ([5, None, 0, 0], {"0": "*", "1": ".."}, (None, "..")),
        ([None, 5, 0, 0], {"1": "*"}, (None, "*")),
        ([4, 5, 0, 0], {"1": "*"}, (9, "*")),
        ([0, 0, 0, 0], None, (0, None)),
    ],
)
def test_a_sum_with_a_missing_part_is_missing_and_says_why(
    values: object, status: object, expected: tuple[object, object]
) -> None:
    [first, _] = figures(reply(IN_2026, values, status), BOTH)
    assert first[2:] == expected


@pytest.mark.parametrize(
    ("values", "status", "expected"),
    [
        ([75, 25, 0, 0], None, (0.375, None)),
        ([7, 0, 0, 0], None, (0, None)),
        ([3, None, 0, 0], {"1": ":"}, (None, ":")),
        ([0, 0, 0, 0], None, (None, None)),
    ],
)
def test_diversity_is_one_less_the_sum_of_squared_shares(
    values: object, status: object, expected: tuple[object, object]
) -> None:
    how_even = BOTH.model_copy(update={"combine": "diversity"})
    [first, _] = figures(reply(IN_2026, values, status), how_even)
    assert first[2:] == expected


def test_a_reply_with_time_before_regions_is_placed_by_its_dimensions() -> None:
    turned = {
        "Tid": ["2025", "2026"],
        "Art": ["A1"],
        "ContentsCode": ["C1"],
        "KOKregion": ["1508", "1580", "EAK"],
    }
    got = reply(turned, [1, 2, 3, 4, 5, 6], {"4": "*"})
    assert figures(got, origin(Art=["A1"])) == [
        ("1508", "2025", 1, None),
        ("1508", "2026", 4, None),
        ("1580", "2025", 2, None),
        ("1580", "2026", 5, "*"),
        ("EAK", "2025", 3, None),
        ("EAK", "2026", 6, None),
    ]


def test_a_figure_without_a_region_is_the_countrys() -> None:
    got = reply({"ContentsCode": ["C1"], "Tid": ["2026"]}, [5_627_400])
    assert figures(got, origin()) == [(COUNTRY, "2026", 5_627_400, None)]


@given(st.data())
def test_any_reply_adds_up_to_what_a_slow_and_plain_sum_gives(data: st.DataObject) -> None:
    order = data.draw(st.permutations(["KOKregion", "Art", "ContentsCode", "Tid"]))
    chosen = {
        "KOKregion": ["1508", "1580", "EAK"],
        "Art": ["A1", "A2"],
        "ContentsCode": ["C1", "C2"],
        "Tid": ["2025", "2026"],
    }
    asked = {name: chosen[name] for name in order}
    cell = st.one_of(st.none(), st.integers(-1000, 1000))
    values = data.draw(st.lists(cell, min_size=24, max_size=24))
    got = figures(reply(asked, values), BOTH)
    expected: dict[tuple[str, str], list[int | None]] = {}
    for place, value in zip(itertools.product(*asked.values()), values, strict=True):
        at = dict(zip(asked, place, strict=True))
        if at["ContentsCode"] == "C1":
            expected.setdefault((at["KOKregion"], at["Tid"]), []).append(value)
    assert {(code, period): value for code, period, value, _ in got} == {
        key: None if None in parts else sum(filter(None, parts)) for key, parts in expected.items()
    }


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (IN_2026 | {"Tid": ["2025", "2026"]}, "dimension Tid was asked for 2 codes.*1.*in 2025"),
        (IN_2026 | {"Art": ["A1"]}, "dimension Art was asked for 1 codes and came with 2"),
        ({"ContentsCode": ["C1"], "Tid": ["2026"]}, "dimension Art was asked for 0 codes"),
        (IN_2026 | {"Kjonn": ["1"]}, "dimension Kjonn was asked for 1 codes and came with 0"),
    ],
)
def test_a_reply_to_another_question_is_refused(asked: dict[str, list[str]], fault: str) -> None:
    body = json.loads(reply(IN_2026, [1, 2, 3, 4]).content)
    with pytest.raises(UpstreamError, match=f"tables/99999/data.*{fault}"):
        figures(answer(asked, body), BOTH)


def test_a_reply_that_is_no_data_set_is_told_with_its_address() -> None:
    with pytest.raises(UpstreamError, match=r"tables/99999/data.*: .*values, the product of its"):
        figures(reply(IN_2026, [1, 2, 3]), BOTH)


def test_a_code_list_becomes_the_codes_it_adds_up() -> None:
    values = [
        {"code": "K-1580", "label": "Haram", "valueMap": ["1534", "1580"]},
        {"code": "K-9999", "label": "Invented"},
    ]
    got = answer({}, {"id": "agg_invented", "values": values})
    listed = Reply(**{**got.__dict__, "request": api.codelist_request("agg_invented")})
    found, table = entries(BOTH)
    rows = statbank.read(found, table, listed)["codelist_value"].to_pylist()
    assert [(row["codelist"], row["code"], row["source_code"]) for row in rows] == [
        ("agg_invented", "K-1580", "1534"),
        ("agg_invented", "K-1580", "1580"),
    ]


def test_a_question_is_its_own_whatever_the_order_of_its_parameters() -> None:
    one = Request("https://a.example/x", {"b": "2", "a": "1"})
    other = Request("https://a.example/x", {"a": "1", "b": "2"})
    assert (one.address, hash(one)) == (other.address, hash(other))
