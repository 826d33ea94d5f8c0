"""Numbers as Norwegians, spreadsheets and programs write them."""

import re
from functools import cache


@cache
def number_with(decimal: str) -> re.Pattern[str]:
    """A number with this decimal sign: thousands apart by a blank, 1e+05, a last %."""
    blank, digits = "[ \u00a0\u202f]", "[0-9]"
    whole = rf"({digits}{{1,3}}({blank}{digits}{{3}})+|{digits}+)"
    rest = rf"({re.escape(decimal)}{digits}+)?([eE][-+]?{digits}+)?{blank}?%?"
    return re.compile(rf"[-+\u2212]?{whole}{rest}")


def decimal_of(text: str) -> str | None:
    """The decimal sign of a number, an empty text if it has none, None if it is no number."""
    fitting = [sign for sign in ",." if number_with(sign).fullmatch(text)]
    return "" if len(fitting) > 1 else next(iter(fitting), None)
