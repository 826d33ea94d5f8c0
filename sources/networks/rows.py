"""The rows of the registers: networks, cooperations, district definitions, decided changes.

Each class declares one CSV file once: what one row is, its columns, its key and what it points
at. An empty cell is a fact that was not found, and becomes NULL.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from sources.networks.basis import Basis
from sources.networks.dates import FORMS, first_day, is_date, last_day

SEPARATOR = " ; "


def _date(text: str) -> str:
    if not is_date(text):
        raise ValueError(f"is not a date; write {FORMS}, or leave it empty when not known")
    return text


def _addresses(text: str) -> str:
    if not is_address(text):
        raise ValueError(f"is not an address; write https://..., several with '{SEPARATOR}'")
    return text


def is_address(text: str) -> bool:
    """Whether the text is one web address, or several with ' ; ' between them."""
    return all(
        part.startswith(("https://", "http://")) and " " not in part
        for part in text.split(SEPARATOR)
    )


Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(pattern=r"^\d{4}$")]
OrganisationNumber = Annotated[str, Field(pattern=r"^\d{9}$")]
Year = Annotated[int, Field(ge=1838, le=2100)]
PartialDate = Annotated[str, AfterValidator(_date)]
Addresses = Annotated[str, AfterValidator(_addresses)]
References = dict[str, tuple[str, str]]


class Row(BaseModel):
    """A row of a register. A cell left empty is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    one_row: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    references: ClassVar[References] = {}

    source_url: Addresses = Field(description="page that says so; several separated by ' ; '")
    source_date: PartialDate | None = Field(
        description="when the page was published or last changed, as far as known"
    )
    note: str | None = Field(description="what a reader must know to use the row")

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Columns in the order of the file: the register's own, its dates, then the source."""
        shared = [*Dated.__annotations__, *Row.model_fields]
        own = [column for column in cls.model_fields if column not in shared]
        return (*own, *(column for column in shared if column in cls.model_fields))


