"""What a researcher relies on in `mart`, on the real figures."""

import gzip
import hashlib

import duckdb
import orjson
import pytest

from flows.settings import Settings
from tests.warehouse.conftest import Ask

# --- municipalities and totals -----------------------------------------------------------------


def test_there_are_357_municipalities_in_15_counties(ask: Ask) -> None:
    assert ask("select count(*), count(distinct county_code) from mart.municipality") == [(357, 15)]


def test_a_municipality_code_keeps_its_first_nought(ask: Ask) -> None:
    assert ask("select municipality_name from mart.municipality where municipality_code = '0301'")
    assert (
        ask("select municipality_code from mart.municipality where len(municipality_code) <> 4")
        == []
    )


@pytest.mark.parametrize(
    ("year", "published"), [("2024", 5550203), ("2025", 5594340), ("2026", 5627400)]
)
def test_all_municipalities_together_have_the_people_ssb_says_norway_has(
    ask: Ask, year: str, published: int
) -> None:
    query = (
        "select count(*), sum(value) from mart.observation"
        " where indicator_id = 'population' and period = ?"
    )
    assert ask(query, year) == [(357, published)]


def test_the_action_zone_has_the_25_municipalities_of_its_register(ask: Ask) -> None:
    assert ask("select count(*) from mart.municipality where in_action_zone") == [(25,)]


# --- today's division --------------------------------------------------------------------------


def test_the_people_of_merged_municipalities_are_added(ask: Ask) -> None:
    query = (
        "select value, quality, reported_codes from mart.observation where period = '2016'"
        " and indicator_id = 'population' and municipality_code = '4204'"
    )
    assert ask(query) == [(106126, "summed", ["1001", "1017", "1018"])]


def test_old_haram_comes_back_as_new_haram_and_not_as_half_of_alesund(ask: Ask) -> None:
    query = (
        "select period, round(value), quality, warnings from mart.observation"
        " where indicator_id = 'population' and municipality_code = '1580'"
        " and period in ('2016', '2022', '2024') order by period"
    )
    assert ask(query) == [
        ("2016", 9200, "recoded", []),
        ("2022", 9253, "split_estimated", ["estimated"]),
        ("2024", 9357, "reported", []),
    ]


def test_every_ratio_is_made_again_of_its_parts_on_todays_division(ask: Ask) -> None:
    wrong = ask(
        """
        select ratio.indicator_id, ratio.municipality_code, ratio.period
        from mart.indicator as indicator
        inner join mart.observation as ratio using (indicator_id)
        left join mart.observation as above
            on above.indicator_id = indicator.numerator
            and above.municipality_code = ratio.municipality_code and above.period = ratio.period
        left join mart.observation as below
            on below.indicator_id = indicator.denominator
            and below.municipality_code = ratio.municipality_code and below.period = ratio.period
        where indicator.aggregate = 'ratio' and (
            (ratio.value is null) <> (above.value is null or below.value is null)
            or abs(ratio.value - indicator.factor * above.value / below.value) > 1e-9
            or ratio.quality in ('reported', 'recoded', 'summed')
        )
        order by all
        """
    )
    # of the sums that SSB has, and not of our estimate of the people: both parts are of its ground
    share = "population_80_plus_share"
    assert wrong == [(share, "3905", "2016"), (share, "3907", "2016")]


def test_nurses_per_1000_inhabitants_is_such_a_ratio_for_every_municipality(ask: Ask) -> None:
    query = (
        "select count(value), min(quality), max(quality) from mart.observation"
        " where indicator_id = 'nurses_fte_per_1000' and period = '2025'"
    )
    assert ask(query) == [(357, "recomputed", "recomputed")]
    oslo = (
        "select round(value, 2), table_id, len(reply_ids) from mart.observation where"
        " indicator_id = 'nurses_fte_per_1000' and period = '2025' and municipality_code = '0301'"
    )
    # 3123 agreed full-time equivalents among 724290 people
    assert ask(oslo) == [(4.31, "ssb_14534", 2)]


# --- the way back ------------------------------------------------------------------------------


def test_every_figure_leads_to_replies_with_request_and_time(ask: Ask) -> None:
    query = (
        "select count(*) from mart.observation as figure"
        " where len(reply_ids) = 0 or exists ("
        "   from (select unnest(figure.reply_ids) as reply_id) as lead"
        "   left join mart.reply as reply using (reply_id)"
        "   where reply.request_url is null or reply.fetched_at is null or reply.sha256 is null"
        "   or (reply.method = 'POST' and reply.body is null))"
    )
    assert ask(query) == [(0,)]


