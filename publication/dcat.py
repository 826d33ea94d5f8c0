"""dcat.ttl: the bundle as a catalogue that data.norge.no can harvest, by DCAT-AP-NO 3.

Addresses are those under which the folder is served; without one they are relative to the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from publication.figures import IndicatorFigures
from publication.media import media_type
from publication.tables import WarehouseTable

_EU = "http://publications.europa.eu/resource/authority"
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_SPDX = Namespace("http://spdx.org/rdf/terms#")
_VERSION = URIRef(f"{DCAT}version")  # younger than rdflib's list of the terms
_NORWAY = URIRef(f"{_EU}/country/NOR")
_PUBLIC = URIRef(f"{_EU}/access-right/PUBLIC")
_LANGUAGES = [URIRef(f"{_EU}/language/{code}") for code in ("NOB", "ENG")]
_THEMES = {
    "population": "SOCI", "projections": "SOCI", "living_conditions": "SOCI", "staffing": "GOVE",
    "economy": "ECON", "digital": "TECH", "classification": "REGI",
}  # fmt: skip
_MEDIA = "https://www.iana.org/assignments/media-types"
_FILE_TYPES = {"csv": "CSV", "xlsx": "XLSX", "parquet": "PARQUET"}


@dataclass(frozen=True)
class CatalogueFacts:
    """What the catalogue says of the whole; `url` is where the folder is served, or empty.

    `contact` is a web address or `mailto:`; titles and descriptions are by language.
    """

    url: str
    publisher: str
    contact: str
    vintage: str
    day: date
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]


def turtle(
    about: CatalogueFacts,
    tables: Iterable[WarehouseTable],
    figures: Iterable[IndicatorFigures],
    files: Mapping[str, tuple[int, str]],
) -> str:
    """The catalogue: a data set for each table of `mart` and each indicator with figures."""
    return _Catalogue(about, files).written(tables, figures)


class _Catalogue:
    def __init__(self, about: CatalogueFacts, files: Mapping[str, tuple[int, str]]) -> None:
        self.about, self.files, self.graph = about, files, Graph()
        for prefix, space in (("vcard", _VCARD), ("spdx", _SPDX)):
            self.graph.bind(prefix, space)
        self.catalogue = self._at("dcat.ttl#catalogue")
        self.publisher = self._at("dcat.ttl#publisher")
        self.contact = self._at("dcat.ttl#contact")

    def _at(self, path: str) -> URIRef:
        return URIRef(f"{self.about.url}{path}")

    def written(self, tables: Iterable[WarehouseTable], figures: Iterable[IndicatorFigures]) -> str:
        self._head()
        for table in tables:
            self._table(table)
        for each in figures:
            if len(each.table):
                self._indicator(each)
        return self.graph.serialize(format="turtle")

    def _head(self) -> None:
        about, graph, catalogue = self.about, self.graph, self.catalogue
        self._named(catalogue, DCAT.Catalog, about.titles, about.descriptions)
        graph.add((catalogue, FOAF.homepage, self._at("index.html")))
        graph.add((catalogue, DCTERMS.spatial, _NORWAY))
        for language in _LANGUAGES:
            graph.add((catalogue, DCTERMS.language, language))
        graph.add((self.publisher, RDF.type, FOAF.Agent))
        graph.add((self.publisher, FOAF.name, Literal(about.publisher)))
        graph.add((self.contact, RDF.type, _VCARD.Organization))
        graph.add((self.contact, _VCARD.fn, Literal(about.publisher)))
        way = _VCARD.hasEmail if about.contact.startswith("mailto:") else _VCARD.hasURL
        at = URIRef(about.contact) if about.contact else self._at("index.html")
        graph.add((self.contact, way, at))

    def _named(
        self,
        resource: URIRef,
        kind: URIRef,
        titles: Mapping[str, str],
        descriptions: Mapping[str, str],
    ) -> None:
        """What a catalogue and a data set have alike."""
        graph, day = self.graph, Literal(self.about.day.isoformat(), datatype=XSD.date)
        graph.add((resource, RDF.type, kind))
        for language, text in titles.items():
            graph.add((resource, DCTERMS.title, Literal(text, lang=language)))
        for language, text in descriptions.items():
            graph.add((resource, DCTERMS.description, Literal(text, lang=language)))
        graph.add((resource, DCTERMS.publisher, self.publisher))
        graph.add((resource, DCAT.contactPoint, self.contact))
        graph.add((resource, DCTERMS.modified, day))

    def _data_set(
        self, name: str, theme: str, titles: Mapping[str, str], descriptions: Mapping[str, str]
    ) -> URIRef:
        resource, graph = self._at(f"dcat.ttl#{name}"), self.graph
        self._named(resource, DCAT.Dataset, titles, descriptions)
        graph.add((self.catalogue, DCAT.dataset, resource))
        graph.add((resource, DCAT.theme, URIRef(f"{_EU}/data-theme/{theme}")))
        graph.add((resource, DCTERMS.accessRights, _PUBLIC))
        graph.add((resource, DCTERMS.spatial, _NORWAY))
        graph.add((resource, DCTERMS.identifier, Literal(name)))
        graph.add((resource, _VERSION, Literal(self.about.vintage)))
        return resource

    def _table(self, table: WarehouseTable) -> None:
        resource = self._data_set(
            f"table_{table.name}", "GOVE", {"en": f"mart.{table.name}"},
            {"en": f"One row: {table.one_row}."},
        )  # fmt: skip
        self._file(resource, table.path)

    def _indicator(self, figures: IndicatorFigures) -> None:
        indicator = figures.indicator
        titles = {language: str(indicator[f"title_{language}"]) for language in ("nb", "en")}
        descriptions = {
            "nb": f"{titles['nb']}, for kommunene i dag.",
            "en": f"{titles['en']}, of the municipalities of today.",
        }
        theme = _THEMES.get(str(indicator["theme"]), "GOVE")
        resource = self._data_set(f"indicator_{figures.id}", theme, titles, descriptions)
        period = BNode(f"period-{figures.id}")
        self.graph.add((resource, DCTERMS.temporal, period))
        self.graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        first, last = int(figures.table["year"].min()), int(figures.table["year"].max())
        for way, day in ((DCAT.startDate, f"{first}-01-01"), (DCAT.endDate, f"{last}-12-31")):
            self.graph.add((period, way, Literal(day, datatype=XSD.date)))
        for path in (figures.csv_path, figures.xlsx_path, figures.parquet_path):
            self._file(resource, path)

    def _file(self, resource: URIRef, path: str) -> None:
        """A distribution with its size and checksum."""
        graph, (size, digest) = self.graph, self.files[path]
        kind = _FILE_TYPES[path.rpartition(".")[2]]
        at, checksum = self._at(path), BNode(f"checksum-{digest[:16]}")
        distribution = self._at(f"dcat.ttl#{path}")
        graph.add((resource, DCAT.distribution, distribution))
        graph.add((distribution, RDF.type, DCAT.Distribution))
        for way in (DCAT.accessURL, DCAT.downloadURL):
            graph.add((distribution, way, at))
        graph.add((distribution, DCTERMS["format"], URIRef(f"{_EU}/file-type/{kind}")))
        graph.add((distribution, DCAT.mediaType, URIRef(f"{_MEDIA}/{media_type(path)}")))
        graph.add(
            (distribution, DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger))
        )
        graph.add((distribution, _SPDX.checksum, checksum))
        graph.add((checksum, RDF.type, _SPDX.Checksum))
        graph.add((checksum, _SPDX.algorithm, _SPDX.checksumAlgorithm_sha256))
        graph.add((checksum, _SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary)))
