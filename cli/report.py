"""What the commands about selections and reports do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from cli.progress import progress
from common.errors import InputError, ReportError, SelectionError
from common.text import Language
from digidistrikt import about
from digidistrikt.opening import open_warehouse
from flows import provenance, rebuild, runs
from flows.settings import Settings
from reports import report
from reports.page import explanation
from reports.report import Written
from selection import candidates, check, frozen, rulefile, starter
from warehouse import reading
from warehouse.reading import Place


def check_selection(file: Path, language: Language, settings: Settings) -> None:
    """Says in plain words what a rule will do. Raises SelectionError for what is wrong with it."""
    try:
        sentences = _explained(file, language, settings)
    except SelectionError as error:
        raise SelectionError(error.nb if language is Language.NB else str(error)) from error
    console = Console()
    for sentence in sentences:
        console.print(sentence, markup=False, highlight=False, soft_wrap=not console.is_terminal)


def _explained(file: Path, language: Language, settings: Settings) -> list[str]:
    """What a rule will do. Raises SelectionError for all that is wrong with it."""
    loaded, problems = rulefile.load_in_part(file)
    if loaded is None:
        rulefile.load(file)  # says what is wrong
        raise AssertionError("a file that is no rule has a fault")
    with open_warehouse(settings.home, warehouse=settings.read_from) as con:
        who = candidates.read(con, loaded.rule)
        if problems:
            names = check.unknown_names(loaded.rule, who, problems)
            raise loaded.refused([*problems, *names])
        check.check(loaded, who)
        return list(explanation.sentences(loaded, who, language))


def start_selection(method: str, output: Path | None) -> None:
    """Writes a commented rule to a new file, or to the terminal. Raises InputError."""
    text = starter.written(method)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{output} is there already; give --output another name.") from error
    Console().print(
        f"{output}: change what is yours, then 'digidistrikt select check {output}'.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def freeze_selection(file: Path, settings: Settings) -> None:
    """Freezes a rule that is without fault, and says where. Raises SelectionError."""
    loaded = rulefile.load(file)
    with open_warehouse(settings.home, warehouse=settings.read_from) as con:
        who = candidates.read(con, loaded.rule)
        check.check(loaded, who)
    kept = frozen.freeze(loaded, datetime.now(UTC), who.vintage)
    Console().print(
        f"Frozen {kept.frozen_at} as {kept.hash} in {frozen.path_of(loaded)}. Keep both files; "
        "the report will say whether the rule was changed after this.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def write_report(file: Path, out: Path, language: Language, settings: Settings) -> Written:
    """Writes a report, with progress shown. Raises ReportError."""
    loaded = rulefile.load(file)
    with progress(), open_warehouse(settings.home, warehouse=settings.read_from) as con:
        return report.write(con, loaded, out, language, provenance.of_reports(con))


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
    """Makes the data part of a report again, and compares. Raises ReportError if it differs.

    Where the warehouse of the home holds another vintage than the report's, that one is first
    rebuilt from the stored replies, in a folder that is gone afterwards; a lake has it.
    """
    vintage = report.vintage_of(folder)
    with (
        progress(),
        _as_of(vintage, folder, settings) as (place, remarks),
        place.opened() as con,
    ):
        differences = report.differences(con, folder)
        today = " ".join(provenance.of_reports(con))
    wrote = report.code_of(folder)
    if wrote != today:
        by = wrote or "code not named"
        remarks.append(f"Code changed: the report was written by {by}, and this is {today}.")
    if differences:
        lines = [f"{folder} can't be reproduced:", *differences, *remarks]
        raise ReportError("\n".join(lines))
    same = f"{folder}: the same, byte for byte, from vintage {vintage}."
    Console().print(" ".join([same, *remarks]), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _as_of(vintage: str, folder: Path, settings: Settings) -> Iterator[tuple[Place, list[str]]]:
    """A warehouse whose newest vintage is the one asked for, and what to know of it.

    Raises ReportError where it is not the published one and can't be rebuilt.
    """
    today = provenance.of_warehouse(settings.catalogue)
    if not settings.reads_home:
        yield _elsewhere(vintage, folder, settings, today)
        return
    here = runs.last(settings.warehouse)
    if here and here["run_id"] == vintage:
        built_by = str(here["code_version"]), str(here["code_digest"])
        yield settings.place, _other_code(built_by, today)
        return
    with TemporaryDirectory() as temporary:
        made = Path(temporary) / settings.warehouse.name
        try:
            rebuilt = rebuild.rebuild_until(settings, vintage, made)
        except InputError as error:
            raise ReportError(
                f"{folder} was made from vintage {vintage}, and {settings.warehouse} holds "
                f"{here['run_id'] if here else 'none'}. It can't be rebuilt from the replies "
                f"kept here: {error} Point --home to the folder of that vintage."
            ) from error
        remarks = ["The vintage was rebuilt from stored replies."]
        if other := [table for table, is_same in rebuilt.same.items() if not is_same]:
            remarks.append(f"Not what was published then: {', '.join(other)}.")
        remarks += _other_code(rebuilt.other_code.get(vintage, today), today)
        yield reading.WarehouseFile(made), remarks


def _elsewhere(
    vintage: str, folder: Path, settings: Settings, today: tuple[str, str]
) -> tuple[Place, list[str]]:
    """A vintage of a place that is not the home's, whose replies are not here to rebuild it from.

    Raises ReportError if it is not there.
    """
    try:
        place = settings.place.at(vintage)
    except InputError as error:
        raise ReportError(
            f"{folder} was made from vintage {vintage}. {error} Give --warehouse where it is, or"
            " --home that has its replies."
        ) from error
    with place.opened() as con:
        version, digest = about.vintage(con)[3:]
    built_by = provenance.without_catalogue((version, digest))
    return place, _other_code(built_by, provenance.without_catalogue(today))


def _other_code(built_by: tuple[str, str], today: tuple[str, str]) -> list[str]:
    """A sentence where the figures were modelled by other code than that of today."""
    if built_by == today:
        return []
    return [
        f"Code changed: its figures were built by {' '.join(built_by)}, this is {' '.join(today)}."
    ]
