"""A StatBank table, or the chosen part of it, as the JSON-stat 2 data set the service sends."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.upstream.tables import CONTENTS, TIME, Cells, Codelist, Dimension, Table, Value

ROOT = "https://data.ssb.no/api/pxwebapi/v2"
SOURCE = "Statistisk sentralbyrå"


def metadata(table: Table, used: Mapping[str, Codelist]) -> dict[str, Any]:
    """All dimensions with all codes, or those of a code list, and an empty `value`."""
    values = {d.code: _values(d, used.get(d.code)) for d in table.dimensions}
    found = _frame(table, values, list(values))
    for dimension in table.dimensions:
        extension = found["dimension"][dimension.code]["extension"]
        extension["elimination"] = dimension.elimination
        if dimension.total:
            extension["eliminationValueCode"] = dimension.total
        extension["codelists"] = [information(offered) for offered in dimension.codelists]
    here = f"{ROOT}/tables/{table.number}"
    return {
        **found,
        "href": f"{here}/metadata?lang=no",
        "link": {"data": [{"href": f"{here}/data?lang=no&outputFormat=json-stat2"}]},
        "value": [],
    }


def _values(dimension: Dimension, used: Codelist | None) -> Sequence[Value]:
    return used.values if used else dimension.values


def data(
    table: Table, chosen: Mapping[str, Sequence[Value]], heading: Sequence[str], cells: Cells
) -> dict[str, Any]:
    """The chosen cells. A dimension that was left out is not there, and nothing says so."""
    found = _frame(table, chosen, heading)
    status = {str(place): symbol for place, symbol in sorted(cells.status.items())}
    return {**found, "value": _numbers(cells.values), **({"status": status} if status else {})}


def _numbers(values: npt.NDArray[np.float64]) -> list[float | int | None]:
    """Whole numbers without a decimal point, null for none."""
    return [
        None if value != value else int(value) if value.is_integer() else value  # noqa: PLR0124
        for value in values.tolist()
    ]


def _frame(
    table: Table, chosen: Mapping[str, Sequence[Value]], heading: Sequence[str]
) -> dict[str, Any]:
    dimensions = {d.code: d for d in table.dimensions}
    roles = {code: dimensions[code].role for code in chosen}
    by_role = {
        role: [code for code, its in roles.items() if its == role]
        for role in ("time", "geo", "metric")
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "label": table.label,
        "source": SOURCE,
        **({"updated": table.updated} if table.updated else {}),
        **({"note": list(table.notes)} if table.notes else {}),
        "role": {role: codes for role, codes in by_role.items() if codes},
        "id": list(chosen),
        "size": [len(values) for values in chosen.values()],
        "dimension": {code: _dimension(dimensions[code], v) for code, v in chosen.items()},
        "extension": {
            **(
                {"noteMandatory": {str(place): True for place in table.mandatory}}
                if table.mandatory
                else {}
            ),
            "px": {
                "infofile": "None",
                "tableid": table.number,
                "decimals": 0,
                "official-statistics": True,
                "aggregallowed": True,
                "language": "no",
                "contents": f"{table.label},",
                "descriptiondefault": False,
                "heading": [code for code in heading if code in {CONTENTS, TIME}],
                "stub": [code for code in chosen if code not in {CONTENTS, TIME}],
                "matrix": table.number,
                "subject-code": "os",
                "subject-area": "Offentlig sektor",
            },
            "discontinued": table.discontinued or None,
            "contact": [{"raw": "OPPDIKTET kontakt"}],
        },
    }


def _dimension(dimension: Dimension, values: Sequence[Value]) -> dict[str, Any]:
    codes = [value.code for value in values]
    units = {code: unit for code, unit in dimension.units.items() if code in codes}
    notes = {code: [note] for code, note in dimension.notes.items() if code in codes}
    return {
        "label": dimension.label,
        "category": {
            "index": {code: place for place, code in enumerate(codes)},
            "label": {value.code: value.label for value in values},
            **({"unit": units} if units else {}),
            **({"note": notes} if notes else {}),
        },
        "extension": {
            "elimination": False,
            "show": "code" if dimension.code == TIME else "value",
            **({"refperiod": dict.fromkeys(units, "1.1.")} if units else {}),
        },
    }


def information(codelist: Codelist) -> dict[str, Any]:
    """What metadata says of a code list."""
    return {
        "id": codelist.id,
        "label": codelist.label,
        "type": codelist.type,
        "links": [link("metadata", f"{ROOT}/codelists/{codelist.id}?lang=no")],
    }


def codelist(found: Codelist) -> dict[str, Any]:
    """A code list in full. An empty `valueMap` is one the recording does not hold."""
    return {
        "id": found.id,
        "label": found.label,
        "language": "no",
        "languages": ["no", "en"],
        "elimination": False,
        "type": found.type,
        "values": [
            {"code": value.code, "label": value.label, "valueMap": list(value.members)}
            for value in found.values
        ],
        "links": [link("self", f"{ROOT}/codelists/{found.id}?lang=no")],
    }


def link(rel: str, href: str) -> dict[str, str]:
    """A link as the service writes it."""
    return {"rel": rel, "hreflang": "no", "href": href}
