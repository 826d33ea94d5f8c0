"""The picture in docs/boundaries.md is the one the figures draw."""

import xml.etree.ElementTree as ET
from pathlib import Path

import duckdb

from warehouse import boundaries_picture

PICTURE = Path(__file__).parents[3] / "docs" / "boundaries.svg"


def test_the_picture_in_the_documentation_is_drawn_from_the_figures(
    real: duckdb.DuckDBPyConnection,
) -> None:
    assert boundaries_picture.draw(real) == PICTURE.read_text(encoding="utf-8")


def test_the_picture_tells_where_the_people_of_divided_municipalities_went() -> None:
    texts = [element.text for element in ET.parse(PICTURE).iter() if element.tag.endswith("text")]  # noqa: S314 - our own file
    assert "\u2248 972 (49.3%)" in texts
    assert texts.count("Haram") == 2
