"""A whole folder from the warehouse: the bundle and the site, put in the place of the one before.

What is written depends on the vintage alone: twice made, it is the same byte for byte.
"""

import json
import logging
import shutil
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from common.errors import ReportError
from common.text import Language
from publication import datapackage, dcat, papers, remote, rocrate, site, tables
from publication.bundle import Bundle, Imprint, read
from publication.dcat import CatalogueFacts
from publication.site.query import Engine
from publication.wording import words
from reports import cff

_LOG = logging.getLogger("digidistrikt.publish")
SUMS = "SHA256SUMS"
NOBODY_NAMED = "digidistrikt contributors"  # where no publisher is given


@dataclass(frozen=True)
class Published:
    """A folder that was written: of which vintage, how large, and sources of unknown licence."""

    folder: Path
    vintage: str
    files: int
    size: int
    unconfirmed: tuple[str, ...]


def write(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    imprint: Imprint,
    code: tuple[str, str],
    engine: Engine | None = None,
) -> Published:
    """Writes the folder; `code` is the version and digest of what does it.

    With an `engine` it has a page that is asked in SQL.

    It is made beside the folder and takes its place when it is whole, so that a fault leaves what
    was there. Raises ReportError where the folder holds something else or can't be written to.
    """
    require_own_folder(folder)
    bundle = read(con)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            whole = Path(beside) / folder.name
            whole.mkdir()
            write_new(bundle, whole, imprint, code, engine)
            swap(whole, folder, Path(beside) / "before")
    except OSError as error:
        raise ReportError(f"{folder}: it can't be written here: {error}.") from error
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    unconfirmed = tuple(str(s["table_id"]) for s in bundle.sources if papers.is_unconfirmed(s))
    return Published(folder, bundle.vintage, len(sizes), sum(sizes), unconfirmed)


# --- the files --------------------------------------------------------------------------------


def write_new(
    bundle: Bundle, folder: Path, imprint: Imprint, code: tuple[str, str], engine: Engine | None
) -> None:
    """Writes all files into an empty folder, their checksums last. Raises OSError."""
    _LOG.info("writing tables and figures")
    _write_tables(bundle, folder, imprint)
    _write_figures(bundle, folder)
    write_papers(bundle, folder, imprint, code)
    _LOG.info("writing pages")
    site.write(bundle, folder, imprint, engine)
    sums = "".join(f"{digest}  {path}\n" for path, (_, digest) in _sizes(folder).items())
    (folder / SUMS).write_text(sums, encoding="utf-8")


def _write_tables(bundle: Bundle, folder: Path, imprint: Imprint) -> None:
    (folder / "data").mkdir()
    for table in bundle.tables:
        found = tables.arrow(bundle.con, table, bundle.vintage)
        tables.write_parquet(found, folder / table.path)
    remote.write(bundle, folder, imprint.url)
    script = tables.load_script(bundle.tables)
    (folder / "data" / "load.sql").write_text(script, encoding="utf-8")


def _write_figures(bundle: Bundle, folder: Path) -> None:
    (folder / "data" / "indicators").mkdir()
    citations = {str(source["table_id"]): str(source["citation"]) for source in bundle.sources}
    for each in bundle.figures:
        if each.table.empty:
            continue
        indicator = each.indicator
        cited = [citations[table] for table in indicator["table_ids"] if table in citations]
        about = [
            ("indicator", each.id),
            ("title", f"{indicator['title_nb']} / {indicator['title_en']}"),
            ("unit", str(indicator["unit"])),
            ("vintage", bundle.vintage),
            *(("source", one) for one in cited),
        ]
        (folder / each.csv_path).write_text(each.csv(), encoding="utf-8")
        workbook = each.workbook(about, bundle.day)
        (folder / each.xlsx_path).write_bytes(workbook)
        tables.write_parquet(each.arrow(), folder / each.parquet_path)


def write_papers(bundle: Bundle, folder: Path, imprint: Imprint, code: tuple[str, str]) -> None:
    """Describes, cites and licenses the files that are in a folder. Raises OSError."""
    day = bundle.day
    wording = {language: words(language) for language in Language}
    titles = {language.value: wording[language]("bundle_title") for language in Language}
    descriptions = {language.value: wording[language]("bundle_about") for language in Language}
    files = _sizes(folder)
    about = {
        "title": titles["en"],
        "description": descriptions["en"],
        "version": bundle.vintage,
        "created": f"{bundle.run['started_at'].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    package = datapackage.described(about, bundle.tables, bundle.figures, bundle.sources, files)
    facts = CatalogueFacts(
        url=f"{imprint.url.rstrip('/')}/" if imprint.url else "",
        publisher=imprint.publisher or NOBODY_NAMED,
        contact=imprint.contact,
        vintage=bundle.vintage,
        day=day,
        titles=titles,
        descriptions=descriptions,
    )
    references = cff.references(bundle.sources, bundle.accessed, code)
    written = {
        "datapackage.json": as_json(package),
        "dcat.ttl": dcat.turtle(facts, bundle.tables, bundle.figures, files),
        rocrate.NAME: as_json(
            rocrate.described(facts, bundle.tables, bundle.figures, bundle.sources, files)
        ),
        "CITATION.cff": papers.citation(
            titles["en"], [facts.publisher], bundle.vintage, day.isoformat(), references
        ),
        "LICENCES.md": papers.licence_page(bundle.sources),
        "changes.json": as_json(bundle.changes.as_data()),
        "CHANGES.md": _changes_page(bundle),
    }
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")


def _changes_page(bundle: Bundle) -> str:
    """CHANGES.md: what changed, in both languages."""
    parts = []
    for language in Language:
        wording = words(language)
        lines = bundle.changed(language)
        parts += [f"# {wording('changes')}", "", *(f"- {line}" for line in lines), ""]
    return "\n".join(parts)


def as_json(value: object) -> str:
    """Readable JSON, with a line end."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _sizes(folder: Path) -> dict[str, tuple[int, str]]:
    """Bytes and SHA-256 of each file, by its path in the folder, in order."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest = sha256(content).hexdigest()
            found[path.relative_to(folder).as_posix()] = (len(content), digest)
    return found


# --- the folder -------------------------------------------------------------------------------


def require_own_folder(folder: Path) -> None:
    """Raises ReportError for a folder that is neither empty nor an earlier publication."""
    is_other = folder.exists() and not folder.is_dir()
    if is_other or (folder.is_dir() and any(folder.iterdir()) and not is_publication(folder)):
        raise ReportError(
            f"{folder}: this is not empty and no earlier publication. Give --out a new folder."
        )


def is_publication(folder: Path) -> bool:
    """Whether a folder was written here: it has checksums and says whose package it is."""
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        return (folder / SUMS).is_file() and package["name"] == "digidistrikt"
    except (OSError, ValueError, KeyError, TypeError):
        return False


def swap(whole: Path, folder: Path, before: Path) -> None:
    """Puts a new folder in the place of an earlier one; what is not of a publication goes along.

    A folder that is served may hold more than was written here: `.git`, `CNAME`. Raises OSError,
    with the earlier folder where it was.
    """
    if not folder.exists():
        whole.rename(folder)
        return
    written = _written(folder)
    folder.rename(before)
    try:
        whole.rename(folder)
    except OSError:
        before.rename(folder)
        raise
    for path in sorted(before.iterdir()):
        if path.name not in written and not (folder / path.name).exists():
            shutil.move(path, folder / path.name)


def _written(folder: Path) -> set[str]:
    """What stands at the top of a publication that was written here."""
    sums = folder / SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    return {line.split("  ", 1)[1].partition("/")[0] for line in lines} | {SUMS}
