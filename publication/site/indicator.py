"""A page an indicator: what it is, where it is from, and its figures."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from publication.bundle import Bundle, rows
from publication.figures import QUALITY_LETTERS, IndicatorFigures
from publication.papers import Source
from publication.site import described
from publication.site.assets import painted
from publication.site.pages import YES_OR_NO, Pages
from reports.page import charts, classes, maps, svg
from reports.page.land import ATTRIBUTION

EARLIER_DIVISIONS = (2019, 2023)  # those before the changes of 2020 and of 2024
_COVERAGE = """
    select indicator_id, period, quality, count(value)::int as known
    from mart.observation group by all having known > 0
    order by indicator_id, period, quality
"""
_OF_DIVISION = """
    select indicator_id, period, count(value)::int as known
    from mart.series(null, {year}) group by all
"""
_IN_DIVISION = """
    select count(*)::int as municipalities from mart.municipality_history
    where valid_from <= make_date({year}, 1, 1)
        and (valid_before is null or valid_before > make_date({year}, 1, 1))
"""
_PLACES = """
    select municipality_code, municipality_name, centrality_class from mart.municipality
    order by municipality_code
"""


def path_of(indicator_id: str) -> str:
    """The page of an indicator."""
    return f"indicators/{indicator_id}"


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the pages in each language."""
    (pages[0].folder / "indicators").mkdir()
    about = _Known(bundle)
    for each in bundle.figures:
        if len(each.table):
            for language in pages:
                _write(language, each, about)


class _Known:
    """What is read once for all pages."""

    def __init__(self, bundle: Bundle) -> None:
        self.sources = {str(source["table_id"]): source for source in bundle.sources}
        self.accessed = bundle.accessed
        self.places = rows(bundle.con, _PLACES)
        self.codes = [place["municipality_code"] for place in self.places]
        self.names = {p["municipality_code"]: p["municipality_name"] for p in self.places}
        self.land = bundle.land
        self.today: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for row in rows(bundle.con, _COVERAGE):
            self.today[row["indicator_id"]][row["period"]][row["quality"]] = row["known"]
        self.divisions = {}
        self.earlier = {}
        for year in EARLIER_DIVISIONS:
            [counted] = rows(bundle.con, _IN_DIVISION.format(year=year))
            self.divisions[year] = counted["municipalities"]
            found = rows(bundle.con, _OF_DIVISION.format(year=year))
            self.earlier[year] = {(r["indicator_id"], r["period"]): r["known"] for r in found}


def _write(pages: Pages, figures: IndicatorFigures, known: _Known) -> None:
    entry, words, name = figures.indicator, pages.words, figures.id
    newest = figures.newest.dropna().astype(float)
    period = pages.span(entry["last_period"], entry["last_period"])
    map_classes, key = _map(pages, name, newest, known.codes)
    pages.write(
        "indicator.html", path_of(name), pages.titles[name],
        words("site_indicator_about", title=pages.titles[name], municipalities=len(newest),
              periods=pages.span(entry["first_period"], entry["last_period"])),
        figures=figures, entry=entry, unit=pages.unit(name), method=_method(pages, entry),
        warnings=pages.warnings(entry["warnings"]),
        sources=[_source(pages, known.sources[t], known) for t in entry["table_ids"]
                 if t in known.sources],
        period=period, map_classes=map_classes, map_key=key,
        map_description=words("site_map_described", title=pages.titles[name], period=period),
        attribution=ATTRIBUTION, land_notes=maps.notes_on(known.land, known.names, words),
        chart=_distribution(pages, name, newest), groups=_by_centrality(pages, name, newest, known),
        coverage=list(_coverage(pages, name, known)), divisions=known.divisions,
        municipalities=len(known.codes), newest=list(_newest(pages, figures, known)),
        series=_for_the_script(pages, figures), query=_query(name),
        described=described.data_set(pages, figures, path_of(name), known.sources),
    )  # fmt: skip


def _method(pages: Pages, entry: dict[str, Any]) -> str:
    """How it is carried over merged municipalities, in words."""
    words, titles = pages.words, pages.titles
    factor = pages.numbers.figure(entry["factor"]) if entry["factor"] else "1"
    return words(
        f"site_method_{entry['aggregate']}",
        numerator=titles.get(str(entry["numerator"]), ""),
        denominator=titles.get(str(entry["denominator"]), ""),
        weight=titles.get(str(entry["weight"]), ""),
        factor=factor,
    )


def _source(pages: Pages, source: Source, known: _Known) -> dict[str, str]:
    licence = str(source["licence"])
    accessed = known.accessed.get(str(source["table_id"]), "")
    return {
        "title": str(source[f"title_{pages.language}"] or source["citation"]),
        "publisher": str(source["publisher"] or ""),
        "citation": str(source["citation"]),
        "url": str(source["url"] or ""),
        "licence": pages.words("site_unconfirmed") if licence == "unconfirmed" else licence,
        "accessed": pages.numbers.date(accessed) if accessed else pages.words("not_known"),
        "updated": pages.numbers.date(str(source["updated"] or "")[:10]),
    }


