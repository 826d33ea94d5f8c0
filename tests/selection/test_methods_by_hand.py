"""Methods worked out by hand: regression, distances, scores, ranking, chance."""

import numpy as np
import pandas as pd
import pytest

from common.errors import SelectionError
from selection import distance, pairs, ranking, regression
from selection.distance import Distance
from selection.methods import crucial, deviant, diverse, extreme, typical
from selection.methods.most_different import MostDifferent
from selection.methods.most_similar import MostSimilar
from selection.regression import LinearModel
from selection.roles import Roles
from tests.selection.published_data import SAVINGS, made_up

# --- by hand: regression -----------------------------------------------------------------------


def test_residuals_of_a_line_drawn_by_hand() -> None:
    # the least squares line through these is y = 1 + x; residuals 0, 1, -2, 1, 0
    table = made_up(x=[0, 1, 2, 3, 4], y=[1, 3, 1, 5, 5])
    model = LinearModel("y", ("x",))
    assert regression.residuals(table, model)["residual"].to_list() == pytest.approx(
        [0, 1, -2, 1, 0], abs=1e-12
    )
    assert list(typical.best_explained(table, model).index) == [
        "9001",
        "9005",
        "9002",
        "9004",
        "9003",
    ]
    assert list(deviant.worst_explained(table, model).index) == [
        "9003",
        "9002",
        "9004",
        "9001",
        "9005",
    ]
    assert deviant.worst_explained(table, model, "below").index[0] == "9003"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"y": [3, 3, 3, 3, 3], "x": [1, 2, 3, 4, 5]}, "The outcome 'y' is 3 in every candidate"),
        ({"y": [1, 2, 4, 3, 5], "x": [2, 2, 2, 2, 2]}, "'x' is the same in every candidate"),
        ({"y": [1, 2], "x": [2, 3]}, "2 candidates are too few for a regression on 1"),
        ({"y": [1, 2, np.nan, 3, 5], "x": [1, 2, 3, 4, 5]}, "'y' is missing for some candidates"),
    ],
)
def test_a_regression_that_can_not_be_made_says_why(
    columns: dict[str, list[float]], sentence: str
) -> None:
    with pytest.raises(SelectionError, match=sentence):
        regression.fit(made_up(**columns), LinearModel("y", ("x",)))


def test_controls_that_say_the_same_are_named_with_their_correlation() -> None:
    table = made_up(y=[1, 2, 4, 3, 5, 9], metres=[1, 2, 3, 5, 8, 13], other=[4, 1, 3, 1, 5, 9])
    table["feet"] = table["metres"] * 3.28
    with pytest.raises(SelectionError, match=r"'feet' and 'metres' .* correlation 1\.0000"):
        regression.fit(table, LinearModel("y", ("metres", "feet", "other")))
    with pytest.raises(SelectionError, match="use 'metric: standardised'"):
        distance.matrix(table, Distance(("metres", "feet", "other"), "mahalanobis"))


def test_diagnostics_give_the_variance_inflation_of_correlated_indicators(
    savings: pd.DataFrame,
) -> None:
    told = regression.diagnostics(savings, SAVINGS)
    assert told["n"] == 50
    assert told["r_squared"] == pytest.approx(0.3385, abs=5e-5)  # R: summary(lm.SR)
    assert told["residual_standard_error"] == pytest.approx(3.803, abs=5e-4)
    assert told["coefficients"]["pop15"]["coefficient"] == pytest.approx(-0.461193, abs=5e-7)
    # the definition: 1 / (1 - R2 of the indicator on the others)
    rest = regression.fit(savings, LinearModel("pop15", ("pop75", "dpi", "ddpi"))).rsquared
    assert told["coefficients"]["pop15"]["variance_inflation"] == pytest.approx(1 / (1 - rest))


# --- by hand: distances ------------------------------------------------------------------------


