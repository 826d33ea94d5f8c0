"""The net around the cases as a picture: the cases, the groups they are in, and lines between."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from reports.page import svg

WIDTH = 760.0
_CASE, _GROUP = 210.0, 330.0  # where the lines end, and begin
_STEP = 34.0


def draw(
    ties: pd.DataFrame,
    cases: Mapping[str, str],
    groups: Mapping[str, str],
    colours: Mapping[str, str],
) -> tuple[tuple[float, float], Markup]:
    """The size of the picture and what is in it.

    `ties`: group_id, municipality_code, strength. `cases` and `groups` are their names by code and
    id, cases in their order; `colours` those of the networks chosen. A group stands at the height
    of the cases that are in it, so that few lines cross. Weak evidence is dashed.
    """
    places = {code: place for place, code in enumerate(cases)}
    height_of = ties["municipality_code"].map(places).groupby(ties["group_id"]).mean()
    order = sorted(groups, key=lambda group: (height_of[group], group))
    tallest = max(len(cases), len(order))
    at_case = {code: _at(place, len(cases), tallest) for code, place in places.items()}
    at_group = {group: _at(place, len(order), tallest) for place, group in enumerate(order)}
    lines = [
        svg.element(
            "path",
            d=f"M{_CASE},{at_case[code]:.1f}C{_CASE + 60},{at_case[code]:.1f}"
            f" {_GROUP - 60},{at_group[group]:.1f} {_GROUP},{at_group[group]:.1f}",
            fill="none",
            stroke=colours.get(group, svg.SOFT),
            stroke_width=1.8,
            stroke_dasharray="5 4" if strength == "weak" else None,
        )
        for group, code, strength in ties[["group_id", "municipality_code", "strength"]].itertuples(
            index=False
        )
    ]
    names = [
        svg.text(_CASE - 8, y + 5, cases[code], text_anchor="end") for code, y in at_case.items()
    ]
    names += [svg.text(_GROUP + 8, y + 5, groups[group]) for group, y in at_group.items()]
    ends = [_dot(_CASE, y, svg.INK) for y in at_case.values()]
    ends += [_dot(_GROUP, y, colours.get(group, svg.SOFT)) for group, y in at_group.items()]
    return (WIDTH, tallest * _STEP + 10), Markup("").join([*lines, *ends, *names])


def _at(place: int, count: int, tallest: int) -> float:
    """The height of one of a column that is spread over the whole picture."""
    return (place + 0.5) * tallest / count * _STEP + 5


def _dot(x: float, y: float, colour: str) -> Markup:
    return svg.element("circle", cx=x, cy=y, r=4.5, fill=colour)
