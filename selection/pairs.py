"""Pairs of candidates: what pairs there can be, and in which order.

A pair ranking has one row a pair, closest (or farthest) first, with the columns `rank`, `code_a`,
`code_b` (a before b) and `distance`.

Sources: Seawright and Gerring (2008), Political Research Quarterly 61:294, for what most similar
and most different cases are for. Rosenbaum and Rubin (1985), American Statistician 39:33, for the
propensity score on the logit scale. Iacus, King and Porro (2012), Political Analysis 20:1, for
bands before distance.
"""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from common.errors import SelectionError
from selection.distance import Matrix, banded, in_order, scaled
from selection.ranking import TieBreak, ranked


def all_pairs(distances: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of different rows of a square of distances: code_a, code_b, distance."""
    a, b = np.triu_indices(len(distances), k=1)
    codes = distances.index.to_numpy()
    return pd.DataFrame(
        {"code_a": codes[a], "code_b": codes[b], "distance": distances.to_numpy()[a, b]}
    )


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
    value = scaled(in_order(table), [column])[column]
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


def propensity(table: pd.DataFrame, treatment: str, on: Sequence[str]) -> pd.Series:
    """The logit of the probability of being treated, given the columns: logistic regression.

    Two candidates are alike when it is alike (Rosenbaum and Rubin 1985). Raises SelectionError
    where the columns tell the treated from the rest without fail, so that there is no estimate.
    """
    table = in_order(table)
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
