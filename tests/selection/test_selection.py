"""A rule carried out on the real warehouse: who is in, who is chosen, and what is refused."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

from common.errors import SelectionError
from common.text import Language
from flows.settings import Settings
from reports.page import explanation
from selection import (
    alternatives,
    candidates,
    check,
    choice,
    frozen,
    positioning,
    rulefile,
    universe,
)
from selection.choice import Selection
from selection.conditions import judge
from selection.methods.most_similar import MostSimilar
from tests.selection.conftest import EXAMPLE, Read, RuleWith

BREACHES = "accessibility_breaches_per_statement"
OLD = "old_age_dependency_ratio"


def problems(rule_with: RuleWith, read: Read, **changes: Any) -> list[str]:
    file = rule_with(**changes)
    with pytest.raises(SelectionError) as caught:
        check.check(file, read(file))
    return list(caught.value.problems)


def universe_with(**changes: Any) -> dict[str, Any]:
    example = yaml.safe_load(EXAMPLE.read_text("utf-8"))["universe"]
    return {**example, **changes}


def indicators(*entries: tuple[str, str], **more: Any) -> list[dict[str, Any]]:
    return [{"id": name, "role": role, **more.get(name, {})} for name, role in entries]


# --- candidates and universe against SQL -------------------------------------------------------


def test_a_member_on_several_bases_counts_by_the_strongest_that_the_rule_accepts(
    built: Settings, rule_with: RuleWith, tmp_path: Path
) -> None:
    """As of members that have merged: made up of Bodø, which stands on one basis alone."""
    path = tmp_path / built.warehouse.name
    shutil.copy(built.warehouse, path)
    weaker = "source_says_all_in_county"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "update mart.network_membership set basis = 'council_decision', strength = 'strong',"
            f" bases = ['council_decision', '{weaker}']"
            " where network_id = 'diginordland' and municipality_code = '1804'"
        )
        for accepted, counted in (
            ([weaker], (weaker, "weak")),
            ([weaker, "council_decision"], ("council_decision", "strong")),
        ):
            rule = rule_with(membership={"basis": accepted}).rule
            found = candidates.read(con, rule).membership
            bodo = found[(found.network_id == "diginordland") & (found.municipality_code == "1804")]
            assert list(zip(bodo.basis, bodo.strength, strict=True)) == [counted]


def test_the_example_is_without_fault(rule_with: RuleWith, read: Read) -> None:
    file = rulefile.load(EXAMPLE)
    check.check(file, read(file))


def test_figures_are_those_of_the_warehouse_in_the_period_asked_for(
    rule_with: RuleWith, read: Read, real: duckdb.DuckDBPyConnection
) -> None:
    changed = indicators(
        ("population", "control"),
        (OLD, "cause"),
        population={"year": 2023},
        old_age_dependency_ratio={"mean_of_years": 3},
    )
    growth = {"id": "population", "name": "growth", "role": "control", "change_since": 2016}
    table = read(rule_with(indicators=[*changed, growth])).table
    by_sql = real.execute(
        f"""
        select municipality_code,
            max(value) filter (indicator_id = 'population' and period = '2023') as people,
            avg(value) filter (indicator_id = '{OLD}' and year between 2024 and 2026) as old,
            100 * max(value) filter (indicator_id = 'population' and period = '2026')
                / max(value) filter (indicator_id = 'population' and period = '2016')
                - 100 as growth
        from mart.observation group by municipality_code order by municipality_code
        """
    ).df()
    assert len(table) == 357
    for column, name in [("population", "people"), (OLD, "old"), ("growth", "growth")]:
        expected = by_sql.set_index("municipality_code")[name].astype(float)
        pd.testing.assert_series_equal(
            table[column], expected, check_names=False, check_index_type=False
        )


def test_a_change_from_a_year_without_a_figure_is_missing_and_never_zero(
    rule_with: RuleWith, read: Read
) -> None:
    # Narvik got a part of Tysfjord in 2020: SSB can't sum it back to 2019
    growth = {"id": "population", "name": "growth", "role": "control", "change_since": 2019}
    figures = read(rule_with(indicators=[growth], tie_break=[])).figures
    narvik = figures.set_index("municipality_code").loc["1806"]
    assert pd.isna(narvik["value"])
    assert narvik["missing_reason"] == "no figure to compare 2019 with 2026"
    assert not figures["value"].eq(-100).any()


def test_a_mean_of_years_wants_every_year(
    rule_with: RuleWith, read: Read, real: duckdb.DuckDBPyConnection
) -> None:
    result = {"id": "net_operating_result", "role": "cause", "mean_of_years": 2}
    figures = read(rule_with(indicators=[result], tie_break=[])).figures
    by_sql = real.execute(
        """
        select municipality_code, count(value) as years from mart.observation
        where indicator_id = 'net_operating_result' and year in (2024, 2025) group by all
        """
    ).fetchall()
    both = {code for code, years in by_sql if years == 2}
    assert both
    assert len(both) < len([code for code, years in by_sql if years])
    assert set(figures.loc[figures["value"].notna(), "municipality_code"]) == both
    assert "1 of 2 years have a figure" in set(figures["missing_reason"])


def test_a_figure_made_of_others_keeps_what_was_said_of_them(
    rule_with: RuleWith, read: Read
) -> None:
    growth = read(rule_with()).figures.query("name == 'population_growth'")
    narvik = growth.set_index("municipality_code").loc["1806"]
    assert "split_estimated" in narvik["quality"]
    assert narvik["period"] == "2016-2026"


def test_the_flow_of_the_universe_is_what_sql_counts(
    chosen: Selection, real: duckdb.DuckDBPyConnection
) -> None:
    [counts] = real.execute(
        """
        select count(*), count(*) filter (is_district),
            count(*) filter (is_district and population <= 30000),
            count(*) filter (is_district and population <= 30000
                and higher_education_share is not null and coalesce(position_groups, 0) <= 2)
        from mart.case_candidate
        """
    ).fetchall()
    steps = chosen.universe.steps
    flow = [steps[0].before, steps[0].after, steps[2].after, steps[-1].after]
    assert flow == list(counts)
    assert len(chosen.universe.table) == counts[-1]
    gone = chosen.universe.excluded
    assert gone["municipality_code"].is_unique
    assert len(gone) + counts[-1] == 357
    # Alver, over the limit of the example
    [reason] = gone.loc[gone["municipality_code"] == "4631", "reason"]
    assert reason.startswith("population > 30000: the question is about municipalities with little")
    [reason] = gone.loc[gone["municipality_code"] == "0301", "reason"]
    title = "District municipality: centrality class 4, 5 and 6"
    assert reason == f"not in the district definition '{title}'"


def test_who_is_left_out_for_a_missing_figure_comes_with_what_is_said_of_it(
    chosen: Selection,
) -> None:
    gone = chosen.universe.excluded.set_index("municipality_code")["reason"]
    assert gone["1580"] == "'higher_education_share' is missing: the source has no row for it"


def test_a_condition_is_one_condition_and_leaves_nothing_behind() -> None:
    table = pd.DataFrame({"population": [1.0]}, index=pd.Index(["0301"], name="municipality_code"))
    more = "true) as h from candidate; create table left_behind as select 1; select 'a', (true"
    with pytest.raises(SelectionError, match="is not SQL on the columns of a candidate"):
        judge(table, more)
    with pytest.raises(SelectionError, match="left_behind"):
        judge(table, "(select count(*) from left_behind) > 0")
    with pytest.raises(SelectionError, match="/etc/hostname"):
        judge(table, "exists (from read_csv('/etc/hostname'))")


def test_a_condition_that_can_not_be_judged_is_logged(rule_with: RuleWith, read: Read) -> None:
    where = "net_operating_result > 0"
    for kind, kept in (("include", False), ("exclude", True)):
        file = rule_with(
            universe={
                "district_definition": "every_municipality",
                kind: [{"where": where, "because": "made up for this test"}],
            }
        )
        candidates = read(file)
        who = universe.apply(candidates, file.rule, ())
        unknown = candidates.table.index[candidates.table["net_operating_result"].isna()]
        assert len(unknown) > 200
        assert set(who.steps[1].unjudged) == set(unknown)
        assert unknown.isin(who.table.index).all() == kept
        assert unknown.isin(who.table.index).any() == kept
        left = who.excluded.set_index("municipality_code")["reason"]
        said = f"a figure is missing that tells whether {where}: made up for this test"
        assert set(left.index[left == said]) == (set() if kept else set(unknown))


# --- bad input, a sentence each ------------------------------------------------------------------


def test_an_unknown_indicator_is_named_with_its_line_and_the_nearest_names(
    rule_with: RuleWith, read: Read, tmp_path: Path
) -> None:
    [problem] = problems(
        rule_with,
        read,
        indicators=indicators(("popluation", "control"), (OLD, "cause")),
    )
    number = next(
        n
        for n, text in enumerate((tmp_path / "changed.yaml").read_text("utf-8").splitlines(), 1)
        if "popluation" in text
    )
    assert problem.startswith(
        f"changed.yaml, line {number}: there is no indicator 'popluation'. Did you mean population"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"universe": universe_with(include=[
                {"where": "population > 1000", "because": "made up"},
                {"where": "population < 900", "because": "made up"}])},
            "include 'population < 900' leaves none of the 255 municipalities",
        ),
        (
            {"universe": universe_with(include=[{"where": "popul > 9", "because": "made up"}])},
            "Did you mean population",
        ),
        (
            {"universe": universe_with(include=[{"where": "sum(population) > 9",
                                                 "because": "made up"}])},
            "is not SQL on the columns of a candidate",
        ),
        ({"cases": {"per_network": 5}}, "5 cases are asked for in 'digivestland', and 4 of its 8"),
        (
            {"method": {"name": "deviant"}, "indicators": indicators(
                ("robek", "outcome"), ("population", "control")),
             "tie_break": [], "universe": universe_with(
                include=[{"where": "robek = 0", "because": "made up"}])},
            "The outcome 'robek' is 0 in every candidate",
        ),
        (
            {"method": {"name": "deviant"}, "indicators": indicators(
                (BREACHES, "outcome"), ("population", "control"),
                ("population_20_66", "control"), ("population_67_plus", "control"),
                ("population_0_5", "control"), ("population_6_15", "control"),
                ("population_16_19", "control"))},
            "one follows from the others",
        ),
        (
            {"membership": {"basis": ["council_decision"]}},
            "'diginordland' has no members on the evidence accepted (council_decision); there are "
            "41 on source_says_all_in_county",
        ),
        (
            {"networks": {"given": ["digiinnlandet"], "because": "made up"}},
            "no municipality is known to be a member of 'digiinnlandet'",
        ),
        (
            {"networks": {"given": ["digivestlan"], "because": "made up"}},
            "there is no network 'digivestlan'. Did you mean digivestland",
        ),
        ({"membership": {"basis": ["named"]}}, "there is no basis 'named'. Did you mean"),
        (
            {"method": {"name": "extreme", "on": ["net_debt"]}},
            "there is no indicator in this file named 'net_debt'",
        ),
        (
            {"method": {"name": "extreme", "on": ["population", "expenditure_need"]}},
            "'population' has no direction",
        ),
        (
            {"method": {"name": "pathway"}, "indicators": indicators(
                (BREACHES, "outcome"), ("population", "control"))},
            "pathway cases are about a cause, and no indicator is one",
        ),
        (
            {"method": {"name": "typical"}, "indicators": indicators((OLD, "cause"))},
            "stand on a regression, and no indicator is the outcome",
        ),
        (
            {"goal": "estimate", "method": {"name": "deviant"}},
            "chosen by their outcome is biased",
        ),
        (
            {"method": {"name": "most_similar", "differ_on": BREACHES},
             "cases": {"per_network": 1}},
            "pairs within 'diginordland' need an even number of cases, not 1",
        ),
        ({"tie_break": ["peopel asc"]}, "there is no column 'peopel'"),
        (
            {"overrides": [{"network": "diginordland", "municipality": "1805",
                            "decision": "take", "because": "made up for this test"}]},
            "there is no municipality of today '1805': 1805 Narvik ended on 2020-01-01, and"
            " its ground is in 1806 Narvik. Write the code of today.",
        ),
        (
            {"overrides": [{"network": "diginordland", "municipality": "1850",
                            "decision": "take", "because": "made up for this test"}]},
            "1850 Tysfjord - Divtasvuodna ended on 2020-01-01, and its ground is in 1875 Hábmer -"
            " Hamarøy and 1806 Narvik.",
        ),
        (
            {"overrides": [{"network": "diginordland", "municipality": "9999",
                            "decision": "take", "because": "made up for this test"}]},
            "there is no municipality of today '9999'. Did you mean",
        ),
        (
            {"universe": universe_with(year=2001)},
            "has no figures up to 2001",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence_before_any_work(
    rule_with: RuleWith, read: Read, changes: dict[str, Any], sentence: str
) -> None:
    found = problems(rule_with, read, **changes)
    assert any(sentence in problem for problem in found), found
    assert all(problem.startswith("changed.yaml, line ") for problem in found)


def test_population_as_it_is_and_weak_membership_are_warned_of(
    rule_with: RuleWith, read: Read
) -> None:
    file = rule_with(indicators=indicators(("population", "control"), ("net_debt", "context")))
    words = " ".join(explanation.sentences(file, read(file), Language.EN))
    assert "largest municipalities dominate every distance" in words
    assert "Other municipalities can't be selected where the method needs it." in words
    assert "All 41 members of DigiNordland are known on weak evidence only" in words


# --- the choice ----------------------------------------------------------------------------------


METHODS: list[dict[str, Any]] = [
    {"name": "typical"},
    {"name": "typical", "form": "centre", "metric": "mahalanobis"},
    {"name": "diverse", "clusters": 3},
    {"name": "diverse", "quantiles": {OLD: 3}},
    {"name": "diverse", "categories": {"kostra_group": []}},
    {"name": "extreme"},
    {"name": "deviant", "side": "below"},
    {"name": "influential", "measure": "dfbetas"},
    {"name": "most_similar", "partner": "outside", "metric": "propensity"},
    {"name": "most_similar", "partner": "outside", "exact": {"centrality_class": []}},
    {"name": "most_similar", "differ_on": OLD, "at_least": 0.1, "metric": "mahalanobis"},
    {"name": "most_different", "same_on": OLD, "within": 2},
    {"name": "crucial", "kind": "most_likely", "expectation": {"higher_education_share": 1.0}},
    {"name": "random"},
]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: "-".join(map(str, m.values())))
def test_every_method_gives_two_candidates_of_each_network(
    rule_with: RuleWith, read: Read, method: dict[str, Any]
) -> None:
    file = rule_with(method=method)
    candidates = read(file)
    check.check(file, candidates)
    selection = choice.choose(file.rule, candidates)
    rows = selection.chosen
    assert rows["network_id"].value_counts().to_dict() == {
        "diginordland": 2,
        "digivestland": 2,
        "digirogaland": 2,
    }
    assert rows["municipality_code"].is_unique
    for network, code in zip(rows["network_id"], rows["municipality_code"], strict=True):
        assert code in candidates.members(network)
        assert code in selection.universe.table.index
    assert not set(selection.runners_up["municipality_code"]) & set(selection.codes)
    if method.get("partner") == "outside":
        inside = {code for codes in selection.strata.values() for code in codes}
        assert not set(rows["partner_code"]) & inside
    for language in Language:
        told = explanation.sentences(file, candidates, language)
        [how] = [said for said in told if said.startswith(("Method:", "Metode:"))]
        assert "{" not in how
        assert "_" not in how.replace(OLD, "")


def test_a_partner_outside_is_in_none_of_the_chosen_networks() -> None:
    order = pd.DataFrame(
        [("9001", "9003"), ("9001", "9004"), ("9002", "9001"), ("9004", "9002"), ("9003", "9004")],
        columns=["code_a", "code_b"],
    )
    strata = {"one": ["9001"], "two": ["9003", "9005"]}
    outside = MostSimilar(name="most_similar", partner="outside")
    for network, pairs in (("one", [1, 2]), ("two", [4])):
        assert list(outside.allowed(order, strata, network).index) == pairs
    within = MostSimilar(name="most_similar", differ_on="x")
    assert within.allowed(order, strata, "two").empty


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.EN, [
            "The starting point is the 357 municipalities of today's division",
            "Digi Vestland has 8 known members, of which 4 can be selected.",
            "one from each of 3 k-means clusters",
            "because the question is about municipalities with little capacity",
            "Frozen in advance? No. Nothing shows that the rule existed before",
            "in at least 80% of the runs",
        ]),
        (Language.NB, [
            "Utgangspunktet er de 357 kommunene i dagens inndeling",
            "Digi Vestland har 8 kjente medlemmer; 4 av dem kan velges.",
            "én fra hver av 3 klynger dannet med k-means",
            "fordi spørsmålet gjelder kommuner med liten kapasitet",
            "Fryst på forhånd? Nei. Ingenting viser at regelen fantes før",
            "i minst 80\N{NO-BREAK SPACE}% av kjøringene",
        ]),
    ],
)  # fmt: skip
def test_the_explanation_says_who_could_be_chosen_and_not_who_is(
    rule_with: RuleWith, read: Read, chosen: Selection, language: Language, said: list[str]
) -> None:
    file = rule_with()
    told = "\n".join(explanation.sentences(file, read(file), language))
    assert [sentence for sentence in said if sentence not in told] == []
    names = list(chosen.chosen["municipality_name"])
    assert not [name for name in [*names, *chosen.codes] if name in told]


def test_the_explanation_says_whether_the_rule_is_still_what_was_frozen(
    rule_with: RuleWith, read: Read
) -> None:
    file = rule_with()
    frozen.freeze(file, datetime(2026, 11, 24, 12, tzinfo=UTC), "made-up vintage")
    same = " ".join(explanation.sentences(file, read(file), Language.EN))
    assert "Yes, on 24 November 2026 12:00 UTC, and it has not been changed since." in same
    file = rule_with(seed=5)
    changed = " ".join(explanation.sentences(file, read(file), Language.EN))
    assert "has been changed since, in one entry: seed: 20260601 -> 5" in changed


def test_extreme_is_what_sql_puts_first(
    rule_with: RuleWith, read: Read, real: duckdb.DuckDBPyConnection
) -> None:
    file = rule_with(method={"name": "extreme", "end": "high"})
    selection = choice.choose(file.rule, read(file))
    for network in selection.networks:
        by_sql = real.execute(
            f"""
            select municipality_code from mart.case_candidate
            where list_contains(networks, ?) and is_district and population <= 30000
                and coalesce(position_groups, 0) <= 2
            order by {OLD} desc limit 2
            """,
            [network],
        ).fetchall()
        mine = selection.chosen.query("network_id == @network")["municipality_code"]
        assert list(mine) == [code for (code,) in by_sql]


def test_an_override_is_shown_with_its_reason_and_takes_a_place(
    rule_with: RuleWith, read: Read, chosen: Selection
) -> None:
    first = chosen.codes[0]
    because = "made up for this test: no access to interviews"
    file = rule_with(
        overrides=[
            {"network": "diginordland", "municipality": first, "decision": "leave",
             "because": because},
            {"network": "diginordland", "municipality": "1841", "decision": "take",
             "because": because},
        ]
    )  # fmt: skip
    changed = choice.choose(file.rule, read(file))
    assert first not in changed.codes
    fauske = changed.chosen.query("municipality_code == '1841'").iloc[0]
    assert (fauske["chosen_by"], str(fauske["because"])) == ("override", because)
    assert changed.chosen["network_id"].value_counts().to_dict() == {
        "diginordland": 2,
        "digivestland": 2,
        "digirogaland": 2,
    }
    rest = chosen.chosen.query("network_id != 'diginordland'")["municipality_code"]
    assert set(rest) <= set(changed.codes)


def test_networks_can_be_chosen_by_their_profiles(rule_with: RuleWith, read: Read) -> None:
    file = rule_with(
        networks={
            "choose": 2,
            "among": ["diginordland", "digiagder", "digimr", "digiviken"],
            "method": {"name": "extreme", "on": ["district_share"], "end": "high"},
        }
    )
    candidates = read(file)
    selection = choice.choose(file.rule, candidates)
    share = positioning.network_table(file.rule, candidates)["district_share"]
    highest = share[["diginordland", "digiagder", "digimr", "digiviken"]].nlargest(2)
    assert list(selection.networks) == list(highest.index)
    assert len(selection.chosen) == 4


def test_simpler_rules_stand_beside_the_choice(
    chosen: Selection, rule_with: RuleWith, read: Read
) -> None:
    candidates = read(rule_with())
    rows = alternatives.simpler_rules(chosen, candidates)
    assert set(rows["baseline"]) == {"random", "kostra_groups", "largest", "smallest", "middle"}
    assert (rows.groupby(["baseline", "network_id"]).size() == 2).all()
    people = candidates.table["population"]
    nordland = rows.query("baseline == 'smallest' and network_id == 'diginordland'")
    smallest = people[chosen.strata["diginordland"]].nsmallest(2)
    assert list(nordland["municipality_code"]) == list(smallest.index)


def test_what_each_method_would_have_picked_or_why_it_can_not(
    chosen: Selection, rule_with: RuleWith, read: Read
) -> None:
    rows, refused = alternatives.each_method(chosen, read(rule_with()))
    asked = {"typical", "typical_by_centre", "diverse", "extreme", "deviant", "influential",
             "pathway", "random", "most_similar", "most_different", "crucial"}  # fmt: skip
    assert set(rows["method"]) | set(refused) == asked
    assert not set(rows["method"]) & set(refused)


# --- positioning -------------------------------------------------------------------------------


def test_profiles_of_networks_are_what_sql_adds_up(
    rule_with: RuleWith, read: Read, real: duckdb.DuckDBPyConnection
) -> None:
    file = rule_with()
    profile = positioning.profiles(file.rule, read(file)).set_index(["network_id", "indicator"])
    [(members, low, middle, high, mean, by_people)] = real.execute(
        f"""
        select count(*), min({OLD}), median({OLD}), max({OLD}), avg({OLD}),
            sum({OLD} * population) / sum(population)
        from mart.case_candidate where list_contains(networks, 'diginordland')
        """
    ).fetchall()
    row = profile.loc[("diginordland", OLD)]
    assert row["members"] == members == 41
    columns = ["minimum", "median", "maximum", "mean", "mean_by_people"]
    assert row[columns].astype(float).to_list() == pytest.approx(
        [low, middle, high, mean, by_people]
    )
    # Digi Innlandet has no known members: nothing is said of its spread
    assert profile.loc[("digiinnlandet", OLD), "members"] == 0
    assert pd.isna(profile.loc[("digiinnlandet", OLD), "mean"])


def test_nested_networks_are_found(rule_with: RuleWith, read: Read) -> None:
    candidates = read(rule_with())
    found = positioning.overlaps(candidates, list(candidates.networks["network_id"]))
    assert found.to_dict("records") == [
        {"network_a": "diginordland", "network_b": "digitale_helgeland", "shared": 16,
         "nested": True}
    ]  # fmt: skip


def test_nearest_comparisons_lie_outside_every_chosen_network(
    chosen: Selection,
) -> None:
    table = universe.transformed(chosen.universe.table, chosen.rule)
    inside = [code for codes in chosen.strata.values() for code in codes]
    how = chosen.rule.method.distance(chosen.rule.roles)
    near = positioning.comparisons_outside(table, how, chosen.codes, inside, 3)
    assert len(near) == 18
    assert not set(near["neighbour_code"]) & set(inside)
    assert (near.groupby("municipality_code")["distance"].diff().dropna() >= 0).all()


def test_the_variation_the_cases_lack_is_named() -> None:
    table = pd.DataFrame(
        {"x": range(1, 9)}, index=[f"{9001 + row}" for row in range(8)], dtype=float
    )
    [row] = positioning.lacking(table, ["x"], ["9003", "9008"]).to_dict("records")
    assert row == {
        "indicator": "x",
        "lowest_chosen": 3.0,
        "highest_chosen": 8.0,
        "below_percent": 25.0,
        "above_percent": 0.0,
        "quarters_missing": [1, 3],
    }
    assert positioning.standing(table, ["x"])["x"].iloc[0] == 6.25  # half of the first eighth
