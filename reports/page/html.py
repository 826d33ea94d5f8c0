"""The page put together: one HTML file with its pictures, style and script in it."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from common.text import Language
from reports.findings import Findings
from reports.page import maps
from reports.page.figures import Figure, draw, patterns
from reports.page.land import ATTRIBUTION
from reports.page.names import Names
from reports.page.sections import Sections
from reports.page.sections.sensitivity import OFTEN

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


def page(
    findings: Findings, language: Language, folder: str, drawn: Sequence[Figure] | None = None
) -> str:
    """The whole page in a language; `folder` is what the report is called in a command.

    `drawn`: the figures, where they are drawn already.
    """
    names = Names(findings, language)
    pictures = {figure.name: figure for figure in drawn or draw(names)}
    sections = Sections(names)
    rule, selection, who = findings.rule, findings.selection, findings.candidates
    words = names.words
    return _environment().get_template("page.html").render(
        language=language,
        w=words,
        s=sections,
        names=names,
        title=rule.title.text_in(language),
        is_said=rule.has_text_in(language),
        question=rule.question.text_in(language),
        vintage=who.vintage,
        authors=names.listed(rule.author) if rule.author else "",
        day=names.day(who.day),
        hash=rule.hash,
        style=_our_own("style.css"),
        script=_our_own("script.js"),
        shapes=maps.shapes(findings.land, patterns(names)),
        parts=[(anchor, words(name)) for anchor, name in _PARTS.items()],
        pictures=pictures,
        limits=list(sections.limits.limits()),
        model=sections.rule.model(),
        bounds_asked=rule.missing == "bounds",
        number_of_municipalities=len(who.table),
        attribution=ATTRIBUTION,
        land_notes=maps.notes_on(
            findings.land, {code: names.municipality(code) for code in who.table.index}, words
        ),
        networks=selection.networks,
        given=bool(rule.networks.given),
        indicators=[entry.name for entry in rule.indicators],
        statuses=("chosen", "candidate", "comparison", "excluded"),
        all_networks=[names.network(n) for n in sorted(set(who.membership["network_id"]))],
        codes=selection.codes,
        case_numbers=names.case_numbers,
        often=names.numbers.percent(OFTEN),
        folder=folder,
        files=[(name, words(about)) for name, about in _FILES.items()],
        cite_as=cite_as(findings, language),
    )  # fmt: skip


def cite_as(findings: Findings, language: Language) -> str:
    """How to cite the report: what it is, of which rule and which vintage."""
    title = findings.rule.title.text_in(language)
    kind = Names(findings, language).words("kind_of_report")
    vintage = findings.candidates.vintage
    by = f"{'; '.join(findings.rule.author)} ({findings.candidates.day[:4]}). "
    citation = f"{title}. {kind}, digidistrikt {vintage}, SHA-256 {findings.rule.hash[:16]}."
    return by + citation if findings.rule.author else citation


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
