"""The linear regression of the outcome that some methods stand on.

Ordinary least squares by statsmodels. Source: Seawright and Gerring (2008), Political Research
Quarterly 61:294, unless a function says otherwise; Lieberman (2005), American Political Science
Review 99:435, on when a model is good enough to choose by; Rohlfing and Starke (2013), Swiss
Political Science Review 19:492, on intervals instead of bare residuals.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import variance_inflation_factor

from common.errors import SelectionError
from selection.distance import collinear_pair

_COLLINEAR = 1e-8


@dataclass(frozen=True)
class LinearModel:
    """A linear model: the outcome and the columns that are to explain it."""

    outcome: str
    explained_by: tuple[str, ...]


def fit(table: pd.DataFrame, model: LinearModel) -> Any:
    """The fitted model (statsmodels RegressionResults), rows and columns in one fixed order.

    Raises SelectionError for a missing figure, a constant outcome, columns of which one follows
    from the others, or too few rows.
    """
    columns = sorted(model.explained_by)
    data = table.sort_index()[[model.outcome, *columns]].astype(float)
    if data.isna().any(axis=None):
        column = data.columns[data.isna().any()][0]
        raise SelectionError(
            f"'{column}' is missing for some candidates; leave them out first.",
            nb=f"'{column}' mangler for noen kandidater; utelat dem først.",
        )
    if len(data) < len(columns) + 3:
        raise SelectionError(
            f"{len(data)} candidates are too few for a regression on {len(columns)} indicators.",
            nb=f"{len(data)} kandidater er for få til en regresjon på {len(columns)} indikatorer.",
        )
    if data[model.outcome].nunique() == 1:
        raise SelectionError(
            f"The outcome '{model.outcome}' is {data[model.outcome].iloc[0]:g} in every candidate, "
            "so there is nothing to explain. Choose another outcome or another universe.",
            nb=f"Utfallet '{model.outcome}' er likt for alle kandidater, så det er ingenting å "
            "forklare. Velg et annet utfall eller et annet univers.",
        )
    if constant := [column for column in columns if data[column].nunique() == 1]:
        raise SelectionError(
            f"'{constant[0]}' is the same in every candidate and can explain nothing. Leave it "
            "out.",
            nb=f"'{constant[0]}' er lik for alle kandidater og kan ikke forklare noe. Utelat den.",
        )
    if len(columns) > 1 and np.linalg.eigvalsh(data[columns].corr())[0] < _COLLINEAR:
        raise SelectionError(
            f"{collinear_pair(data[columns])} A regression can't part them; leave one out.",
            nb=f"{', '.join(columns)}: én følger av de andre, og en regresjon kan ikke skille dem. "
            "Utelat én.",
        )
    return sm.OLS(data[model.outcome], sm.add_constant(data[columns])).fit()


def residuals(table: pd.DataFrame, model: LinearModel) -> pd.DataFrame:
    """One row a candidate: observed, expected, residual, studentised, and a 95 % interval.

    `studentised` leaves the case itself out of s (R: rstudent); `outside` says whether the case
    lies outside the 95 % prediction interval (`low`, `high`).
    """
    done = fit(table, model)
    interval = done.get_prediction().summary_frame(alpha=0.05)
    observed = pd.Series(done.model.endog, index=done.fittedvalues.index)
    return pd.DataFrame(
        {
            "observed": observed,
            "expected": done.fittedvalues,
            "residual": done.resid,
            "studentised": studentised(done),
            "low": interval["obs_ci_lower"],
            "high": interval["obs_ci_upper"],
            "outside": (observed < interval["obs_ci_lower"])
            | (observed > interval["obs_ci_upper"]),
        }
    )


def studentised(done: Any) -> Any:
    """Residuals over the s of a fit without the case itself, which needs no such fit.

    Belsley, Kuh and Welsch (1980), ch. 2; statsmodels' own fits the model anew for every case. A
    case on which a coefficient hangs alone has none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        internal = done.get_influence().resid_studentized_internal
        return internal * np.sqrt((done.df_resid - 1) / (done.df_resid - internal**2))


def diagnostics(table: pd.DataFrame, model: LinearModel) -> dict[str, Any]:
    """What a reader must know of a model before believing it, ready for JSON.

    n, r_squared, adjusted_r_squared, residual_standard_error, breusch_pagan_p (small: the spread
    differs along the line), and for each column its coefficient, standard error and variance
    inflation factor (above 10: hardly to be told from the others).
    """
    done = fit(table, model)
    names = list(done.params.index)
    return {
        "n": int(done.nobs),
        "r_squared": float(done.rsquared),
        "adjusted_r_squared": float(done.rsquared_adj),
        "residual_standard_error": float(np.sqrt(done.mse_resid)),
        "breusch_pagan_p": float(het_breuschpagan(done.resid, done.model.exog)[1]),
        "coefficients": {
            name: {
                "coefficient": float(done.params[name]),
                "standard_error": float(done.bse[name]),
                "variance_inflation": float(variance_inflation_factor(done.model.exog, number))
                if name != "const"
                else None,
            }
            for number, name in enumerate(names)
        },
    }
