"""Reads the registers of networks, cooperations, district definitions and decided changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from common.errors import InputError
from common.tabular.records import CsvFile, read_csv_file
from common.text import shown
from sources import typed
from sources.networks.basis import basis_table
from sources.networks.rows import REGISTER, SEPARATOR, Row

PACKAGED = Path(__file__).parent


def read_register(folder: Path = PACKAGED) -> dict[str, pa.Table]:
    """Reads every register as a typed table by name, and the vocabulary `membership_basis`.

    Field metadata `comment` says what a column holds; `one_row` and `key` are the table's.
    Raises InputError naming every fault in every file.
    """
    faults: list[str] = []
    rows: dict[str, list[Row]] = {}
    numbers: dict[str, list[int]] = {}
    for name, shape in REGISTER.items():
        file = read_csv_file(folder / f"{name}.csv")
        found, wrong = _rows(f"{name}.csv", shape, file)
        rows[name], numbers[name] = list(found.values()), list(found)
        faults += wrong
    for name, shape in REGISTER.items() if not faults else ():
        faults += _repeated_keys(name, shape, rows[name], numbers[name])
        faults += _dangling(name, shape, rows, numbers[name])
    if faults:
        raise InputError("\n".join(faults))
    tables = {name: typed.table(rows[name], schema(shape)) for name, shape in REGISTER.items()}
    return tables | {"membership_basis": basis_table()}


def schema(shape: type[Row]) -> pa.Schema:
    """The raw table of a register, its columns in the order of the file."""
    return typed.schema(shape, one_row=shape.one_row, key=shape.key, fields=shape.columns())


def _rows(file_name: str, shape: type[Row], file: CsvFile) -> tuple[dict[int, Row], list[str]]:
    """The rows of a file by row number, and a sentence for each fault."""
    if tuple(file.columns) != shape.columns():
        return {}, [
            f"{file_name}, row {file.header_row}: the columns are {', '.join(file.columns)}. "
            f"They must be, in this order: {', '.join(shape.columns())}."
        ]
    rows: dict[int, Row] = {}
    faults: list[str] = []
    for record in file.records:
        where = f"{file_name}, row {record.row}"
        if record.surplus:
            faults.append(
                f"{where}: more cells than columns. Put quotation marks round text with a comma."
            )
        try:
            rows[record.row] = shape.model_validate(
                {column: record[column] or None for column in file.columns}
            )
        except ValidationError as error:
            faults += [_sentence(where, shape, dict(detail)) for detail in error.errors()]
    return rows, faults


def _sentence(where: str, shape: type[Row], detail: dict[str, Any]) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ")
    column = " ".join(str(part) for part in detail["loc"][:1])
    if not column:
        return f"{where}: {message}."
    if detail["input"] is None:
        return f"{where}: {column} is empty and must be filled in."
    if detail["type"] == "value_error":
        return f"{where}: {column} {shown(detail['input'])} {message}."
    meaning = shape.model_fields[column].description
    return f"{where}: {column} {shown(detail['input'])} does not fit ({message}). Write: {meaning}."


def _repeated_keys(
    name: str, shape: type[Row], rows: list[Row], numbers: list[int]
) -> Iterator[str]:
    seen: dict[tuple[object, ...], int] = {}
    for number, row in zip(numbers, rows, strict=True):
        key = tuple(getattr(row, column) for column in shape.key)
        if key in seen:
            shown = ", ".join(str(part) for part in key if part is not None)
            yield (
                f"{name}.csv, row {number}: {shown} is in row {seen[key]} already. Keep one of "
                f"them; {', '.join(shape.key)} together must be different in every row."
            )
        seen.setdefault(key, number)


def _dangling(
    name: str, shape: type[Row], rows: dict[str, list[Row]], numbers: list[int]
) -> Iterator[str]:
    for column, (table, target) in shape.references.items():
        known = {getattr(row, target) for row in rows[table]}
        for number, row in zip(numbers, rows[name], strict=True):
            for part in (getattr(row, column) or "").split(SEPARATOR):
                if part and part not in known:
                    yield (
                        f"{name}.csv, row {number}: {column} {shown(part)} is not in {table}.csv. "
                        f"Add it there or write one of its {target}s."
                    )
