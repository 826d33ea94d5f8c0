"""Cases that are alike and cases that are not: distances on background indicators, and pairs.

A pair ranking has one row a pair, closest (or farthest) first, with the columns `rank`, `code_a`,
`code_b` (a before b) and `distance`.

Sources: Mahalanobis (1936). Nielsen (2016), Case Selection via Matching, Sociological Methods &
Research 45, for matching as case selection and for the weights in `W inv(S) W`. Seawright and
Gerring (2008), Political Research Quarterly 61:294, for what most similar and most different
cases are for. Rosenbaum and Rubin (1985), American Statistician 39:33, for the propensity score on
the logit scale. Iacus, King and Porro (2012), Political Analysis 20:1, for bands before distance.
"""

import itertools
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from scipy.stats import median_abs_deviation
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from common.errors import SelectionError
from selection.ranking import TieBreak, ranked

Scaling = Literal["z", "rank", "robust"]
Metric = Literal["mahalanobis", "standardised"]
Matrix = NDArray[np.float64]
_COLLINEAR = 1e-8


@dataclass(frozen=True)
class Distance:
    """How far apart two candidates are: on which columns, how measured, each with what weight.

    `standardised` is the Euclidean distance of the scaled columns; `mahalanobis` also takes out
    what the columns share. Columns without a weight have weight 1.
    """

    on: tuple[str, ...]
    metric: Metric = "standardised"
    scaling: Scaling = "z"
    weights: Mapping[str, float] = field(default_factory=dict)


def scaled(table: pd.DataFrame, on: Sequence[str], scaling: Scaling = "z") -> pd.DataFrame:
    """The columns on one scale, each with its centre at 0.

    z: (x - mean) / s, s with n - 1. rank: the same of the ranks, ties sharing their mean rank.
    robust: (x - median) / (1.4826 times the median absolute deviation). Raises SelectionError for
    a missing figure or a column that does not vary.
    """
    values = table[list(on)].astype(float)
    if missing := [column for column in on if values[column].isna().any()]:
        raise SelectionError(
            f"'{missing[0]}' is missing for {int(values[missing[0]].isna().sum())} candidates; "
            "leave them out before measuring distances.",
            nb=f"'{missing[0]}' mangler for {int(values[missing[0]].isna().sum())} kandidater; "
            "utelat dem før avstander måles.",
        )
    if scaling == "robust":
        centre, spread = values.median(), values.apply(median_abs_deviation, scale="normal")
    else:
        values = values.rank() if scaling == "rank" else values
        centre, spread = values.mean(), values.std(ddof=1)
    for column in on:
        if not spread[column] > _COLLINEAR * max(1.0, abs(centre[column])):
            raise SelectionError(
                f"'{column}' hardly varies among the {len(values)} candidates, so it can't tell "
                f"them apart ({scaling} scaling). Leave it out or choose another scaling.",
                nb=f"'{column}' varierer nesten ikke blant de {len(values)} kandidatene og kan "
                f"ikke skille dem (skalering: {scaling}). Utelat den eller velg en annen.",
            )
    return values.sub(centre, axis=1).div(spread, axis=1)


def inner_product(columns: pd.DataFrame, distance: Distance) -> Matrix:
    """A of the squared distance (x - y)' A (x - y): W inv(S) W, or W W for standardised."""
    names = sorted(distance.on)
    weights: Matrix = np.diag(np.array([distance.weights.get(name, 1.0) for name in names], float))
    if distance.metric == "standardised":
        return np.asarray(weights @ weights)
    shared = np.atleast_2d(np.cov(columns.to_numpy(), rowvar=False, ddof=1))
    if np.linalg.eigvalsh(shared)[0] < _COLLINEAR:
        raise SelectionError(
            f"{collinear_pair(columns)} Mahalanobis distance can't be computed on them; leave one "
            "out, or use 'metric: standardised'.",
            nb=f"{', '.join(names)}: én følger av de andre, så Mahalanobis-avstand kan ikke "
            "beregnes. Utelat én, eller bruk 'metric: standardised'.",
        )
    return np.asarray(weights @ np.linalg.inv(shared) @ weights)


