"""Checks a membership file that a user wrote, and says in a sentence what to mend in each row."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from common.errors import InputError
from common.names import name_key
from common.tabular.records import CsvFile, Problem, Record, read_csv_file
from common.text import listed, nearest, shown
from sources.networks.basis import Basis
from sources.networks.dates import (
    FORMS,
    Span,
    first_day,
    is_date,
    last_day,
    norwegian_date,
    share_a_day,
)
from sources.networks.lookup import MembershipLookup, Period
from sources.networks.rows import NetworkMembership, is_address

REQUIRED = ("network_id", "municipality_code", "valid_from", "valid_to", "basis", "source_url")
COLUMNS = NetworkMembership.columns()
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_NOT_KNOWN = {"unknown", "ukjent", "?", "-", "n/a", "na", "null", "none"}

Fault = tuple[str, str]
"""A column, and what is wrong in it and what to do: the sentence without file and row."""


def check_membership_file(
    path: Path,
    municipalities: Mapping[str, str],
    networks: Collection[str],
    *,
    counties: Mapping[str, str] | None = None,
    former: Mapping[str, str] | None = None,
    periods: Mapping[str, Sequence[Period]] | None = None,
) -> list[Problem]:
    """Every problem in a membership file, in the order of its rows; an empty list is a good file.

    `municipalities` is today's division, code to name; `counties` gives the county's name by
    code. `former` holds codes that are no longer in use and their names: such a code is allowed
    when `code_year` is filled in. `periods` says when each code was in force.
    """
    try:
        file = read_csv_file(path)
    except InputError as error:
        return [Problem(path.name, 0, "", str(error))]
    if not file.columns:
        return [
            Problem(
                path.name,
                0,
                "",
                f"{path.name}: the file is empty. Write a header row with {', '.join(REQUIRED)}, "
                "and a row for each membership.",
            )
        ]
    problems = [
        _problem(path, file.header_row, column, text) for column, text in _header_faults(file)
    ]
    if not file.records:
        text = "there are no rows below the header. Write a row for each membership."
        problems.append(_problem(path, file.header_row, "", text))
    known = MembershipLookup(
        municipalities, tuple(networks), counties or {}, former or {}, periods or {}
    )
    present = set(file.columns)
    overlaps = _overlaps(file.records)
    for record in file.records:
        faults = [*_row_faults(record, known), *overlaps.get(record.row, [])]
        problems += [
            _problem(path, record.row, column, text)
            for column, text in faults
            if not column or column in present
        ]
    return problems


def _problem(path: Path, row: int, column: str, text: str) -> Problem:
    return Problem(path.name, row, column, f"{path.name}, row {row}: {text}")


def _header_faults(file: CsvFile) -> Iterator[Fault]:
    for column in sorted({column for column in file.columns if file.columns.count(column) > 1}):
        if column:
            yield column, f"the column {column} is there twice. Remove one of them."
    for position, column in enumerate(file.columns, start=1):
        if not column:
            yield "", f"column {position} has no name. Write its name or remove it."
    missing = [column for column in REQUIRED if column not in file.columns]
    for column in missing:
        yield (
            column,
            f"the column {column} is missing. The file must have {', '.join(REQUIRED)}; a date "
            "that is not known is left empty.",
        )
    unused = [column for column in COLUMNS if column not in file.columns]
    for column in file.columns:
        if column and column not in COLUMNS:
            near = nearest(_plain(column), unused, 0.6)[:1]
            advice = (
                f"Did you mean {near[0]}?"
                if near
                else "Remove it, or put its text in the column note."
            )
            yield (
                column,
                f"{shown(column)} is not a column of a membership file ({', '.join(COLUMNS)})."
                f" {advice}",
            )


def _row_faults(record: Record, known: MembershipLookup) -> Iterator[Fault]:
    if record.surplus:
        yield (
            "",
            "the row has more cells than the header has columns. Put quotation marks round text "
            "that holds the separator.",
        )
    yield from _network_faults(record["network_id"], known)
    yield from _code_faults(record, known)
    yield from _date_faults(record)
    yield from _basis_faults(record["basis"])
    yield from _source_faults(record["source_url"])


def _network_faults(text: str, known: MembershipLookup) -> Iterator[Fault]:
    if text in known.networks:
        return
    by_plain = {_plain_network(network): network for network in known.networks}
    plain = _plain_network(text)
    near = [plain] if plain in by_plain else nearest(plain, by_plain, 0.7)
    advice = (
        f"Did you mean {listed([by_plain[match] for match in near], 'or')}?"
        if near
        else f"Write one of {', '.join(sorted(known.networks))}."
    )
    if text:
        yield "network_id", f"{shown(text)} is not a network in the register. {advice}"
    else:
        yield "network_id", f"network_id is empty. {advice}"


def _code_faults(record: Record, known: MembershipLookup) -> Iterator[Fault]:
    text, year = record["municipality_code"], record["code_year"]
    if year and not re.fullmatch(r"(18|19|20)\d\d", year):
        yield "code_year", f"{shown(year)} is not a year. Write four digits, such as 2024."
    elif year and not known.is_in_force(text, int(year)):
        yield (
            "code_year",
            f"{text} is no code of {year}; it is one of {known.years(text)}. Correct the code or "
            "code_year.",
        )
    if text in known.municipalities:
        yield from _name_faults(record, known)
    elif re.fullmatch(r"\d{4}", text):
        yield from _unknown_code_faults(record, known)
    else:
        yield "municipality_code", _not_a_code(record, known)


def _name_faults(record: Record, known: MembershipLookup) -> Iterator[Fault]:
    """A code in use whose row names another municipality: one of the two is wrong."""
    code, name = record["municipality_code"], record["municipality_name"]
    codes = known.codes_of(name)
    if not name or code in codes or (record["code_year"] and code in known.former_codes_of(name)):
        return
    meant = f" {name} is {known.choices(codes)}." if codes else ""
    yield (
        "municipality_name",
        f"{code} is {known.municipalities[code]}, but municipality_name says {shown(name)}.{meant} "
        "Correct the code or the name.",
    )


def _unknown_code_faults(record: Record, known: MembershipLookup) -> Iterator[Fault]:
    code, column = record["municipality_code"], "municipality_code"
    if code in known.former:
        if record["code_year"]:
            return
        yield (
            column,
            f"{shown(code)} was the code of {known.former[code]} and is no longer in use. Write"
            f" today's code{_today(known.former[code], known)}, or fill in code_year with the year"
            " the code belongs to.",
        )
        return
    near = known.codes_of(record["municipality_name"]) or known.near_codes(code)
    yield (
        column,
        f"{shown(code)} is not the code of a municipality. "
        f"Nearest: {listed([known.named(match) for match in near], 'or')}. Write a code in use.",
    )


def _today(name: str, known: MembershipLookup) -> str:
    codes = known.codes_of(name)
    return f" ({name} is {known.choices(codes)} today)" if codes else ""


def _not_a_code(record: Record, known: MembershipLookup) -> str:
    text = record["municipality_code"]
    if not text:
        codes = known.codes_of(record["municipality_name"])
        advice = known.choices(codes) or "its four digits, such as 1804"
        return f"municipality_code is empty. Write {advice}."
    digits = re.sub(r"[.,]0+$", "", text)
    if re.fullmatch(r"\d{3}", digits) and f"0{digits}" in known.municipalities:
        return (
            f"{shown(text)} has lost the zero in front. Write {known.named('0' + digits)}, and"
            " format the column as text so that the spreadsheet keeps it."
        )
    if re.fullmatch(r"\W*[A-Za-z]?\W*\d{4}\W*", digits):
        code = re.sub(r"\D", "", digits)
        if code in known.municipalities:
            return f"{shown(text)} is not a code. Write only its four digits: {known.named(code)}."
    if re.fullmatch(r"[\d.,\s]+", text):
        return (
            f"{shown(text)} is not a municipality code. Write four digits as text, such as 0301 or"
            " 1804."
        )
    return _name_for_a_code(text, known)


def _name_for_a_code(text: str, known: MembershipLookup) -> str:
    codes = known.codes_of(text)
    if len(codes) > 1:
        count = _NUMBERS.get(len(codes), str(len(codes)))
        there = ", ".join(known.shown(code) for code in codes)
        return (
            f"{shown(text)} is the name of {count} municipalities ({there}). Write the code"
            " instead."
        )
    if codes:
        earlier = known.former_codes_of(text)
        also = (
            f" Earlier codes with that name: {', '.join(earlier)}; if one of those is "
            "meant, write it with its year in code_year."
            if earlier
            else ""
        )
        return f"{shown(text)} is a name. Write the code instead: {known.named(codes[0])}.{also}"
    near = nearest(name_key(text), known.codes_by_key, 0.6)
    matches = dict.fromkeys(code for match in near for code in known.codes_by_key[match])
    advice = (
        f"Nearest: {listed([known.named(code) for code in matches], 'or')}. " if matches else ""
    )
    return (
        f"{shown(text)} is neither the code nor the name of a municipality. {advice}Write the "
        "four-digit code."
    )


def _date_faults(record: Record) -> Iterator[Fault]:
    for column in ("valid_from", "valid_to", "source_date"):
        text = record[column]
        if text and not is_date(text):
            yield column, _not_a_date(column, text)
    source_date = record["source_date"]
    if is_date(source_date) and first_day(source_date) > datetime.now(UTC).date():
        yield "source_date", f"source_date {source_date} is after today. Correct it."
    start, end = record["valid_from"], record["valid_to"]
    if is_date(start) and is_date(end) and last_day(end) < first_day(start):
        yield (
            "valid_to",
            f"the membership ends ({end}) before it starts ({start}). Correct valid_from or "
            "valid_to.",
        )


def _not_a_date(column: str, text: str) -> str:
    if text.casefold() in _NOT_KNOWN:
        return f"{column} is {shown(text)}. Leave the cell empty when the date is not known."
    day = norwegian_date(text)
    if day:
        return f"{column} {shown(text)} is not in the form of the register. Write {day}."
    return (
        f"{column} {shown(text)} is not a date. Write {FORMS}, as precise as the source is, or"
        " leave it empty when not known; words go in the column note."
    )


def _basis_faults(text: str) -> Iterator[Fault]:
    usable = [basis.value for basis in Basis if basis is not Basis.COUNT_ONLY]
    if text == Basis.COUNT_ONLY:
        yield (
            "basis",
            "count_only says how many members there are, not which, so it can't support a "
            f"municipality. Write one of {', '.join(usable)}, or remove the row.",
        )
    elif text not in usable:
        fault = f"{shown(text)} is not a basis" if text else "basis is empty"
        yield "basis", f"{fault}. Write one of {', '.join(usable)}."


def _source_faults(text: str) -> Iterator[Fault]:
    if not text:
        yield (
            "source_url",
            "source_url is empty. Write the address of the page that shows the membership "
            "(https://...).",
        )
    elif not is_address(text):
        yield (
            "source_url",
            f"source_url {shown(text)} is not an address. Write it in full (https://...), several"
            " with ' ; ' between them.",
        )


def _overlaps(records: list[Record]) -> dict[int, list[Fault]]:
    """Rows that say again what an earlier row says of the same municipality, network and time."""
    earlier: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    faults: dict[int, list[Fault]] = {}
    for record in records:
        network, code = record["network_id"], record["municipality_code"]
        if not network or not code or not _datable(record):
            continue
        same = next(
            (other for other in earlier[network, code] if share_a_day(_span(record), _span(other))),
            None,
        )
        earlier[network, code].append(record)
        if same:
            text = (
                f"{code} is in {network} in row {same.row} already, for a time that overlaps. Keep "
                "the row with the better basis and put the other source in its note, or correct "
                "valid_from and valid_to."
            )
            faults[record.row] = [("municipality_code", text)]
    return faults


def _span(record: Record) -> Span:
    return record["valid_from"], record["valid_to"]


def _datable(record: Record) -> bool:
    return all(
        not record[column] or is_date(record[column]) for column in ("valid_from", "valid_to")
    )


def _plain(text: str) -> str:
    return re.sub(r"[^a-zæøå0-9_]", "", text.casefold())


def _plain_network(text: str) -> str:
    """A network's name without the prefix they share, which would make all of them look near."""
    return _plain(text).removeprefix("digi")
