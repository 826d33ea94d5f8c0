"""How a choice moves: fast arithmetic held to the plain one, counts to their meaning."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from common.errors import SelectionError
from selection import candidates as candidates_of
from selection import choice, sensitivity, universe, weights
from selection.candidates import Candidates, Vintage
from selection.choice import Selection
from selection.rule import Rule
from tests.selection.choosing import NOTHING, selection_of
from tests.selection.conftest import Read, RuleWith

OLD = "old_age_dependency_ratio"

Reader = Callable[[Rule, Vintage | None], Candidates]


@pytest.fixture
def reader(real: duckdb.DuckDBPyConnection) -> Reader:
    return lambda rule, vintage: candidates_of.read(real, rule, vintage)


# --- random weights ----------------------------------------------------------------------------


def test_random_weights_come_again_with_the_seed_and_have_the_mean_one() -> None:
    drawn = weights.random_weights(4, 1000, 7)
    assert (drawn == weights.random_weights(4, 1000, 7)).all()
    assert drawn.mean(axis=1) == pytest.approx(np.ones(1000))
    # flat Dirichlet: each weight has mean 1/4 and variance 3/80 before scaling to the mean 1
    assert drawn.mean(axis=0) == pytest.approx(np.ones(4), abs=0.1)
    assert drawn.var(axis=0) == pytest.approx(np.full(4, 16 * 3 / 80), rel=0.2)


WEIGHTED: list[dict[str, Any]] = [
    {"name": "typical", "form": "centre"},
    {"name": "typical", "form": "centre", "metric": "mahalanobis", "scaling": "robust"},
    {"name": "extreme", "on": ["higher_education_share", "population_growth"]},
    {"name": "extreme", "on": ["higher_education_share", OLD], "end": "low", "scaling": "rank"},
    {"name": "most_similar", "differ_on": OLD, "at_least": 0.2},
    {"name": "most_similar", "partner": "outside", "metric": "mahalanobis"},
    {"name": "most_different", "same_on": OLD, "within": 2},
    {"name": "diverse", "quantiles": {OLD: 3}},
    {"name": "diverse", "categories": {"centrality_class": []}},
]


@pytest.mark.parametrize("method", WEIGHTED, ids=lambda m: "-".join(map(str, m.values())))
def test_a_draw_chooses_what_the_rule_chooses_with_those_weights(
    rule_with: RuleWith, read: Read, method: dict[str, Any]
) -> None:
    file = rule_with(method=method)
    selection, found = selection_of(file, read)
    table = choice.with_membership(
        universe.transformed(selection.universe.table, file.rule), selection.strata
    )
    method, roles = file.rule.method, file.rule.roles
    columns = method.weighted(roles)
    drawn = weights.random_weights(len(columns), 4, 11)
    asked = file.rule.quotas(selection.strata)
    by_matrix = method.choose_under(drawn, table, roles, selection.strata, asked)
    for draw, row in enumerate(drawn):
        declared = dict(zip(columns, row, strict=True))
        entries = tuple(
            entry.model_copy(update={"weight": float(declared.get(entry.name, entry.weight))})
            for entry in file.rule.indicators
        )
        plain = choice.choose(file.rule.model_copy(update={"indicators": entries}), found).chosen
        by_rule = {
            network: sorted(plain.loc[plain["network_id"] == network, "municipality_code"])
            for network in selection.networks
        }
        assert {n: sorted(codes) for n, codes in by_matrix[draw].items()} == by_rule


def test_even_weights_choose_the_clusters_own_cases(rule_with: RuleWith, read: Read) -> None:
    selection, _ = selection_of(rule_with(), read)
    table = universe.transformed(selection.universe.table, selection.rule)
    method, roles = selection.rule.method, selection.rule.roles
    even = np.ones((1, len(method.weighted(roles))))
    asked = selection.rule.quotas(selection.strata)
    [drawn] = method.choose_under(even, table, roles, selection.strata, asked)
    assert [code for codes in drawn.values() for code in codes] == selection.codes


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ({"name": "deviant"}, "rest on a regression, which weighs by itself"),
        ({"name": "random"}, "a choice by lot has none"),
        ({"name": "extreme"}, "chosen on one indicator only"),
        (
            {"name": "crucial", "kind": "most_likely", "expectation": {OLD: 1.0}},
            "the weights of the expectation",
        ),
    ],
)
def test_where_weights_do_not_enter_it_is_said(
    rule_with: RuleWith, method: dict[str, Any], reason: str
) -> None:
    rule = rule_with(method=method).rule
    with pytest.raises(SelectionError, match=reason):
        rule.method.weighted(rule.roles)


# --- variants ----------------------------------------------------------------------------------


def test_each_setting_of_the_example_is_tried(
    rule_with: RuleWith, read: Read, reader: Reader
) -> None:
    settings = rule_with().rule.sensitivity.model_dump(mode="json") | {"draws": 100}
    selection, found = selection_of(rule_with(sensitivity=settings), read)
    moved = sensitivity.explore(selection, found, reader)
    kinds = moved.kinds.set_index("kind")["runs"].to_dict()
    assert kinds == {
        "leave_one_out": 5,
        "year": 2,
        "mean_of_years": 1,
        "district_definition": 1,
        "basis": 1,
        "scaling": 2,
        "weights": 100,
    }
    assert moved.kinds["agreement"].between(0, 1).all()
    # on strong evidence alone DigiNordland has nobody, and the report has to say so
    assert any("'diginordland' has no candidates." in str(n) for n in moved.notes)
    by_year = moved.runs.query("kind == 'year'")["run"].unique()
    assert any(
        run.startswith("2024 (") and "free_income_budget_per_inhabitant" in run for run in by_year
    )
    rows = moved.stability
    assert set(rows.loc[rows["chosen"], "municipality_code"]) == set(selection.codes)
    in_some = rows[rows["best_place"].notna()]
    assert (in_some["best_place"] <= in_some["worst_place"]).all()
    assert (rows.loc[rows["chosen"], "best_place"] <= 2).all()
    shares = rows.filter(like="share_")
    assert rows["stability"].to_numpy() == pytest.approx(shares.mean(axis=1).to_numpy())
    two_of_each = moved.runs.query("kind == 'weights'").groupby(["run", "network_id"]).size()
    assert (two_of_each == 2).all()


def test_a_narrower_district_definition_is_what_the_narrower_rule_gives(
    rule_with: RuleWith, read: Read, reader: Reader
) -> None:
    settings = NOTHING | {"district_definitions": ["centrality_5_6"]}
    networks = {"given": ["diginordland"], "because": "made up for this test"}
    selection, found = selection_of(rule_with(sensitivity=settings, networks=networks), read)
    moved = sensitivity.explore(selection, found, reader)
    narrower = rule_with(
        networks=networks,
        universe={
            "district_definition": "centrality_5_6",
            "exclude": [
                {"where": "population > 30000", "because": "as in the example"},
                {"where": "position_groups > 2", "because": "as in the example"},
            ],
        },
    )
    expected, _ = selection_of(narrower, read)
    assert list(moved.runs["municipality_code"]) == expected.codes


def test_leaving_an_indicator_out_never_leaves_out_the_outcome(rule_with: RuleWith) -> None:
    file = rule_with(method={"name": "typical"}, sensitivity={"draws": 0})
    left_out = {v.name for v in sensitivity._leaving_one_out(file.rule)}
    assert left_out == {
        OLD,
        "population",
        "population_growth",
        "higher_education_share",
        "free_income_budget_per_inhabitant",
    }


@pytest.mark.parametrize(
    "method", [{"name": "pathway"}, {"name": "influential", "measure": "dfbetas"}]
)
def test_a_method_about_the_cause_is_not_tried_without_it(
    rule_with: RuleWith, method: dict[str, Any]
) -> None:
    file = rule_with(method=method, sensitivity={"draws": 0})
    left_out = {v.name for v in sensitivity._leaving_one_out(file.rule)}
    assert OLD not in left_out
    assert "population" in left_out


@pytest.mark.parametrize(
    ("times", "label"), [(10, "robust"), (8, "robust"), (7, "borderline"), (5, "borderline"),
                         (4, "fragile"), (0, "fragile")]
)  # fmt: skip
def test_the_thresholds_of_the_file_decide_what_is_robust(
    chosen: Selection, rule_with: RuleWith, read: Read, times: int, label: str
) -> None:
    stable = rule_with(sensitivity={"weak_evidence": "ignored"})
    selection, found = replace(chosen, rule=stable.rule), read(stable)
    mine, other = selection.codes[0], "1835"
    runs = pd.DataFrame(
        {
            "kind": "made up",
            "run": [str(run) for run in range(10)],
            "network_id": "diginordland",
            "municipality_code": [mine] * times + [other] * (10 - times),
        }
    )
    row = sensitivity.stability(runs, selection, found).set_index("municipality_code").loc[mine]
    assert row["stability"] == pytest.approx(times / 10)
    assert row["label"] == label


def always_chosen(selection: Selection, found: Candidates) -> pd.DataFrame:
    """The stability of cases that every run chooses again, by code."""
    runs = selection.chosen[["network_id", "municipality_code"]].assign(kind="made up", run="1")
    return sensitivity.stability(runs, selection, found).set_index("municipality_code")


def test_a_stable_case_on_weak_evidence_is_at_most_borderline(
    chosen: Selection, read: Read, rule_with: RuleWith
) -> None:
    rows = always_chosen(chosen, read(rule_with()))
    of_network = dict(list(rows.groupby("network_id")))
    assert set(of_network["diginordland"]["label"]) == {"borderline"}
    assert set(of_network["diginordland"]["lowered_by"]) == {"weak_evidence"}
    assert set(of_network["digirogaland"]["label"]) == {"robust"}
    assert set(of_network["digirogaland"]["lowered_by"]) == {""}


def test_members_known_only_under_an_agreement_that_has_ended_are_at_most_borderline(
    chosen: Selection, read: Read, rule_with: RuleWith
) -> None:
    """The seats of Digi Vestland are of March 2024; the agreement ended on 31 December 2024."""
    file = rule_with()
    vestland = always_chosen(chosen, read(file)).query("network_id == 'digivestland'")
    assert set(vestland["lowered_by"]) == {"ended_agreement"}
    assert set(vestland["label"]) == {"borderline"}
    basis = file.rule.membership.basis
    before = read(rule_with(membership={"basis": list(basis), "on": "2024-06-01"}))
    earlier = always_chosen(chosen, before).query("network_id == 'digivestland'")
    assert set(earlier["lowered_by"]) == {""}


def test_an_exception_to_the_rule_is_never_robust(read: Read, rule_with: RuleWith) -> None:
    taken = {"network": "digirogaland", "municipality": "1114", "decision": "take",
             "because": "The pilot interviews were made here."}  # fmt: skip
    selection, found = selection_of(rule_with(overrides=[taken]), read)
    rows = always_chosen(selection, found)
    assert (rows.loc["1114", "label"], rows.loc["1114", "lowered_by"]) == ("borderline", "override")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"minimum_r_squared": 1.0, "candidates_per_predictor": 0}, "little_explained"),
        ({"minimum_r_squared": 0.0, "candidates_per_predictor": 1000}, "few_candidates"),
        ({"minimum_r_squared": 0.0, "candidates_per_predictor": 0}, ""),
    ],
)
def test_a_model_that_does_not_fit_leaves_no_case_robust(
    rule_with: RuleWith, read: Read, asked: dict[str, Any], why: str
) -> None:
    selection, found = selection_of(
        rule_with(
            method={"name": "typical"},
            goal="find_mechanisms",
            sensitivity={"weak_evidence": "ignored", **asked},
        ),
        read,
    )
    rows = always_chosen(selection, found).query("network_id != 'digivestland'")
    assert set(rows["lowered_by"]) == {why}
    assert set(rows["label"]) == {"borderline" if why else "robust"}


def test_a_thousand_draws_do_not_drown_one_other_year(
    chosen: Selection, rule_with: RuleWith, read: Read
) -> None:
    selection, found = chosen, read(rule_with())
    mine = selection.codes[0]
    weighted = [("weights", str(run), mine) for run in range(1000)]
    runs = pd.DataFrame(
        [*weighted, ("year", "2024", "1835")], columns=["kind", "run", "municipality_code"]
    ).assign(network_id="diginordland")
    row = sensitivity.stability(runs, selection, found).set_index("municipality_code").loc[mine]
    assert row["stability"] == 0.5
