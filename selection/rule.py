"""The selection file: what is asked, of whom, by which figures and by which method.

A file that does not fit is refused with its name and line. `selections/three-networks.yaml` is a
commented example. Every default is part of the rule and of its hash (see `frozen`).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from common import yamlfile
from common.errors import InputError, SelectionError
from common.yamlfile import Document
from selection.distance import Metric, Scaling
from selection.regression import Measure, Side
from selection.scores import End, Kind

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(pattern=r"^\d{4}$")]
_SHORTEST_REASON = 10  # characters
Bands = dict[str, tuple[float, ...]]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Goal(StrEnum):
    """What the cases are for. Asked first: it decides which methods fit."""

    DESCRIBE = "describe"
    EXPLORE = "explore"
    FIND_MECHANISMS = "find_mechanisms"
    ESTIMATE = "estimate"
    TEST = "test"


class Words(_Entry):
    """The same in bokmål and English. The data files have the English."""

    nb: str
    en: str

    def __str__(self) -> str:
        return self.en


def _in_both(said: object) -> object:
    """A reason given once stands as it is in both languages."""
    return {"nb": said.strip(), "en": said.strip()} if isinstance(said, str) else said


Reason = Annotated[Words, BeforeValidator(_in_both)]


class DistrictDefinition(StrEnum):
    """Which municipalities are district municipalities."""

    CENTRALITY_4_6 = "centrality_4_6"
    CENTRALITY_5_6 = "centrality_5_6"
    ACTION_ZONE = "action_zone"
    EVERY_MUNICIPALITY = "every_municipality"


class Condition(_Entry):
    """A condition on a candidate, as an SQL expression on its columns, and why it is there."""

    where: str
    because: Reason


class Universe(_Entry):
    """Who could be chosen: one division, one year, one definition, and further conditions.

    No figure is later than `year`; left out, it is the vintage's own. A candidate must meet every
    condition of `include` and none of `exclude`; one that can't be judged for want of a figure is
    left out by `include`, kept by `exclude`, and logged by both.
    """

    division: Literal["current"] = "current"
    year: int | None = Field(default=None, ge=1986)
    district_definition: DistrictDefinition = DistrictDefinition.CENTRALITY_4_6
    include: tuple[Condition, ...] = ()
    exclude: tuple[Condition, ...] = ()


class Membership(_Entry):
    """What evidence of membership is good enough, and on which day it must hold.

    Left out, the day is the vintage's own. A membership whose end is not known is taken to hold.
    """

    basis: Annotated[tuple[Id, ...], Field(min_length=1)]
    on: date | None = None


class Indicator(_Entry):
    """An indicator in a role: outcome (to be explained), cause, control (background) or context.

    The figure is the indicator's last period up to its `year` and that of the universe, the same
    period for all; or the mean of the last `mean_of_years`; or its change in percent since a year.
    `name` is its column, the id if left out. `direction` says which end is the better, and is
    needed where indicators are put together. `transform` is used by the method only.
    """

    id: Id
    name: Id = ""
    role: Literal["outcome", "cause", "control", "context"]
    direction: Literal["higher", "lower", "none"] = "none"
    weight: float = Field(default=1, gt=0)
    transform: Literal["none", "log"] = "none"
    year: int | None = Field(default=None, ge=1986)
    mean_of_years: int = Field(default=1, ge=1, le=20)
    change_since: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and not entry.get("name"):
            return {**entry, "name": entry.get("id", "")}
        return entry

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.change_since and self.mean_of_years > 1:
            raise ValueError("'change_since' and 'mean_of_years' can't both be asked for")
        return self


class _Method(_Entry):
    """`on` are the columns it works on; left out, they follow from the roles."""

    on: tuple[Id, ...] = ()


class _DistanceMethod(_Method):
    metric: Metric = "standardised"
    scaling: Scaling = "z"


class Typical(_DistanceMethod):
    """Best explained by a regression (`form: model`), or nearest the centre (`form: centre`)."""

    name: Literal["typical"]
    form: Literal["model", "centre"] = "model"


class Diverse(_Method):
    """One case a cell. Exactly one of: categories, quantiles of one column, clusters."""

    name: Literal["diverse"]
    scaling: Scaling = "z"
    categories: Bands | None = None
    quantiles: dict[Id, int] | None = None
    clusters: int | None = Field(default=None, ge=2)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.categories, self.quantiles, self.clusters]
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("say exactly one of 'categories', 'quantiles' and 'clusters'")
        if self.quantiles is not None and len(self.quantiles) != 1:
            raise ValueError("'quantiles' takes one indicator and a number of parts")
        return self


class Extreme(_Method):
    """Farthest out on the cause, or on the columns of `on`, put together by their weights."""

    name: Literal["extreme"]
    end: End = "both"
    scaling: Scaling = "z"


class Deviant(_Method):
    """Worst explained by a regression."""

    name: Literal["deviant"]
    side: Side = "both"


class Influential(_Method):
    """The cases a regression hangs on."""

    name: Literal["influential"]
    measure: Measure = "cooks_distance"


class Pathway(_Method):
    """The cases a cause brings nearest to their outcome."""

    name: Literal["pathway"]


class _Pairs(_Method):
    """Pairs: both in the same network, or one in it and one outside every chosen network.

    `exact` holds columns in which both must be alike, with cut points for bands if any.
    """

    metric: Literal["standardised", "mahalanobis", "propensity"] = "standardised"
    scaling: Scaling = "z"
    exact: Bands = {}
    partner: Literal["within", "outside"] = "within"


class MostSimilar(_Pairs):
    """Alike on the background; apart by so many standard deviations on one column."""

    name: Literal["most_similar"]
    differ_on: Id | None = None
    at_least: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _something_differs(self) -> Self:
        if self.partner == "within" and self.differ_on is None:
            raise ValueError(
                "say in 'differ_on' which indicator the two are to differ in: the outcome when "
                "exploring, the cause when estimating"
            )
        return self


class MostDifferent(_Pairs):
    """Far apart on the background; within so many standard deviations on one column."""

    name: Literal["most_different"]
    same_on: Id
    within: float = Field(default=0.25, ge=0)


class Crucial(_Entry):
    """Most or least likely by a declared expectation.

    `expectation`: for each indicator the change in log odds of the outcome that theory expects of
    one standard deviation, and `intercept`. `present`: an SQL condition that says whether the
    outcome is there; with it only cases that contradict the theory are left.
    """

    name: Literal["crucial"]
    kind: Kind
    expectation: Annotated[dict[str, float], Field(min_length=1)]
    present: str | None = None


class Random(_Entry):
    """By lot, with the seed of the rule; within the networks it is a stratified random choice."""

    name: Literal["random"]


Method = Annotated[
    Typical
    | Diverse
    | Extreme
    | Deviant
    | Influential
    | Pathway
    | MostSimilar
    | MostDifferent
    | Crucial
    | Random,
    Field(discriminator="name"),
]


class Networks(_Entry):
    """The networks: given, with the reason, or so many chosen by a method on their profiles."""

    given: tuple[Id, ...] = ()
    because: Reason | None = None
    choose: int | None = Field(default=None, ge=1)
    among: tuple[Id, ...] = ()
    method: Method | None = None

    @model_validator(mode="after")
    def _given_or_chosen(self) -> Self:
        if bool(self.given) == bool(self.choose):
            raise ValueError("say either 'given' (the networks) or 'choose' (how many)")
        if self.given and not self.because:
            raise ValueError("say in 'because' why these networks are given")
        if self.choose and self.method is None:
            raise ValueError("say in 'method' how the networks are chosen")
        if isinstance(self.method, Deviant | Influential | Pathway | MostSimilar | MostDifferent):
            raise ValueError("so few networks bear neither a regression nor pairs")
        if isinstance(self.method, Typical) and self.method.form == "model":
            raise ValueError("so few networks bear no regression; say 'form: centre'")
        return self


class Cases(_Entry):
    """How many municipalities in each network; `in_network` makes exceptions."""

    per_network: int = Field(ge=1)
    in_network: dict[Id, Annotated[int, Field(ge=0)]] = {}


class Override(_Entry):
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


class Sensitivity(_Entry):
    """What is turned to see whether the choice moves, and what counts as robust.

    A case chosen in at least the share `robust` of the runs is robust, in less than `fragile`
    fragile, else borderline. `draws` are random weights; each further list is tried in turn.
    `vintages` is how many earlier vintages with other figures are compared with, newest first.
    """

    draws: int = Field(default=1000, ge=0, le=100_000)
    leave_one_out: bool = True
    years: tuple[int, ...] = ()
    mean_of_years: tuple[int, ...] = ()
    district_definitions: tuple[DistrictDefinition, ...] = ()
    bases: tuple[tuple[Id, ...], ...] = ()
    scalings: tuple[Scaling, ...] = ()
    metrics: tuple[Metric, ...] = ()
    vintages: int = Field(default=12, ge=0)
    robust: float = Field(default=0.8, gt=0, le=1)
    fragile: float = Field(default=0.5, ge=0, lt=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fragile >= self.robust:
            raise ValueError("'fragile' has to be below 'robust'")
        return self


class Rule(_Entry):
    """A whole selection file."""

    title: Words
    question: Words
    goal: Goal
    universe: Universe = Universe()
    networks: Networks
    membership: Membership
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    method: Method
    cases: Cases
    tie_break: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]* (asc|desc)$")], ...] = ()
    seed: int = Field(ge=0, lt=2**32)
    missing: Literal["exclude", "bounds"] = "exclude"
    overrides: tuple[Override, ...] = ()
    sensitivity: Sensitivity = Sensitivity()

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        names = [indicator.name for indicator in self.indicators]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two indicators are named '{twice[0]}'; give one another 'name'")
        if sum(indicator.role == "outcome" for indicator in self.indicators) > 1:
            raise ValueError("only one indicator can be the outcome")
        return self

    def named(self, *roles: str) -> tuple[str, ...]:
        """The columns of the indicators in these roles, in the order of the file."""
        return tuple(entry.name for entry in self.indicators if entry.role in roles)

    @property
    def outcome(self) -> str | None:
        return next(iter(self.named("outcome")), None)

    @property
    def cause(self) -> str | None:
        return next(iter(self.named("cause")), None)

    @property
    def ties(self) -> list[tuple[str, bool]]:
        """The tie-break as columns and whether the smallest comes first."""
        return [(column, order == "asc") for column, order in map(str.split, self.tie_break)]

    @property
    def hash(self) -> str:
        """SHA-256 of what the rule says, defaults included; comments and layout do not count."""
        return rule_hash(self.model_dump(mode="json"))


def rule_hash(said: dict[str, Any]) -> str:
    """SHA-256 of a rule as JSON with sorted keys and no spaces."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class RuleFile:
    """A rule with the file it stands in, so that a complaint can name the line."""

    rule: Rule
    path: Path
    document: Document

    def at(self, *place: str | int) -> str:
        """The file and line of an entry: `at("indicators", 2, "id")`."""
        return self.document.at(*place)


def load(path: Path) -> RuleFile:
    """Reads a selection file. Raises SelectionError naming file and line of everything wrong."""
    try:
        document = yamlfile.load(path)
    except InputError as error:
        raise SelectionError(str(error)) from error
    try:
        return RuleFile(Rule.model_validate(document.content), path, document)
    except ValidationError as error:
        raise SelectionError(document.faults(error)) from error
