"""How well a membership is supported: the one vocabulary of registers, checks and reports."""

from enum import StrEnum
from typing import Literal, NamedTuple

import pyarrow as pa

from sources.frames import shape

Strength = Literal["strong", "weak"]


class Basis(StrEnum):
    """What a membership rests on."""

    NAMED_IN_SOURCE = "named_in_source"
    COUNCIL_DECISION = "council_decision"
    STEERING_GROUP_SEAT = "steering_group_seat"
    SOURCE_SAYS_ALL_IN_COUNTY = "source_says_all_in_county"
    COUNT_ONLY = "count_only"
    UNKNOWN = "unknown"


class BasisStrength(NamedTuple):
    """How far a basis carries, and the sentence a report shows for it."""

    strength: Strength
    explanation: str


EVIDENCE: dict[Basis, BasisStrength] = {
    Basis.NAMED_IN_SOURCE: BasisStrength(
        "strong", "The source names the municipality as a member or participant."
    ),
    Basis.COUNCIL_DECISION: BasisStrength(
        "strong",
        "The municipal council decided to take part. That it did take part, and for how long, "
        "is not shown by the decision.",
    ),
    Basis.STEERING_GROUP_SEAT: BasisStrength(
        "strong",
        "The source names the municipality in the network's steering group. It took part at the "
        "time of the source; membership before and after is not shown.",
    ),
    Basis.SOURCE_SAYS_ALL_IN_COUNTY: BasisStrength(
        "weak",
        "The source says that all municipalities of a county or region take part and names none. "
        "The members are filled in from the list of municipalities; one that stayed outside "
        "would not be seen.",
    ),
    Basis.COUNT_ONLY: BasisStrength(
        "weak", "The source gives a number of members and names none. It supports no single one."
    ),
    Basis.UNKNOWN: BasisStrength(
        "weak", "No source was found that says who the members are, or whether there are any."
    ),
}


def basis_table() -> pa.Table:
    """The vocabulary as a table: one row a basis, in order from the best supported down."""
    return pa.table(
        {
            "basis": [basis.value for basis in Basis],
            "rank": range(len(Basis)),
            "strength": [EVIDENCE[basis].strength for basis in Basis],
            "explanation": [EVIDENCE[basis].explanation for basis in Basis],
        },
        schema=shape(
            "a kind of evidence for membership, and how strong it is",
            key=("basis",),
            basis=pa.string(),
            rank=pa.int32(),
            strength=pa.string(),
            explanation=pa.string(),
        ),
    )
