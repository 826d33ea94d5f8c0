"""What is chosen, with its explanation, and where the cases stand among the others."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd
import pytest

from common.text import Language
from reports.page import explanation
from selection import (
    alternatives,
    check,
    choice,
    frozen,
    positioning,
    universe,
)
from selection.choice import Selection
from selection.methods.most_similar import MostSimilar
from tests.selection.conftest import Read, RuleWith

OLD = "old_age_dependency_ratio"


# --- the choice --------------------------------------------------------------------------------

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
