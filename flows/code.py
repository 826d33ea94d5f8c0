"""Which code made a warehouse: its version, and a digest of everything that decides about data."""

from hashlib import sha256
from importlib.metadata import version as installed_version
from pathlib import Path
from types import ModuleType

import sources
import warehouse

_DECIDES = {".py", ".sql", ".yaml", ".csv"}


def version(catalogue: Path, *more: ModuleType) -> tuple[str, str]:
    """The version of the package, and twelve hexadecimal digits of the digest of its rooms.

    The user's own `catalogue` decides too, and rooms named as `more`. Recordings are left out: they
    are replies, and have hashes of their own.
    """
    rooms = [Path(str(room.__file__)).parent for room in (sources, warehouse, *more)]
    digest = sha256()
    for folder in (*rooms, catalogue):
        for path in sorted(folder.rglob("*")):
            if path.suffix in _DECIDES and "recorded" not in path.parts:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return installed_version("digidistrikt"), digest.hexdigest()[:12]
