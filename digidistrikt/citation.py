"""A finished reference to an indicator, a source table or a vintage."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import duckdb

from common.errors import InputError
from common.text import Language, nearest
from warehouse.models import quote

_MONTHS = {
    Language.EN: "January February March April May June July August September October November"
    " December",
    Language.NB: "januar februar mars april mai juni juli august september oktober november"
    " desember",
}


class Style(StrEnum):
    """How a reference is written."""

    APA = "apa"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


@dataclass(frozen=True)
class Reference:
    """A data set as a reference names it; `number` is its number at the publisher, or a version.

    `issued` is the day it was last changed, or as much of it as the source says; `accessed` the
    day its figures were fetched from the publisher, for a file None. What is not known is left out.
    """

    key: str
    author: str
    title: str
    number: str | None
    issued: str | None
    accessed: date | None
    url: str | None
    note: str | None


def cited(con: duckdb.DuckDBPyConnection, what: str, style: Style, language: Language) -> str:
    """The references to an indicator, a source table or a vintage, written in a style.

    Raises InputError as `references` does.
    """
    found = references(con, what, language)
    if style is Style.CSL_JSON:
        return json.dumps([_csl(each) for each in found], ensure_ascii=False, indent=1)
    if style is Style.BIBTEX:
        return "\n\n".join(_bibtex(each, language) for each in found)
    return "\n".join(_apa(each, language) for each in found)


def references(con: duckdb.DuckDBPyConnection, what: str, language: str) -> list[Reference]:
    """One reference for a table or vintage; for an indicator, those of its tables.

    Raises InputError for a name that is none of them, and for figures that nobody fetched.
    """
    run = con.execute(
        "select run_id, started_at::date, code_version, code_digest from mart.refresh_run"
        f" where run_id = {quote(what)}"
    ).fetchone()
    if run:
        return [_of_vintage(*run)]
    table_ids = dict(con.execute("select indicator_id, table_ids from mart.indicator").fetchall())
    rows = con.execute(
        f"""
        select table_id, publisher, title_{language}, publisher_table,
            coalesce(strftime(updated, '%Y-%m-%d'), published_on) as issued,
            if(upstream = 'file', null, coalesce(recorded_on, accessed_at::date)) as accessed,
            url, concat_ws('; ', 'licence: ' || licence, 'obtained via ' || provenance) as note,
            is_asked
        from mart.source_table
        """
    ).fetchall()
    tables = {row[0]: row for row in rows}
    wanted = table_ids.get(what, [what] if what in tables else None)
    if wanted is None:
        near = nearest(what, [*table_ids, *tables])
        raise InputError(
            f"'{what}' is no indicator, source table or vintage; "
            + (f"the nearest are {', '.join(near)}." if near else "catalog and status list them.")
        )
    asked = [tables[each] for each in wanted if tables[each][-1]]
    if not asked:
        raise InputError(
            f"'{what}': nothing of {', '.join(wanted)} was fetched, so there is no date to cite it"
            " by; refresh from the live services first."
        )
    return [
        Reference(key, publisher, title, number, issued, accessed, url, note)
        for key, publisher, title, number, issued, accessed, url, note, _ in asked
    ]


def _of_vintage(run_id: str, day: date, version: str, digest: str) -> Reference:
    return Reference(
        key=f"digidistrikt_{run_id}",
        author="digidistrikt contributors",
        title="digidistrikt: open statistics on Norwegian municipalities",
        number=f"vintage {run_id}",
        issued=day.isoformat(),
        accessed=None,
        url=None,
        note=f"Made by digidistrikt {version} ({digest}) from the tables of mart.source_table.",
    )


def _apa(reference: Reference, language: Language) -> str:
    """By APA 7 for data sets: author, date, title, number, kind, and a date of retrieval."""
    is_nb = language is Language.NB
    issued = _apa_date(reference.issued, language) if reference.issued else None
    number = ""
    if reference.number:
        table = "Tabell" if is_nb else "Table"
        is_number = reference.number.isdecimal()
        number = f" ({f'{table} {reference.number}' if is_number else reference.number})"
    dated = issued or ("u.å." if is_nb else "n.d.")
    kind = "Datasett" if is_nb else "Data set"
    written = f"{reference.author}. ({dated}). {reference.title}{number} [{kind}]."
    if reference.url is None:
        return written
    if reference.accessed is None:
        return f"{written} {reference.url}"
    day = _in_words(reference.accessed, language)
    retrieved = f"Hentet {day} fra" if is_nb else f"Retrieved {day}, from"
    return f"{written} {retrieved} {reference.url}"


def _apa_date(issued: str, language: Language) -> str:
    """A date in brackets: the year first, in English; a Norwegian reference writes it as said."""
    parts = [int(part) for part in issued.split("-")]
    if len(parts) == 1:
        return issued
    month = _MONTHS[language].split()[parts[1] - 1]
    if language is Language.NB:
        return f"{parts[0]}, {f'{parts[2]}. ' if len(parts) == 3 else ''}{month}"
    return f"{parts[0]}, {month}{f' {parts[2]}' if len(parts) == 3 else ''}"


def _in_words(day: date, language: Language) -> str:
    month = _MONTHS[language].split()[day.month - 1]
    if language is Language.NB:
        return f"{day.day}. {month} {day.year}"
    return f"{month} {day.day}, {day.year}"


def _bibtex(reference: Reference, language: Language) -> str:
    """An entry of type @misc, which every style knows; the braces keep a body's name whole."""
    year, *month_and_day = (reference.issued or "").split("-")
    fields = {
        "author": f"{{{_escaped(reference.author)}}}",
        "title": f"{{{_escaped(reference.title)}}}",
        "year": year,
        "month": month_and_day[0].lstrip("0") if month_and_day else "",
        "number": _escaped(reference.number or ""),
        "howpublished": "Data set" if language is Language.EN else "Datasett",
        "url": reference.url or "",
        "urldate": reference.accessed.isoformat() if reference.accessed else "",
        "note": _escaped(reference.note or ""),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{reference.key},\n" + ",\n".join(lines) + "\n}"


def _escaped(text: str) -> str:
    """With the signs escaped that LaTeX takes for its own."""
    special = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {"\\": r"\textbackslash{}"}
    return "".join(special.get(sign, sign) for sign in text)


def _csl(reference: Reference) -> dict[str, object]:
    """An item of type dataset, by the schema of CSL 1.0.2."""
    item = {
        "id": reference.key,
        "type": "dataset",
        "title": reference.title,
        "author": [{"literal": reference.author}],
        "publisher": reference.author,
        "number" if (reference.number or "").isdecimal() else "version": reference.number,
        "issued": _csl_date(reference.issued),
        "accessed": _csl_date(reference.accessed.isoformat() if reference.accessed else None),
        "URL": reference.url,
        "note": reference.note,
    }
    return {name: value for name, value in item.items() if value is not None}


def _csl_date(written: str | None) -> dict[str, list[Sequence[int]]] | None:
    return {"date-parts": [[int(part) for part in written.split("-")]]} if written else None
