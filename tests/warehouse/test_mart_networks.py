"""Memberships, networks and candidates: weak evidence stays visible."""

from tests.warehouse.conftest import Ask, Connection

# --- networks: weak evidence stays visible -----------------------------------------------------


def test_membership_on_weak_evidence_is_marked_in_every_table_that_uses_it(ask: Ask) -> None:
    assert ask(
        "select distinct basis, strength, warnings from mart.network_membership order by 1"
    ) == [
        ("council_decision", "strong", []),
        ("named_in_source", "strong", []),
        ("source_says_all_in_county", "weak", ["weak_membership_basis"]),
        ("steering_group_seat", "strong", []),
    ]
    weak = {
        row[0]
        for row in ask("select network_id from mart.network_membership where strength = 'weak'")
    }
    profile = ask("select network_id, warnings from mart.network_profile")
    assert {name for name, warnings in profile if warnings} == weak
    candidates = ask(
        "select networks, networks_strong, warnings['networks'] from mart.case_candidate"
    )
    for networks, strong, warnings in candidates:
        assert bool(warnings) == bool(set(networks) - set(strong or []))
    assert {row[0] for row in ask("select distinct strength from mart.network_statement")} == {
        "weak"
    }


def test_a_network_with_one_member_on_weak_evidence_is_marked(remodelled: Connection) -> None:
    query = (
        "select strong_members, members_by_basis['council_decision'], warnings"
        " from mart.network_profile where network_id = 'diginordland'"
    )
    assert remodelled.execute(query).fetchall() == [(2, 2, ["weak_membership_basis"])]


def test_a_membership_on_strong_and_weak_evidence_is_strong(remodelled: Connection) -> None:
    query = (
        "select networks, networks_strong, network_evidence, warnings['networks']"
        " from mart.case_candidate where municipality_code = '1804'"
    )
    evidence = ["diginordland: council_decision", "diginordland: source_says_all_in_county"]
    assert remodelled.execute(query).fetchall() == [
        (["diginordland"], ["diginordland"], evidence, None)
    ]


def test_a_membership_known_to_have_ended_is_kept_but_makes_no_candidate(
    remodelled: Connection,
) -> None:
    query = (
        "select valid_to, list_contains(networks, 'diginordland') from mart.network_membership"
        " inner join mart.case_candidate using (municipality_code)"
        " where network_id = 'diginordland' and municipality_code = '4601'"
    )
    assert remodelled.execute(query).fetchall() == [("2025-12", False)]


def test_the_newest_stated_number_of_members_is_shown(remodelled: Connection) -> None:
    query = "select stated_members from mart.network_profile where network_id = 'digivestland'"
    assert remodelled.execute(query).fetchall() == [(40,)]


def test_a_profile_counts_each_member_once(ask: Ask) -> None:
    query = (
        "select network_id, count(distinct municipality_code) from mart.network_membership"
        " group by network_id order by network_id"
    )
    profile = (
        "select network_id, members from mart.network_profile where members > 0 order by network_id"
    )
    assert ask(query) == ask(profile)


def test_every_member_of_a_register_is_a_municipality_of_today(ask: Ask) -> None:
    for table in ("network_membership", "cooperation_membership where member_form = 'KOMM'"):
        rows = ask(f"select municipality_name from mart.{table}")
        assert rows
        assert all(name for (name,) in rows)


# --- the candidates ----------------------------------------------------------------------------


def test_the_district_municipalities_of_diginordland_are_those_of_nordland_but_bodo(
    ask: Ask,
) -> None:
    found = ask(
        "select municipality_code from"
        " (from mart.case_candidate where centrality_class >= 4"
        " and list_contains(networks, 'diginordland'))"
    )
    nordland = ask(
        "select municipality_code from mart.municipality"
        " where county_name like 'Nordland%' and municipality_name <> 'Bodø'"
    )
    assert len(found) == 40
    assert sorted(found) == sorted(nordland)


def test_a_candidate_is_a_municipality_and_its_district_flags_follow_its_class(ask: Ask) -> None:
    faults = ask(
        "from mart.case_candidate where is_district <> (centrality_class >= 4)"
        " or is_district_5_6 <> (centrality_class >= 5)"
    )
    assert faults == []
    assert ask("select count(*), count(distinct municipality_code) from mart.case_candidate") == [
        (357, 357)
    ]
