"""The index that the search in the pages reads: what a page is called, and other words for it."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from publication.bundle import Bundle, rows
from publication.site import dictionary, indicator, municipality, network
from publication.site.pages import Pages, address

# Names and codes since 1964 of which the ground, or a part of it, is in a municipality of today.
_PLACES = """
    with today as (select max(to_date) as division from core.crosswalk),
    former as (
        select distinct to_code as municipality_code, history.code, history.name
        from core.crosswalk
        inner join today on to_date = division
        inner join mart.municipality_history as history
            on history.code = from_code and history.valid_from <= from_date
            and (history.valid_before is null or history.valid_before > from_date)
    )
    select municipality_code, municipality_name, official_name, county_name,
        list(distinct former.code order by former.code) as codes,
        list(distinct former.name order by former.name) as names
    from mart.municipality left join former using (municipality_code)
    group by all order by municipality_code
"""


class Entry(NamedTuple):
    """A page: its file, what it is called, of what kind it is, and other words for it."""

    page: str
    title: str
    kind: str
    words: str


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes an index for each language into `assets`."""
    places = rows(bundle.con, _PLACES)
    networks = rows(bundle.con, "from mart.network order by network_id")
    for each in pages:
        entries = [
            *_indicators(bundle, each), *_places(each, places), *_networks(each, networks),
            *_tables(bundle, each), *_others(each),
        ]  # fmt: skip
        index = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
        path = each.folder / "assets" / f"search.{each.language}.js"
        path.write_text(f"digidistrikt.index({index});\n", encoding="utf-8")


def _indicators(bundle: Bundle, pages: Pages) -> Iterator[Entry]:
    """By the title in either language, the name in the data, theme and synonyms."""
    for each in bundle.figures:
        if len(each.table):
            entry = each.indicator
            others = [
                entry["title_nb"],
                entry["title_en"],
                each.id,
                *(entry["synonyms"] or []),
            ]
            yield Entry(
                address(indicator.path_of(each.id), pages.language), pages.titles[each.id],
                pages.words.of("theme", entry["theme"]), " ".join(map(str, others)),
            )  # fmt: skip


def _places(pages: Pages, places: list[dict[str, Any]]) -> Iterator[Entry]:
    """By names and codes, also those of what has become a part of them."""
    for place in places:
        code = place["municipality_code"]
        others = [place["official_name"], *(place["codes"] or []), *(place["names"] or [])]
        yield Entry(
            address(municipality.path_of(code), pages.language), place["municipality_name"],
            f"{code} {place['county_name']}", " ".join(dict.fromkeys([code, *others])),
        )  # fmt: skip


def _networks(pages: Pages, networks: list[dict[str, Any]]) -> Iterator[Entry]:
    for each in networks:
        yield Entry(
            address(network.path_of(each["network_id"]), pages.language), each["network_name"],
            pages.words("network"), f"{each['network_id']} {each['county_description'] or ''}",
        )  # fmt: skip


def _tables(bundle: Bundle, pages: Pages) -> Iterator[Entry]:
    """By name, what a row is, and the columns that are no indicators."""
    indicators = {each.id for each in bundle.figures}
    for table in bundle.tables:
        columns = [column.name for column in table.columns if column.name not in indicators]
        yield Entry(
            address(dictionary.path_of(table.name), pages.language), f"mart.{table.name}",
            pages.words("site_kind_table"), " ".join([table.name, table.one_row, *columns]),
        )  # fmt: skip


def _others(pages: Pages) -> Iterator[Entry]:
    """The pages of the menu."""
    for path, name in pages.others():
        yield Entry(address(path, pages.language), name, "", pages.words(f"site_{path}_words"))