def collinear_pair(columns: pd.DataFrame) -> str:
    """A sentence naming the two columns that say most nearly the same."""
    names = [str(name) for name in columns]
    correlation = columns.corr().to_numpy()
    a, b = max(
        itertools.combinations(range(len(names)), 2), key=lambda pair: abs(correlation[pair])
    )
    return (
        f"Among {', '.join(names)} one follows from the others; '{names[a]}' and '{names[b]}' are "
        f"closest, with correlation {correlation[a, b]:.4f}."
    )


def from_centre(table: pd.DataFrame, distance: Distance) -> pd.Series:
    """The distance of each row from the centre of all (the mean, or with robust the median)."""
    columns = scaled(_in_order(table), sorted(distance.on), distance.scaling)
    inner = inner_product(columns, distance)
    values = columns.to_numpy()
    return pd.Series(np.sqrt(np.einsum("ij,jk,ik->i", values, inner, values)), columns.index)


def matrix(table: pd.DataFrame, distance: Distance) -> pd.DataFrame:
    """The distance of each row from each other, as a square with the index on both sides."""
    columns = scaled(_in_order(table), sorted(distance.on), distance.scaling)
    inner = inner_product(columns, distance)
    square = squareform(pdist(columns.to_numpy(), "mahalanobis", VI=inner))
    return pd.DataFrame(square, index=columns.index, columns=columns.index)


