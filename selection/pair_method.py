"""What the methods that seek pairs have in common: whom they pair, and what a network gets."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from common.errors import SelectionError
from selection import distance, pairs, weights
from selection.distance import Matrix, Scaling
from selection.entry import Bands, Bilingual, Phrasing, Problem
from selection.method import (
    CASE_COLUMNS,
    Draw,
    MethodOnColumns,
    Strata,
    distance_in_words,
    needs_background,
    several,
)
from selection.roles import Roles


class PairMethod(MethodOnColumns):
    """Pairs: both in the same network, or one in it and one outside every chosen network."""

    metric: Literal["standardised", "mahalanobis", "propensity"] = Field(
        default="standardised", examples=["mahalanobis"]
    )
    """How likeness is measured."""
    scaling: Scaling = Field(default="z", examples=["rank"])
    """How the columns are brought to one scale."""
    exact: Bands = Field(default_factory=dict, examples=[{"centrality_class": []}])
    """Columns in which both must be alike: each as it is (`[]`), or in bands by cut points."""
    partner: Literal["within", "outside"] = Field(default="within", examples=["outside"])
    """Whether the other is in the same network, or outside every chosen one."""

    names_columns: ClassVar[tuple[str, ...]] = ("exact",)
    farthest_first: ClassVar[bool]

    @property
    @abstractmethod
    def compared(self) -> str | None:
        """The column in which the two are to differ, or to agree."""

    @abstractmethod
    def comparing(self, found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
        """Those of the pairs that differ, or agree, as they are to."""

    @abstractmethod
    def kind_in_words(self, phrasing: Phrasing) -> str:
        """What pairs it seeks."""

    @abstractmethod
    def comparison_in_words(self, phrasing: Phrasing) -> str:
        """How the two are to differ, or to agree; nothing where they need not."""

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        partner = {
            "within": ("begge i samme nettverk", "both in the same network"),
            "outside": (
                "én i nettverket og én utenfor alle de valgte",
                "one in the network and one outside all those chosen",
            ),
        }
        by = phrasing("etter", "by")
        alike = phrasing("like i: ", "alike in: ") + phrasing.listed(tuple(self.exact))
        parts = [
            self.kind_in_words(phrasing),
            phrasing(*partner[self.partner]),
            f"{by} {distance_in_words(self, roles, phrasing)}",
            alike if self.exact else "",
            self.comparison_in_words(phrasing),
        ]
        return ", ".join(filter(None, parts))

    # --- what it needs ---

    def _background(self, roles: Roles) -> tuple[str, ...]:
        return roles.named("control")

    def needed(self, roles: Roles) -> tuple[str, ...]:
        compared = filter(None, [self.compared])
        return tuple(dict.fromkeys([*self.distance(roles).on, *compared, *self.exact]))

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        yield from needs_background(self, roles)

    def not_for_networks(self) -> Bilingual | None:
        return Bilingual(
            en="so few networks bear neither a regression nor pairs",
            nb="så få nettverk bærer verken en regresjon eller par",
        )

    # --- ranking and taking ---

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        """Every pair the method allows, in order. Raises SelectionError where there is none."""
        how = self.distance(roles)
        if self.metric == "propensity":
            treatment = "in_network" if self.partner == "outside" else str(self.compared)
            square = pairs.propensity_matrix(table, treatment, how.on)
        else:
            square = distance.matrix(table, how)
        found = pairs.exactly_alike(pairs.all_pairs(square), table, self.exact)
        found = self.comparing(found, table)
        if found.empty:
            raise SelectionError(
                "No two candidates meet what is asked of a pair. Loosen 'exact', 'at_least' or "
                "'within'.",
                ("method",),
                nb="Ingen to kandidater er slik et par skal være. Gjør 'exact', 'at_least' eller "
                "'within' videre.",
            )
        ties = roles.ties_in(table)
        return pairs.ranked_pairs(found, table, largest_first=self.farthest_first, tie_break=ties)

    def allowed(self, order: pd.DataFrame, strata: Strata, network: str) -> pd.DataFrame:
        """The pairs a network may choose among: both in it, or one in it and one in no network."""
        a_in = order["code_a"].isin(list(strata[network]))
        b_in = order["code_b"].isin(list(strata[network]))
        if self.partner == "within":
            return order[a_in & b_in]
        inside = [code for members in strata.values() for code in members]
        a_out, b_out = ~order["code_a"].isin(inside), ~order["code_b"].isin(inside)
        return order[(a_in & b_out) | (a_out & b_in)]

    def take(self, order: pd.DataFrame, strata: Strata, asked: Mapping[str, int]) -> pd.DataFrame:
        """The cases of each network by pairs; no case comes twice. Columns as of any method."""
        taken: set[str] = set()
        rows = []
        for network, number in asked.items():
            allowed = self.allowed(order, strata, network)
            free = allowed[~allowed["code_a"].isin(taken) & ~allowed["code_b"].isin(taken)]
            wanted = self._pairs_for(number)
            chosen = pairs.disjoint(free, wanted)
            if len(chosen) < wanted:
                raise SelectionError(
                    f"{network}: pairs asked for: {wanted}, pairs there are that share no case: "
                    f"{len(chosen)}. Ask for fewer, or loosen what is asked of a pair.",
                    ("cases",),
                    nb=f"{network}: antall par det bes om: {wanted}, antall uten felles case: "
                    f"{len(chosen)}. Be om færre, eller krev mindre av et par.",
                )
            taken |= {*chosen["code_a"], *chosen["code_b"]}
            rows += [
                {"network_id": network, "municipality_code": code, "partner_code": partner,
                 "rank": place, "score": far}
                for a, b, place, far in chosen[["code_a", "code_b", "rank", "distance"]].to_numpy()
                for code, partner in [(a, b), (b, a)]
                if code in strata[network]
            ]  # fmt: skip
        cases = pd.DataFrame(rows, columns=[name for name in CASE_COLUMNS if name != "place"])
        cases["place"] = cases.groupby("network_id").cumcount() + 1
        return cases[CASE_COLUMNS]

    def _pairs_for(self, cases: int) -> int:
        """How many pairs give so many cases: a pair within a network gives two."""
        return cases // 2 if self.partner == "within" else cases

    def runners_up(
        self, order: pd.DataFrame, strata: Strata, network: str, mine: pd.DataFrame,
        everybody: Sequence[str],
    ) -> pd.DataFrame:  # fmt: skip
        """The next pairs of those not chosen, with their margin to the last pair chosen."""
        allowed = self.allowed(order, strata, network)
        free = allowed[
            ~allowed["code_a"].isin(list(everybody)) & ~allowed["code_b"].isin(list(everybody))
        ]
        near = pairs.disjoint(free, 3).rename(
            columns={"code_a": "municipality_code", "code_b": "partner_code", "distance": "score"}
        )
        last = mine["score"].iloc[-1] if len(mine) else np.nan
        margin = (near["score"] - last).abs()
        spread = allowed["distance"].std(ddof=1)
        return near.assign(margin=margin, margin_in_spreads=margin / spread)

    # --- under random weights ---

    def weighted(self, roles: Roles) -> tuple[str, ...]:
        if self.metric == "propensity":
            raise SelectionError(
                "a propensity weighs its indicators itself.",
                nb="en tilbøyelighet veier indikatorene selv.",
            )
        return several(self.distance(roles).on, self)

    def choose_under(
        self, drawn: Matrix, table: pd.DataFrame, roles: Roles, strata: Strata,
        asked: Mapping[str, int],
    ) -> list[Draw]:  # fmt: skip
        names, table, how = self.weighted(roles), table.sort_index(), self.distance(roles)
        # in the order of ties, not of the distance the rule's own weights give
        order = pairs.ranked_pairs(
            self.rank(table, roles)[["code_a", "code_b"]].assign(distance=0.0),
            table,
            largest_first=False,
            tie_break=roles.ties_in(table),
        ).drop(columns="rank")
        allowed = {network: self.allowed(order, strata, network).index for network in strata}
        columns = distance.scaled(table, names, how.scaling).to_numpy(float)
        a, b = (table.index.get_indexer(pd.Index(order[side])) for side in ("code_a", "code_b"))
        inner = weights.unweighted(table, how)
        far = np.sqrt(weights.squared(columns[a] - columns[b], inner, drawn))
        far = (far / far.max(axis=0)).round(12) * (-1 if self.farthest_first else 1)
        draws: list[Draw] = []
        for draw in range(len(drawn)):
            taken: set[int] = set()
            chosen: Draw = {}
            for network, rows in allowed.items():
                nearest = rows[np.argsort(far[rows, draw], kind="stable")]
                found = _disjoint(a, b, nearest, self._pairs_for(asked[network]), taken)
                both = [table.index[row] for pair in found for row in pair]
                chosen[network] = [code for code in both if code in strata[network]]
            draws.append(chosen)
        return draws


def no_outcome() -> SelectionError:
    """Why pairs can't be compared in the outcome."""
    return SelectionError(
        "pairs are compared in the outcome, and no indicator is the outcome.",
        nb="par sammenlignes i utfallet, og ingen indikator er utfallet.",
    )


def _disjoint(
    a: NDArray[np.intp], b: NDArray[np.intp], rows: pd.Index, number: int, taken: set[int]
) -> list[tuple[int, int]]:
    """The first pairs in which nobody comes twice; adds them to those taken."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if len(found) == number:
            break
        pair = int(a[row]), int(b[row])
        if not taken & set(pair):
            taken |= set(pair)
            found.append(pair)
    return found
