"""Ids of indicators, made of the headings of a file."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import count

from common.errors import InputError

_ID = re.compile(r"[a-z][a-z0-9_]*")
_SIGNS = {"\u2265": " ge ", "\u2264": " le ", ">": " gt ", "<": " lt ", "+": " plus ", "&": " "}


def slug(text: str) -> str:
    """A heading as part of an id: small letters, digits and underscores."""
    plain = text.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_") or (
        "percent" if "%" in text else "column"
    )


def ids_of(stem: str, headings: Sequence[str]) -> dict[str, str]:
    """An id for each heading; those that come out alike are told apart by their signs or number."""
    ids = {heading: f"{stem}_{slug(heading)}" if heading else stem for heading in headings}
    if len(set(ids.values())) < len(ids):
        signed = str.maketrans(_SIGNS)
        ids = {
            heading: f"{stem}_{slug(heading.translate(signed))}" if heading else stem
            for heading in headings
        }
    used = set(ids.values())
    seen: set[str] = set()
    for heading, given in ids.items():
        others = (f"{given}_{number}" for number in count(2))
        ids[heading] = (
            next(other for other in others if other not in used) if given in seen else given
        )
        seen.add(ids[heading])
        used.add(ids[heading])
    return ids


def require_id(wanted: str) -> None:
    """Ids are names of files and columns too. Raises InputError."""
    if not _ID.fullmatch(wanted):
        raise InputError(
            f"'{wanted}' can't be an id: small letters, digits and underscores, as {slug(wanted)}."
        )
