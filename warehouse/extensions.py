"""DuckDB's extensions from their wheels, the extra `lake`: loaded by path, and never fetched."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import duckdb

from common.errors import WarehouseError
from warehouse.models import quote


def load(con: duckdb.DuckDBPyConnection, names: Sequence[str], needed_for: str) -> None:
    """Loads extensions, as `httpfs`. Raises WarehouseError where one is not installed."""
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        con.execute(f"set {setting} = false")
    for name in names:
        con.execute(f"load {quote(str(_file(name, needed_for)))}")


def _file(name: str, needed_for: str) -> Path:
    package = find_spec(f"duckdb_extension_{name}")
    folder = Path((package and package.origin) or "").parent / "extensions"
    file = folder / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not package or not file.is_file():
        raise WarehouseError(
            f"DuckDB's extension {name} {duckdb.__version__} is not installed here, which"
            f" {needed_for} needs. Install what belongs to it: pip install 'digidistrikt[lake]'."
        )
    return file
