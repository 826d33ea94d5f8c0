"""Methods that need no regression: extreme, typical by the centre, most and least likely."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from common.errors import SelectionError
from selection.distance import Distance, Scaling, from_centre, scaled
from selection.ranking import TieBreak, ranked

End = Literal["high", "low", "both"]
Kind = Literal["most_likely", "least_likely"]


def central(table: pd.DataFrame, distance: Distance, tie_break: TieBreak = ()) -> pd.DataFrame:
    """Typical without a model: the smallest distance to the centre of all candidates.

    The descriptive form of the typical case (Gerring 2007, Case Study Research, ch. 5).
    """
    return ranked(table, from_centre(table, distance), largest_first=False, tie_break=tie_break)


def composite(
    table: pd.DataFrame, weights: Mapping[str, float], scaling: Scaling = "z"
) -> pd.Series:
    """The weighted mean of scaled columns; a negative weight turns a column round."""
    names = sorted(weights)
    columns = scaled(table.sort_index(), names, scaling)
    signed = np.array([weights[name] for name in names])
    return pd.Series(columns.to_numpy() @ signed / np.abs(signed).sum(), columns.index)


def extreme(
    table: pd.DataFrame,
    weights: Mapping[str, float],
    end: End = "both",
    scaling: Scaling = "z",
    tie_break: TieBreak = (),
) -> pd.DataFrame:
    """Farthest from the mean: abs((x - mean) / s), or only at the high or the low end.

    Seawright and Gerring (2008), on one variable; Seawright (2016), Sociological Methods &
    Research 45:493, prefers extremes on the cause. With several columns it is their weighted mean.
    `standard_score` keeps the sign.
    """
    standard = composite(table, weights, scaling)
    score = standard.abs() if end == "both" else standard
    order = ranked(table, score, largest_first=end != "low", tie_break=tie_break)
    return order.assign(standard_score=standard.loc[order.index])


def crucial(
    table: pd.DataFrame,
    expectation: Mapping[str, float],
    kind: Kind,
    present: pd.Series | None = None,
    tie_break: TieBreak = (),
) -> pd.DataFrame:
    """Most or least likely cases, by what the theory expects before the data are asked.

    `expectation` is declared, not estimated: `intercept`, and for each column the change in log
    odds of the outcome that theory expects of one standard deviation. The expected probability is
    the `score`. With `present` (is the outcome there?) only cases that contradict the theory are
    left: most likely ones without the outcome, least likely ones with it. Eckstein (1975), Case
    Study and Theory in Political Science; Gerring (2007), Comparative Political Studies 40:231.
    """
    names = sorted(set(expectation) - {"intercept"})
    if not names:
        raise SelectionError("A crucial case needs an expectation of at least one indicator.")
    columns = scaled(table.sort_index(), names)
    slopes = np.array([expectation[name] for name in names])
    log_odds = expectation.get("intercept", 0.0) + columns.to_numpy() @ slopes
    probability = pd.Series(1 / (1 + np.exp(-log_odds)), columns.index)
    if present is not None:
        wanted = kind == "least_likely"
        probability = probability[present.loc[probability.index].astype(bool) == wanted]
        if probability.empty:
            raise SelectionError(
                f"No candidate contradicts the expectation as a {kind.replace('_', ' ')} case: "
                f"the outcome is {'absent' if wanted else 'present'} in all of them."
            )
    order = ranked(table, probability, largest_first=kind == "most_likely", tie_break=tie_break)
    return order.assign(expected_probability=order["score"])
