"""ro-crate-metadata.json: the folder as a research object, by RO-Crate 1.1, as Zenodo reads it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from publication.dcat import CatalogueFacts
from publication.figures import IndicatorFigures
from publication.media import media_type
from publication.papers import ADDRESS, Source
from publication.tables import WarehouseTable

NAME = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROFILE = "https://w3id.org/ro/crate/1.1"


def described(
    about: CatalogueFacts,
    tables: Iterable[WarehouseTable],
    figures: Iterable[IndicatorFigures],
    sources: Sequence[Source],
    files: Mapping[str, tuple[int, str]],
) -> dict[str, Any]:
    """The crate: the folder, every file of figures in it, its publisher and its sources."""
    names = {table.path: f"mart.{table.name}" for table in tables}
    for each in figures:
        if len(each.table):
            title = str(each.indicator["title_en"])
            names |= dict.fromkeys((each.csv_path, each.xlsx_path, each.parquet_path), title)
    parts = [*(_file(path, name, files[path]) for path, name in names.items())]
    parts += [_file("LICENCES.md", "The licence of each source")]
    cited = [_source(source) for source in sources]
    folder: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.titles["en"],
        "description": about.descriptions["en"],
        "datePublished": about.day.isoformat(),
        "version": about.vintage,
        "license": {"@id": "LICENCES.md"},
        "publisher": {"@id": "#publisher"},
        "hasPart": _references(parts),
        "citation": _references(cited),
    }
    publisher = {"@id": "#publisher", "@type": "Organization", "name": about.publisher}
    itself = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _PROFILE},
        "about": {"@id": "./"},
    }
    return {"@context": _CONTEXT, "@graph": [itself, folder, publisher, *parts, *cited]}


def _file(path: str, name: str, written: tuple[int, str] | None = None) -> dict[str, Any]:
    """A file; `written`: its bytes and SHA-256, where it is there already."""
    entity = {"@id": path, "@type": "File", "name": name, "encodingFormat": media_type(path)}
    return entity | ({"contentSize": str(written[0]), "sha256": written[1]} if written else {})


def _source(source: Source) -> dict[str, Any]:
    """A publisher's table: of which the folder holds figures, under a licence of its own."""
    licence = str(source["licence"])
    return {
        "@id": f"#source_{source['table_id']}",
        "@type": "CreativeWork",
        "name": str(source["citation"]),
        "license": ADDRESS.get(licence, licence),
        **({"url": str(source["url"])} if source["url"] else {}),
    }


def _references(entities: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"@id": each["@id"]} for each in entities]
