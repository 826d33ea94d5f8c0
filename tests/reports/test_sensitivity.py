"""How a choice moves: fast arithmetic held to the plain one, counts to their meaning."""

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from reports.errors import SelectionError
from reports.selection import candidates as candidates_of
from reports.selection import choice, sensitivity, universe, weights
from reports.selection.candidates import Candidates
from reports.selection.choice import Selection
from reports.selection.rule import Rule, RuleFile
from tests.reports.conftest import Read, RuleWith

OLD = "old_age_dependency_ratio"
NOTHING: dict[str, Any] = {"draws": 0, "leave_one_out": False}
Reader = Callable[[Rule], Candidates]


@pytest.fixture
def reader(real: duckdb.DuckDBPyConnection) -> Reader:
    return lambda rule: candidates_of.read(real, rule)


def selection_of(file: RuleFile, read: Read) -> tuple[Selection, Candidates]:
    found = read(file)
    return choice.choose(file.rule, found), found


# --- random weights ------------------------------------------------------------------------------


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
    columns = weights.weighted_columns(file.rule)
    drawn = weights.random_weights(len(columns), 4, 11)
    by_matrix = weights.choose_under(file.rule, table, selection.strata, drawn)
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
    columns = weights.weighted_columns(selection.rule)
    [drawn] = weights.choose_under(
        selection.rule, table, selection.strata, np.ones((1, len(columns)))
    )
    assert [code for codes in drawn.values() for code in codes] == selection.codes


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ({"name": "deviant"}, "stand on a regression, which weighs by itself"),
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
    with pytest.raises(SelectionError, match=reason):
        weights.weighted_columns(rule_with(method=method).rule)


# --- variants ------------------------------------------------------------------------------------


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
    assert any("'diginordland' has candidates for 0 cases instead of 2" in n for n in moved.notes)
    by_year = moved.runs.query("kind == 'year'")["run"].unique()
    assert any(run.startswith("2024 (") and "expenditure_need" in run for run in by_year)
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
            "exclude": [{"where": "population > 30000", "because": "as in the example"}],
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
        "expenditure_need",
    }


@pytest.mark.parametrize(
    ("times", "label"), [(10, "robust"), (8, "robust"), (7, "borderline"), (5, "borderline"),
                         (4, "fragile"), (0, "fragile")]
)  # fmt: skip
def test_the_thresholds_of_the_file_decide_what_is_robust(
    chosen: Selection, rule_with: RuleWith, read: Read, times: int, label: str
) -> None:
    selection, found = chosen, read(rule_with())
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


# --- missing figures and vintages ---------------------------------------------------------------


def test_a_missing_figure_is_bounded_and_never_filled_in(rule_with: RuleWith, read: Read) -> None:
    # free income is known for 40 of the 41 in Nordland; the limits come from those that have it
    income = {"id": "free_income_per_inhabitant", "role": "cause"}
    file = rule_with(
        indicators=[income],
        method={"name": "extreme", "end": "high"},
        networks={"given": ["diginordland"], "because": "made up for this test"},
        universe={"district_definition": "every_municipality"},
        tie_break=[],
    )
    selection, found = selection_of(file, read)
    [row] = sensitivity.bounds(selection, found).to_dict("records")
    assert row["missing"] == ["free_income_per_inhabitant"]
    assert (row["lowest"], row["highest"]) == (False, True)
    assert row["municipality_code"] not in selection.codes
    assert pd.isna(found.table.loc[row["municipality_code"], "free_income_per_inhabitant"])


def test_what_a_revision_did_to_the_choice(rule_with: RuleWith, read: Read) -> None:
    selection, found = selection_of(rule_with(method={"name": "extreme", "end": "high"}), read)
    table = found.table.copy()
    first = selection.codes[0]
    table.loc[first, OLD] = table[OLD].min() - 1  # as if the first figure had been far too high
    revised = choice.choose(selection.rule, Candidates(**{**found.__dict__, "table": table}))
    moved = sensitivity.between_vintages(revised, selection).set_index("municipality_code")
    assert moved.loc[first, ["before", "now"]].to_list() == [True, False]
    came = moved[~moved["before"]]
    assert len(came) == 1
    assert came["now"].all()
