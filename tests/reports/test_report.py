"""The page of the example rule: for everybody, alone, and with what a rule brings."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from common.text import Language
from reports import findings
from reports.findings import Findings
from reports.page.figures import draw, patterns, standalone
from reports.page.html import page
from reports.page.names import Names
from selection.entry import Bilingual, OwnWords
from tests.reports.pages import HOSTILE, OUTCOME, Node, page_of, parsed, section, table
from tests.selection.conftest import RuleWith


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.thorough
def test_the_page_is_made_for_everybody(found: Findings, language: Language) -> None:
    html = parsed(page_of(found, language))
    [root] = html.all("html")
    assert root.attributes["lang"] == language
    levels = [int(n.tag[1]) for n in html if re.fullmatch(r"h[1-6]", n.tag)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for one in html.all("table"):
        assert one.all("caption")[0].text
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in one.all("th"))
    pictures = [s for s in html.all("svg") if s.attributes.get("role") == "img"]
    # all networks, each network, the net, maps and distributions of indicators, cases, stability
    assert len(pictures) == 1 + 3 + 1 + 13 + 13 + 6 + 1
    for picture in pictures:
        assert picture.all("title")[0].text
        assert picture.all("desc")[0].text
    ids = Counter(n.attributes["id"] for n in html if "id" in n.attributes)
    clipped = {name for name in ids if name.startswith("clip-")}
    assert [name for name, times in ids.items() if times > 1 and name not in clipped] == []
    anchors = {n.attributes["href"][1:] for n in html.all("a") if n.attributes["href"][0] == "#"}
    assert anchors <= ids.keys()
    for control in [*html.all("input"), *html.all("select")]:
        assert any(control in list(label) for label in html.all("label"))


def test_the_page_asks_nobody_for_anything(html: Node) -> None:
    loading = {"script", "link", "img", "iframe", "object", "embed", "source", "video", "image"}
    for node in html:
        if node.tag in loading | {"use"}:
            address = node.attributes.get("src", node.attributes.get("href", "#"))
            assert address.startswith(("#", "data:"))
    style = html.all("style")[0].text
    assert "@import" not in style
    assert "http" not in style
    [policy] = html.all("meta", http_equiv="Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'")


def test_what_others_wrote_is_never_markup(found: Findings, tmp_path: Path) -> None:
    """An indicator, a municipality, a network, a source and the rule itself called <script>."""
    who = found.candidates
    indicators = who.indicators.assign(title_en=HOSTILE, unit=HOSTILE)
    networks = who.networks.assign(network_name=HOSTILE)
    people = who.table.assign(municipality_name=HOSTILE, county_name=HOSTILE)
    candidates = replace(who, indicators=indicators, networks=networks, table=people)
    words = OwnWords(nb=HOSTILE, en=HOSTILE)
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE, "utf-8")
    said = found.rule.model_copy(update={"title": words, "question": words})
    hostile = replace(
        found,
        candidates=candidates,
        file=replace(found.file, rule=said, path=path),
        sources=found.sources.assign(url=f"javascript:{HOSTILE}", citation=HOSTILE, note=HOSTILE),
        memberships=found.memberships.assign(network_name=HOSTILE, source_url="javascript:alert()"),
        refused_methods={"typical": Bilingual(nb=HOSTILE, en=HOSTILE)},
    )
    names = Names(hostile, Language.EN)
    for figure in draw(names):
        picture = ET.fromstring(standalone(hostile.land, figure, patterns(names)))  # noqa: S314 - our own
        assert not [node for node in picture.iter() if node.tag.endswith("script")]
    html = parsed(page(hostile, Language.EN, HOSTILE))
    assert len(html.all("script")) == 1
    assert HOSTILE in html.all("h1")[0].text
    assert not html.all("pre")
    assert html.text.count(HOSTILE) > 357
    assert not [n for n in html if n.attributes.get("href", "").startswith("javascript")]
    assert {name for n in html for name in n.attributes if name.startswith("on")} == {"onsubmit"}
    for svg in html.all("svg"):
        assert not svg.all("script")


@pytest.mark.thorough
def test_a_rule_with_pairs_and_one_with_a_model_have_pages_too(
    rule_with: RuleWith, real: duckdb.DuckDBPyConnection
) -> None:
    few = {"draws": 20, "robust": 0.8, "fragile": 0.5}
    pairs = {"name": "most_similar", "differ_on": OUTCOME, "partner": "outside"}
    for method, goal in (
        (pairs, "explore"),
        ({"name": "typical"}, "find_mechanisms"),
        ({"name": "random"}, "describe"),
    ):
        made = findings.find(real, rule_with(method=method, goal=goal, sensitivity=few))
        html = parsed(page(made, Language.NB, "x"))
        assert len(html.all("article")) == 6
        assert ("R²" in section(html, "rule").text) == (method["name"] == "typical")
        explains_nothing = (
            "Modellen forklarer mindre av utfallet enn regelen krever"
            in section(html, "limits").text
        )
        assert explains_nothing == (method["name"] == "typical")


def test_an_override_stands_with_its_reason(
    rule_with: RuleWith, real: duckdb.DuckDBPyConnection
) -> None:
    because = "The pilot interviews were made here & gave access."
    override = {"network": "diginordland", "municipality": "1841", "decision": "take",
                "because": because}  # fmt: skip
    few = {"draws": 0, "leave_one_out": False}
    html = parsed(
        page(
            findings.find(real, rule_with(overrides=[override], sensitivity=few)),
            Language.EN,
            "x",
        )
    )
    assert because in section(html, "rule").text
    [case] = html.all("article", id="case-1841")
    assert because in case.text


def test_earlier_vintages_stand_with_what_they_moved(found: Findings) -> None:
    """Two made-up vintages: in one the first case was not chosen, on the other the rule failed."""
    assert "no earlier vintage has other figures" in parsed(page_of(found, Language.EN)).text
    moved, (dropped, *rest) = found.sensitivity, found.selection.codes
    networks = found.selection.chosen["network_id"]
    runs = pd.DataFrame({"kind": "vintage", "run": "made_up_2", "network_id": networks,
                         "municipality_code": ["1833", *rest]})  # fmt: skip
    vintages = pd.DataFrame({"vintage": ["made_up_2", "made_up_1"], "at": "2026-06-01T06:00:00",
                             "revised": [1200, 3]})  # fmt: skip
    moved = replace(moved, runs=pd.concat([moved.runs, runs]), vintages=vintages, differing=7)
    html = section(parsed(page(replace(found, sensitivity=moved), Language.EN, "x")), "sensitivity")
    assert "in 2 of 7 earlier vintages" in html.text
    names = found.candidates.table["municipality_name"]
    assert table(html, "Effect of revised figures")[1:] == [
        ["made_up_2", "1 June 2026", "1,200", names[dropped], names["1833"]],
        ["made_up_1", "1 June 2026", "3", *["could not be carried out"] * 2],
    ]


def test_what_could_not_be_done_is_told_in_the_language_of_the_report(found: Findings) -> None:
    assert found.sensitivity.notes
    assert found.refused_methods
    texts = {language: unescape(page_of(found, language)) for language in Language}
    for said in (*(note.text for note in found.sensitivity.notes), *found.refused_methods.values()):
        assert said.nb != said.en
        for language, text in texts.items():
            with_names = Names(found, language).with_names
            assert with_names(getattr(said, language)) in text
            assert with_names(getattr(said, "en" if language == Language.NB else "nb")) not in text