def test_standardised_distance_by_hand() -> None:
    # x has standard deviation 1, y 10: the corners are sqrt(1 + 1) and 2 apart
    table = made_up(x=[-1, 0, 1], y=[-10, 0, 10])
    square = distance.matrix(table, Distance(("x", "y")))
    assert square.loc["9001", "9002"] == pytest.approx(np.sqrt(2))
    assert square.loc["9001", "9003"] == pytest.approx(np.sqrt(8))


def test_mahalanobis_distance_by_hand() -> None:
    # covariance [[1, .5], [.5, 1]] has the inverse 4/3 [[1, -.5], [-.5, 1]]
    table = made_up(x=[-1.0, 0, 1], y=[-0.5, 1, -0.5])
    table["y"] = 0.5 * table["x"] + np.sqrt(0.75) * np.array([1, -2, 1]) / np.sqrt(3)
    assert np.cov(table.T).tolist() == [
        pytest.approx([1, 0.5]),
        pytest.approx([0.5, 1]),
    ]
    square = distance.matrix(table, Distance(("x", "y"), "mahalanobis"))
    gap = (table.loc["9001"] - table.loc["9003"]).to_numpy()
    by_hand = 4 / 3 * (gap[0] ** 2 - gap[0] * gap[1] + gap[1] ** 2)
    assert square.loc["9001", "9003"] ** 2 == pytest.approx(by_hand)


def test_weights_enter_mahalanobis_as_w_inverse_s_w(savings: pd.DataFrame) -> None:
    on, weights = ("ddpi", "dpi", "pop15"), {"dpi": 3.0, "pop15": 0.5}
    square = distance.matrix(savings, Distance(on, "mahalanobis", weights=weights))
    w = np.diag([1.0, 3.0, 0.5])
    inner = w @ np.linalg.inv(np.cov(savings[list(on)].T)) @ w  # on the figures as they are
    gap = (savings.loc["Norway", list(on)] - savings.loc["Sweden", list(on)]).to_numpy()
    assert square.loc["Norway", "Sweden"] ** 2 == pytest.approx(gap @ inner @ gap)


def test_a_municipality_and_its_double_are_each_others_nearest_neighbours() -> None:
    table = made_up(x=[1, 5, 1, 9], y=[2, 3, 2, 8])
    near = distance.nearest(distance.matrix(table, Distance(("x", "y"))), ["9001"], table.index, 2)
    assert near["neighbour_code"].to_list() == ["9003", "9002"]
    assert near["distance"].iloc[0] == 0


def test_most_similar_pairs_differ_in_the_column_asked_for() -> None:
    table = made_up(z=[0, 0.1, 0.2, 5, 9], y=[0, 0, 4, 0, 4])
    roles = Roles((), (), 0)
    order = MostSimilar(name="most_similar", on=("z",), differ_on="y").rank(table, roles)
    assert order.iloc[0][["code_a", "code_b"]].to_list() == ["9002", "9003"]
    assert not ((order["code_a"] == "9001") & (order["code_b"] == "9002")).any()
    assert pairs.disjoint(order, 2)[["code_a", "code_b"]].to_numpy().tolist() == [
        ["9002", "9003"],
        ["9004", "9005"],
    ]


def test_most_different_pairs_agree_in_the_column_asked_for() -> None:
    table = made_up(z=[0, 1, 5, 9], y=[1, 0, 0, 4])
    roles = Roles((), (), 0)
    order = MostDifferent(name="most_different", on=("z",), same_on="y").rank(table, roles)
    assert order[["code_a", "code_b"]].to_numpy().tolist() == [["9002", "9003"]]


def test_exact_matching_keeps_pairs_in_the_same_county_and_population_band() -> None:
    table = made_up(population=[900, 1999, 2000, 3000], z=[1, 2, 3, 4])
    table["county_name"] = ["Nordland", "Nordland", "Nordland", "Vestland"]
    every = pairs.all_pairs(distance.matrix(table, Distance(("z",))))
    kept = pairs.exactly_alike(every, table, {"county_name": (), "population": (2000,)})
    assert kept[["code_a", "code_b"]].to_numpy().tolist() == [["9001", "9002"]]