class Dated(Row):
    """A row that holds from a day to a day, both included, each as precise as published."""

    valid_from: PartialDate | None = Field(
        description="first day, month or year it holds; empty when not known"
    )
    valid_to: PartialDate | None = Field(
        description="last day, month or year it holds; empty when not known, which does not mean "
        "that it still holds"
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Dated":
        if (
            self.valid_from
            and self.valid_to
            and last_day(self.valid_to) < first_day(self.valid_from)
        ):
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self


class Network(Dated):
    """`network.csv`"""

    one_row = "a digitalisation network of municipalities"
    key = ("network_id",)
    references: ClassVar[References] = {
        "parent_network_id": ("network", "network_id"),
        "predecessor_ids": ("network", "network_id"),
    }

    network_id: Slug = Field(description="short name of the network")
    name: str = Field(description="name the network uses of itself")
    scope: Literal["regional", "sub_regional"] = Field(
        description="regional, or sub_regional when it lies inside another network"
    )
    parent_network_id: Slug | None = Field(description="network it lies inside")
    predecessor_ids: str | None = Field(
        description="networks it took over from, separated by ' ; '"
    )
    county_description: str = Field(description="county or region it covers, in words")


class NetworkMembership(Dated):
    """`network_membership.csv`"""

    one_row = "a municipality in a network, on the word of one source"
    key = ("network_id", "municipality_code", "valid_from")
    references: ClassVar[References] = {"network_id": ("network", "network_id")}

    network_id: Slug = Field(description="the network")
    municipality_code: Code = Field(description="four-digit code, as text")
    municipality_name: str = Field(description="name in the source, for whoever reads the file")
    code_year: Year = Field(description="the code belongs to the division of this year")
    basis: Basis = Field(description="what the membership rests on")


class NetworkStatement(Dated):
    """`network_statement.csv`"""

    one_row = "a claim about the members of a network that names no municipality"
    key = ("statement_id",)
    references: ClassVar[References] = {"network_id": ("network", "network_id")}

    statement_id: Slug = Field(description="short name of the claim")
    network_id: Slug | None = Field(description="the network; empty when there is none")
    statement_type: Literal[
        "member_count", "approximate_count", "unknown_members", "no_network_found"
    ] = Field(description="what kind of claim it is")
    about: str = Field(description="which municipalities it is about, in words")
    member_count: int | None = Field(description="number of members, where the source gives one")
    basis: Literal[Basis.COUNT_ONLY, Basis.UNKNOWN] = Field(description="what is known of them")


class LegalForm(StrEnum):
    """Legal form of a cooperation."""

    IKS = "iks"
    OPPGAVEFELLESSKAP = "oppgavefellesskap"
    VERTSKOMMUNESAMARBEID = "vertskommunesamarbeid"
    SECTION_27 = "section_27"
    UNSPECIFIED_COOPERATION = "unspecified_cooperation"
    UNKNOWN = "unknown"


class Cooperation(Dated):
    """`cooperation.csv`"""

    one_row = "an inter-municipal cooperation"
    key = ("cooperation_id",)
    references: ClassVar[References] = {
        "network_id": ("network", "network_id"),
        "predecessor_ids": ("cooperation", "cooperation_id"),
    }

    cooperation_id: Slug = Field(description="short name of the cooperation")
    name: str = Field(description="name in the source, or the members where it has none")
    field: Literal["ict", "child_welfare"] = Field(description="what it is about")
    legal_form: LegalForm = Field(
        description="iks (inter-municipal company), oppgavefellesskap (kommuneloven 2018 ch. 19), "
        "vertskommunesamarbeid (host municipality), section_27 (kommuneloven 1992 §27), "
        "unspecified_cooperation or unknown"
    )
    legal_form_published: str | None = Field(description="legal form in the words of the source")
    organisation_number: OrganisationNumber | None = Field(description="in Enhetsregisteret")
    network_id: Slug | None = Field(description="the network it also is")
    predecessor_ids: str | None = Field(
        description="cooperations it took over from, separated by ' ; '"
    )
    host_name: str | None = Field(description="host municipality")
    host_municipality_code: Code | None = Field(description="code of the host municipality")
    host_code_year: Year | None = Field(description="division the code of the host belongs to")
    members_found: bool = Field(
        description="whether members are in cooperation_membership; false means not found, not none"
    )


class CooperationMembership(Dated):
    """`cooperation_membership.csv`"""

    one_row = "a participant in a cooperation"
    key = ("cooperation_id", "member_name", "valid_from")
    references: ClassVar[References] = {"cooperation_id": ("cooperation", "cooperation_id")}

    cooperation_id: Slug = Field(description="the cooperation")
    member_name: str = Field(description="name of the participant in the source")
    member_form: Literal["KOMM", "FYLK"] = Field(
        description="KOMM a municipality, FYLK a county municipality (Enhetsregisteret's words)"
    )
    municipality_code: Code | None = Field(
        description="four-digit code, as text; empty for a county or when not certain"
    )
    code_year: Year | None = Field(description="the code belongs to the division of this year")
    organisation_number: OrganisationNumber | None = Field(description="of the participant")
    owner_share_pct: Annotated[float, Field(ge=0, le=100)] | None = Field(
        description="share of liability (ansvarsandel), percent"
    )

    @model_validator(mode="after")
    def _code_and_year_go_together(self) -> "CooperationMembership":
        if (self.municipality_code is None) != (self.code_year is None):
            raise ValueError("municipality_code and code_year are filled in together or not at all")
        return self


class IctCompany(Row):
    """`ict_company.csv`"""

    one_row = "an inter-municipal company that was looked at: whether its business is ICT"
    key = ("organisation_number",)

    organisation_number: OrganisationNumber = Field(description="in Enhetsregisteret")
    name: str = Field(description="name in the source")
    is_ict: bool = Field(
        description="whether ICT for its owners is its business; the word of the reviewer counts "
        "for more than words found in its purpose"
    )


class DistrictDefinition(Row):
    """`district_definition.csv`"""

    one_row = "a published definition, index or area that can say which municipalities are district"
    key = ("definition_id",)

    definition_id: Slug = Field(description="short name of the definition")
    definition_type: Literal[
        "class_rule", "classification", "index", "area", "figure", "not_found"
    ] = Field(description="what it is; figure is context, not_found was looked for in vain")
    name: str = Field(description="name in the source")
    publisher: str = Field(description="who publishes it")
    version: str | None = Field(description="edition or year")
    unit: str = Field(description="what it grades")
    rule: str | None = Field(description="components and weights, or the rule")
    classes: str | None = Field(description="range of values, or classes")
    municipality_count: int | None = Field(description="number of municipalities it holds")
    machine_source: str | None = Field(description="where a program can read it")
    confidence: Literal["high", "medium", "not_found"] = Field(
        description="how certain the description is"
    )


class ActionZone(Row):
    """`action_zone.csv`"""

    one_row = "a municipality in the action zone for Finnmark and Nord-Troms"
    key = ("municipality_code",)

    municipality_code: Code = Field(description="four-digit code, as text")
    municipality_name: str = Field(description="name of the municipality")
    code_year: Year = Field(description="the code belongs to the division of this year")
    county: str = Field(description="county of the municipality")
    basis: Basis = Field(description="what the row rests on")


class DecidedChange(Row):
    """`decided_change.csv`"""

    one_row = "a municipality that is to be changed on a day that is decided"
    key = ("change_id", "municipality_code")

    change_id: Slug = Field(description="short name of the change")
    municipality_code: Code = Field(description="four-digit code of today, as text")
    municipality_name: str = Field(description="name of the municipality")
    kind: Literal["merger"] = Field(description="what happens to it")
    takes_effect_on: date = Field(description="day on which it happens")
    new_name: str = Field(description="name of what it becomes a part of")
    new_code: Code | None = Field(description="code of that; empty when not found")
    decided_by: Literal["storting", "king_in_council", "ministry"] = Field(
        description="who decided: the Storting, the King in Council, or the ministry"
    )
    decided_on: date = Field(description="day of the decision")


REGISTER: dict[str, type[Row]] = {
    "network": Network,
    "network_membership": NetworkMembership,
    "network_statement": NetworkStatement,
    "cooperation": Cooperation,
    "cooperation_membership": CooperationMembership,
    "ict_company": IctCompany,
    "district_definition": DistrictDefinition,
    "action_zone": ActionZone,
    "decided_change": DecidedChange,
}
