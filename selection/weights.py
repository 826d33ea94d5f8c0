"""Random weights of the indicators, and what all draws need at once, in matrices.

The same arithmetic as each method's own ranking, laid out so that a thousand draws take seconds; a
test holds the two to each other. Weights are drawn evenly from all that add to one (the flat
Dirichlet distribution) and scaled to a mean of one, as in OECD/JRC (2008), Handbook on
Constructing Composite Indicators, step 7.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from selection import distance, ranking
from selection.distance import Distance, Matrix
from selection.roles import Roles


def random_weights(columns: int, draws: int, seed: int) -> Matrix:
    """One row a draw, one column an indicator; each row has the mean 1.

    RandomState, because NumPy has promised never to change its stream.
    """
    return np.asarray(np.random.RandomState(seed).dirichlet(np.ones(columns), draws) * columns)


def unweighted(table: pd.DataFrame, how: Distance) -> Matrix:
    """The inner product of a distance with every weight 1."""
    columns = distance.scaled(table, sorted(how.on), how.scaling)
    return distance.inner_product(columns, Distance(how.on, how.metric, how.scaling))


def squared(gaps: Matrix, inner: Matrix, weights: Matrix) -> Matrix:
    """x' W A W x for each gap x (one row each) and each draw of weights (one column each)."""
    parts = gaps[:, :, None] * gaps[:, None, :] * inner
    both = weights[:, :, None] * weights[:, None, :]
    return np.asarray(parts.reshape(len(gaps), -1) @ both.reshape(len(weights), -1).T)


def by_ties(table: pd.DataFrame, roles: Roles) -> NDArray[np.intp]:
    """Row numbers in the order in which ties are broken."""
    even = pd.Series(0.0, table.index)
    ties = roles.ties_in(table)
    order = ranking.ranked(table, even, largest_first=False, tie_break=ties).index
    return np.asarray(table.index.get_indexer(order))


def take(
    score: Matrix, table: pd.DataFrame, roles: Roles, strata: Mapping[str, Sequence[str]],
    asked: Mapping[str, int],
) -> list[dict[str, list[str]]]:  # fmt: skip
    """The smallest scores of each network in each draw; nobody is chosen twice."""
    order = by_ties(table, roles)
    score = (score / np.abs(score).max(axis=0)).round(12)
    score, codes = score[order], table.index[order]
    draws: list[dict[str, list[str]]] = [{} for _ in range(score.shape[1])]
    for network, number in asked.items():
        rows = np.flatnonzero(codes.isin(list(strata[network])))
        best = rows[np.argsort(score[rows], axis=0, kind="stable")[:number]]
        for draw, chosen in enumerate(draws):
            chosen[network] = list(codes[best[:, draw]])
            score[best[:, draw], draw] = np.inf
    return draws
