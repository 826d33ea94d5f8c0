"""What a page is about, for search engines: schema.org/Dataset as JSON-LD.

Addresses are relative where the folder has none.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from publication.figures import IndicatorFigures
from publication.media import media_type
from publication.papers import ADDRESS, Source
from publication.site.pages import Pages, address
from publication.tables import WarehouseTable

_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})  # inside a script element


def data_set(
    pages: Pages, figures: IndicatorFigures, path: str, sources: Mapping[str, Source]
) -> Markup:
    """An indicator as a data set, with its files."""
    indicator = figures.indicator
    of = [sources[table] for table in indicator["table_ids"] if table in sources]
    licences = sorted({ADDRESS[s["licence"]] for s in of if s["licence"] in ADDRESS})
    first, last = (int(figures.table["year"].agg(end)) for end in ("min", "max"))
    return _written(
        _about(pages, path, pages.titles[figures.id], pages.words("site_data_set_about",
               title=pages.titles[figures.id], unit=pages.unit(figures.id) or pages.words(
                   "site_yes_or_no")))
        | {
            "identifier": figures.id,
            "variableMeasured": pages.titles[figures.id],
            "temporalCoverage": f"{first}/{last}",
            "citation": [str(source["citation"]) for source in of],
            "distribution": _files(
                pages, [figures.csv_path, figures.xlsx_path, figures.parquet_path]
            ),
        }
        | ({"license": licences} if licences else {})
    )  # fmt: skip


def table(pages: Pages, about: WarehouseTable, path: str) -> Markup:
    """A table as a data set, with its columns."""
    return _written(
        _about(pages, path, f"mart.{about.name}", f"One row: {about.one_row}.")
        | {
            "identifier": f"mart.{about.name}",
            "variableMeasured": [column.name for column in about.columns],
            "distribution": _files(pages, [about.path]),
        }
    )


def _about(pages: Pages, path: str, name: str, description: str) -> dict[str, Any]:
    imprint, bundle = pages.imprint, pages.bundle
    data_set: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "url": _at(pages, address(path, pages.language)),
        "version": bundle.vintage,
        "dateModified": bundle.day.isoformat(),
        "inLanguage": str(pages.language),
        "isAccessibleForFree": True,
        "spatialCoverage": {"@type": "Country", "name": "Norway"},
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": pages.words("bundle_title"),
            "url": _at(pages, address("index", pages.language)),
        },
    }
    if imprint.publisher:
        data_set["publisher"] = {"@type": "Organization", "name": imprint.publisher}
    return data_set


def _files(pages: Pages, paths: Sequence[str]) -> list[dict[str, str]]:
    return [
        {
            "@type": "DataDownload",
            "encodingFormat": media_type(path),
            "contentUrl": _at(pages, path),
        }
        for path in paths
    ]


def _at(pages: Pages, path: str) -> str:
    """Under the address of the folder, or as seen from a page in one of its folders."""
    url = pages.imprint.url
    return f"{url.rstrip('/')}/{path}" if url else f"../{path}"


def _written(data_set: dict[str, Any]) -> Markup:
    return Markup(json.dumps(data_set, ensure_ascii=False).translate(_SAFE))  # noqa: S704 - made safe
