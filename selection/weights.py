"""How the choice moves with the weights of the indicators: all draws at once, in matrices.

The same arithmetic as in `distance`, `scores` and `variety`, laid out so that a thousand draws take
seconds; a test holds the two to each other. Weights are drawn evenly from all that add to one (the
flat Dirichlet distribution) and scaled to a mean of one, as in OECD/JRC (2008), Handbook on
Constructing Composite Indicators, step 7.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from common.errors import SelectionError
from selection import choice, distance, ranking
from selection.distance import Distance
from selection.roles import Pairs, distance_of, put_together, uses_model
from selection.rule import Crucial, Diverse, Extreme, MostDifferent, Random, Rule

Matrix = NDArray[np.float64]
Draw = list[str]
"""The codes chosen in a network in one draw."""


def random_weights(columns: int, draws: int, seed: int) -> Matrix:
    """One row a draw, one column an indicator; each row has the mean 1.

    RandomState, because NumPy has promised never to change its stream.
    """
    return np.asarray(np.random.RandomState(seed).dirichlet(np.ones(columns), draws) * columns)


def weighted_columns(rule: Rule) -> tuple[str, ...]:
    """The columns whose weights can be drawn, in order.

    Raises SelectionError with the reason where weights do not enter the method.
    """
    method = rule.method
    kind = method.name.replace("_", " ")
    if isinstance(method, Crucial):
        raise SelectionError(
            "a crucial case has the weights of the expectation.",
            nb="et avgjørende case har vektene til forventningen.",
        )
    if isinstance(method, Random):
        raise SelectionError("a choice by lot has none.", nb="en loddtrekning har ingen vekter.")
    if uses_model(method):
        raise SelectionError(
            f"{kind} cases stand on a regression, which weighs by itself.",
            nb="metoden hviler på en regresjon, som veier selv.",
        )
    if isinstance(method, Pairs) and method.metric == "propensity":
        raise SelectionError(
            "a propensity weighs its indicators itself.",
            nb="en tilbøyelighet veier indikatorene selv.",
        )
    columns = (
        put_together(rule, method) if isinstance(method, Extreme) else distance_of(rule, method).on
    )
    if len(columns) < 2:
        raise SelectionError(
            f"{kind} cases are chosen on one indicator only.",
            nb="metoden velger etter bare én indikator.",
        )
    return tuple(sorted(columns))


def choose_under(
    rule: Rule, table: pd.DataFrame, strata: Mapping[str, Sequence[str]], weights: Matrix
) -> list[dict[str, Draw]]:
    """For each row of weights the codes chosen in each network.

    `table` holds the candidates with the columns transformed; a column of `weights` belongs to each
    of `weighted_columns`.
    """
    method = rule.method
    table = table.sort_index()
    if isinstance(method, Diverse):
        return _diverse(rule, method, table, strata, weights)
    if isinstance(method, Pairs):
        return _pairs(rule, method, table, strata, weights)
    score = (
        _extreme(rule, method, table, weights)
        if isinstance(method, Extreme)
        else _squared(_scaled(rule, table), _inner(rule, table), weights)
    )
    return _take(rule, _by_ties(rule, table), score, table.index, strata)


# --- scores: one row a candidate, one column a draw ---


def _scaled(rule: Rule, table: pd.DataFrame) -> Matrix:
    how = distance_of(rule, rule.method)
    return distance.scaled(table, sorted(how.on), how.scaling).to_numpy(float)


def _inner(rule: Rule, table: pd.DataFrame) -> Matrix:
    """The inner product of the distance with every weight 1."""
    how = distance_of(rule, rule.method)
    columns = distance.scaled(table, sorted(how.on), how.scaling)
    return distance.inner_product(columns, Distance(how.on, how.metric, how.scaling))


def _squared(gaps: Matrix, inner: Matrix, weights: Matrix) -> Matrix:
    """x' W A W x for each gap x (one row each) and each draw of weights (one column each)."""
    parts = gaps[:, :, None] * gaps[:, None, :] * inner
    both = weights[:, :, None] * weights[:, None, :]
    return np.asarray(parts.reshape(len(gaps), -1) @ both.reshape(len(weights), -1).T)


def _extreme(rule: Rule, method: Extreme, table: pd.DataFrame, weights: Matrix) -> Matrix:
    """What is smallest for the case farthest out, so that all scores are smallest first."""
    sign = put_together(rule, method)
    columns = distance.scaled(table, sorted(sign), method.scaling).to_numpy(float)
    turned = weights * np.sign([sign[name] for name in sorted(sign)])
    standard = columns @ turned.T / weights.sum(axis=1)
    if method.end == "both":
        return np.asarray(-np.abs(standard))
    return np.asarray(standard if method.end == "low" else -standard)


# --- taking ---


def _by_ties(rule: Rule, table: pd.DataFrame) -> NDArray[np.intp]:
    """Row numbers in the order in which ties are broken."""
    even = pd.Series(0.0, table.index)
    order = ranking.ranked(table, even, largest_first=False, tie_break=rule.ties).index
    return np.asarray(table.index.get_indexer(order))


def _take(
    rule: Rule,
    by_ties: NDArray[np.intp],
    score: Matrix,
    codes: pd.Index,
    strata: Mapping[str, Sequence[str]],
) -> list[dict[str, Draw]]:
    """The smallest scores of each network in each draw; nobody is chosen twice."""
    score = (score / np.abs(score).max(axis=0)).round(12)
    score, codes = score[by_ties], codes[by_ties]
    draws: list[dict[str, Draw]] = [{} for _ in range(score.shape[1])]
    for network, number in choice.quotas(rule, strata).items():
        rows = np.flatnonzero(codes.isin(list(strata[network])))
        best = rows[np.argsort(score[rows], axis=0, kind="stable")[:number]]
        for draw, chosen in enumerate(draws):
            chosen[network] = list(codes[best[:, draw]])
            score[best[:, draw], draw] = np.inf
    return draws


