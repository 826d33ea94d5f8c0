"""Numbers as Norwegians, spreadsheets and programs write them."""

import re
from functools import cache

BLANKS = " \u00a0\u2007\u2008\u2009\u202f"
_MARK = re.compile(r"(?P<number>.*?\d\s?%?)\s*(?P<mark>\*+|[¹²³⁴⁵†‡]+|(?<=\s)[1-9a-z]\))")

BOUND = re.compile(rf"[<>\u2264\u2265]\s?=?\s?[0-9]+([.,][0-9]+)?[{BLANKS}]?%?")
"""A figure that is only known to be under or over another: `<5`."""


class Number(str):
    """A number that a workbook holds as a number: with a decimal point, never a thousands sign."""

    __slots__ = ()


@cache
def number_with(decimal: str, thousands: str = "") -> re.Pattern[str]:
    """A number with this decimal sign: thousands apart by a blank or a sign, 1e+05, a last %."""
    blank, digits = f"[{BLANKS}]", "[0-9]"
    apart = f"[{BLANKS}]" if not thousands else f"(?:{blank}|{re.escape(thousands)})"
    whole = rf"({digits}{{1,3}}({apart}{digits}{{3}})+|{digits}+)"
    rest = rf"({re.escape(decimal)}{digits}+)?([eE][-+]?{digits}+)?{blank}?%?"
    return re.compile(rf"[-+\u2212\u2013]?{whole}{rest}")


def number(text: str, decimal: str, thousands: str = "") -> float | None:
    """The number a text says with these signs; None if it says none."""
    if isinstance(text, Number):
        return float(text)
    if not number_with(decimal, thousands).fullmatch(text):
        return None
    plain = re.sub(r"[%\s]", "", text).replace("\u2212", "-").replace("\u2013", "-")
    if thousands:
        plain = plain.replace(thousands, "")
    return float(plain.replace(decimal, "."))


def without_mark(text: str) -> tuple[str, str | None]:
    """A number without its footnote mark (`12*`, `12 1)`, `12¹`), and the mark."""
    if isinstance(text, Number) or not (marked := _MARK.fullmatch(text)):
        return text, None
    return marked["number"].strip(), marked["mark"]


@cache
def is_number(text: str) -> bool:
    """Whether a text is a number with any of the signs in use."""
    return isinstance(text, Number) or any(
        number_with(decimal, thousands).fullmatch(text) for decimal, thousands in (",.", ".,")
    )


def signs(text: str) -> tuple[str | None, str | None, str | None]:
    """What the signs in a number surely are: (decimal, thousands, a sign that may be either).

    A sign with just three digits behind it may be either: `709,037`. One that comes twice parts
    thousands, and so does the first of two; one behind a first 0 or four digits, or with another
    number of digits behind it, is a decimal sign.
    """
    if isinstance(text, Number):
        return None, None, None
    found = re.findall(r"[.,]", text)
    if not found:
        return None, None, None
    if len(set(found)) > 1:
        return (found[-1] if found.count(found[-1]) == 1 else None), found[0], None
    if len(found) > 1:
        return None, found[0], None
    before, after = re.split(r"[.,]", text)
    digits = re.sub(r"\D", "", before)
    is_open = re.fullmatch(r"\d{3}[\s%]*", after) and not digits.startswith("0")
    if is_open and len(digits) <= 3:
        return None, None, found[0]
    return found[0], None, None
