"""Whether the figures of a contents add up over merged municipalities, by unit and wording.

Units and labels are the publisher's, in bokmål. A word that makes a rate, mean, share or index of a
figure wins over a unit that counts; a unit that does neither is asked about.
"""

import re
from dataclasses import dataclass

from sources.jsonstat import Dimension

_COUNTED = re.compile(
    r"(antall|personer?|årsverk|barn|elever|brukere|plasser|husholdninger|familier|boliger|bygninger"
    r"|enheter|stk\.?|saker|tilfeller|virksomheter|foretak|bedrifter|kjøretøy|dyr|bind|besøk|timer"
    r"|dager|døgn|uketimer|årstimer|number|persons)"
)
_MEASURED = re.compile(
    r"(1\s?000 kr|1000 kroner|mill(ioner|\.)? kr(oner)?|mrd\.? kr(oner)?|tonn|1\s?000 tonn|kg"
    r"|dekar|daa|km\s?[2²]|km|m\s?[23²³]|1\s?000 m[23]|kwh|mwh|gwh|liter|1\s?000 liter|tonn co2\S*)"
)
_ONE_KRONE = re.compile(r"(kr|kroner|nok)")
_DAY_AFTER_PER = r"(?!\s*\d{1,2}\.\s*(\d{1,2}\b|[a-zæøå]+)|\s*\d\.\s*kvartal)"
_RATE = re.compile(
    rf"(\b(per|pr)\b\.?{_DAY_AFTER_PER}|prosent|promille|\bandel(en)?\b|gjennomsnitt|\bsnitt\b"
    r"|median|indeks|\brate\b|forholdstall|dekningsgrad|\bkvartil|\bdesil|persentil|gini|kvotient)",
    re.IGNORECASE,
)
_PRICE = re.compile(r"(pris|gebyr|avgiftssats|\bsats|takst|lønn)", re.IGNORECASE)
_PER_INHABITANT = re.compile(
    r"\b(per|pr)\b\.?\s*((1\s?0+|10\s?000|100\s?000)\s*)?innbygger", re.IGNORECASE
)
_MAY_BE_NEGATIVE = re.compile(
    r"(netto|endring|vekst|overskudd|underskudd|resultat|balanse|differanse)", re.IGNORECASE
)
_SHARE = re.compile(r"^andel\b(?!.*(endring|vekst))", re.IGNORECASE)


@dataclass(frozen=True)
class Addition:
    """How a contents is carried: `sum`, `none`, `per inhabitant`, or None where nobody can tell."""

    aggregate: str | None
    why: str
    minimum: float | None = None
    maximum: float | None = None


def of_contents(dimension: Dimension, code: str) -> Addition:
    """What the unit, the wording and the kind of measurement of a contents say."""
    label = dict(zip(dimension.codes, dimension.labels, strict=True))[code]
    declared = dimension.units.get(code)
    unit = " ".join(((declared.base if declared else None) or "").casefold().split())
    return _by_wording(label, unit, dimension.measuring.get(code)) or _by_unit(label, unit)


def _by_wording(label: str, unit: str, measured_as: str | None) -> Addition | None:
    """What can't add up: figures per inhabitant, and other rates, means, shares and prices."""
    text = f"{label} {unit}"
    if _PER_INHABITANT.search(text):
        return Addition("per inhabitant", f"it is per inhabitant: '{label}'")
    if word := _RATE.search(text):
        is_share = _SHARE.search(label) and "prosent" in text
        why = f"'{word[0].strip()}' in '{label}' ({unit or 'no unit'})"
        return Addition("none", why, *((0.0, 100.0) if is_share else ()))
    if measured_as == "Average":
        return Addition("none", f"'{label}' is an average, as the publisher says")
    if _ONE_KRONE.fullmatch(unit) and (word := _PRICE.search(label)):
        return Addition("none", f"'{word[0]}' in '{label}': a price")
    return None


def _by_unit(label: str, unit: str) -> Addition:
    """What adds up, and what can't be told."""
    if _COUNTED.fullmatch(unit):
        minimum = None if _MAY_BE_NEGATIVE.search(label) else 0.0
        return Addition("sum", f"its unit, '{unit}', counts", minimum)
    if _MEASURED.fullmatch(unit):
        return Addition("sum", f"its unit, '{unit}', adds up")
    if _ONE_KRONE.fullmatch(unit):
        why = f"'{label}' is in single kroner, and may be a sum or a price, mean or rate"
        return Addition(None, why)
    reason = f"its unit is '{unit}'" if unit else "it has no unit"
    return Addition(None, f"{reason}, which does not say whether '{label}' adds up")
