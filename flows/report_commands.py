"""What the commands about selections and reports do."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from flows import show
from flows.settings import Settings
from reports import report
from reports.errors import ReportError
from reports.page import explanation
from reports.page.words import Language
from reports.report import Written
from reports.selection import candidates, check, frozen, rule
from warehouse import publish


def check_selection(file: Path, language: str, settings: Settings) -> None:
    """Says in plain words what a rule will do. Raises SelectionError for what is wrong with it."""
    loaded = rule.load(file)
    with publish.reading(settings.warehouse) as con:
        who = candidates.read(con, loaded.rule)
        check.check(loaded, who)
        sentences = explanation.sentences(loaded, who, Language(language))
    console = Console()
    for sentence in sentences:
        console.print(sentence, markup=False, highlight=False, soft_wrap=not console.is_terminal)


def freeze_selection(file: Path, settings: Settings) -> None:
    """Freezes a rule that is without fault, and says where. Raises SelectionError."""
    loaded = rule.load(file)
    with publish.reading(settings.warehouse) as con:
        who = candidates.read(con, loaded.rule)
        check.check(loaded, who)
    kept = frozen.freeze(loaded, datetime.now(UTC), who.vintage)
    Console().print(
        f"Frozen {kept.frozen_at} as {kept.hash} in {frozen.path_of(loaded)}. Keep both files; "
        "the report will say whether the rule was changed after this.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def write_report(file: Path, out: Path, language: str, settings: Settings) -> Written:
    """Writes a report, with progress shown. Raises ReportError."""
    loaded = rule.load(file)
    with show.progress(), publish.reading(settings.warehouse) as con:
        return report.write(con, loaded, out, Language(language))


def tell(written: Written) -> None:
    """Where the report is."""
    console = Console()
    console.print(
        f"{written.folder / report.PAGE}: {len(written.cases)} cases, vintage {written.vintage}.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    if written.no_pdf:
        console.print(written.no_pdf, markup=False, highlight=False, soft_wrap=True)


def reproduce(folder: Path, settings: Settings) -> None:
    """Makes the data part of a report again, and compares. Raises ReportError if it differs."""
    vintage = report.vintage_of(folder)
    with show.progress(), publish.reading(settings.warehouse) as con:
        [(here,)] = con.execute(
            "select max_by(run_id, started_at) from mart.refresh_run"
        ).fetchall()
        differences = report.differences(con, folder) if here == vintage else []
    if here != vintage:
        raise ReportError(
            f"{folder} was made from vintage {vintage}, and {settings.warehouse} holds {here}. "
            "Point --home to the folder of that vintage."
        )
    if differences:
        raise ReportError(f"{folder} can't be reproduced:\n" + "\n".join(differences))
    Console().print(
        f"{folder}: the same, byte for byte, from vintage {vintage}.", markup=False, soft_wrap=True
    )
