"""The shape of a source: the facts that must not change without a person having looked.

Periods come and go, and municipalities with them; that is no change of shape. What is one:

- StatBank: a dimension, its role, whether it may be left out; the label, unit and decimals of the
  contents asked for; the label of a code list used; a code that is asked for, with its label, and
  every code of a dimension that is added up, by us or by the publisher; how periods are written.
  Of a table of context, where every cell comes along under its own labels, the dimensions.
- Registers and Klass: the fields of a reply that are agreed on, and their kinds. Others may come.
- Files: the columns.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sources import files, statbank
from sources.catalogue import Catalogue, Origin, Table
from sources.http import Reply, Upstream
from sources.jsonstat import Cube, Dimension

Shape = dict[str, dict[str, str]]
"""Facts by the part of the source they are about: `{"Alder": {"000": "0 år"}}`.

A part is all that a reply says of one thing, so a part that did not come is not compared.
"""

NOTHING = "nothing"
_KINDS = {
    str: "text",
    bool: "flag",
    int: "whole number",
    float: "number",
    dict: "object",
    type(None): NOTHING,
}


def of(
    catalogue: Catalogue,
    table: Table,
    upstream: Upstream,
    replies: Sequence[Reply] = (),
    agreed: Shape | None = None,
) -> Shape:
    """The shape of a source as it came: of its replies or, for StatBank, of its metadata.

    Registers are asked for what is agreed on alone. Asks nothing that was not asked before.
    Raises UpstreamError for a reply that is not JSON, InputError for a file that can't be read.
    """
    if table.kind == "statbank":
        return of_cube(catalogue, table, statbank.described(catalogue, table, upstream))
    if table.kind == "file":
        return {"columns": dict.fromkeys(files.columns(table, replies[0]), "")}
    return of_replies(replies, agreed or {})


def difference(agreed: Shape, came: Shape) -> list[str]:
    """A line for each fact that was agreed and is not so (`- `), and for each that came (`+ `)."""
    return [line for part in came for line in _differences(part, agreed.get(part, {}), came[part])]


def _differences(part: str, agreed: dict[str, str], came: dict[str, str]) -> Iterator[str]:
    for fact in dict.fromkeys([*agreed, *came]):
        if agreed.get(fact) != came.get(fact):
            for sign, facts in (("-", agreed), ("+", came)):
                if fact in facts:
                    yield f"{sign} " + ": ".join(filter(None, (part, fact, facts[fact])))


def common(one: Shape, other: Shape) -> Shape:
    """The facts of one shape that another has something to say of too."""
    return {
        part: {fact: said for fact, said in facts.items() if fact in other[part]}
        for part, facts in one.items()
        if part in other
    }


# --- StatBank ------------------------------------------------------------------------------


def of_cube(catalogue: Catalogue, table: Table, cube: Cube) -> Shape:
    """The shape of a StatBank table by its metadata, as far as the catalogue asks for it."""
    found: Shape = {"dimensions": {d.code: _role(d) for d in cube.dimensions}}
    if table.holds == "context_observation":
        return found
    origins = [origin for _, origin in catalogue.indicators_of(table.id)]
    for dimension in cube.dimensions:
        if dimension.code == table.region_dimension:
            if lists := _codelists(table, dimension):
                found["code lists"] = lists
        elif dimension.code == statbank.TIME:
            found["periods"] = {dimension.code: _written(dimension.codes)}
        elif dimension.code == statbank.CONTENTS:
            found[dimension.code] = _contents(dimension, origins)
        else:
            found[dimension.code] = _codes(dimension, origins)
    return found


def _role(dimension: Dimension) -> str:
    choice = "may be left out" if dimension.elimination else "must be chosen"
    return f"{dimension.role}, {choice}" if dimension.role else choice


def _codelists(table: Table, dimension: Dimension) -> dict[str, str]:
    """The code lists used, by how the catalogue names them: labels last, ids do not."""
    labels = {offered.id: offered.label for offered in dimension.codelists}
    found = {}
    for regions in table.regions:
        if regions.codelist:
            found[regions.codelist] = labels.get(regions.codelist, NOTHING)
        elif asked := regions.codelist_label:
            named = [label for label in labels.values() if asked.casefold() in label.casefold()]
            found[asked] = "; ".join(named) or NOTHING
    return found


def _written(periods: Iterable[str]) -> str:
    """How periods are written: `####` for years, `####K#` for quarters."""
    return ", ".join(sorted({re.sub(r"\d", "#", period) for period in periods}))


def _contents(dimension: Dimension, origins: Iterable[Origin]) -> dict[str, str]:
    found = {}
    for code, label in _asked(dimension, [origin.contents or "" for origin in origins]).items():
        unit = dimension.units.get(code)
        decimals = f", {unit.decimals} decimals" if unit and unit.decimals is not None else ""
        found[code] = f"{label} ({(unit and unit.base) or 'no unit'}{decimals})"
    return found


def _codes(dimension: Dimension, origins: Sequence[Origin]) -> dict[str, str]:
    """Those asked for one at a time; of a dimension that is added up, every one there is."""
    selected = [origin.select.get(dimension.code, ()) for origin in origins]
    if all(len(expressions) == 1 and _is_code(expressions[0]) for expressions in selected):
        return _asked(dimension, [expression for [expression] in selected])
    return dict(zip(dimension.codes, dimension.labels, strict=True))


def _is_code(expression: str) -> bool:
    """Whether a selection can mean one code only."""
    return expression.startswith(statbank.LABEL) or not re.search(r"[*?(]", expression)


def _asked(dimension: Dimension, expressions: Iterable[str]) -> dict[str, str]:
    """The codes, with labels, that are asked for by code or by label."""
    codes = {expression.casefold() for expression in expressions}
    labels = {
        expression.removeprefix(statbank.LABEL).strip()
        for expression in codes
        if expression.startswith(statbank.LABEL)
    }
    return {
        code: label
        for code, label in zip(dimension.codes, dimension.labels, strict=True)
        if code.casefold() in codes or label.casefold() in labels
    }


# --- registers and Klass -------------------------------------------------------------------


def of_replies(replies: Iterable[Reply], agreed: Shape) -> Shape:
    """The kinds of the agreed fields in JSON replies, by the last step of the address asked.

    Where it may be missing, `text or nothing`, a field may also have come in every row. Of a list
    without rows nothing can be said.
    """
    bodies: dict[str, list[Any]] = {}
    for reply in replies:
        bodies.setdefault(reply.call.url.rsplit("/", 1)[-1], []).append(reply.part(object))
    return {
        part: {
            path: _kind(bodies[part], path, expected)
            for path, expected in agreed.get(part, {}).items()
        }
        for part in bodies
    }


def _kind(bodies: list[Any], path: str, expected: str) -> str:
    kinds = set(_kinds(bodies, path.split(".")))
    came = " or ".join([*sorted(kinds - {NOTHING}), *(kinds & {NOTHING})])
    return expected if came in {"", expected.removesuffix(f" or {NOTHING}")} else came


def _kinds(found: Any, path: Sequence[str]) -> Iterator[str]:
    """The kind of every value that a path leads to, through lists of any depth."""
    if isinstance(found, list):
        for item in found:
            yield from _kinds(item, path)
    elif path and isinstance(found, dict):
        yield from _kinds(found.get(path[0]), path[1:])
    else:
        yield NOTHING if path else _KINDS[type(found)]