def test_the_body_of_every_reply_is_kept_under_its_hash(ask: Ask, built: Settings) -> None:
    replies = ask("select sha256, bytes from mart.reply")
    assert len(replies) > 20
    for sha256, size in replies:
        body = (built.home / "replies" / str(sha256)[:2] / f"{sha256}.gz").read_bytes()
        content = gzip.decompress(body)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)


def test_a_figure_can_be_read_again_in_the_reply_it_leads_to(ask: Ask, built: Settings) -> None:
    [(value, sha256)] = ask(
        "select figure.value, reply.sha256 from mart.observation as figure"
        " inner join mart.reply as reply on list_contains(figure.reply_ids, reply.reply_id)"
        " where indicator_id = 'nurses_fte' and municipality_code = '1804' and period = '2025'"
    )
    body = (built.home / "replies" / str(sha256)[:2] / f"{sha256}.gz").read_bytes()
    cube = orjson.loads(gzip.decompress(body))
    place = 0
    for name, size in zip(cube["id"], cube["size"], strict=True):
        index = cube["dimension"][name]["category"]["index"]
        wanted = {"KOKkommuneregion0000": "1804", "Tid": "2025"}.get(name, next(iter(index)))
        place = place * size + index[wanted]
    assert value == cube["value"][place]


def test_every_source_has_what_a_citation_needs(ask: Ask) -> None:
    bare = ask(
        "select table_id from mart.source_table where concat_ws('', publisher) = ''"
        " or title_nb = '' or title_en = '' or licence = '' or citation = '' or url = ''"
        " or (is_asked and (accessed_at is null or upstream is null or replies = 0))"
    )
    assert bare == []


def test_recorded_figures_say_so_and_whence_they_came(ask: Ask) -> None:
    assert ask("select upstream from mart.refresh_run") == [("recorded",)]
    silent = ask(
        "select table_id from mart.source_table where is_asked and provenance is null"
        " or (upstream = 'recorded') <> (recorded_on is not null)"
    )
    assert silent == []


# --- missing -----------------------------------------------------------------------------------


def test_a_missing_figure_says_why_and_a_figure_that_is_there_does_not(ask: Ask) -> None:
    assert ask(
        "select count(*) from mart.observation where (value is null)"
        " <> (missing_reason is not null)"
    ) == [(0,)]


@pytest.mark.parametrize(
    ("indicator", "code", "period", "reason"),
    [
        # Snillfjord was divided in 2020; the publisher's sum is 0 where it can't be made.
        ("population", "5055", "2010", "0 means missing"),
        # 1507 was divided in 2024; a share is not shared out.
        ("broadband_fibre_coverage", "1508", "2022H1", "not comparable over changed boundaries"),
        ("net_operating_result", "4601", "2025", None),
    ],
)
def test_missing_is_null_with_its_reason_and_never_nought(
    ask: Ask, indicator: str, code: str, period: str, reason: str | None
) -> None:
    [(value, said)] = ask(
        "select value, missing_reason from mart.observation"
        " where indicator_id = ? and municipality_code = ? and period = ?",
        indicator,
        code,
        period,
    )
    assert (value is None) == (reason is not None)
    assert (reason or "") in str(said or "")


def test_nobody_lives_in_a_municipality_of_no_people(ask: Ask) -> None:
    [(least,)] = ask("select min(value) from mart.observation where indicator_id = 'population'")
    assert 150 < least < 250  # Utsira


# --- what there is -----------------------------------------------------------------------------


def test_span_and_coverage_of_an_indicator_are_those_of_its_figures(ask: Ask) -> None:
    counted = ask(
        "select indicator_id, min(period), max(period), count(*),"
        " count(*) filter (period = (select max(period) from mart.observation as last where"
        " last.indicator_id = figure.indicator_id and last.value is not null))"
        " from mart.observation as figure where value is not null group by all order by all"
    )
    told = ask(
        "select indicator_id, first_period, last_period, figures, municipalities"
        " from mart.indicator where is_asked order by all"
    )
    assert told == counted


def test_every_figure_has_the_unit_of_its_indicator(ask: Ask) -> None:
    query = (
        "select count(*) from mart.observation inner join mart.indicator as indicator"
        " using (indicator_id) where observation.unit is distinct from indicator.unit"
    )
    assert ask(query) == [(0,)]


