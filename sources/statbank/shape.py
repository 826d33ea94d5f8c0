"""The shape of a StatBank table, by its metadata.

A dimension, its role, whether it may be left out; the label, unit and decimals of the contents
asked for; the label of a code list used; a code that is asked for, with its label, and every code
of a dimension that is added up, by us or by the publisher; how periods are written. Of a table of
context, where every cell comes along under its own labels, the dimensions alone.
"""

import re
from collections.abc import Iterable, Sequence

from sources.catalogue import Catalogue, Origin, Table
from sources.http import Reply, Upstream
from sources.jsonstat import Cube, Dimension
from sources.shape import NOTHING, Shape
from sources.statbank import selection
from sources.statbank.api import described


def shape(
    catalogue: Catalogue,
    table: Table,
    upstream: Upstream,
    _replies: Sequence[Reply] = (),
    _agreed: Shape | None = None,
) -> Shape:
    """The shape of a table. A session asks for its metadata once. Raises UpstreamError."""
    return of_cube(catalogue, table, described(catalogue, table, upstream))


def of_cube(catalogue: Catalogue, table: Table, cube: Cube) -> Shape:
    """The shape of a StatBank table by its metadata, as far as the catalogue asks for it."""
    found: Shape = {"dimensions": {d.code: _role(d) for d in cube.dimensions}}
    if table.holds == "context_observation":
        return found
    origins = _origins(catalogue, table)
    for dimension in cube.dimensions:
        if dimension.code == table.region_dimension:
            if lists := _codelists(table, dimension):
                found["code lists"] = lists
        elif dimension.code == selection.TIME:
            found["periods"] = {dimension.code: _written(dimension.codes)}
        elif dimension.code == selection.CONTENTS:
            found[dimension.code] = _contents(dimension, origins)
        else:
            found[dimension.code] = _codes(dimension, origins)
    return found


def _origins(catalogue: Catalogue, table: Table) -> list[Origin]:
    """What is asked of a table: by its indicators, or for a cube by its contents."""
    if table.cube is None:
        return [origin for _, origin in catalogue.indicators_of(table.id)]
    return [
        Origin(table=table.id, contents=code, select=table.cube.select)
        for code in table.cube.contents
    ]


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
    return expression.startswith(selection.LABEL) or not re.search(r"[*?(]", expression)


def _asked(dimension: Dimension, expressions: Iterable[str]) -> dict[str, str]:
    """The codes, with labels, that are asked for by code or by label."""
    codes = {expression.casefold() for expression in expressions}
    labels = {
        expression.removeprefix(selection.LABEL).strip()
        for expression in codes
        if expression.startswith(selection.LABEL)
    }
    return {
        code: label
        for code, label in zip(dimension.codes, dimension.labels, strict=True)
        if code.casefold() in codes or label.casefold() in labels
    }
