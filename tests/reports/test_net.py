"""The net around the cases, in the report."""

import re
import xml.etree.ElementTree as ET

import pandas as pd

from reports.page import netpicture, svg

SVG = "{http://www.w3.org/2000/svg}"
TIES = pd.DataFrame(
    [
        ("g", "0001", "strong"),
        ("g", "0002", "weak"),
        ("h", "0002", "strong"),
    ],
    columns=["group_id", "municipality_code", "strength"],
)
CASES = {"0001": "1 A-vær", "0002": "2 B & sønner", "0003": "3 Alone"}


def drawn() -> ET.Element:
    size, inside = netpicture.draw(TIES, CASES, {"g": "G", "h": "H"}, {"g": "#0072B2"})
    pictures = svg.Pictures()
    return ET.fromstring(pictures.picture(size, "title", "what it shows", inside))  # noqa: S314


def test_there_is_a_line_for_each_membership_dashed_where_evidence_is_weak() -> None:
    lines = drawn().findall(f"{SVG}path")
    assert len(lines) == len(TIES)
    dashed = [line for line in lines if line.get("stroke-dasharray")]
    assert [line.get("stroke") for line in dashed] == ["#0072B2"]


def test_every_case_and_group_is_named_once_also_a_case_that_is_in_none() -> None:
    texts = ["".join(each.itertext()) for each in drawn().iter(f"{SVG}text")]
    assert sorted(texts) == ["1 A-vær", "2 B & sønner", "3 Alone", "G", "H"]


def test_a_line_begins_at_its_case_and_ends_at_its_group() -> None:
    root = drawn()
    heights = {
        "".join(each.itertext()): float(str(each.get("y"))) - 5 for each in root.iter(f"{SVG}text")
    }
    ends = []
    for line in root.findall(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"[\d.]+", str(line.get("d")))]
        ends.append((numbers[1], numbers[-1]))
    expected = [
        (heights[CASES[code]], heights[group.upper()]) for group, code, _ in TIES.to_numpy()
    ]
    assert [(round(a), round(b)) for a, b in ends] == [(round(a), round(b)) for a, b in expected]
