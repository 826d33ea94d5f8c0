"""The methods against published examples and cases that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from common.errors import SelectionError
from selection import clusters, regression
from selection.distance import Distance
from selection.methods import deviant, influential, pathway, typical
from selection.regression import LinearModel
from tests.selection.published_data import PUBLISHED, SAVINGS, made_up

CARS = LinearModel("mpg", ("disp", "wt"))


@pytest.fixture(scope="module")
def swiss() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "swiss.csv", index_col="province")


@pytest.fixture(scope="module")
def cars() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "mtcars.csv", index_col="car")


# --- published: Belsley, Kuh and Welsch's savings, as R prints them ----------------------------


def test_libya_has_the_hat_value_and_cooks_distance_that_r_prints(savings: pd.DataFrame) -> None:
    case = influential.most_influential(savings, SAVINGS)
    assert case.index[0] == "Libya"
    assert case.loc["Libya", "hat"] == pytest.approx(0.531457, abs=5e-7)
    assert case.loc["Libya", "cooks_distance"] == pytest.approx(0.2681, abs=5e-5)


def test_the_cases_r_flags_as_influential_are_flagged(savings: pd.DataFrame) -> None:
    case = influential.most_influential(savings, SAVINGS)
    flagged = set(case.index[case["flagged"] != ""])
    assert flagged == {"Chile", "United States", "Zambia", "Libya"}


def test_zambia_saves_more_than_expected_by_the_studentised_residual_r_prints(
    savings: pd.DataFrame,
) -> None:
    case = deviant.worst_explained(savings, SAVINGS, "above")
    assert case.index[0] == "Zambia"
    assert case.loc["Zambia", "studentised"] == pytest.approx(2.8536, abs=5e-5)
    assert case.loc["Zambia", "outside"]


def test_studentised_residuals_are_those_of_fits_without_the_case(savings: pd.DataFrame) -> None:
    by_refitting = regression.fit(savings, SAVINGS).get_influence().resid_studentized_external
    mine = regression.residuals(savings, SAVINGS)["studentised"]
    assert mine.to_numpy() == pytest.approx(np.asarray(by_refitting))


def test_influence_by_dfbetas_is_asked_of_one_cause(savings: pd.DataFrame) -> None:
    case = influential.most_influential(savings, SAVINGS, "dfbetas", "ddpi")
    assert case.index[0] == "Libya"
    assert case["score"].iloc[0] > 1  # beyond R's limit, and why Libya is flagged
    with pytest.raises(SelectionError, match="'gdp' is not in the model"):
        influential.most_influential(savings, SAVINGS, "dfbetas", "gdp")


# --- published: the vignettes of MMRcaseselection ----------------------------------------------


def test_the_typical_and_the_deviant_cars_are_those_of_the_r_package(cars: pd.DataFrame) -> None:
    case = typical.best_explained(cars, CARS)
    assert case.index[0] == "Merc 450SE"
    assert case["score"].iloc[0] == pytest.approx(0.03421046, abs=5e-9)
    for side, car, residual in [
        ("both", "Toyota Corolla", 6.34844),
        ("above", "Toyota Corolla", 6.34844),
        ("below", "Ferrari Dino", -3.40868),
    ]:
        case = deviant.worst_explained(cars, CARS, side)  # type: ignore[arg-type]
        assert case.index[0] == car
        assert case["residual"].iloc[0] == pytest.approx(residual, abs=5e-6)


@pytest.mark.parametrize(
    ("car", "with_it", "without", "value"),
    [
        ("Mazda RX4", -2.34543258, -2.2826106, -0.06282193),
        ("Mazda RX4 Wag", -1.49097212, -0.9197704, -0.57120172),
        ("Datsun 710", -2.47236688, -2.0859521, -0.38641476),
        ("Hornet 4 Drive", 1.78533343, 1.2973499, -0.48798349),
        ("Hornet Sportabout", 1.64719305, -0.2001440, -1.44704909),
    ],
)
def test_pathway_residuals_are_those_of_the_r_package(
    cars: pd.DataFrame, car: str, with_it: float, without: float, value: float
) -> None:
    full = regression.residuals(cars, CARS)["residual"]
    reduced = regression.residuals(cars, LinearModel("mpg", ("wt",)))["residual"]
    assert full[car] == pytest.approx(with_it, abs=5e-8)
    assert reduced[car] == pytest.approx(without, abs=5e-7)
    assert abs(reduced[car]) - abs(full[car]) == pytest.approx(value, abs=5e-8)
    # all five are worse explained with the displacement, so none of them is a pathway case
    assert car not in pathway.brought_nearest(cars, CARS, "disp").index


def test_a_pathway_case_is_better_explained_with_the_cause_than_without(
    cars: pd.DataFrame,
) -> None:
    case = pathway.brought_nearest(cars, CARS, "disp")
    assert (case["residual_without"].abs() > case["residual_with"].abs()).all()
    assert case["score"].is_monotonic_decreasing
    # with residuals of the same sign the values of Gerring and of Weller and Barnes agree
    same = np.sign(case["residual_without"]) == np.sign(case["residual_with"])
    assert case["gerring_value"][same].to_numpy() == pytest.approx(case["score"][same].to_numpy())
    assert (case["gerring_value"][~same] > case["score"][~same]).all()


def test_a_pathway_from_the_only_cause_is_measured_against_the_mean() -> None:
    table = made_up(y=[0, 2, 4, 6], x=[0, 1, 2, 3])
    case = pathway.brought_nearest(table, LinearModel("y", ("x",)), "x")
    # y = 2 x exactly: the gain is the whole distance from the mean, 3
    assert case["score"].to_dict() == pytest.approx({"9001": 3, "9004": 3, "9002": 1, "9003": 1})
    assert list(case.index) == ["9001", "9004", "9002", "9003"]


# --- published: k-means of swiss in R ----------------------------------------------------------


@pytest.mark.parametrize(("number", "within"), [(3, 124.205147818), (4, 102.386635380)])
def test_k_means_reaches_the_within_sum_of_squares_of_r(
    swiss: pd.DataFrame, number: int, within: float
) -> None:
    quality = clusters.quality(swiss, Distance(tuple(swiss.columns)), number, 7, draws=2)
    assert quality["within_sum_of_squares"] == pytest.approx(within, abs=5e-9)


def test_clusters_are_named_by_size_whatever_the_seed(swiss: pd.DataFrame) -> None:
    on = Distance(tuple(swiss.columns))
    one, other = (clusters.find(swiss, on, 3, seed) for seed in (1, 2026))
    assert one.equals(other)
    assert one.value_counts().to_dict() == {"cluster 1": 23, "cluster 2": 16, "cluster 3": 8}


def test_two_groups_far_apart_are_stable_clusters_that_agree_with_the_official_groups() -> None:
    table = made_up(x=[0, 0.1, 0.2, 0.3, 9, 9.1, 9.2, 9.3])
    table["kostra_group"] = ["EKG01"] * 4 + ["EKG02"] * 4
    quality = clusters.quality(table, Distance(("x",)), 2, 1, draws=20)
    assert quality["stability"] == {"cluster 1": 1.0, "cluster 2": 1.0}
    assert quality["agreement"] == {"kostra_group": 1.0}
