"""Clusters of candidates by k-means, and how far they can be trusted.

A series of cells has one name of a cell for each municipality code.
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits

from common.errors import SelectionError
from selection.distance import Distance, scaled

_STARTS = 50


def find(table: pd.DataFrame, distance: Distance, number: int, seed: int) -> pd.Series:
    """Cells by k-means on the scaled columns, best of 50 starts; cluster 1 is the largest.

    MacQueen (1967), by scikit-learn. Only the standardised distance has a k-means; weights
    stretch the columns. Raises SelectionError where there are not so many different candidates.
    """
    columns = _stretched(table, distance)
    if len(columns.drop_duplicates()) < number:
        raise SelectionError(
            f"{number} clusters are asked for, and there are {len(columns.drop_duplicates())} "
            "different candidates.",
            nb=f"det bes om {number} klynger, og {len(columns.drop_duplicates())} kandidater er "
            "ulike.",
        )
    labels = _k_means(columns, number, seed, _STARTS).labels_
    return _named_by_size(pd.Series(labels, columns.index))


def _k_means(
    columns: pd.DataFrame, number: int, seed: int, starts: int, times: Any = None
) -> KMeans:
    model = KMeans(number, n_init=starts, random_state=seed)
    with threadpool_limits(1):  # a few hundred rows: threads cost more than they give
        return model.fit(columns.to_numpy(), sample_weight=times)


def _stretched(table: pd.DataFrame, distance: Distance) -> pd.DataFrame:
    names = sorted(distance.on)
    columns = scaled(table.sort_index(), names, distance.scaling)
    return columns.mul([float(distance.weights.get(name, 1.0)) for name in names], axis=1)


def _named_by_size(labels: pd.Series) -> pd.Series:
    """Names for clusters that do not hang on chance: by size, then by the lowest code in them."""
    members = {label: sorted(labels.index[labels == label]) for label in labels.unique()}
    order = sorted(members, key=lambda label: (-len(members[label]), members[label][0]))
    names = {label: f"cluster {place}" for place, label in enumerate(order, start=1)}
    return labels.map(names).rename("cell")


def quality(
    table: pd.DataFrame, distance: Distance, number: int, seed: int, draws: int = 100
) -> dict[str, Any]:
    """How far clusters can be trusted, ready for JSON.

    within_sum_of_squares; silhouette (Rousseeuw 1987; 1 well apart, 0 not); for each cluster its
    stability, the mean Jaccard similarity to its nearest cluster in bootstrap samples (Hennig 2007,
    Computational Statistics & Data Analysis 52:258; below 0.6 not to be trusted, 0.75 stable); and
    the agreement with official groupings in the table (adjusted Rand index: 1 same, 0 chance).
    """
    columns = _stretched(table, distance)
    best = _k_means(columns, number, seed, _STARTS)
    cells = _named_by_size(pd.Series(best.labels_, columns.index))
    official = [name for name in ("kostra_group", "centrality_class") if name in table]
    return {
        "clusters": number,
        "within_sum_of_squares": float(best.inertia_),
        "silhouette": float(silhouette_score(columns.to_numpy(), best.labels_)),
        "stability": _stability(columns, cells, number, seed, draws),
        "agreement": {
            name: float(adjusted_rand_score(table.loc[cells.index, name].astype(str), cells))
            for name in official
        },
    }


def _stability(
    columns: pd.DataFrame, cells: pd.Series, number: int, seed: int, draws: int
) -> dict[str, float]:
    random = np.random.RandomState(seed)  # its stream is frozen: the same in every NumPy
    found: dict[str, list[float]] = {name: [] for name in sorted(cells.unique())}
    for _ in range(draws):
        drawn = random.randint(0, len(columns), len(columns))
        sample, times = np.unique(drawn, return_counts=True)
        labels = _k_means(columns.iloc[sample], number, seed, 5, times).labels_
        there = cells.iloc[sample].to_numpy()
        for name, values in found.items():
            old = there == name
            if old.any():
                new = [labels == label for label in range(number)]
                values.append(max((old & one).sum() / (old | one).sum() for one in new))
    return {name: float(np.mean(values)) for name, values in found.items()}
