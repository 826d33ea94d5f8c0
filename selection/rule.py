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
from selection.entry import Code, Entry, Id, OwnWords, misfit
from selection.methods import AnyMethod
from selection.roles import Goal, Roles, RuleIndicator

EVERY_MUNICIPALITY = "every_municipality"
"""In place of a district definition: all of them."""

_SHORTEST_REASON = 10  # characters


class Condition(Entry):
    """A condition on a candidate, and why it is there."""

    where: str = Field(examples=["population > 30000"])
    """SQL on the columns of `mart.case_candidate` and on the names of the indicators."""
    because: OwnWords = Field(examples=["The question is about small municipalities."])
    """The reason, which stands in the report."""


class UniverseRules(Entry):
    """Who could be chosen: one division, one year, one definition, and further conditions.

    A candidate must meet every condition of `include` and none of `exclude`; one that can't be
    judged for want of a figure is left out by `include`, kept by `exclude`, and logged by both.
    """

    division: Literal["current"] = Field(default="current", examples=["current"])
    """The municipal division: that of today."""
    year: int | None = Field(default=None, ge=1986, examples=[2026])
    """No figure is later than this year; left out, it is that of the newest figures."""
    district_definition: Id = Field(default="centrality_4_6", examples=["every_municipality"])
    """A definition in `mart.district_definition`, or `every_municipality`."""
    include: tuple[Condition, ...] = Field(
        default=(), examples=[[{"where": "kostra_group is not null", "because": "For comparison."}]]
    )
    """Conditions that a candidate must meet."""
    exclude: tuple[Condition, ...] = Field(
        default=(), examples=[[{"where": "population > 30000", "because": "Our own limit."}]]
    )
    """Conditions that a candidate must not meet."""


class Evidence(Entry):
    """What evidence of membership is good enough, and on which day it must hold.

    A membership whose end is not known is taken to hold.
    """

    basis: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        examples=[["named_in_source", "council_decision", "steering_group_seat"]]
    )
    """Kinds of evidence that are accepted; `mart.membership_basis` lists them, strongest first."""
    on: date | None = Field(default=None, examples=["2026-01-01"])
    """The day it must hold; left out, the day of the figures."""


class Networks(Entry):
    """The networks: given, with the reason, or so many chosen by a method on their profiles."""

    given: tuple[Id, ...] = Field(default=(), examples=[["diginordland", "digirogaland"]])
    """The networks; then `because` is needed."""
    because: OwnWords | None = Field(default=None, examples=["The project follows these."])
    """Why these networks are given."""
    choose: int | None = Field(default=None, ge=1, examples=[3])
    """Instead of `given`: how many networks `method` is to choose."""
    among: tuple[Id, ...] = Field(default=(), examples=[["diginordland", "digirogaland"]])
    """The networks to choose among; left out, all that have members."""
    method: AnyMethod | None = Field(
        default=None, examples=[{"name": "extreme", "on": ["district_share"], "end": "high"}]
    )
    """How they are chosen, by the indicators' means over their members, `members`, `people`,
    `district_share`, `strong_share` or `cooperations`."""

    @model_validator(mode="after")
    def _given_or_chosen(self) -> Self:
        if bool(self.given) == bool(self.choose):
            raise misfit(
                "say either 'given' (the networks) or 'choose' (how many)",
                "si enten 'given' (nettverkene) eller 'choose' (hvor mange)",
            )
        if self.given and not self.because:
            raise misfit(
                "say in 'because' why these networks are given",
                "si i 'because' hvorfor disse nettverkene er gitt",
            )
        if self.choose and self.method is None:
            raise misfit(
                "say in 'method' how the networks are chosen",
                "si i 'method' hvordan nettverkene velges",
            )
        if self.method and (why := self.method.not_for_networks()):
            raise misfit(why.en, why.nb)
        return self


class Cases(Entry):
    """How many municipalities in each network."""

    per_network: int = Field(ge=1, examples=[2])
    """The number in each network."""
    in_network: dict[Id, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, examples=[{"diginordland": 3}]
    )
    """Exceptions: another number in the networks named."""


class Override(Entry):
    """A choice the researcher makes against the rule, with the reason. It is shown as such."""

    network: Id = Field(examples=["diginordland"])
    """The network it is about."""
    municipality: Code = Field(examples=["1811"])
    """The municipality, by its code in quotation marks."""
    decision: Literal["take", "leave"] = Field(examples=["take"])
    """Whether it is taken or left out."""
    because: OwnWords = Field(examples=["The pilot interviews were made here."])
    """Why, in a sentence."""

    @model_validator(mode="after")
    def _with_a_reason(self) -> Self:
        reasons = filter(None, (self.because.nb, self.because.en))
        if min(map(len, reasons)) < _SHORTEST_REASON:
            raise misfit(
                "say in 'because' why, in a sentence", "si hvorfor i 'because', i en setning"
            )
        return self