def _map(
    pages: Pages, name: str, newest: pd.Series, codes: list[str]
) -> tuple[str, list[tuple[str, str]]]:
    """A letter for each municipality, and what each letter means."""
    place, shades = classes.of_equal_size(newest)
    looks = {str(code): str(shades[p]) for code, p in zip(newest.index, place, strict=True)}
    key = []
    for number, shade in enumerate(shades):
        inside = newest[place == number]
        if len(inside):
            low, high = (pages.shown(name, end) for end in (inside.min(), inside.max()))
            key.append((str(shade), low if low == high else f"{low} – {high}"))
    if lacking := len(set(codes) - looks.keys()):
        key.append(("none", f"{pages.words('no_figure')} ({lacking})"))
    return painted(looks, codes, "-"), key


def _distribution(pages: Pages, name: str, newest: pd.Series) -> Markup | str:
    """How the newest figures are spread; nothing where they are yes or no."""
    if pages.units[name] == YES_OR_NO or newest.empty:
        return ""
    strip = charts.Strip(pages.words("country"), svg.CLASS_COLOURS[3], list(newest), {})
    log = bool(newest.min() > 0 and newest.max() / newest.median() > 20)
    unit = pages.unit(name) + (f", {pages.words('log_scale')}" if log else "")
    size, drawn = charts.distribution([strip], log=log, unit=unit, write=pages.numbers.figure)
    description = pages.words(
        "choropleth_described", low=pages.shown(name, newest.min()),
        median=pages.shown(name, newest.median()), high=pages.shown(name, newest.max()),
        unit=pages.unit(name), known=len(newest),
    )  # fmt: skip
    title = pages.words("site_distribution")
    return svg.Pictures().picture(size, title, description, drawn)


def _by_centrality(
    pages: Pages, name: str, newest: pd.Series, known: _Known
) -> list[tuple[str, int, str, str, str]]:
    """Figures, lowest, median and highest of the country and of each centrality class."""
    of_class = {p["municipality_code"]: p["centrality_class"] for p in known.places}
    class_of_each = newest.index.map(of_class)
    groups = [(pages.words("country"), newest)]
    groups += [
        (str(number), newest[class_of_each == number])
        for number in sorted({one for one in of_class.values() if one is not None})
    ]
    return [
        (
            label, len(inside), pages.shown(name, inside.min()),
            pages.typical(name, inside.median(), inside.mean()), pages.shown(name, inside.max()),
        )
        for label, inside in groups if len(inside)
    ]  # fmt: skip


def _coverage(pages: Pages, name: str, known: _Known) -> Iterator[tuple[str, int, str, list[str]]]:
    """Of each period: municipalities with a figure, of which quality, and on earlier divisions."""
    for period, qualities in sorted(known.today[name].items(), reverse=True):
        how = ", ".join(
            f"{qualities[quality]} {pages.words.of('quality', quality)}"
            for quality in QUALITY_LETTERS
            if quality in qualities
        )
        earlier = [str(known.earlier[year].get((name, period), 0)) for year in EARLIER_DIVISIONS]
        yield pages.numbers.period(period), sum(qualities.values()), how, earlier


def _newest(
    pages: Pages, figures: IndicatorFigures, known: _Known
) -> Iterator[tuple[str, str, str, str]]:
    """Each municipality with its newest figure and what that is."""
    table = figures.table
    of_period = table[table["period"] == figures.indicator["last_period"]]
    found = {row.municipality_code: row for row in of_period.itertuples(index=False)}
    for place in known.places:
        row = found.get(place["municipality_code"])
        if row is None:
            value, quality = None, "missing"
        else:
            value, quality = (None if pd.isna(row.value) else row.value), row.quality
        yield (
            place["municipality_code"], place["municipality_name"],
            pages.shown(figures.id, value), pages.words.of("quality", quality),
        )  # fmt: skip


def _for_the_script(pages: Pages, figures: IndicatorFigures) -> dict[str, Any]:
    """What the script that draws the series says, in the language of the page."""
    words = pages.words
    return {
        "id": figures.id,
        "periods": [pages.numbers.period(str(p)) for p in figures.wide.columns],
        "qualities": {
            letter: words.of("quality", quality) for quality, letter in QUALITY_LETTERS.items()
        },
        "heads": [words("period"), "{name}", words("site_median_country"), words("quality")],
        "missing": words("quality_missing"),
    }


def _query(name: str) -> dict[str, str]:
    """How the same figures are asked for in SQL, at a terminal and in Python."""
    return {
        "SQL": "select municipality_code, municipality_name, period, value, quality\n"
        f"from mart.observation where indicator_id = '{name}'\n"
        "order by municipality_code, period",
        "digidistrikt": f"digidistrikt series {name}",
        "Python": f'import digidistrikt as dd\ndd.open().series("{name}")',
    }
