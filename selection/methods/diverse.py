"""Diverse cases: one of each kind, where kinds are categories, quantiles or clusters.

Source: Seawright and Gerring (2008), Political Research Quarterly 61:294; Gerring and Cojocaru
(2016), Sociological Methods & Research 45:392. A *cell* is a kind; a series of cells has one name
of a cell for each municipality code.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from selection import clusters, weights
from selection.distance import Matrix, Scaling, banded, matrix, scaled
from selection.entry import Bands, Bilingual, Id, Phrasing, Problem, misfit
from selection.method import (
    Draw,
    MethodOnColumns,
    Strata,
    distance_in_words,
    needs_background,
    several,
)
from selection.ranking import TieBreak, ranked, spread_over_cells
from selection.roles import Goal, Roles


class Diverse(MethodOnColumns):
    """One case a cell. Exactly one of: categories, quantiles of one column, clusters."""

    name: Literal["diverse"]
    scaling: Scaling = Field(default="z", examples=["rank"])
    """How the columns are brought to one scale."""
    categories: Bands | None = Field(default=None, examples=[{"population": [2000, 5000]}])
    """One of each combination of these columns: each as it is (`[]`), or in bands by cut points."""
    quantiles: dict[Id, int] | None = Field(default=None, examples=[{"population": 3}])
    """One from each of so many equal parts of the distribution of an indicator."""
    clusters: int | None = Field(default=None, ge=2, examples=[3])
    """One from each of so many k-means clusters."""

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "diverse": Bilingual(nb="mest mulig ulike", en="diverse")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Én kommune av hver type. Den mest typiske av hver type (medoiden) kommer først.",
        en="One municipality of each type. The most typical (the medoid) comes first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å dekke variasjonen når man beskriver, utforsker eller anslår",
        en="to cover the variation when describing, exploring or estimating",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.DESCRIBE, Goal.EXPLORE, Goal.ESTIMATE})
    names_indicators: ClassVar[tuple[str, ...]] = ("on", "quantiles")
    names_columns: ClassVar[tuple[str, ...]] = ("categories",)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.categories, self.quantiles, self.clusters]
        if sum(kind is not None for kind in kinds) != 1:
            raise misfit(
                "say exactly one of 'categories', 'quantiles' and 'clusters'",
                "si nøyaktig én av 'categories', 'quantiles' og 'clusters'",
            )
        if self.quantiles is not None and len(self.quantiles) != 1:
            raise misfit(
                "'quantiles' takes one indicator and a number of parts",
                "'quantiles' tar én indikator og et antall deler",
            )
        return self

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        return phrasing(
            "mest mulig ulike kommuner, {cells}, etter {distance}",
            "diverse cases, {cells}, by {distance}",
            cells=self._cells_in_words(phrasing),
            distance=distance_in_words(self, roles, phrasing),
        )

    def _cells_in_words(self, phrasing: Phrasing) -> str:
        if self.categories is not None:
            return phrasing(
                "én av hver kombinasjon av {columns}",
                "one of each combination of {columns}",
                columns=phrasing.listed(tuple(self.categories)),
            )
        if self.quantiles is not None:
            [(column, parts)] = self.quantiles.items()
            return phrasing(
                "én fra hver av {parts} like store deler av fordelingen av {column}",
                "one from each of {parts} equal parts of the distribution of {column}",
                parts=parts,
                column=phrasing.column(column),
            )
        return phrasing(
            "én fra hver av {clusters} klynger dannet med k-means",
            "one from each of {clusters} k-means clusters",
            clusters=self.clusters,
        )

    @classmethod
    def beside(cls, roles: Roles, cases: int) -> Iterator[Self]:
        yield cls(name="diverse", clusters=max(3, cases))

    def needed(self, roles: Roles) -> tuple[str, ...]:
        cells = [*(self.quantiles or {}), *(self.categories or {})]
        return tuple(dict.fromkeys([*self.distance(roles).on, *cells]))

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        yield from needs_background(self, roles)

    def cells(self, table: pd.DataFrame, roles: Roles) -> pd.Series:
        """The cell of each row, by the kind of cells asked for."""
        if self.categories is not None:
            return crossed(table, self.categories)
        if self.quantiles is not None:
            [(column, parts)] = self.quantiles.items()
            return quantiles(table, column, parts)
        return clusters.find(table, self.distance(roles), self.clusters or 2, roles.seed)

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        cells, ties = self.cells(table, roles), roles.ties_in(table)
        return one_of_each(table, cells, matrix(table, self.distance(roles)), ties)

    def weighted(self, roles: Roles) -> tuple[str, ...]:
        return several(self.distance(roles).on, self)

    def choose_under(
        self, drawn: Matrix, table: pd.DataFrame, roles: Roles, strata: Strata,
        asked: Mapping[str, int],
    ) -> list[Draw]:  # fmt: skip
        """One case a cell in each draw. Clusters are made anew, starting from the rule's own."""
        names, table = self.weighted(roles), table.sort_index()
        columns = scaled(table, names, self.scaling).to_numpy(float)
        cells = self.cells(table, roles).loc[table.index].astype(str)
        own = np.unique(cells, return_inverse=True)[1]
        start = np.array([columns[own == cell].mean(axis=0) for cell in range(own.max() + 1)])
        order = weights.by_ties(table, roles)
        codes = table.index[order]
        rows = {n: np.flatnonzero(codes.isin(list(members))) for n, members in strata.items()}
        draws = []
        with threadpool_limits(1):
            for weight in drawn:
                stretched, labels = columns * weight, own
                if self.clusters:
                    fitted = KMeans(self.clusters, init=start * weight, n_init=1).fit(stretched)
                    labels = _by_size(fitted.labels_)
                score = _from_others(stretched, labels)
                score = (score / max(score.max(), 1e-300)).round(12)
                draws.append(_spread(rows, asked, score[order], labels[order], codes))
        return draws


