"""A whole report in a folder: the page, the tables, the data, the figures, and how to cite it."""

import json
import logging
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from common import yamlfile
from common.errors import InputError, ReportError
from common.text import Language, without_controls
from reports import cff, data, findings
from reports.findings import Findings
from reports.page.figures import draw, patterns, standalone
from reports.page.html import page
from reports.page.names import Names
from selection import frozen, rulefile
from selection.rulefile import RuleFile

_LOG = logging.getLogger("digidistrikt.report")
RULE, PAGE, PDF, CITATION = "selection.yaml", "report.html", "report.pdf", "CITATION.cff"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_PRINTING_SECONDS = 60
_NO_AUTHOR = "Author not stated"  # the format asks for one


@dataclass(frozen=True)
class Written:
    """A report that was written; `no_pdf` says why there is no PDF, if there is none."""

    folder: Path
    vintage: str
    cases: tuple[str, ...]
    no_pdf: str


def write(
    con: duckdb.DuckDBPyConnection,
    file: RuleFile,
    folder: Path,
    language: Language,
    code: tuple[str, str],
) -> Written:
    """Carries out a rule and writes its report; `code` is the version and digest of what does it.

    Raises SelectionError with a sentence for everything wrong with the rule, and ReportError where
    the folder holds something else or can't be written to.
    """
    _require_own_folder(folder)
    found = findings.find(con, file)
    try:
        return write_files(found, folder, language, code)
    except OSError as error:
        raise ReportError(f"{folder}: the report can't be written here: {error}.") from error


def _require_own_folder(folder: Path) -> None:
    """A folder that is not empty must be that of an earlier report, so that nothing is lost."""
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / "selection.json").is_file()
    ):
        raise ReportError(
            f"{folder}: this is not empty and no earlier report. Give --out a new folder."
        )


def write_files(
    found: Findings, folder: Path, language: Language, code: tuple[str, str]
) -> Written:
    """Writes the report of findings there are already. Raises OSError.

    It is written beside the folder and moved in when it is whole, so that a fault leaves the
    report that was there, or none.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
        whole = Path(beside) / folder.name
        written = _write_new(found, whole, language, code)
        _move_in(whole, folder)
    return replace(written, folder=folder)


def _move_in(whole: Path, folder: Path) -> None:
    """Puts a new report in the place of an earlier one; what is not of a report stays."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for old in [*(folder / "figures").glob("*.svg"), folder / PDF]:
        old.unlink(missing_ok=True)
    for path in sorted(whole.rglob("*")):
        if path.is_file():
            path.replace(folder / path.relative_to(whole))


def _write_new(found: Findings, folder: Path, language: Language, code: tuple[str, str]) -> Written:
    pictures = folder / "figures"
    pictures.mkdir(parents=True)
    text = found.file.path.read_text(encoding="utf-8")
    freeze = frozen.path_of(found.file)
    for name, content in data_part(found).items():
        (folder / name).write_bytes(content)
    if freeze.is_file():
        (folder / RULE).with_suffix(".frozen.json").write_bytes(freeze.read_bytes())
    (folder / RULE).write_text(text, encoding="utf-8")
    _LOG.info("drawing figures")
    names = Names(found, language)
    drawn, stripes = draw(names), patterns(names)
    for figure in drawn:
        picture = without_controls(standalone(found.land, figure, stripes))
        (pictures / f"{figure.name}.svg").write_text(picture, encoding="utf-8")
    _LOG.info("writing the page")
    html = without_controls(page(found, language, folder.name, drawn))
    (folder / PAGE).write_text(html, encoding="utf-8")
    (folder / CITATION).write_text(citation(found, language, code), encoding="utf-8")
    _LOG.info("printing to PDF")
    no_pdf = print_pdf(folder / PAGE, folder / PDF)
    return Written(folder, found.candidates.vintage, tuple(found.selection.codes), no_pdf)


