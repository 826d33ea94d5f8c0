"""The report of the example rule on the real figures: what it says, held against SQL."""

import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import ReportError
from reports import data, findings, report
from reports.findings import Findings
from reports.page import maps
from reports.page.figures import draw, patterns, standalone
from reports.page.html import page
from reports.page.names import Names
from reports.page.numbers import MISSING, Numbers
from reports.page.wording import Language, sentences
from selection import rulefile
from selection.entry import Bilingual
from tests.selection.conftest import EXAMPLE, RuleWith

OUTCOME = "accessibility_breaches_per_statement"
MADE_BY = ("0.0.0", "made up")
HOSTILE = '<script>alert("x")</script>'
VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "line", "path", "circle", "use"}


class Node:
    """An element of a parsed page."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Node | str] = []

    def __iter__(self) -> Iterator["Node"]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child

    @property
    def text(self) -> str:
        inside = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join("".join(inside).split())

    def all(self, tag: str, **attributes: str) -> list["Node"]:
        asked = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [n for n in self if n.tag == tag and asked.items() <= n.attributes.items()]


class Parser(HTMLParser):
    """Builds the tree; fails on an element that is closed by another."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Node:
    parser = Parser()
    parser.feed(html)
    assert [node.tag for node in parser.open] == ["root"]
    return parser.root