def all_pairs(distances: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of different rows of a square of distances: code_a, code_b, distance."""
    a, b = np.triu_indices(len(distances), k=1)
    codes = distances.index.to_numpy()
    return pd.DataFrame(
        {"code_a": codes[a], "code_b": codes[b], "distance": distances.to_numpy()[a, b]}
    )


def nearest(
    distances: pd.DataFrame, focal: Collection[str], others: Collection[str], number: int
) -> pd.DataFrame:
    """The nearest `others` of each of `focal`: municipality_code, neighbour_code, rank, distance.

    A case is never its own neighbour; one that equals it in everything is, at distance 0.
    """
    found = []
    for code in sorted(focal):
        among = distances[code].loc[[other for other in sorted(others) if other != code]]
        order = ranked(distances, among, largest_first=False).head(number)
        found.append(
            pd.DataFrame(
                {
                    "municipality_code": code,
                    "neighbour_code": order.index,
                    "rank": order["rank"].to_numpy(),
                    "distance": order["score"].to_numpy(),
                }
            )
        )
    columns = ["municipality_code", "neighbour_code", "rank", "distance"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def propensity(table: pd.DataFrame, treatment: str, on: Sequence[str]) -> pd.Series:
    """The logit of the probability of being treated, given the columns: logistic regression.

    Two candidates are alike when it is alike (Rosenbaum and Rubin 1985). Raises SelectionError
    where the columns tell the treated from the rest without fail, so that there is no estimate.
    """
    table = _in_order(table)
    treated = table[treatment].astype(float)
    if set(treated.unique()) != {0.0, 1.0}:
        raise SelectionError(
            f"'{treatment}' has to be yes for some candidates and no for others to be a treatment.",
            nb=f"'{treatment}' må være ja for noen kandidater og nei for andre.",
        )
    design = sm.add_constant(scaled(table, sorted(on)))
    failed = SelectionError(
        f"{', '.join(sorted(on))} tell those with '{treatment}' from the rest without fail, so a "
        "propensity can't be estimated. Use another distance or fewer indicators.",
        nb=f"{', '.join(sorted(on))} skiller dem med '{treatment}' fra resten uten unntak, så "
        "tilbøyeligheten kan ikke anslås. Bruk et annet avstandsmål eller færre indikatorer.",
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they say is asked of the fit just below
            fit = sm.Logit(treated, design).fit(disp=False, maxiter=200)
    except (PerfectSeparationError, np.linalg.LinAlgError) as error:
        raise failed from error
    linear = design.to_numpy() @ fit.params.to_numpy()
    if not fit.mle_retvals["converged"] or np.abs(linear).max() > 30:
        raise failed
    return pd.Series(linear, index=table.index)


def propensity_matrix(table: pd.DataFrame, treatment: str, on: Sequence[str]) -> pd.DataFrame:
    """The difference in the logit of the propensity of each row from each other."""
    score = propensity(table, treatment, on)
    difference = np.abs(score.to_numpy()[:, None] - score.to_numpy()[None, :])
    return pd.DataFrame(difference, index=score.index, columns=score.index)


def banded(table: pd.DataFrame, column: str, cuts: Sequence[float] = ()) -> pd.Series:
    """A column as categories: as it is, or in bands with the cut points given (lower end in)."""
    if not cuts:
        return table[column]
    edges = [-np.inf, *sorted(cuts), np.inf]
    names = [
        f"under {edges[1]:g}",
        *(f"{low:g} to {high:g}" for low, high in itertools.pairwise(edges[1:-1])),
        f"{edges[-2]:g} or more",
    ]
    return pd.cut(table[column].astype(float), edges, right=False, labels=names)


def exactly_alike(
    pairs: pd.DataFrame, table: pd.DataFrame, bands: Mapping[str, Sequence[float]]
) -> pd.DataFrame:
    """The pairs in which both have the same value, or fall in the same band, of every column."""
    for column, cuts in bands.items():
        value = banded(table, column, cuts).astype(object)
        a, b = value.loc[pairs["code_a"]].to_numpy(), value.loc[pairs["code_b"]].to_numpy()
        pairs = pairs[(a == b) & pd.notna(a)]
    return pairs


def differing(
    pairs: pd.DataFrame, table: pd.DataFrame, column: str, at_least: float
) -> pd.DataFrame:
    """The pairs that differ in a column by at least so many standard deviations of all rows."""
    return pairs[_apart(pairs, table, column) >= at_least]


def agreeing(pairs: pd.DataFrame, table: pd.DataFrame, column: str, within: float) -> pd.DataFrame:
    """The pairs that differ in a column by at most so many standard deviations of all rows."""
    return pairs[_apart(pairs, table, column) <= within]


def _apart(pairs: pd.DataFrame, table: pd.DataFrame, column: str) -> Matrix:
    value = scaled(_in_order(table), [column])[column]
    gap = value.loc[pairs["code_a"]].to_numpy() - value.loc[pairs["code_b"]].to_numpy()
    return np.asarray(np.abs(gap).round(12))


def ranked_pairs(
    pairs: pd.DataFrame, table: pd.DataFrame, *, largest_first: bool, tie_break: TieBreak = ()
) -> pd.DataFrame:
    """Pairs in order of distance; ties go to `tie_break` of the first, of the second, the codes."""
    pairs = pairs.set_index(["code_a", "code_b"]).sort_index()
    keys = {"distance": pairs["distance"]}
    ties = []
    for side in ("code_a", "code_b"):
        codes = pairs.index.get_level_values(side)
        for column, ascending in tie_break:
            keys[f"{side} {column}"] = pd.Series(table[column].loc[codes].to_numpy(), pairs.index)
            ties.append((f"{side} {column}", ascending))
    order = ranked(
        pd.DataFrame(keys), pairs["distance"], largest_first=largest_first, tie_break=ties
    )
    return order.rename(columns={"score": "distance"}).reset_index()


def most_similar(
    table: pd.DataFrame, distance: Distance, differ_on: str, at_least: float = 1.0
) -> pd.DataFrame:
    """Pairs closest on the background that differ in one column: a pair ranking.

    Exploring, the column is the outcome; estimating, it is the cause, and the outcome plays no
    part (Seawright and Gerring 2008; Nielsen 2016).
    """
    pairs = differing(all_pairs(matrix(table, distance)), table, differ_on, at_least)
    return ranked_pairs(pairs, table, largest_first=False)


def most_different(
    table: pd.DataFrame, distance: Distance, same_on: str, within: float = 0.25
) -> pd.DataFrame:
    """Pairs farthest apart on the background that agree in one column: a pair ranking.

    What they do not share can't be necessary for what they do (Seawright and Gerring 2008).
    """
    pairs = agreeing(all_pairs(matrix(table, distance)), table, same_on, within)
    return ranked_pairs(pairs, table, largest_first=True)


def disjoint(pairs: pd.DataFrame, number: int) -> pd.DataFrame:
    """The first pairs of a pair ranking in which no case comes twice."""
    taken: set[str] = set()
    kept: list[int] = []
    for place, (a, b) in enumerate(zip(pairs["code_a"], pairs["code_b"], strict=True)):
        if len(kept) == number:
            break
        if not taken & {a, b}:
            taken |= {a, b}
            kept.append(place)
    return pairs.iloc[kept]


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by index, so that sums are made in one order whatever order the rows came in."""
    return table.sort_index()