class SensitivitySettings(Entry):
    """What is turned to see whether the choice moves, and what counts as robust.

    A case chosen in at least the share `robust` of the runs is robust, in less than `fragile`
    fragile, else borderline. Robust also needs a rule that fits: membership on
    strong evidence of no agreement that has ended, a choice by the rule and not by an override,
    and, where the method stands on a regression, a model that fits.
    """

    draws: int = Field(default=1000, ge=0, le=100_000, examples=[200])
    """How many random sets of weights are tried."""
    leave_one_out: bool = Field(default=True, examples=[False])
    """Whether the rule is tried without each indicator in turn."""
    years: tuple[int, ...] = Field(default=(), examples=[[2023, 2024]])
    """Other years whose figures are tried."""
    mean_of_years: tuple[Annotated[int, Field(ge=2, le=20)], ...] = Field(
        default=(), examples=[[3]]
    )
    """Numbers of years whose mean is tried."""
    district_definitions: tuple[Id, ...] = Field(default=(), examples=[["centrality_5_6"]])
    """Other definitions that are tried."""
    bases: tuple[tuple[Id, ...], ...] = Field(default=(), examples=[[["named_in_source"]]])
    """Other sets of accepted evidence that are tried."""
    scalings: tuple[Scaling, ...] = Field(default=(), examples=[["rank", "robust"]])
    """Other scalings of the columns that are tried."""
    metrics: tuple[Metric, ...] = Field(default=(), examples=[["mahalanobis"]])
    """Other distances that are tried."""
    vintages: int = Field(default=12, ge=0, examples=[3])
    """With how many earlier vintages that had other figures it is compared, newest first."""
    robust: float = Field(default=0.8, gt=0, le=1, examples=[0.75])
    """The share of runs from which a case is robust; our own choice (Hennig 2007, Computational
    Statistics & Data Analysis 52:258, calls clusters stable from 0.75)."""
    fragile: float = Field(default=0.5, ge=0, lt=1, examples=[0.4])
    """The share of runs below which a case is fragile (Hennig 2007: dissolved at 0.5)."""
    weak_evidence: Literal["lowers", "ignored"] = Field(default="lowers", examples=["ignored"])
    """Whether a member on weak evidence only is at most borderline."""
    minimum_r_squared: float = Field(default=0.1, ge=0, le=1, examples=[0.25])
    """The share of the variance that a regression must explain; our own choice."""
    candidates_per_predictor: int = Field(default=10, ge=0, examples=[15])
    """So many candidates for each predictor of a regression (Harrell 2015, Regression Modeling
    Strategies: 10 to 15)."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fragile >= self.robust:
            raise misfit("'fragile' has to be below 'robust'", "'fragile' må være under 'robust'")
        return self


def _one_or_several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Authors = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_several)
]


class Rule(Entry):
    """A whole selection file. Who wrote it (`author`) decides nothing and is not in its hash."""

    title: OwnWords = Field(examples=["District municipalities in two networks"])
    """The title of the report. A text, or one for `nb` and one for `en`, or for one of them."""
    author: Authors = Field(default=(), exclude=True, examples=["Nordmann, Kari"])
    """Who wrote the rule, a name or a list; stands on the report and in `CITATION.cff`."""
    question: OwnWords = Field(examples=["What do networks mean for small municipalities?"])
    """What is asked."""
    goal: Goal = Field(examples=["explore"])
    """What the cases are for. It comes first: a method good for one goal is bad for another."""
    universe: UniverseRules = Field(default=UniverseRules(), examples=[{"year": 2026}])
    """Who could be chosen."""
    networks: Networks = Field(examples=[{"given": ["digirogaland"], "because": "We follow it."}])
    """The networks."""
    membership: Evidence = Field(examples=[{"basis": ["named_in_source"]}])
    """What evidence of membership is good enough."""
    indicators: Annotated[tuple[RuleIndicator, ...], Field(min_length=1)] = Field(
        examples=[[{"id": "population", "role": "control", "transform": "log"}]]
    )
    """The figures that are used, each in a role."""
    method: AnyMethod = Field(examples=[{"name": "diverse", "clusters": 3}])
    """How the cases are chosen."""
    cases: Cases = Field(examples=[{"per_network": 2}])
    """How many."""
    tie_break: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]* (asc|desc)$")], ...] = Field(
        default=(), examples=[["population asc"]]
    )
    """Who comes first of two that are equally good; the lowest municipality code comes last."""
    seed: int = Field(ge=0, lt=2**32, examples=[20260601])
    """The seed of clusters and of the choice by lot that stands beside every report."""
    missing: Literal["exclude", "bounds"] = Field(default="exclude", examples=["bounds"])
    """Who lacks a figure the method needs is left out and logged. With `bounds` the report says too
    who would be chosen at the lowest and at the highest figure there is."""
    overrides: tuple[Override, ...] = Field(
        default=(),
        examples=[[{
            "network": "diginordland", "municipality": "1811", "decision": "take",
            "because": "The pilot interviews were made here.",
        }]],
    )  # fmt: skip
    """Choices against the rule, each with its reason."""
    sensitivity: SensitivitySettings = Field(
        default=SensitivitySettings(), examples=[{"draws": 200}]
    )
    """What is varied to see whether the choice moves, and what counts as robust."""

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        names = [indicator.name for indicator in self.indicators]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise misfit(
                f"two indicators are named '{twice[0]}'; give one another 'name'",
                f"to indikatorer heter '{twice[0]}'; gi den ene et annet 'name'",
            )
        if sum(indicator.role == "outcome" for indicator in self.indicators) > 1:
            raise misfit(
                "only one indicator can be the outcome", "bare én indikator kan være utfallet"
            )
        return self

    def has_text_in(self, language: str) -> bool:
        """Whether all that the researcher wrote is there in a language."""
        conditions = (*self.universe.include, *self.universe.exclude)
        reasons = [
            *(condition.because for condition in conditions),
            *(override.because for override in self.overrides),
        ]
        texts = (self.title, self.question, self.networks.because, *reasons)
        return all(words.has_text_in(language) for words in texts if words)

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


def rule_hash(content: dict[str, Any]) -> str:
    """SHA-256 of a rule as JSON with sorted keys and no spaces."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
