"""What a selection file may say: what is asked, of whom, by which figures and by which method.

`selections/three-networks.yaml` is a commented example. Every default is part of the rule and of
its hash (see `frozen`).
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from selection.distance import Metric, Scaling
from selection.entry import Bilingual, Code, Entry, Id, Reason
from selection.methods import AnyMethod
from selection.roles import Goal, Roles, RuleIndicator

EVERY_MUNICIPALITY = "every_municipality"
"""In place of a district definition: all of them."""

_SHORTEST_REASON = 10  # characters


class Condition(Entry):
    """A condition on a candidate, as an SQL expression on its columns, and why it is there."""

    where: str
    because: Reason


class UniverseRules(Entry):
    """Who could be chosen: one division, one year, one definition, and further conditions.

    `district_definition` is one of `mart.district_definition`, or `every_municipality`.
    No figure is later than `year`; left out, it is the vintage's own. A candidate must meet every
    condition of `include` and none of `exclude`; one that can't be judged for want of a figure is
    left out by `include`, kept by `exclude`, and logged by both.
    """

    division: Literal["current"] = "current"
    year: int | None = Field(default=None, ge=1986)
    district_definition: Id = "centrality_4_6"
    include: tuple[Condition, ...] = ()
    exclude: tuple[Condition, ...] = ()


class Evidence(Entry):
    """What evidence of membership is good enough, and on which day it must hold.

    Left out, the day is the vintage's own. A membership whose end is not known is taken to hold.
    """

    basis: Annotated[tuple[Id, ...], Field(min_length=1)]
    on: date | None = None


class Networks(Entry):
    """The networks: given, with the reason, or so many chosen by a method on their profiles."""

    given: tuple[Id, ...] = ()
    because: Reason | None = None
    choose: int | None = Field(default=None, ge=1)
    among: tuple[Id, ...] = ()
    method: AnyMethod | None = None

    @model_validator(mode="after")
    def _given_or_chosen(self) -> Self:
        if bool(self.given) == bool(self.choose):
            raise ValueError("say either 'given' (the networks) or 'choose' (how many)")
        if self.given and not self.because:
            raise ValueError("say in 'because' why these networks are given")
        if self.choose and self.method is None:
            raise ValueError("say in 'method' how the networks are chosen")
        if self.method and (why := self.method.not_for_networks()):
            raise ValueError(why)
        return self


class Cases(Entry):
    """How many municipalities in each network; `in_network` makes exceptions."""

    per_network: int = Field(ge=1)
    in_network: dict[Id, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)


class Override(Entry):
    """A choice the researcher makes against the rule, with the reason. It is shown as such."""

    network: Id
    municipality: Code
    decision: Literal["take", "leave"]
    because: Reason

    @model_validator(mode="after")
    def _with_a_reason(self) -> Self:
        if min(map(len, (self.because.nb, self.because.en))) < _SHORTEST_REASON:
            raise ValueError("say in 'because' why, in a sentence")
        return self


class SensitivitySettings(Entry):
    """What is turned to see whether the choice moves, and what counts as robust.

    A case chosen in at least the share `robust` of the runs is robust, in less than `fragile`
    fragile, else borderline. Robust also needs a rule that fits (see `robustness`): membership on
    strong evidence (unless `weak_evidence: ignored`) of no agreement that has ended, a choice by
    the rule and not by an override, and, where the method stands on a regression, at least
    `minimum_r_squared` of the variance explained and so many `candidates_per_predictor`.
    `draws` are random weights; each further list is tried in turn.
    `vintages` is how many earlier vintages with other figures are compared with, newest first.
    """

    draws: int = Field(default=1000, ge=0, le=100_000)
    leave_one_out: bool = True
    years: tuple[int, ...] = ()
    mean_of_years: tuple[int, ...] = ()
    district_definitions: tuple[Id, ...] = ()
    bases: tuple[tuple[Id, ...], ...] = ()
    scalings: tuple[Scaling, ...] = ()
    metrics: tuple[Metric, ...] = ()
    vintages: int = Field(default=12, ge=0)
    robust: float = Field(default=0.8, gt=0, le=1)
    fragile: float = Field(default=0.5, ge=0, lt=1)
    weak_evidence: Literal["lowers", "ignored"] = "lowers"
    minimum_r_squared: float = Field(default=0.1, ge=0, le=1)
    candidates_per_predictor: int = Field(default=10, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fragile >= self.robust:
            raise ValueError("'fragile' has to be below 'robust'")
        return self


def _one_or_several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Authors = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_several)
]


class Rule(Entry):
    """A whole selection file. Who wrote it (`author`) decides nothing and is not in its hash."""

    title: Bilingual
    author: Authors = Field(default=(), exclude=True)
    question: Bilingual
    goal: Goal
    universe: UniverseRules = UniverseRules()
    networks: Networks
    membership: Evidence
    indicators: Annotated[tuple[RuleIndicator, ...], Field(min_length=1)]
    method: AnyMethod
    cases: Cases
    tie_break: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]* (asc|desc)$")], ...] = ()
    seed: int = Field(ge=0, lt=2**32)
    missing: Literal["exclude", "bounds"] = "exclude"
    overrides: tuple[Override, ...] = ()
    sensitivity: SensitivitySettings = SensitivitySettings()

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        names = [indicator.name for indicator in self.indicators]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two indicators are named '{twice[0]}'; give one another 'name'")
        if sum(indicator.role == "outcome" for indicator in self.indicators) > 1:
            raise ValueError("only one indicator can be the outcome")
        return self

    @property
    def roles(self) -> Roles:
        """What a method is told of the rule."""
        ties = [(column, order == "asc") for column, order in map(str.split, self.tie_break)]
        return Roles(self.indicators, ties, self.seed)

    def quotas(self, networks: Iterable[str]) -> dict[str, int]:
        """How many cases are asked for in each network."""
        asked = self.cases
        return {network: asked.in_network.get(network, asked.per_network) for network in networks}

    @property
    def hash(self) -> str:
        """SHA-256 of what the rule says, defaults included; comments and layout do not count."""
        return rule_hash(self.model_dump(mode="json"))


def rule_hash(said: dict[str, Any]) -> str:
    """SHA-256 of a rule as JSON with sorted keys and no spaces."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