def test_propensity_pairs_those_with_the_same_probability_of_being_treated() -> None:
    # the share treated is 1/4 where x is 0 and 3/4 where it is 1: log odds -+ log 3
    table = made_up(x=[0, 0, 0, 0, 1, 1, 1, 1], member=[1, 0, 0, 0, 1, 1, 1, 0])
    score = pairs.propensity(table, "member", ["x"])
    assert score.to_list() == pytest.approx([-np.log(3)] * 4 + [np.log(3)] * 4, abs=1e-6)
    square = pairs.propensity_matrix(table, "member", ["x"])
    assert square.loc["9001", "9004"] == pytest.approx(0, abs=1e-9)
    assert square.loc["9001", "9005"] == pytest.approx(2 * np.log(3), abs=1e-6)


def test_a_treatment_the_background_gives_away_has_no_propensity() -> None:
    table = made_up(x=[0, 1, 2, 3, 4, 5], member=[0, 0, 0, 1, 1, 1])
    with pytest.raises(SelectionError, match="without fail"):
        pairs.propensity(table, "member", ["x"])
    with pytest.raises(SelectionError, match="yes for some candidates and no for others"):
        pairs.propensity(table.assign(member=1), "member", ["x"])


def test_an_indicator_that_hardly_varies_can_not_tell_candidates_apart() -> None:
    with pytest.raises(SelectionError, match="'x' hardly varies among the 3 candidates"):
        distance.scaled(made_up(x=[5, 5, 5]), ["x"])


def test_scalings_by_hand() -> None:
    table = made_up(x=[1, 2, 3, 4, 100])
    assert distance.scaled(table, ["x"], "rank")["x"].to_list() == pytest.approx(
        np.array([-2, -1, 0, 1, 2]) / np.sqrt(2.5)
    )
    # median 3, median absolute deviation 1: 100 is 97 / 1.4826 out
    robust = distance.scaled(table, ["x"], "robust")["x"]
    assert robust["9005"] == pytest.approx(97 / 1.4826, rel=1e-4)
    assert robust["9003"] == 0


# --- by hand: scores and variety ---------------------------------------------------------------


def test_extreme_is_the_standard_score_and_keeps_its_sign() -> None:
    table = made_up(x=[0, 1, 2, 3, 9])  # mean 3, standard deviation sqrt(12.5)
    both = extreme.farthest_out(table, {"x": 1.0})
    assert list(both.index) == ["9005", "9001", "9002", "9003", "9004"]
    assert both.loc["9001", "standard_score"] == pytest.approx(-3 / np.sqrt(12.5))
    assert extreme.farthest_out(table, {"x": 1.0}, "low").index[0] == "9001"
    assert extreme.farthest_out(table, {"x": -1.0}, "high").index[0] == "9001"


def test_typical_without_a_model_is_nearest_the_centre() -> None:
    table = made_up(x=[0, 1, 2, 3, 4], y=[4, 0, 2, 1, 3])
    assert typical.nearest_the_centre(table, Distance(("x", "y"))).index[0] == "9003"


def test_crucial_cases_contradict_a_declared_expectation() -> None:
    table = made_up(capacity=[1, 2, 3, 4, 5])
    present = pd.Series([False, True, True, False, False], table.index)
    expectation = {"intercept": 0.0, "capacity": 1.0}
    most = crucial.by_likelihood(table, expectation, "most_likely", present)
    assert list(most.index) == ["9005", "9004", "9001"]  # high capacity, and yet without it
    least = crucial.by_likelihood(table, expectation, "least_likely", present)
    assert list(least.index) == ["9002", "9003"]  # low capacity, and yet with it
    # capacity 5 is 2 / sqrt(2.5) standard deviations up
    expected = 1 / (1 + np.exp(-2 / np.sqrt(2.5)))
    assert most["expected_probability"].iloc[0] == pytest.approx(expected)
    with pytest.raises(SelectionError, match="No candidate contradicts"):
        crucial.by_likelihood(table, expectation, "most_likely", present | True)