def test_a_municipality_that_a_whole_source_has_no_row_for_is_missing_with_its_reason(
    ask: Ask,
) -> None:
    rows = ask(
        "select municipality_code, value, missing_reason, len(reply_ids) > 0 from mart.observation"
        " where indicator_id = 'expenditure_need' and period = '2026' and status = 'no row'"
        " order by 1"
    )
    reason = "the source has no row for it"
    assert rows == [("1151", None, reason, True), ("4629", None, reason, True)]


def test_every_figure_of_a_whole_source_has_a_row_for_each_municipality(ask: Ask) -> None:
    odd = (
        "select indicator_id, period, count(*) from mart.observation"
        " where not list_contains(warnings, 'partial_coverage')"
        " group by all having count(*) != (select count(*) from mart.municipality)"
    )
    assert ask(odd) == []


# --- peers -------------------------------------------------------------------------------------


def test_peers_are_of_the_same_kostra_group_and_the_nearest_in_population_first(ask: Ask) -> None:
    peers = ask("select municipality_code, population from mart.peers('1812', 5)")
    [(group, people)] = ask(
        "select kostra_group, population from mart.case_candidate where municipality_code = '1812'"
    )
    others = ask(
        "select municipality_code, population from mart.case_candidate"
        f" where kostra_group = '{group}' and municipality_code != '1812'"
    )
    farness = {code: max(there / people, people / there) for code, there in others}
    nearest = sorted(others, key=lambda row: (farness[row[0]], row[0]))
    assert peers == nearest[:5]


def test_peers_of_a_code_that_is_no_municipality_today_are_refused(ask: Ask) -> None:
    with pytest.raises(duckdb.Error, match="1504 is not the code of a municipality today"):
        ask("from mart.peers('1504', 5)")


def test_the_history_of_a_municipality_names_what_it_came_from_and_went_into(ask: Ask) -> None:
    history = "select event, predecessors, successors from mart.municipality_history where code = ?"
    merged = ["1504", "1523", "1529", "1534", "1546"]
    assert ask(history, "1507") == [("merger", merged, ["1508", "1580"])]
    assert ask(history, "1508") == [("split", ["1507"], [])]
    # Roald left Haram in 1890, a part of Vatne came to it in 1965
    assert ask(f"{history} and valid_before = date '2020-01-01'", "1534") == [
        (None, ["1530"], ["1507", "1533"])
    ]


def test_a_change_is_the_same_in_the_history_of_both_its_ends(ask: Ask) -> None:
    onwards = "select code as old, unnest(successors) as new from mart.municipality_history"
    back = "select unnest(predecessors), code from mart.municipality_history"
    assert ask(f"select count(*) > 500 from ({onwards})") == [(True,)]
    assert ask(f"({onwards} except {back}) union all ({back} except {onwards})") == []


# --- what is missing, and what to filter by ----------------------------------------------------


def test_the_quality_of_a_null_says_that_it_is_one_and_only_then(ask: Ask) -> None:
    found = ask("select distinct quality, value is null from mart.observation")
    assert {quality for quality, is_null in found if is_null} == {"missing", "not_comparable"}
    assert not {"missing", "not_comparable"} & {
        quality for quality, is_null in found if not is_null
    }


def test_a_rate_of_a_tax_that_is_not_levied_is_not_applicable(ask: Ask) -> None:
    found = ask(
        "select distinct tax.value, rate.value is null, rate.missing_reason"
        " from mart.observation as rate inner join mart.observation as tax"
        " using (municipality_code, period)"
        " where rate.indicator_id = 'property_tax_rate' and tax.indicator_id = 'property_tax'"
    )
    assert set(found) == {(0, True, "not applicable"), (1, False, None)}


def test_a_year_of_a_municipality_can_be_filtered_by_county_class_district_and_network(
    ask: Ask,
) -> None:
    shared = "county_code, county_name, centrality_class, kostra_group, is_district"
    differ = (
        f"select municipality_code, {shared} from mart.municipality_year where year = 2026"
        f" except select municipality_code, {shared} from mart.municipality"
    )
    assert ask(differ) == []
    in_network = (
        "select count(*) from mart.municipality_year"
        " where year = 2026 and list_contains(networks, 'digiagder')"
    )
    assert ask(in_network) == [(25,)]
