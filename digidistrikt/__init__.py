"""Open statistics on Norwegian municipalities, in Python.

    import digidistrikt as dd

    warehouse = dd.open()
    warehouse.catalog("nurses")
    frame = warehouse.series("nurses_fte_per_1000", division=2019)
    frame.attrs["citations"]

The warehouse is what `digidistrikt refresh` made; it is opened read-only. docs/python.md has more.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from common.errors import (
    BoundaryError,
    DigidistriktError,
    InputError,
    LockedError,
    WarehouseError,
)
from digidistrikt.frames import Kind
from flows import configuration

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from digidistrikt.warehouse import Warehouse

__all__ = [
    "BoundaryError",
    "DigidistriktError",
    "InputError",
    "LockedError",
    "Warehouse",
    "WarehouseError",
    "open",
]


@overload
def open(
    home: str | Path | None = None,
    *,
    frames: Literal["pandas"] = "pandas",
    as_of: str | None = None,
    memory: str | None = None,
    warehouse: str | None = None,
) -> "Warehouse[pd.DataFrame]": ...
@overload
def open(
    home: str | Path | None = None,
    *,
    frames: Literal["arrow"],
    as_of: str | None = None,
    memory: str | None = None,
    warehouse: str | None = None,
) -> "Warehouse[pa.Table]": ...
@overload
def open(
    home: str | Path | None = None,
    *,
    frames: Literal["polars"],
    as_of: str | None = None,
    memory: str | None = None,
    warehouse: str | None = None,
) -> "Warehouse[pl.DataFrame]": ...
def open(
    home: str | Path | None = None,
    *,
    frames: Kind = "pandas",
    as_of: str | None = None,
    memory: str | None = None,
    warehouse: str | None = None,
) -> "Warehouse[Any]":
    """Opens a warehouse for reading.

    `home` is the folder of the warehouse; without it the one that commands use (DIGIDISTRIKT_HOME,
    digidistrikt.toml, else the default). `frames` is what answers come as: pandas, arrow or polars.
    `warehouse` is another place to read from: a file, `lake:SERVICE` or the address of a published
    folder (DIGIDISTRIKT_WAREHOUSE, unless a `home` is given). `as_of` is a day, time or vintage:
    the figures known then. `memory`, as 8GB, is a quarter of the machine's unless it is given.
    Raises WarehouseError where there is no warehouse, LockedError where another program is writing
    to it.
    """
    from digidistrikt.warehouse import Warehouse

    folder = configuration.home() if home is None else Path(home)
    place = warehouse or (configuration.warehouse() if home is None else None)
    if place:
        configuration.apply(configuration.NETWORK)
    return Warehouse(folder, frames, as_of, memory, place)


def __getattr__(name: str) -> object:
    """What takes long to import, when it is asked for: commands import this package too."""
    if name == "Warehouse":
        from digidistrikt.warehouse import Warehouse

        return Warehouse
    if name == "__version__":
        from importlib.metadata import version

        return version("digidistrikt")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