def crossed(table: pd.DataFrame, bands: Mapping[str, Sequence[float]]) -> pd.Series:
    """Cells by crossed categories: each column as it is, or in bands by its cut points."""
    parts = [banded(table, column, cuts).astype(str) for column, cuts in bands.items()]
    cells = parts[0]
    for part in parts[1:]:
        cells = cells + " × " + part
    return cells.rename("cell")


def quantiles(table: pd.DataFrame, column: str, parts: int) -> pd.Series:
    """Cells by the quantiles of a column; equal values always fall in the same cell."""
    below = table[column].astype(float).rank(method="min").sub(1)
    number = (below * parts // len(table)).astype(int) + 1
    return number.map(lambda place: f"{place}/{parts}").rename("cell")


def one_of_each(
    table: pd.DataFrame, cells: pd.Series, distances: pd.DataFrame, tie_break: TieBreak = ()
) -> pd.DataFrame:
    """One case a cell, largest cells first, then a second of each, and so on.

    Within a cell the medoid comes first: the case with the smallest mean distance to the others of
    its cell by `distances`, which is the `score` (Kaufman and Rousseeuw 1990, Finding Groups in
    Data).
    """
    cells = cells.loc[distances.index].astype(str)
    score = pd.Series(0.0, index=distances.index)
    for _, members in cells.groupby(cells):
        inside = distances.loc[members.index, members.index]
        score[members.index] = inside.sum() / max(len(members) - 1, 1)
    order = ranked(table, score, largest_first=False, tie_break=tie_break)
    order["cell"] = cells.loc[order.index]
    order["cell_size"] = order.groupby("cell")["cell"].transform("size")
    spread = spread_over_cells(order)
    return spread.assign(rank=range(1, len(spread) + 1))


def _by_size(labels: NDArray[np.int32]) -> NDArray[np.intp]:
    """Labels from 0 by size, then by the first row in them, as clusters are named."""
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
) -> Draw:
    """The best of each cell, largest cells first, then the second best, and so on."""
    sizes = np.bincount(labels)
    taken: set[int] = set()
    chosen: Draw = {}
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
