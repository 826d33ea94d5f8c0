"""What must hold for any figures: order of rows and columns, scale, seed and quotas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selection import clusters, distance, pairs, ranking, regression
from selection.distance import Distance, Metric
from selection.methods import crucial, deviant, diverse, extreme, influential, pathway, typical
from selection.regression import LinearModel

COLUMNS = ["a", "b", "c"]
QUICK = settings(max_examples=40, deadline=None)


@st.composite
def tables(draw: st.DrawFn, rows: int = 12) -> pd.DataFrame:
    """Invented figures for invented codes, with each column varying."""
    whole = st.integers(-50, 50)
    column = st.lists(whole, min_size=rows, max_size=rows).filter(lambda v: len(set(v)) > 3)
    table = pd.DataFrame(
        {name: draw(column) for name in [*COLUMNS, "y"]},
        index=[f"{9001 + row}" for row in range(rows)],
        dtype=float,
    )
    # far from collinear: what is asked here is order and scale, not ill-conditioned sums
    assume(np.linalg.eigvalsh(table[COLUMNS].corr())[0] > 0.01)
    return table


def every_ranking(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    model, on = LinearModel("y", tuple(COLUMNS)), Distance(tuple(COLUMNS))
    cells = diverse.quantiles(table, "a", 3)
    return {
        "typical": typical.best_explained(table, model),
        "deviant": deviant.worst_explained(table, model),
        "influential": influential.most_influential(table, model),
        "pathway": pathway.brought_nearest(table, model, "a"),
        "central": typical.nearest_the_centre(table, on),
        "extreme": extreme.farthest_out(table, {"a": 1.0, "b": -0.5}),
        "crucial": crucial.by_likelihood(table, {"a": 1.0, "b": 0.3}, "most_likely"),
        "diverse": diverse.one_of_each(table, cells, distance.matrix(table, on)),
        "similar": pairs.ranked_pairs(
            pairs.all_pairs(distance.matrix(table, on)), table, largest_first=False
        ),
        "random": ranking.random_order(table.index, 7),
    }


@settings(max_examples=8, deadline=None)  # ten methods an example
@given(table=tables(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_columns_changes_nothing(table: pd.DataFrame, seed: int) -> None:
    rows = table.sample(frac=1, random_state=seed)
    shuffled = rows[list(rows.columns[::-1])]
    after = every_ranking(shuffled)
    for name, before in every_ranking(table).items():
        pd.testing.assert_frame_equal(before, after[name], check_exact=True)


@QUICK
@given(
    table=tables(),
    metric=st.sampled_from(["standardised", "mahalanobis"]),
    factor=st.sampled_from([0.001, 0.5, 3.0, 1000.0]),
    shift=st.integers(-1000, 1000),
)
def test_distances_do_not_hang_on_units(
    table: pd.DataFrame, metric: Metric, factor: float, shift: int
) -> None:
    on = Distance(tuple(COLUMNS), metric, weights={"a": 2.0})
    other = table.assign(b=table["b"] * factor + shift)
    before, after = distance.matrix(table, on), distance.matrix(other, on)
    assert after.to_numpy() == pytest.approx(before.to_numpy(), rel=1e-6, abs=1e-6)


@QUICK
@given(table=tables())
def test_mahalanobis_is_the_same_on_any_mixture_of_the_indicators(table: pd.DataFrame) -> None:
    on = Distance(tuple(COLUMNS), "mahalanobis")
    mixed = table.assign(a=table["a"] + table["b"], c=2 * table["c"] - table["a"])
    assert distance.matrix(mixed, on).to_numpy() == pytest.approx(
        distance.matrix(table, on).to_numpy(), rel=1e-6, abs=1e-6
    )


@QUICK
@given(table=tables())
def test_distances_are_distances(table: pd.DataFrame) -> None:
    square = distance.matrix(table, Distance(tuple(COLUMNS), "mahalanobis")).to_numpy()
    assert (np.diag(square) == 0).all()
    assert (square == square.T).all()
    through = square[:, :, None] + square[None, :, :]
    assert (square[:, None, :] <= through + 1e-9).all()  # no shorter way by a third


@QUICK
@given(table=tables(), factor=st.sampled_from([0.01, 4.0]), shift=st.integers(-100, 100))
def test_residual_methods_do_not_hang_on_the_units_of_the_explanation(
    table: pd.DataFrame, factor: float, shift: int
) -> None:
    model = LinearModel("y", tuple(COLUMNS))
    other = table.assign(a=table["a"] * factor + shift)
    before = regression.residuals(table, model)["residual"]
    after = regression.residuals(other, model)["residual"]
    assert after.to_numpy() == pytest.approx(before.to_numpy(), abs=1e-6)


@QUICK
@given(table=tables())
def test_a_duplicate_is_at_no_distance_and_takes_the_place_beside_its_double(
    table: pd.DataFrame,
) -> None:
    doubled = pd.concat([table, table.iloc[[3]].set_axis(["9999"])])
    near = distance.nearest(
        distance.matrix(doubled, Distance(tuple(COLUMNS))), ["9999"], doubled.index, 1
    )
    assert near["distance"].iloc[0] == 0
    assert (table.loc[near["neighbour_code"].iloc[0]] == table.iloc[3])[COLUMNS].all()


@given(
    codes=st.sets(st.integers(1000, 9999).map(str), min_size=3, max_size=30),
    seed=st.integers(0, 10**9),
    data=st.data(),
)
def test_the_random_order_stays_when_a_candidate_leaves(
    codes: set[str], seed: int, data: st.DataObject
) -> None:
    order = ranking.random_order(codes, seed)
    assert sorted(order.index) == sorted(codes)
    gone = data.draw(st.sampled_from(sorted(codes)))
    without = ranking.random_order(codes - {gone}, seed)
    assert list(without.index) == [code for code in order.index if code != gone]


def test_the_random_order_gives_each_candidate_its_turn() -> None:
    codes = [f"{9001 + row}" for row in range(5)]
    first = pd.Series([ranking.random_order(codes, seed).index[0] for seed in range(2000)])
    # 400 expected of each; six standard deviations (18) is far beyond chance
    assert first.value_counts().between(400 - 6 * 18, 400 + 6 * 18).all()


@given(
    members=st.lists(
        st.sets(st.integers(9001, 9030).map(str), min_size=6, max_size=20), min_size=1, max_size=3
    ),
    quota=st.integers(1, 2),
    seed=st.integers(0, 1000),
)
def test_quotas_are_met_by_members_and_nobody_is_chosen_twice(
    members: list[set[str]], quota: int, seed: int
) -> None:
    strata = {f"network_{number}": codes for number, codes in enumerate(members)}
    order = ranking.random_order(set().union(*members), seed)
    chosen = ranking.by_quota(order, strata, dict.fromkeys(strata, quota))
    assert chosen.index.is_unique
    assert chosen["stratum"].value_counts().to_dict() == dict.fromkeys(strata, quota)
    for code, stratum in chosen["stratum"].items():
        assert code in strata[stratum]


@QUICK
@given(table=tables(), seed=st.integers(0, 1000), number=st.integers(2, 4))
def test_clusters_come_again_with_the_seed(table: pd.DataFrame, seed: int, number: int) -> None:
    on = Distance(tuple(COLUMNS))
    one = clusters.find(table, on, number, seed)
    assert one.equals(clusters.find(table.sample(frac=1, random_state=seed), on, number, seed))
    sizes = one.value_counts()
    assert [sizes[f"cluster {place}"] for place in range(1, number + 1)] == sorted(
        sizes, reverse=True
    )


@QUICK
@given(table=tables(), parts=st.integers(2, 5))
def test_diverse_covers_every_cell_before_it_repeats_one(table: pd.DataFrame, parts: int) -> None:
    cells = diverse.quantiles(table, "a", parts)
    case = diverse.one_of_each(table, cells, distance.matrix(table, Distance(tuple(COLUMNS))))
    assert set(case["cell"].head(cells.nunique())) == set(cells)
    assert len(case) == len(table)