def test_diverse_takes_one_of_each_kind_before_a_second_of_any() -> None:
    table = made_up(x=[1, 2, 3, 4, 5, 6, 7])
    table["kind"] = ["a", "a", "a", "b", "b", "c", "a"]
    case = diverse.one_of_each(table, table["kind"], distance.matrix(table, Distance(("x",))))
    # a is {1, 2, 3, 7}: 2 and 3 are equally near the others (7 steps each), the lower code wins
    assert list(case.index[:3]) == ["9002", "9004", "9006"]
    assert case["cell"].to_list()[:3] == ["a", "b", "c"]
    assert case["cell"].to_list()[3:5] == ["a", "b"]


def test_crossed_cells_and_quantiles() -> None:
    table = made_up(population=[500, 1500, 2500, 2500], centrality_class=[6, 6, 5, 6])
    cells = diverse.crossed(table, {"centrality_class": (), "population": (1000, 2000)})
    assert cells.to_list() == [
        "6 × < 1000",
        "6 × 1000–2000",
        "5 × ≥ 2000",
        "6 × ≥ 2000",
    ]
    assert diverse.quantiles(table, "population", 2).to_list() == [
        "1/2",
        "1/2",
        "2/2",
        "2/2",
    ]


# --- ranking, quotas, chance -------------------------------------------------------------------


def test_ties_go_to_the_declared_column_and_then_to_the_lowest_code() -> None:
    table = made_up(score=[1, 1, 1, 0], population=[100, 300, 300, 5])
    by_code = ranking.ranked(table, table["score"], largest_first=True)
    assert list(by_code.index) == ["9001", "9002", "9003", "9004"]
    by_people = ranking.ranked(
        table, table["score"], largest_first=True, tie_break=[("population", False)]
    )
    assert list(by_people.index) == ["9002", "9003", "9001", "9004"]


def test_scores_that_differ_only_by_rounding_are_tied() -> None:
    table = made_up(score=[0.1 + 0.2, 0.3])
    order = ranking.ranked(table, table["score"], largest_first=False)
    assert list(order.index) == ["9001", "9002"]


def test_a_municipality_in_two_networks_is_chosen_once() -> None:
    order = ranking.ranked(
        made_up(s=[1, 2, 3, 4]), made_up(s=[1, 2, 3, 4])["s"], largest_first=False
    )
    members = {"one": ["9001", "9002"], "two": ["9001", "9003", "9004"]}
    chosen = ranking.by_quota(order, members, {"one": 1, "two": 2})
    assert chosen["stratum"].to_dict() == {"9001": "one", "9003": "two", "9004": "two"}
    with pytest.raises(
        SelectionError, match="one: cases asked for: 3, candidates to choose from: 2"
    ):
        ranking.by_quota(order, members, {"one": 3})


def test_the_runner_up_comes_with_its_margin() -> None:
    table = made_up(s=[1, 2, 4, 9])
    order = ranking.ranked(table, table["s"], largest_first=False)
    next_best = ranking.runners_up(order, table.index, ["9001", "9002"], 1)
    assert next_best.index[0] == "9003"
    assert next_best["margin"].iloc[0] == 2
    assert next_best["margin_in_spreads"].iloc[0] == pytest.approx(2 / np.std([1, 2, 4, 9], ddof=1))


def test_the_random_order_can_be_made_again_with_a_hash_and_nothing_else() -> None:
    # printf '2026:9001' | sha256sum, and so on, sorted
    order = ranking.random_order(["9001", "9002", "9003"], 2026)
    assert list(order.index) == ["9003", "9002", "9001"]
