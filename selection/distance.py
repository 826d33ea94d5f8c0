"""How far apart candidates are on background indicators.

Sources: Mahalanobis (1936). Nielsen (2016), Case Selection via Matching, Sociological Methods &
Research 45, for matching as case selection and for the weights in `W inv(S) W`.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from scipy.stats import median_abs_deviation

from common.errors import SelectionError
from selection.entry import Bilingual, Phrasing
from selection.ranking import ranked

Scaling = Literal["z", "rank", "robust"]
Metric = Literal["mahalanobis", "standardised"]
Matrix = NDArray[np.float64]
_COLLINEAR = 1e-8

METRICS = {
    "standardised": Bilingual(
        nb="standardisert euklidsk avstand", en="standardised Euclidean distance"
    ),
    "mahalanobis": Bilingual(nb="Mahalanobis-avstand", en="Mahalanobis distance"),
    "propensity": Bilingual(
        nb="forskjell i tilbøyelighetsskår (propensity score)", en="difference in propensity score"
    ),
}
SCALINGS = {
    "z": Bilingual(nb="z-skårer", en="z-scores"),
    "rank": Bilingual(nb="rangtall", en="ranks"),
    "robust": Bilingual(
        nb="verdier skalert med median og MAD", en="values scaled by median and MAD"
    ),
}


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

    def in_words(self, phrasing: Phrasing, metric: str = "") -> str:
        """The distance as part of a sentence; `metric` where another takes its place."""
        described = phrasing(
            "{metric} mellom {scaling} av {on}",
            "{metric} on {scaling} of {on}",
            metric=METRICS[metric or self.metric].text_in(phrasing.language),
            scaling=SCALINGS[self.scaling].text_in(phrasing.language),
            on=phrasing.listed(self.on),
        )
        weighed = {name: weight for name, weight in self.weights.items() if weight != 1}
        weights = "; ".join(
            f"{phrasing.column(name)} {phrasing.number(weight)}" for name, weight in weighed.items()
        )
        return f"{described} ({phrasing('vekter', 'weights')}: {weights})" if weights else described


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
    values, centre, spread = _centred(values, scaling)
    for column in on:
        if not _is_spread(centre[column], spread[column]):
            raise SelectionError(
                f"'{column}' hardly varies among the {len(values)} candidates, so it can't tell "
                f"them apart ({scaling} scaling). Leave it out or choose another scaling.",
                nb=f"'{column}' varierer nesten ikke blant de {len(values)} kandidatene og kan "
                f"ikke skille dem (skalering: {scaling}). Utelat den eller velg en annen.",
            )
    return values.sub(centre, axis=1).div(spread, axis=1)


def varies(values: pd.Series, scaling: Scaling = "z") -> bool:
    """Whether a column without missing figures can be scaled."""
    _, centre, spread = _centred(values.astype(float).to_frame(), scaling)
    return _is_spread(centre.iloc[0], spread.iloc[0])


def _centred(values: pd.DataFrame, scaling: Scaling) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """The columns, or their ranks, with their centres and spreads."""
    if scaling == "robust":
        return values, values.median(), values.apply(median_abs_deviation, scale="normal")
    values = values.rank() if scaling == "rank" else values
    return values, values.mean(), values.std(ddof=1)


def _is_spread(centre: float, spread: float) -> bool:
    return bool(spread > _COLLINEAR * max(1.0, abs(centre)))


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
    columns = scaled(in_order(table), sorted(distance.on), distance.scaling)
    inner = inner_product(columns, distance)
    values = columns.to_numpy()
    return pd.Series(np.sqrt(np.einsum("ij,jk,ik->i", values, inner, values)), columns.index)


def matrix(table: pd.DataFrame, distance: Distance) -> pd.DataFrame:
    """The distance of each row from each other, as a square with the index on both sides."""
    columns = scaled(in_order(table), sorted(distance.on), distance.scaling)
    inner = inner_product(columns, distance)
    square = squareform(pdist(columns.to_numpy(), "mahalanobis", VI=inner))
    return pd.DataFrame(square, index=columns.index, columns=columns.index)


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


def banded(table: pd.DataFrame, column: str, cuts: Sequence[float] = ()) -> pd.Series:
    """A column as categories: as it is, or in bands with the cut points given (lower end in)."""
    if not cuts:
        return table[column]
    edges = [-np.inf, *sorted(cuts), np.inf]
    names = [
        f"< {edges[1]:g}",
        *(f"{low:g}–{high:g}" for low, high in itertools.pairwise(edges[1:-1])),
        f"≥ {edges[-2]:g}",
    ]
    return pd.cut(table[column].astype(float), edges, right=False, labels=names)


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by index, so that sums are made in one order whatever order the rows came in."""
    return table.sort_index()
