"""Numbers as Norwegians, spreadsheets and programs write them."""

import re
from functools import cache

BLANKS = " \u00a0\u2007\u2008\u2009\u202f"


class Number(str):
    """A number that a workbook holds as a number: with a decimal point, never a thousands sign."""

    __slots__ = ()


@cache
def number_with(decimal: str) -> re.Pattern[str]:
    """A number with this decimal sign: thousands apart by a blank, 1e+05, a last %."""
    blank, digits = f"[{BLANKS}]", "[0-9]"
    whole = rf"({digits}{{1,3}}({blank}{digits}{{3}})+|{digits}+)"
    rest = rf"({re.escape(decimal)}{digits}+)?([eE][-+]?{digits}+)?{blank}?%?"
    return re.compile(rf"[-+\u2212]?{whole}{rest}")


def decimal_of(text: str) -> str | None:
    """The decimal sign of a number, an empty text if it has none, None if it is no number."""
    if isinstance(text, Number):
        return ""
    fitting = [sign for sign in ",." if number_with(sign).fullmatch(text)]
    return "" if len(fitting) > 1 else next(iter(fitting), None)
