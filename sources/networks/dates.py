"""Dates at the precision they were published: `2021`, `2020-01` or `2021-12-03`."""

import calendar
import re
from datetime import date

from common.text import shown

FORMS = "2020, 2020-01 or 2020-01-31"
Span = tuple[str, str]
"""From and to a date, both included, each as precise as published; empty where not known."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_NORWEGIAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")


def first_day(text: str) -> date:
    """The earliest day the text can mean: 2020-01 is 2020-01-01. ValueError if it is no date."""
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The latest day the text can mean: 2020-01 is 2020-01-31. ValueError if it is no date."""
    year, month, day = _parts(text)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def is_date(text: str) -> bool:
    """Whether the text is a day, month or year that exists, in the forms the registers use."""
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def norwegian_date(text: str) -> str | None:
    """A day written 31.1.2020 as 2020-01-31; None when it isn't one."""
    match = _NORWEGIAN.fullmatch(text)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def share_a_day(one: Span, other: Span) -> bool:
    """Whether two spans certainly share a day; a day not known has no limit.

    Spans written alike share all of them. Raises ValueError for what is no date.
    """
    if one == other:
        return True
    latest_start = max(last_day(start) if start else date.min for start, _ in (one, other))
    earliest_end = min(first_day(end) if end else date.max for _, end in (one, other))
    return latest_start <= earliest_end


def _parts(text: str) -> tuple[int, int | None, int | None]:
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"{shown(text)} is not a date. Write {FORMS}")
    year, month, day = (int(part) if part else None for part in match.groups())
    date(year or 0, 1 if month is None else month, 1 if day is None else day)
    return year or 0, month, day
