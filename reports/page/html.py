"""The page put together: one HTML file with its pictures, style and script in it."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import data
from reports.findings import Findings
from reports.page import maps
from reports.page.figures import Figures
from reports.page.names import Names
from reports.page.sections import OFTEN, Sections
from reports.page.words import Language

_TEMPLATES = Path(__file__).parent / "templates"
_PARTS = {
    "summary": "summary", "rule": "the_rule", "universe": "the_universe", "maps": "maps",
    "distributions": "distributions", "networks": "network_profiles",
    "candidates": "candidate_table", "cases": "cases", "sensitivity": "sensitivity",
    "beside": "beside", "limits": "limits", "appendix": "appendix", "again": "again",
}  # fmt: skip
_FILES = {
    "candidates.xlsx": "file_xlsx", "candidates.csv": "file_csv", "selection.json": "file_json",
    "selection.yaml": "file_rule", "figures/": "file_figures", "report.pdf": "file_pdf",
    "CITATION.cff": "file_citation",
}  # fmt: skip


class Column(NamedTuple):
    """A column of the table of candidates."""

    title: str
    numeric: bool


class Shown(NamedTuple):
    """A cell of the table of candidates: what is shown, and what it is sorted by."""

    shown: str
    value: str | None


class Row(NamedTuple):
    """A municipality in the table of candidates."""

    status: str
    networks: str
    cells: list[Shown]


def page(findings: Findings, language: Language, folder: str) -> str:
    """The whole page in a language; `folder` is what the report is called in a command."""
    names = Names(findings, language)
    figures, sections = Figures(names), Sections(names)
    pictures = {figure.name: figure for figure in figures.all()}
    rule, selection, who = findings.rule, findings.selection, findings.candidates
    asked = rule.sensitivity
    columns, rows = _candidates(names)
    drawn = maps.land().paths
    words = names.words
    return _environment().get_template("page.html").render(
        language=language,
        w=words,
        s=sections,
        names=names,
        title=getattr(rule.title, language),
        question=getattr(rule.question, language),
        vintage=who.vintage,
        day=who.day,
        hash=rule.hash,
        style=_our_own("style.css"),
        script=_our_own("script.js"),
        shapes=maps.shapes(figures.patterns()),
        parts=[(anchor, words(name)) for anchor, name in _PARTS.items()],
        pictures=pictures,
        limits=list(sections.limits()),
        model=sections.model(),
        rule_text=findings.file.path.read_text(encoding="utf-8"),
        number_of_municipalities=len(who.table),
        attribution=maps.ATTRIBUTION,
        not_drawn=[names.municipality(code) for code in who.table.index if code not in drawn],
        networks=selection.networks,
        given=bool(rule.networks.given),
        indicators=[entry.name for entry in rule.indicators],
        statuses=("chosen", "candidate", "comparison", "excluded"),
        all_networks=[names.network(n) for n in sorted(set(who.membership["network_id"]))],
        candidate_columns=columns,
        candidates=rows,
        codes=selection.codes,
        case_numbers=names.case_numbers,
        sensitivity_lead=words("sensitivity_lead", robust=names.numbers.percent(asked.robust),
                               fragile=names.numbers.percent(asked.fragile)),
        often=names.numbers.percent(OFTEN),
        folder=folder,
        files=[(name, words(about)) for name, about in _FILES.items()],
        cite_as=cite_as(findings, language),
    )  # fmt: skip


def cite_as(findings: Findings, language: Language) -> str:
    """How to cite the report: what it is, of which rule and which vintage."""
    title = getattr(findings.rule.title, language)
    kind = Names(findings, language).words("kind_of_report")
    vintage = findings.candidates.vintage
    return f"{title}. {kind}, digidistrikt {vintage}, SHA-256 {findings.rule.hash[:16]}."


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _our_own(name: str) -> Markup:
    """A file of ours as it is, not escaped: nothing from a rule or a publisher is in it."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _candidates(names: Names) -> tuple[list[Column], list[Row]]:
    """Every municipality: who it is, what became of it, and its figures."""
    w, number = names.words, names.numbers
    table = data.candidate_table(names.findings)
    columns = [
        Column(w("municipality"), False), Column(w("code"), False), Column(w("county"), False),
        Column(w("status"), False), Column(w("networks"), False), Column(w("centrality"), True),
        Column(w("kostra_group"), False), Column(w("kind"), False), Column(w("rank"), True),
        Column(w("stability"), True),
        *(Column(names.title(entry.name), True) for entry in names.entries),
    ]  # fmt: skip
    rows = []
    for _, row in table.iterrows():
        networks = [names.network(n) for n in _listed(row["networks"])]
        cells = [
            Shown(row["municipality_name"], None),
            Shown(row["municipality_code"], None),
            Shown(row["county_name"], None),
            Shown(w(f"status_{row['status']}"), None),
            Shown(", ".join(networks), None),
            _figure(row["centrality_class"], number.figure(row["centrality_class"])),
            Shown(str(row["kostra_group"] or "").removeprefix("EKG"), None),
            Shown(names.cell(row["cell"]) if isinstance(row["cell"], str) else "", None),
            _figure(row["rank"], number.figure(row["rank"])),
            _figure(row["stability"], number.percent(row["stability"])),
            *(_figure(row[e.name], names.figure(e.name, row[e.name])) for e in names.entries),
        ]
        rows.append(Row(row["status"], "|".join(networks), cells))
    return columns, rows


def _listed(said: Any) -> list[str]:
    return said.split(", ") if isinstance(said, str) and said else []


def _figure(value: Any, shown: str) -> Shown:
    return Shown(shown, None if pd.isna(value) else f"{float(value):.12g}")
