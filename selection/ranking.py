"""From a score to an order, and from an order to cases: ties, quotas and the random benchmark.

Every method of this folder returns a *ranking*: a frame with one row a candidate, indexed by
municipality code, best first, with the columns `rank` (1 is best), `score`, and whatever the
method has to say of the case. Methods that seek pairs return one row a pair instead.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from common.errors import SelectionError

TieBreak = Sequence[tuple[str, bool]]
"""Columns and whether the smallest comes first; the municipality code always comes last."""


def ranked(
    table: pd.DataFrame, score: pd.Series, *, largest_first: bool, tie_break: TieBreak = ()
) -> pd.DataFrame:
    """A ranking of the rows of `table` by a score; rows whose score is missing are left out.

    Scores closer than a million-millionth of the largest are tied, so that the order does not
    hang on how a processor rounds. Ties go to `tie_break`, then to the lowest index.
    """
    score = score.dropna()
    tied = _without_rounding_noise(score)
    keys = pd.DataFrame({"_score": -tied if largest_first else tied})
    for number, (column, ascending) in enumerate(tie_break):
        values = table.loc[score.index, column].astype(float)
        keys[f"_tie_{number}"] = values if ascending else -values
    keys["_code"] = keys.index
    order = keys.sort_values(list(keys.columns), kind="stable").index
    return pd.DataFrame(
        {"rank": np.arange(1, len(order) + 1), "score": score.loc[order]}, index=order
    )


def _without_rounding_noise(score: pd.Series) -> pd.Series:
    largest = score.abs().max()
    return score if not largest > 0 or np.isinf(largest) else (score / largest).round(12)


def random_order(codes: Collection[str], seed: int) -> pd.DataFrame:
    """A random ranking that anybody can make again: the benchmark every other method is held to.

    Candidates stand in the order of the SHA-256 of "seed:code". It needs no random generator, so
    it is the same in R or a spreadsheet, and leaving a candidate out moves no other one.
    """
    digest = {code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest() for code in codes}
    order = sorted(digest, key=lambda code: (digest[code], code))
    return pd.DataFrame(
        {"rank": range(1, len(order) + 1), "score": [int(digest[c][:12], 16) for c in order]},
        index=pd.Index(order, dtype=object),
    )


def spread_over_cells(ranking: pd.DataFrame) -> pd.DataFrame:
    """The ranking with one case a cell first, then a second of each, largest cells first.

    Needs the columns `cell` and `cell_size`; other rankings come back as they are.
    """
    if "cell" not in ranking:
        return ranking
    turn = ranking.groupby("cell").cumcount()
    order = ranking.assign(_turn=turn, _size=-ranking["cell_size"]).sort_values(
        ["_turn", "_size", "cell", "rank"], kind="stable"
    )
    return order.drop(columns=["_turn", "_size"])


def by_quota(
    ranking: pd.DataFrame,
    members: Mapping[str, Collection[str]],
    quotas: Mapping[str, int],
    *,
    or_fewer: bool = False,
) -> pd.DataFrame:
    """The best of each stratum: one row a chosen case, with `stratum` and `place` in it.

    Strata are filled in the order of `quotas`; a municipality in two of them is chosen for the
    first. Raises SelectionError for a stratum with fewer candidates than its quota, unless
    `or_fewer` is enough.
    """
    taken: set[str] = set()
    chosen = []
    for stratum, quota in quotas.items():
        eligible = ranking[ranking.index.isin(set(members[stratum]) - taken)]
        if len(eligible) < quota and not or_fewer:
            raise SelectionError(
                f"{stratum}: cases asked for: {quota}, candidates to choose from: {len(eligible)}. "
                "Ask for fewer, or loosen the rules of the universe.",
                nb=f"{stratum}: antall case det bes om: {quota}, antall kandidater: "
                f"{len(eligible)}. Be om færre, eller gjør reglene for hvem som er med videre.",
            )
        best = spread_over_cells(eligible).head(quota)
        taken |= set(best.index)
        chosen.append(best.assign(stratum=stratum, place=range(1, len(best) + 1)))
    return pd.concat(chosen) if chosen else ranking.head(0).assign(stratum="", place=0)


def runners_up(
    ranking: pd.DataFrame, members: Collection[str], chosen: Collection[str], number: int = 3
) -> pd.DataFrame:
    """The next in a stratum, each with the `margin` in score to the case it came nearest to.

    That is the last case chosen or, where one is chosen a cell, the last one chosen in its cell;
    only cells with a chosen case have runners-up. `margin_in_spreads` is the margin as a share of
    the standard deviation of the stratum's scores: near 0 means that next to nothing parts them.
    """
    stratum = spread_over_cells(ranking[ranking.index.isin(list(members))])
    stratum = stratum.assign(_rival=stratum.get("cell", ""))
    is_chosen = stratum.index.isin(list(chosen))
    to_beat = stratum[is_chosen].groupby("_rival")["score"].last()
    near = stratum[~is_chosen & stratum["_rival"].isin(to_beat.index)].head(number)
    margin = (near["score"] - near["_rival"].map(to_beat).astype(float)).abs()
    spread = stratum["score"].std(ddof=1)
    in_spreads = margin / spread if spread > 0 else np.nan
    return near.drop(columns="_rival").assign(margin=margin, margin_in_spreads=in_spreads)
