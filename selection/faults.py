"""What keeps a file from being a rule, in the words of the file and in both languages."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from common.text import did_you_mean, listed, nearest, shown
from selection.entry import Bilingual, Place, Problem

_LIMITS = {
    "greater_than_equal": Bilingual(nb="må være minst {ge}", en="must be at least {ge}"),
    "greater_than": Bilingual(nb="må være over {gt}", en="must be over {gt}"),
    "less_than_equal": Bilingual(nb="må være høyst {le}", en="must be at most {le}"),
    "less_than": Bilingual(nb="må være under {lt}", en="must be under {lt}"),
    "too_short": Bilingual(nb="må ha minst {min_length}", en="must have at least {min_length}"),
}
_KINDS = {
    "string": Bilingual(nb="tekst", en="text"),
    "int": Bilingual(nb="et helt tall", en="a whole number"),
    "float": Bilingual(nb="et tall", en="a number"),
    "bool": Bilingual(nb="true eller false", en="true or false"),
    "date": Bilingual(nb="en dag, som 2026-01-31", en="a day, as 2026-01-31"),
    "tuple": Bilingual(nb="en liste, som [a, b]", en="a list, as [a, b]"),
    "list": Bilingual(nb="en liste, som [a, b]", en="a list, as [a, b]"),
    "dict": Bilingual(nb="nøkler med verdier, som a: 1", en="keys with values, as a: 1"),
    "model": Bilingual(nb="nøkler med verdier, som a: 1", en="keys with values, as a: 1"),
}
_PATTERNS = {
    r"^\d{4}$": Bilingual(
        nb="en kode på fire sifre i anførselstegn, som '0301'",
        en="a code of four digits in quotation marks, as '0301'",
    ),
    r"^[a-z][a-z0-9_]*$": Bilingual(
        nb="et navn av små bokstaver, sifre og understrek",
        en="a name of small letters, digits and underscores",
    ),
}


def problem(fault: Any, shape: type[BaseModel], content: Any) -> Problem:
    """A fault that pydantic found in a file of this shape: where, and what, as a sentence."""
    place = tuple(_in_file(fault["loc"], content, is_missing=fault["type"] == "missing"))
    what = _what(fault, _entries_at(shape, fault["loc"][:-1]))
    path = ".".join(str(step) for step in place)
    return place, Bilingual(
        nb=f"{path or 'filen'}: {what.nb}", en=f"{path or 'the file'}: {what.en}"
    )


def own(errors: Sequence[Any]) -> list[Any]:
    """Faults that pydantic found, without those that follow from others.

    A list is too short because its parts are wrong; a name that is not said is the id.
    """
    places = {fault["loc"]: fault["type"] for fault in errors}

    def follows(fault: Any) -> bool:
        place = fault["loc"]
        if fault["type"] == "too_short":
            return any(other[: len(place)] == place != other for other in places)
        return bool(place[-1:] == ("name",)) and places.get((*place[:-1], "id")) == fault["type"]

    return [fault for fault in errors if not follows(fault)]


def example(shape: type[BaseModel], place: Place) -> Any:
    """The example of the key at a place, to read the rest of a file with; None if it has none."""
    fields = [e.model_fields.get(str(place[-1])) for e in _entries_at(shape, place[:-1])]
    return next((field.examples[0] for field in fields if field and field.examples), None)


def _in_file(place: Place, content: Any, *, is_missing: bool) -> Iterator[str | int]:
    """The steps of a place that are written in the file: the name of a kind of method is not."""
    for number, step in enumerate(place):
        is_there = (isinstance(content, dict) and step in content) or (
            isinstance(content, list) and isinstance(step, int) and step < len(content)
        )
        if is_there:
            content = content[step]
        if is_there or (is_missing and number == len(place) - 1):
            yield step


def _what(fault: Any, entries: list[type[BaseModel]]) -> Bilingual:
    kind, given, context = fault["type"], fault["input"], fault.get("ctx", {})
    quoted = shown(str(given))
    if kind == "extra_forbidden":
        return _no_such_entry(str(fault["loc"][-1]), entries)
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        allowed = re.findall(r"'([^']*)'", context.get("expected") or context["expected_tags"])
        return _not_among(context.get("tag", given), allowed)
    if kind == "string_type" and isinstance(given, int | float) and not isinstance(given, bool):
        nb, en = (
            "{} må være tekst; skriv det i anførselstegn",
            "{} must be text; write it in quotes",
        )
        what = Bilingual(nb=nb.format(quoted), en=en.format(quoted))
    elif kind in _LIMITS:
        nb, en = _LIMITS[kind].nb.format(**context), _LIMITS[kind].en.format(**context)
        what = Bilingual(nb=f"{quoted} {nb}", en=f"{quoted} {en}")
    elif wanted := _PATTERNS.get(context.get("pattern", "")) or _KINDS.get(kind.split("_")[0]):
        what = Bilingual(nb=f"{quoted} må være {wanted.nb}", en=f"{quoted} must be {wanted.en}")
    else:
        others = {
            "missing": Bilingual(nb="dette mangler", en="this is missing"),
            "union_tag_not_found": Bilingual(
                nb="si metoden under 'name'", en="say the method under 'name'"
            ),
            "said": Bilingual(nb=context.get("nb", ""), en=context.get("en", "")),
        }
        what = others.get(kind, Bilingual(nb=fault["msg"], en=fault["msg"]))
    return Bilingual(nb=f"{what.nb}.", en=f"{what.en}.")


def _no_such_entry(name: str, entries: list[type[BaseModel]]) -> Bilingual:
    known = sorted({field for entry in entries for field in entry.model_fields})
    if near := nearest(name, known):
        hint = f"Mente du {listed(near, 'eller')}?"
    else:
        hint = f"Det finnes: {', '.join(known)}." if known else ""
    return Bilingual(
        nb=f"det finnes ingen slik nøkkel. {hint}".rstrip(),
        en=f"there is no such entry. {did_you_mean(name, known) if known else ''}".rstrip(),
    )


def _not_among(given: object, allowed: list[str]) -> Bilingual:
    near = nearest(str(given), allowed)
    nb = f"Mente du {listed(near, 'eller')}? " if near else ""
    en = f"Did you mean {listed(near, 'or')}? " if near else ""
    value = shown(str(given))
    return Bilingual(
        nb=f"{value} kan ikke stå her. {nb}Mulig: {', '.join(allowed)}.",
        en=f"{value} can't stand here. {en}Possible: {', '.join(allowed)}.",
    )


def _entries_at(shape: type[BaseModel], place: Place) -> list[type[BaseModel]]:
    """The entries that may stand at a place; several where a method may be any of them."""
    entries = [shape]
    for step in place:
        inner = [e.model_fields[step] for e in entries if step in e.model_fields]
        if inner:
            entries = [each for field in inner for each in _entries_in(field.annotation)]
        elif isinstance(step, str):  # the name of a method
            entries = [each for each in entries if _is_called(each, step)] or entries
    return entries


def _entries_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [each for part in get_args(annotation) for each in _entries_in(part)]


def _is_called(entry: type[BaseModel], name: str) -> bool:
    field = entry.model_fields.get("name")
    return field is not None and name in get_args(field.annotation)
