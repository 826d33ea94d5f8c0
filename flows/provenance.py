"""Which code made a warehouse: its version, and a digest of everything that decides about data."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version as installed_version
from pathlib import Path
from types import ModuleType

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
    return _version((common, sources, warehouse), catalogue)


def without_catalogue(code: tuple[str, str]) -> tuple[str, str]:
    """Which code it is, whatever is in the user's own catalogue."""
    version, digest = code
    return version, digest.partition("+")[0]


def of_reports(catalogue: Path) -> tuple[str, str]:
    """The same of all that decides what a report says."""
    return _version((common, sources, warehouse, selection, reports), catalogue)


def of_publications(catalogue: Path) -> tuple[str, str]:
    """The same of all that decides what a published folder holds."""
    return _version((common, sources, warehouse, reports, publication), catalogue)


def _version(rooms: Sequence[ModuleType], catalogue: Path) -> tuple[str, str]:
    folders = [Path(str(room.__file__)).parent for room in rooms]
    digests = [_digest(folders), _digest([catalogue])]
    return installed_version("digidistrikt"), "+".join(filter(None, digests))


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
