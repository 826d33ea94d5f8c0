"""A series as JSON-stat 2, which the clients of this ecosystem read."""

import json
from typing import Any

import duckdb

from common.errors import InputError
from digidistrikt import about
from digidistrikt.query import Query, run

_LABELS = {"municipality_code": "municipality_name", "group_code": "group_name"}
_AS_REPORTED = "reported"


def written(con: duckdb.DuckDBPyConnection, indicator: str, asked: Query) -> str:
    """A series as a data set of places, the indicator and periods, made by pyjstat.

    A missing figure is null. `status` has, by the number of a cell, the publisher's sign, else the
    quality of what is not as reported. Raises InputError for a series without a row.
    """
    from pyjstat import pyjstat

    frame = run(con, asked.text).to_arrow_table().to_pandas()
    if frame.empty:
        raise InputError(f"{indicator}: there is no figure, so there is nothing to write.")
    place = next(name for name in _LABELS if name in frame)
    labels = dict(zip(frame[place], frame[_LABELS[place]], strict=True))
    periods = sorted(set(frame["period"]))
    by_cell = frame.set_index([place, "period"]).reindex(
        [(code, period) for code in labels for period in periods]
    )
    figures = by_cell["value"].reset_index()
    figures.insert(1, "indicator", indicator)
    signs = by_cell["quality"].where(by_cell["quality"] != _AS_REPORTED)
    signs = by_cell["status"].fillna(signs) if "status" in by_cell else signs
    origins = about.origins(con, [indicator])
    made: dict[str, Any] = pyjstat.Dataset.read(figures)
    made |= {
        "label": asked.heading,
        "source": "; ".join(dict.fromkeys(each.publisher for each in origins)),
        "note": [each.citation for each in origins if each.citation],
        "updated": about.vintage(con).started_at,
        "role": {"geo": [place], "metric": ["indicator"], "time": ["period"]},
        "status": {str(n): sign for n, sign in enumerate(signs) if isinstance(sign, str)},
    }
    made["dimension"][place]["category"]["label"] = labels
    metric = made["dimension"]["indicator"]["category"]
    for origin in origins[:1]:
        metric["label"] = {indicator: origin.title}
        metric["unit"] = {indicator: {"base": origin.unit}}
    return json.dumps(made, ensure_ascii=False, allow_nan=False) + "\n"
