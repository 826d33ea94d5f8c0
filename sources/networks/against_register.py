"""Rows of a membership file that repeat the register of networks, or say something else."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from common.tabular.records import Problem, Record, read_csv_file
from sources.networks.dates import Span, first_day, is_date, last_day, share_a_day


class RegisteredNetwork(NamedTuple):
    """A network as `mart.network` has it; dates as published, empty where not known."""

    network_id: str
    scope: str
    valid_from: str
    valid_to: str


class RegisteredMembership(NamedTuple):
    """A membership as `mart.network_membership` has it, under its code today and in its source."""

    network_id: str
    municipality_code: str
    reported_code: str
    valid_from: str
    valid_to: str
    basis: str
    source_url: str

    @property
    def span(self) -> Span:
        return self.valid_from, self.valid_to


def membership_remarks(
    path: Path,
    networks: Iterable[RegisteredNetwork],
    memberships: Iterable[RegisteredMembership],
    today: date | None = None,
) -> list[Problem]:
    """What to know of the rows of a file in which no row has a fault, in their order.

    A row may repeat the register, give other dates, name a second regional network at the same
    time, begin after `today`, or lie outside the life of its network. Raises InputError when it
    can't be read.
    """
    by_id = {network.network_id: network for network in networks}
    registered, today = list(memberships), today or datetime.now(UTC).date()
    return [
        Problem(path.name, record.row, column, f"{path.name}, row {record.row}: {sentence}")
        for record in read_csv_file(path).records
        for column, sentence in _remarks(record, by_id, registered, today)
    ]


def _remarks(
    record: Record,
    networks: dict[str, RegisteredNetwork],
    registered: list[RegisteredMembership],
    today: date,
) -> Iterator[tuple[str, str]]:
    code, network = record["municipality_code"], networks[record["network_id"]]
    span = record["valid_from"], record["valid_to"]
    for other in registered:
        same_place = code in (other.municipality_code, other.reported_code)
        if not same_place or not share_a_day(span, other.span):
            continue
        if other.network_id == network.network_id:
            yield "municipality_code", _repeats(record, other)
        elif networks[other.network_id].scope == network.scope == "regional":
            yield (
                "network_id",
                f"{code} is in {other.network_id} too, by the register ({_words(other.span)},"
                f" {other.basis}, {other.source_url}). Check which of the two it is in, and when.",
            )
    if is_date(span[0]) and first_day(span[0]) > today:
        yield (
            "valid_from",
            f"{code} is not in {network.network_id} before {span[0]}: that is to come.",
        )
    yield from _outside(span, network)


def _repeats(record: Record, other: RegisteredMembership) -> str:
    span = record["valid_from"], record["valid_to"]
    which = f"{other.municipality_code} is in {other.network_id} in the register already"
    evidence = f"{other.basis}, {other.source_url}"
    if span != other.span:
        return (
            f"{which}, {_words(other.span)} ({evidence}); the row says {_words(span)}. Say in note"
            " why, or leave the row out."
        )
    if (record["basis"], record["source_url"]) == (other.basis, other.source_url):
        return f"{which}, with the same dates, basis and source. Leave the row out."
    return f"{which}, on another basis or source ({evidence}). Both can be kept."


def _outside(span: Span, network: RegisteredNetwork) -> Iterator[tuple[str, str]]:
    start, end = span
    began, ended = network.valid_from, network.valid_to
    if is_date(start) and is_date(began) and last_day(start) < first_day(began):
        yield "valid_from", f"{network.network_id} began {began} by the register, not {start}."
    for column, text in (("valid_from", start), ("valid_to", end)):
        if is_date(text) and is_date(ended) and first_day(text) > last_day(ended):
            yield (
                column,
                f"{network.network_id} ended {ended} by the register, not {text}.",
            )


def _words(span: Span) -> str:
    start, end = span
    if not start and not end:
        return "dates not known"
    return " ".join(filter(None, [start and f"from {start}", end and f"to {end}"]))