def data_part(found: Findings) -> dict[str, bytes]:
    """The files that are the same, byte for byte, for the same rule and vintage."""
    return {
        "selection.json": data.selection_json(found).encode(),
        "candidates.csv": data.candidates_csv(found).encode(),
        "candidates.xlsx": data.candidates_xlsx(found),
    }


def citation(found: Findings, language: Language, code: tuple[str, str]) -> str:
    """How to cite the report, its figures and the program, in Citation File Format 1.2.0."""
    rule_given = found.rule
    fields = {
        "cff-version": "1.2.0",
        "message": "Cite the report with its vintage and rule, and the tables it stands on.",
        "type": "dataset",
        "title": rule_given.title.text_in(language),
        "abstract": rule_given.question.text_in(language),
        "authors": [_person(name) for name in rule_given.author] or [{"name": _NO_AUTHOR}],
        "version": found.candidates.vintage,
        "identifiers": [
            {"type": "other", "value": rule_given.hash, "description": "SHA-256 of the rule"}
        ],
        "references": cff.references(data.rows(found.sources), _accessed(found), code),
    }
    return yamlfile.dump(fields)


def _person(name: str) -> dict[str, str]:
    """An author as the format wants it: 'Nordmann, Kari' in two parts, another name whole."""
    family, comma, given = name.partition(",")
    return {"family-names": family, "given-names": given.strip()} if comma else {"name": name}


def _accessed(found: Findings) -> dict[str, str]:
    """The day the figures of each table are of."""
    days = found.replies.groupby("table_id")["as_of"].max()
    return {str(table): str(day) for table, day in days.items()}


def print_pdf(html: Path, pdf: Path) -> str:
    """Prints the page with a browser of this machine; returns why not, or nothing."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        return (
            "No PDF: no Chromium or Chrome was found. Open report.html in a browser and print it."
        )
    with TemporaryDirectory() as profile:
        command = [
            browser, "--headless", "--disable-gpu", "--no-sandbox", "--no-pdf-header-footer",
            "--disable-extensions", "--disable-background-networking", "--no-first-run",
            f"--user-data-dir={profile}", f"--print-to-pdf={pdf.resolve()}",
            html.resolve().as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=_PRINTING_SECONDS, check=True)  # noqa: S603 - a browser of this machine on our own file
        except (subprocess.SubprocessError, OSError) as error:
            why = type(error).__name__
            return f"No PDF: {browser} did not print it ({why}). Print report.html from a browser."
    return "" if pdf.is_file() else f"No PDF: {browser} wrote none. Print report.html yourself."


# --- again ----------------------------------------------------------------------------------------


def vintage_of(folder: Path) -> str:
    """The vintage a report was made from. Raises ReportError where the folder is no report."""
    try:
        content = json.loads((folder / "selection.json").read_text(encoding="utf-8"))
        return str(content["vintage"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{folder}: this is no report: it needs selection.json and {RULE}, as "
            "'digidistrikt report' writes them."
        ) from error


def code_of(folder: Path) -> str:
    """The version and digest of the code that wrote a report; nothing if its citation is gone."""
    try:
        cited = yamlfile.load(folder / CITATION).content["references"]
        return next(str(one["version"]) for one in cited if one["type"] == "software")
    except (InputError, KeyError, TypeError, StopIteration):
        return ""


def differences(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Makes the data part of a report again and says what differs; nothing if it is the same."""
    found = findings.find(con, rulefile.load(folder / RULE))
    sentences = []
    for name, content in data_part(found).items():
        path = folder / name
        if not path.is_file():
            sentences.append(f"{name} is gone from the report.")
        elif path.read_bytes() != content:
            sentences.append(f"{name} is not what the rule gives.")
    if sentences:
        before = json.loads((folder / "selection.json").read_text(encoding="utf-8"))
        old = {row["municipality_code"] for row in before.get("chosen", [])}
        new = set(found.selection.codes)
        sentences += [f"Chosen in the report, not now: {code}." for code in sorted(old - new)]
        sentences += [f"Chosen now, not in the report: {code}." for code in sorted(new - old)]
    return sentences
