"""Builds one model on a copy of the warehouse, so that a change of its file is seen in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from common.errors import InputError
from warehouse import models
from warehouse.reading import Place


@contextmanager
def previewed(place: Place, model: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, models.Model]]:
    """A copy of a warehouse in which a model was built anew with all it is made of.

    `model` is a table (`mart.network`, `network`) or the file of a model. The warehouse stays as it
    is. Raises InputError for a table that no model makes, WarehouseError if there is no warehouse,
    ModelError or ChecksFailedError for a model that does not run or breaks its key.
    """
    made = _model(model)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.duckdb"
        place.copy(copy)
        with duckdb.connect(str(copy)) as con:
            models.run_needed(con, made.reads)
            models.run(con, made)
            yield con, made


def _model(text: str) -> models.Model:
    if text.endswith(".sql"):
        path = Path(text)
        if not path.is_file():
            raise InputError(f"{text}: there is no such file.")
        return models.read_model(path)
    found = {model.table: model for model in models.read_models()}
    table = text if "." in text else f"mart.{text}"
    if table not in found:
        raise InputError(f"no model makes {table}; there are {', '.join(found)}.")
    return found[table]
