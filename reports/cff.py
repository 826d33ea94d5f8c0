"""References of a citation file: the program, and the tables that figures were taken from."""

from collections.abc import Iterable, Mapping
from typing import Any

SPDX = {"CC BY 4.0": "CC-BY-4.0", "CC0 1.0": "CC0-1.0", "NLOD 2.0": "NLOD-2.0", "MIT": "MIT"}


def references(
    sources: Iterable[Mapping[str, Any]], accessed: Mapping[str, str], code: tuple[str, str]
) -> list[dict[str, Any]]:
    """The references of Citation File Format 1.2.0.

    `sources` are rows of `mart.source_table`, `accessed` the day the figures of a table are of,
    `code` the version and digest of what made them. Tables that are cited alike stand once: the
    format wants no reference twice.
    """
    software = {
        "type": "software",
        "title": "digidistrikt",
        "authors": [{"name": "digidistrikt contributors"}],
        "version": " ".join(code),
    }
    tables: list[dict[str, Any]] = []
    for source in sources:
        table = {
            "type": "data",
            "title": source["citation"],
            "authors": [{"name": source["publisher"]}],
            **_address(str(source["url"])),
            **_accessed(accessed.get(str(source["table_id"]))),
            **_licence(str(source["licence"])),
        }
        if table not in tables:
            tables.append(table)
    return [software, *tables]


def _address(url: str) -> dict[str, str]:
    """The address of a source; a file of one's own may have none."""
    return {"url": url} if url.startswith(("https://", "http://")) else {}


def _accessed(day: str | None) -> dict[str, str]:
    return {"date-accessed": day} if day else {}


def _licence(licence: str) -> dict[str, str]:
    """A licence as the format wants it: by its SPDX name, or else in a note."""
    return {"license": SPDX[licence]} if licence in SPDX else {"notes": f"licence: {licence}"}