def _pairs(
    rule: Rule,
    method: Pairs,
    table: pd.DataFrame,
    strata: Mapping[str, Sequence[str]],
    weights: Matrix,
) -> list[dict[str, Draw]]:
    members = {network: list(codes) for network, codes in strata.items()}
    order = choice.rank(rule, table)
    # in the order of ties, not of the distance the rule's own weights give
    order = distance.ranked_pairs(
        order[["code_a", "code_b"]].assign(distance=0.0),
        table,
        largest_first=False,
        tie_break=rule.ties,
    )
    order = order.drop(columns="rank")
    allowed = {n: choice.allowed_pairs(method, order, members, n).index for n in members}
    columns = _scaled(rule, table)
    a, b = (table.index.get_indexer(pd.Index(order[side])) for side in ("code_a", "code_b"))
    far = np.sqrt(_squared(columns[a] - columns[b], _inner(rule, table), weights))
    far = (far / far.max(axis=0)).round(12)
    if isinstance(method, MostDifferent):
        far = -far
    asked = choice.quotas(rule, strata)
    draws: list[dict[str, Draw]] = []
    for draw in range(len(weights)):
        taken: set[int] = set()
        chosen: dict[str, Draw] = {}
        for network, rows in allowed.items():
            number = asked[network] // 2 if method.partner == "within" else asked[network]
            nearest = rows[np.argsort(far[rows, draw], kind="stable")]
            pairs = _disjoint(a, b, nearest, number, taken)
            both = [table.index[row] for pair in pairs for row in pair]
            chosen[network] = [code for code in both if code in members[network]]
        draws.append(chosen)
    return draws


def _disjoint(
    a: NDArray[np.intp], b: NDArray[np.intp], rows: pd.Index, number: int, taken: set[int]
) -> list[tuple[int, int]]:
    """The first pairs in which nobody comes twice; adds them to those taken."""
    pairs: list[tuple[int, int]] = []
    for row in rows:
        if len(pairs) == number:
            break
        pair = int(a[row]), int(b[row])
        if not taken & set(pair):
            taken |= set(pair)
            pairs.append(pair)
    return pairs


def _diverse(
    rule: Rule,
    method: Diverse,
    table: pd.DataFrame,
    strata: Mapping[str, Sequence[str]],
    weights: Matrix,
) -> list[dict[str, Draw]]:
    """One case a cell in each draw. Clusters are made anew, starting from the rule's own."""
    columns = _scaled(rule, table)
    cells = choice.cells_of(rule, method, table).loc[table.index].astype(str)
    own = np.unique(cells, return_inverse=True)[1]
    start = np.array([columns[own == cell].mean(axis=0) for cell in range(own.max() + 1)])
    by_ties = _by_ties(rule, table)
    codes = table.index[by_ties]
    rows = {n: np.flatnonzero(codes.isin(list(members))) for n, members in strata.items()}
    draws = []
    with threadpool_limits(1):
        for weight in weights:
            stretched = columns * weight
            labels = own
            if method.clusters:
                fitted = KMeans(method.clusters, init=start * weight, n_init=1).fit(stretched)
                labels = _by_size(fitted.labels_)
            score = _from_others(stretched, labels)
            score = (score / max(score.max(), 1e-300)).round(12)
            draws.append(
                _spread(rows, choice.quotas(rule, strata), score[by_ties], labels[by_ties], codes)
            )
    return draws


def _by_size(labels: NDArray[np.int32]) -> NDArray[np.intp]:
    """Labels from 0 by size, then by the first row in them, as `variety` names clusters."""
    found, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    new = np.empty(found.max() + 1, dtype=np.intp)
    new[found[order]] = np.arange(len(found))
    return new[labels]


def _from_others(columns: Matrix, labels: NDArray[np.intp]) -> Matrix:
    """The mean distance of each row to the others of its cell."""
    score = np.zeros(len(columns))
    for cell in range(labels.max() + 1):
        inside = columns[labels == cell]
        gap = np.sqrt(((inside[:, None, :] - inside[None, :, :]) ** 2).sum(axis=2))
        score[labels == cell] = gap.sum(axis=0) / max(len(inside) - 1, 1)
    return score


def _spread(
    rows: Mapping[str, NDArray[np.intp]],
    asked: Mapping[str, int],
    score: Matrix,
    labels: NDArray[np.intp],
    codes: pd.Index,
) -> dict[str, Draw]:
    """The best of each cell, largest cells first, then the second best, and so on."""
    sizes = np.bincount(labels)
    taken: set[int] = set()
    chosen: dict[str, Draw] = {}
    for network, number in asked.items():
        turn: dict[int, int] = {}
        order: list[tuple[int, int, int, int, int]] = []
        for row in rows[network][np.argsort(score[rows[network]], kind="stable")]:
            if row not in taken:
                cell = int(labels[row])
                turn[cell] = turn.get(cell, -1) + 1
                order.append((turn[cell], -sizes[cell], cell, len(order), int(row)))
        best = [row for *_, row in sorted(order)[:number]]
        taken |= set(best)
        chosen[network] = [str(codes[row]) for row in best]
    return chosen
