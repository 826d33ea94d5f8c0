"""datapackage.json: every file of figures with its columns, by Data Package 2.0."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from publication.figures import COLUMNS, IndicatorFigures
from publication.media import media_type
from publication.papers import Source, licences
from publication.tables import TableColumn, WarehouseTable

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP WITH TIME ZONE": "datetime",
}  # fmt: skip
# What readers show where a figure is NULL: nothing in CSV; of a whole number in Parquet, often nan.
MISSING = ["", "nan", "NaT"]


def described(
    about: Mapping[str, str],
    tables: Iterable[WarehouseTable],
    figures: Iterable[IndicatorFigures],
    sources: Sequence[Source],
    files: Mapping[str, tuple[int, str]],
) -> dict[str, Any]:
    """The whole package.

    `about`: title, description, version and created; `files`: bytes and SHA-256 of each file, by
    its path in the folder.
    """
    of_source = {str(source["table_id"]): _source(source) for source in sources}
    columns = {c.name: c for table in tables if table.name == "observation" for c in table.columns}
    return {
        "$schema": PROFILE,
        "name": "digidistrikt",
        **about,
        "licenses": licences(sources),
        "sources": list(of_source.values()),
        "resources": [
            *(_table(table, files) for table in tables),
            *(_indicator(each, columns, of_source, files) for each in figures if len(each.table)),
        ],
    }


def _source(source: Source) -> dict[str, str]:
    """A publisher's table; a file of one's own may have no address."""
    path = str(source["url"] or "")
    found = {"title": str(source["citation"])}
    return found | ({"path": path} if path.startswith(("https://", "http://")) else {})


def _csv(path: str, files: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    size, digest = files[path]
    return {
        "path": path,
        "bytes": size,
        "hash": f"sha256:{digest}",
        "format": "csv",
        "mediatype": media_type(path),
        "encoding": "utf-8",
    }


def _parquet(path: str, files: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """Without its bytes: a validator that reads Parquet by columns counts none, and refuses it."""
    _, digest = files[path]
    return {
        "path": path,
        "hash": f"sha256:{digest}",
        "format": "parquet",
        "mediatype": media_type(path),
    }


def _table(table: WarehouseTable, files: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "title": f"mart.{table.name}",
        "description": f"One row: {table.one_row}.",
        **_parquet(table.path, files),
        "schema": _schema([_field(column) for column in table.columns], table.key),
    }


def _indicator(
    figures: IndicatorFigures,
    columns: Mapping[str, TableColumn],
    of_source: Mapping[str, dict[str, str]],
    files: Mapping[str, tuple[int, str]],
) -> dict[str, Any]:
    """Its CSV; the workbook and Parquet beside it hold the same rows and stand in dcat.ttl."""
    fields = [_field(columns[name]) for name in COLUMNS]
    fields[-1] = fields[-1] | {"type": "string"}  # of CSV: several in one text
    return {
        "name": f"indicator_{figures.id}",
        "type": "table",
        "title": str(figures.indicator["title_en"]),
        "description": f"{figures.indicator['title_nb']}. Unit: {figures.indicator['unit']}.",
        **_csv(figures.csv_path, files),
        "schema": _schema(fields, ("municipality_code", "period")),
        "sources": [of_source[t] for t in figures.indicator["table_ids"] if t in of_source],
    }


def _schema(fields: Sequence[dict[str, str]], key: Sequence[str]) -> dict[str, Any]:
    """A key with a list or struct in it is left out: the format compares plain values only."""
    plain = {field["name"] for field in fields if field["type"] != "any"}
    keys = {"primaryKey": list(key)} if key and plain.issuperset(key) else {}
    return {"fields": list(fields), **keys, "missingValues": MISSING}


def _field(column: TableColumn) -> dict[str, str]:
    """Lists and structs are `any`: each reader of Parquet has types of its own for them."""
    kind = _TYPES.get(column.type, "any")
    kept = {} if column.type in _TYPES else {"duckdbType": column.type}
    return {"name": column.name, "type": kind, "description": column.meaning} | kept