@pytest.fixture(scope="module")
def found(real: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The example carried out, with fewer draws so that it takes seconds."""
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    said["sensitivity"]["draws"] = 50
    path = tmp_path_factory.mktemp("rule") / "few-draws.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return findings.find(real, rulefile.load(path))


@pytest.fixture(scope="module")
def folder(found: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of it."""
    out = tmp_path_factory.mktemp("report") / "out"
    written = report.write_files(found, out, Language.NB, MADE_BY)
    assert bool(written.no_pdf) != (out / "report.pdf").is_file()
    return out


@pytest.fixture(scope="module")
def html(found: Findings) -> Node:
    return parsed(page(found, Language.EN, "my-report"))


def section(html: Node, name: str) -> Node:
    [one] = html.all("section", id=name)
    return one


def table(html: Node, caption: str) -> list[list[str]]:
    """The rows of the first table with a caption, headings among them."""
    own = next(t for t in html.all("table") if t.all("caption")[0].text == caption)
    return [[cell.text for cell in row if cell.tag in ("th", "td")] for row in own.all("tr")]


def title_of(con: duckdb.DuckDBPyConnection, indicator: str) -> str:
    [(title,)] = con.execute(
        "select title_en from mart.indicator where indicator_id = ?", [indicator]
    ).fetchall()
    return str(title)


# --- the numbers, against SQL on the same vintage -------------------------------------------------


def test_every_figure_in_the_table_of_candidates_is_that_of_the_warehouse(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    [listed] = html.all("table", data_sortable="")
    rows = {row.all("td")[0].text: row for row in listed.all("tr") if row.all("td")}
    assert len(rows) == 357
    heads = [head.text.removesuffix("↕").strip() for head in listed.all("th", scope="col")]
    periods = found.candidates.figures.set_index("name")["period"].to_dict()
    as_published = [e.name for e in found.rule.indicators if not e.change_since]
    assert len(as_published) == 7
    for name in as_published:
        place = heads.index(title_of(real, name)) - 1
        where = f"indicator_id = '{name}' and period = '{periods[name]}'"
        expected = dict(
            real.sql(
                f"select municipality_code, value from mart.observation where {where}"
            ).fetchall()
        )
        for code, row in rows.items():
            shown = row.all("td")[place].attributes.get("data-value")
            if expected.get(code) is None:
                assert shown is None
                assert row.all("td")[place].text == MISSING
            else:
                assert float(shown or "nan") == pytest.approx(expected[code], rel=1e-11)


def test_the_change_of_population_is_what_sql_divides(
    html: Node, real: duckdb.DuckDBPyConnection
) -> None:
    [listed] = html.all("table", data_sortable="")
    heads = [head.text for head in listed.all("th", scope="col")]
    [place] = [n for n, head in enumerate(heads) if "change in percent since 2016" in head]
    by_sql = dict(
        real.sql("""
            select municipality_code, 100 * (now.value / past.value - 1)
            from mart.observation as now
            inner join mart.observation as past using (indicator_id, municipality_code)
            where indicator_id = 'population' and now.period = '2026' and past.period = '2016'
        """).fetchall()
    )
    shown = {
        row.all("td")[0].text: row.all("td")[place - 1].attributes.get("data-value")
        for row in listed.all("tr")
        if row.all("td")
    }
    assert shown.keys() == by_sql.keys()
    for code, value in by_sql.items():
        assert (
            shown[code] is None
            if value is None
            else float(shown[code] or "nan") == (pytest.approx(value, rel=1e-9))
        )


def test_the_spread_in_a_network_is_what_sql_finds(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    for name in ("higher_education_share", "nurses_fte_per_1000"):
        unit = Names(found, Language.EN).unit(name)
        caption = f"{title_of(real, name)} ({unit})"
        rows = {row[0]: row[2:] for row in table(section(html, "networks"), caption)[1:]}
        by_sql = real.sql(f"""
            with member as (
                select distinct network_name, municipality_code from mart.network_membership
                where network_id in ('diginordland', 'digivestland', 'digirogaland')
            )
            select network_name, min({name}), median({name}), max({name}), avg({name}),
                sum({name} * population) / sum(population) filter ({name} is not null)
            from member inner join mart.case_candidate using (municipality_code)
            group by network_name
        """).fetchall()
        assert len(by_sql) == 3
        for network, *figures in by_sql:
            assert rows[network] == [Numbers("en").fixed(figure, 1) for figure in figures]


def test_percentiles_and_correlations_are_those_of_sql(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    title = title_of(real, "nurses_fte_per_1000")
    for code in found.selection.codes:
        [case] = html.all("article", id=f"case-{code}")
        rows = table(case, "Its figure and the middle (median) of the groups it belongs to")
        [row] = [row for row in rows if row[0].startswith(title)]
        [(value, percentile)] = real.execute(
            """
            with own as (
                select nurses_fte_per_1000 as f from mart.case_candidate where municipality_code = ?
            )
            select any_value(own.f), 100 * avg(if(other.nurses_fte_per_1000 < own.f, 1,
                if(other.nurses_fte_per_1000 = own.f, 0.5, 0)))
            from mart.case_candidate as other, own where other.nurses_fte_per_1000 is not null
            """,
            [code],
        ).fetchall()
        assert row[1:3] == [Numbers("en").fixed(value, 1), Numbers("en").fixed(percentile, 0)]

    rows = table(section(html, "distributions"), "How the indicators go together")
    [(by_sql,)] = real.sql("""
        select corr(ln(population), higher_education_share) from mart.case_candidate
        where is_district and population <= 30000 and kostra_group is not null
            and higher_education_share is not null and expenditure_need is not null
    """).fetchall()
    columns = [row[0].split(" ", 1)[1] for row in rows[1:]]
    people, taught = (
        columns.index(title_of(real, n)) for n in ("population", "higher_education_share")
    )
    assert rows[1 + taught][1 + people] == Numbers("en").fixed(by_sql, 2)


def test_what_the_cases_do_not_reach_is_what_sql_counts(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    rows = table(section(html, "distributions"), "What the set lacks")
    [row] = [r for r in rows if r[0] == title_of(real, "population")]
    [by_sql] = real.execute(
        """
        with candidate as (
            select municipality_code, population as f from mart.case_candidate
            where is_district and population <= 30000 and kostra_group is not null
                and higher_education_share is not null and expenditure_need is not null
        ),
        mine as (
            select min(f) as low, max(f) as high from candidate
            where list_contains(?, municipality_code)
        )
        select any_value(low), any_value(high), avg(if(f < low, 1, 0)), avg(if(f > high, 1, 0))
        from candidate, mine
        """,
        [found.selection.codes],
    ).fetchall()
    low, high, below, above = by_sql
    assert row[1:5] == [f"{low:,.0f}", f"{high:,.0f}", f"{100 * below:.0f}%", f"{100 * above:.0f}%"]


def test_the_flow_counts_what_sql_counts(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    counts = [int(re.sub(r"\D", "", s.text)) for s in section(html, "universe").all("strong")]
    [by_sql] = real.sql("""
        with district as (select * from mart.case_candidate where is_district),
        small as (select * from district where kostra_group is not null and population <= 30000),
        taught as (select * from small where higher_education_share is not null),
        candidate as (select * from taught where expenditure_need is not null),
        member as (
            select distinct municipality_code from mart.network_membership
            where network_id in ('diginordland', 'digivestland', 'digirogaland')
        )
        select (select count(*) from district), (select count(*) from district),
            (select count(*) from small), (select count(*) from taught),
            (select count(*) from candidate),
            (select count(*) from candidate where municipality_code in (from member)), 6
    """).fetchall()
    assert counts == list(by_sql)


def test_the_medians_of_a_case_are_those_of_its_groups(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    code = found.selection.codes[0]
    [case] = html.all("article", id=f"case-{code}")
    rows = table(case, "Its figure and the middle (median) of the groups it belongs to")
    title = title_of(real, "higher_education_share")
    row = next(row for row in rows if row[0].startswith(title))
    [medians] = real.execute(
        """
        with own as (from mart.case_candidate where municipality_code = ?)
        select
            (select higher_education_share from own),
            median(higher_education_share) filter (list_contains(networks, 'diginordland')),
            median(higher_education_share) filter (
                centrality_class = (select centrality_class from own)),
            median(higher_education_share) filter (kostra_group = (select kostra_group from own)),
            median(higher_education_share)
        from mart.case_candidate
        """,
        [code],
    ).fetchall()
    shown = [row[1], *row[3:7]]
    assert shown == [Numbers("en").fixed(median, 1) for median in medians]


def test_networks_have_the_members_and_people_that_sql_counts(
    html: Node, real: duckdb.DuckDBPyConnection
) -> None:
    rows = {row[0]: row for row in table(section(html, "networks"), "The networks")[1:]}
    by_sql = real.sql("""
        select network_name, count(distinct municipality_code), sum(population)
        from mart.network_membership
        inner join mart.case_candidate using (municipality_code)
        where network_id in ('diginordland', 'digivestland', 'digirogaland')
        group by network_name
    """).fetchall()
    assert len(by_sql) == 3
    for name, members, people in by_sql:
        assert rows[name][1] == str(members)
        assert rows[name][3] == f"{people:,.0f}"


def test_each_case_has_its_boundary_history(html: Node, real: duckdb.DuckDBPyConnection) -> None:
    [case] = html.all("article", id="case-1860")
    came = [row[1:3] for row in table(case, "Came from")[1:]]
    assert came == [["1861", "Hol"], ["1862", "Borge"], ["1863", "Valberg"]]


def test_each_table_used_is_cited_with_its_licence(
    html: Node, found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    shown = {row[0]: row for row in table(section(html, "appendix"), "Tables")[1:]}
    assert {"ssb_07459", "uutilsynet_statements"} <= shown.keys()
    for table_id, row in shown.items():
        [(citation, licence)] = real.execute(
            "select citation, licence from mart.source_table where table_id = ?", [table_id]
        ).fetchall()
        assert row[3].startswith(citation)
        assert row[4] == ("not confirmed" if licence == "unconfirmed" else licence)


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(Language))
def test_the_page_is_made_for_everybody(found: Findings, language: Language) -> None:
    html = parsed(page(found, language, "my-report"))
    [root] = html.all("html")
    assert root.attributes["lang"] == language
    levels = [int(n.tag[1]) for n in html if re.fullmatch(r"h[1-6]", n.tag)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for one in html.all("table"):
        assert one.all("caption")[0].text
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in one.all("th"))
    pictures = [s for s in html.all("svg") if s.attributes.get("role") == "img"]
    assert len(pictures) == 1 + 3 + 8 + 8 + 6 + 1
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
    words = Bilingual(nb=HOSTILE, en=HOSTILE)
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
        picture = ET.fromstring(standalone(figure, patterns(names)))  # noqa: S314 - our own
        assert not [node for node in picture.iter() if node.tag.endswith("script")]
    html = parsed(page(hostile, Language.EN, HOSTILE))
    assert len(html.all("script")) == 1
    assert HOSTILE in html.all("h1")[0].text
    assert HOSTILE in html.all("pre")[0].text
    assert html.text.count(HOSTILE) > 357
    assert not [n for n in html if n.attributes.get("href", "").startswith("javascript")]
    assert {name for n in html for name in n.attributes if name.startswith("on")} == {"onsubmit"}
    for svg in html.all("svg"):
        assert not svg.all("script")


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
        explains_nothing = "Modellen forklarer nesten ingenting" in section(html, "limits").text
        assert explains_nothing == (method["name"] == "typical")


def test_an_override_stands_with_its_reason(
    rule_with: RuleWith, real: duckdb.DuckDBPyConnection
) -> None:
    because = "The pilot interviews were made here & gave access."
    override = {"network": "diginordland", "municipality": "1811", "decision": "take",
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
    [case] = html.all("article", id="case-1811")
    assert because in case.text


def test_earlier_vintages_stand_with_what_they_moved(found: Findings) -> None:
    """Two made-up vintages: in one the first case was not chosen, on the other the rule failed."""
    assert "there is no earlier vintage here" in parsed(page(found, Language.EN, "x")).text
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
    assert table(html, "What revisions of the figures would have done")[1:] == [
        ["made_up_2", "2026-06-01", "1,200", names[dropped], names["1833"]],
        ["made_up_1", "2026-06-01", "3", "could not be done", "could not be done"],
    ]


# --- the files beside it --------------------------------------------------------------------------


def test_a_report_has_all_its_files(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()} - {"report.pdf"}
    assert names == {
        "report.html", "candidates.xlsx", "candidates.csv", "selection.json", "selection.yaml",
        "CITATION.cff", "figures",
    }  # fmt: skip
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert any("07459" in one["title"] for one in citation["references"])


def test_a_folder_with_something_else_is_left_alone(
    real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", "utf-8")
    with pytest.raises(ReportError, match="not empty and no earlier report"):
        report.write(real, rulefile.load(EXAMPLE), tmp_path, Language.NB, MADE_BY)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_the_same_rule_and_vintage_give_the_same_bytes_and_a_change_is_seen(
    folder: Path, real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    with (copy / "candidates.csv").open("a", encoding="utf-8") as file:
        file.write("9999,Nowhere\n")
    assert report.differences(real, copy) == ["candidates.csv is not what the rule gives."]


def test_csv_workbook_and_json_agree(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "candidates.csv").read_text("utf-8"))))
    said = json.loads((folder / "selection.json").read_text("utf-8"))
    book = openpyxl.load_workbook(folder / "candidates.xlsx")
    sheet = book["candidates"]
    head = [cell.value for cell in sheet[1]]
    assert head == list(rows[0])
    assert sheet.freeze_panes == "C2"
    assert sheet.max_row == len(rows) + 1 == 358
    by_code = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    chosen = {row["municipality_code"] for row in rows if row["status"] == "chosen"}
    assert chosen == {one["municipality_code"] for one in said["chosen"]}
    assert by_code["0301"][head.index("municipality_name")].value == "Oslo - Oslove"
    for row in rows:
        cells = by_code[row["municipality_code"]]
        for column in ("population", "higher_education_share", "centrality_class"):
            value = cells[head.index(column)].value
            assert isinstance(value, int | float) or (value is None and row[column] == "")
            assert value is None or float(row[column]) == pytest.approx(value)
    described = {row[0].value for row in book["code book"].iter_rows(min_row=2)}
    assert set(head) <= described


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_is_never_a_formula(found: Findings, start: str) -> None:
    name = f"{start}HYPERLINK(0)"
    hostile = replace(
        found,
        candidates=replace(
            found.candidates, table=found.candidates.table.assign(municipality_name=name)
        ),
    )
    book = openpyxl.load_workbook(io.BytesIO(data.candidates_xlsx(hostile)))
    cell = book["candidates"]["B2"]
    as_xml_has_it = name.replace("\r", "\n")
    assert (cell.value, cell.data_type) == (f"'{as_xml_has_it}", "s")
    first = next(csv.DictReader(io.StringIO(data.candidates_csv(hostile))))
    assert first["municipality_name"] == f"'{name}"


def test_every_figure_is_a_picture_in_itself(folder: Path) -> None:
    paths = sorted((folder / "figures").glob("*.svg"))
    assert len(paths) == 1 + 3 + 8 + 8 + 6 + 1
    for path in paths:
        root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own file
        assert root[0].tag.endswith("title")
        named = {e.get("id") for e in root.iter()}
        text = path.read_text("utf-8")
        assert set(re.findall(r"url\(#([\w-]+)\)", text)) <= named
        assert not any(e.tag.endswith("}use") for e in root.iter())
    assert "<path" in (folder / "figures" / "map-networks.svg").read_text("utf-8")


def test_a_folder_with_something_else_in_it_is_left_alone(
    real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", "utf-8")
    with pytest.raises(ReportError, match="no earlier report"):
        report.write(real, rulefile.load(EXAMPLE), tmp_path, Language.NB, MADE_BY)
    with pytest.raises(ReportError, match="this is no report"):
        report.vintage_of(tmp_path)


# --- maps and numbers -----------------------------------------------------------------------------


def test_the_map_has_every_municipality_where_it_lies(real: duckdb.DuckDBPyConnection) -> None:
    land = maps.land()
    codes = {
        row[0] for row in real.sql("select municipality_code from mart.municipality").fetchall()
    }
    assert codes == land.paths.keys()
    oslo, bergen, tromso, vardo = (land.middles[c] for c in ("0301", "4601", "5501", "5634"))
    assert bergen[0] < oslo[0] < tromso[0] < vardo[0]
    assert vardo[1] < oslo[1]
    assert tromso[1] < bergen[1]
    # Oslo to Bergen is 305 km as the crow flies; a unit is 250 metres
    apart = ((oslo[0] - bergen[0]) ** 2 + (oslo[1] - bergen[1]) ** 2) ** 0.5
    assert apart * 0.25 == pytest.approx(305, rel=0.03)


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("nb", 5627400, "5\N{NO-BREAK SPACE}627\N{NO-BREAK SPACE}400"),
        ("en", 5627400, "5,627,400"),
        ("nb", 2.5, "2,50"),
        ("en", -14.52, "−14.5"),
        ("nb", None, MISSING),
        ("nb", float("nan"), MISSING),
        ("en", 0, "0"),
    ],
)
def test_figures_are_written_as_the_language_does(
    language: str, value: float | None, shown: str
) -> None:
    assert Numbers(language).figure(value) == shown


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_a_written_figure_can_be_read_back(value: float, decimals: int) -> None:
    shown = Numbers("nb").fixed(value, decimals)
    plain = shown.replace("\N{NO-BREAK SPACE}", "").replace(",", ".").replace("−", "-")
    assert float(plain) == pytest.approx(value, abs=0.5000001 * 10**-decimals)
    assert not plain.startswith("-0") or float(plain) != 0


def test_every_sentence_is_there_in_both_languages_with_the_same_blanks() -> None:
    assert len(sentences()) > 400
    for key, said in sentences().items():
        assert said.keys() == {"nb", "en"}, key
        blanks = [set(re.findall(r"\{(\w+)\}", said[language])) for language in ("nb", "en")]
        assert blanks[0] == blanks[1], key


# --- in a browser ---------------------------------------------------------------------------------

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
CLICKS = """
<script>
const wait = () => [...document.querySelectorAll('[data-sortable] tbody tr')];
const shown = () => wait().filter((row) => !row.hidden);
const heads = [...document.querySelectorAll('[data-sortable] thead th')];
const press = (place) => { const b = heads[place].querySelector('button'); b.focus();
  const focused = document.activeElement === b; b.click(); return focused; };
const numbers = (place) => wait().map((r) => r.cells[place].dataset.value ?? null);
const said = {};
const rank = heads.findIndex((head) => head.textContent.startsWith('Rank'));
said.focused = press(rank);
said.up = numbers(rank); said.sort = heads[rank].getAttribute('aria-sort');
press(rank); said.down = numbers(rank); said.back = heads[rank].getAttribute('aria-sort');
press(0); said.names = wait().map((row) => row.cells[0].textContent.trim());
const search = document.querySelector('[data-search]');
search.value = 'nordland'; search.dispatchEvent(new Event('input', {bubbles: true}));
said.found = shown().map((row) => row.cells[2].textContent.trim());
const status = document.querySelector('[data-status]:not(tr)');
search.value = ''; status.value = 'chosen';
status.dispatchEvent(new Event('change', {bubbles: true}));
said.chosen = shown().length; said.count = document.querySelector('[data-count]').textContent;
said.wide = document.documentElement.scrollWidth <= innerWidth;
const out = document.createElement('textarea');
out.id = 'said'; out.textContent = JSON.stringify(said);
document.body.append(out);
</script>
"""


@pytest.mark.skipif(not BROWSER, reason="there is no Chromium or Chrome on this machine")
def test_sorting_and_filtering_work_in_a_browser(found: Findings, tmp_path: Path) -> None:
    text = page(found, Language.EN, "x").replace("</body>", f"{CLICKS}</body>")
    path = tmp_path / "report.html"
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=390,844",
         f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    [out] = [n for n in parsed(done.stdout) if n.attributes.get("id") == "said"]
    said: dict[str, Any] = json.loads(out.text)
    ranked = len(found.selection.ranking)
    assert [float(value) for value in said["up"][:ranked]] == list(range(1, ranked + 1))
    assert said["down"][:ranked] == said["up"][:ranked][::-1]
    assert said["up"][ranked:] == said["down"][ranked:] == [None] * (357 - ranked)
    assert (said["sort"], said["back"], said["focused"]) == ("ascending", "descending", True)
    assert said["names"][0] == "Aarborte - Hattfjelldal"
    assert set(said["found"]) == {"Nordland - Nordlánnda"}
    assert (said["chosen"], said["count"]) == (6, "6")
    assert said["wide"]


def test_what_could_not_be_done_is_told_in_the_language_of_the_report(found: Findings) -> None:
    assert found.sensitivity.notes
    assert found.refused_methods
    for said in (*(note.said for note in found.sensitivity.notes), *found.refused_methods.values()):
        assert said.nb != said.en
        for language in Language:
            text = unescape(page(found, language, "report"))
            assert getattr(said, language) in text
            assert getattr(said, "en" if language == Language.NB else "nb") not in text
