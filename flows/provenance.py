"""Which code made a warehouse: its version, and a digest of everything that decides about data."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version as installed_version
from pathlib import Path
from types import ModuleType

import duckdb

import common
import publication
import reports
import selection
import sources
import warehouse

_DECIDES = {".py", ".sql", ".yaml", ".csv"}


def of_warehouse(catalogue: Path) -> tuple[str, str]:
    """The version of the package, and twelve hexadecimal digits of the digest of its rooms.

    The user's own `catalogue` decides too: its digest stands behind a `+`, if it has entries.
    Recordings are left out: they are replies, and have hashes of their own.
    """
    return _version((common, sources, warehouse), _digest([catalogue]))


def without_catalogue(code: tuple[str, str]) -> tuple[str, str]:
    """Which code it is, whatever is in the user's own catalogue."""
    version, digest = code
    return version, digest.partition("+")[0]


def of_reports(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """The same of all that decides what a report of a warehouse says."""
    return _version((common, sources, warehouse, selection, reports), _catalogue_of(con))


def of_publications(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """The same of all that decides what a published folder of a warehouse holds."""
    return _version((common, sources, warehouse, reports, publication), _catalogue_of(con))


def _version(rooms: Sequence[ModuleType], catalogue: str) -> tuple[str, str]:
    folders = [Path(str(room.__file__)).parent for room in rooms]
    return installed_version("digidistrikt"), "+".join(filter(None, [_digest(folders), catalogue]))


def _catalogue_of(con: duckdb.DuckDBPyConnection) -> str:
    """The digest of the user's own catalogue that the newest vintage was built by, if any.

    The home may be another's, or its catalogue have been changed since.
    """
    newest = con.execute(
        "select code_digest from mart.refresh_run order by started_at desc limit 1"
    ).fetchone()
    return str(newest[0]).partition("+")[2] if newest else ""


def _digest(folders: Sequence[Path]) -> str:
    """Of all that decides in some folders; nothing if there is no such file."""
    digest, found = sha256(), False
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _DECIDES and "recorded" not in path.parts:
                found = True
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12] if found else ""
