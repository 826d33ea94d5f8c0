"""A page a municipality: what it is today, its figures beside others', and how it came to be."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from publication.bundle import Bundle, rows
from publication.site.pages import YES_OR_NO, Pages
from warehouse.lives import NO_BEGINNING, Change, Version
from warehouse.municipalities import Municipalities

_PLACES = "from mart.municipality order by municipality_code"
_NETWORKS = """
    select distinct on (municipality_code, network_id, valid_from_text, basis) *
    from mart.network_membership order by municipality_code, network_name, valid_from_text, basis
"""
_COOPERATIONS = """
    select municipality_code, cooperation_name, field, valid_from, valid_to, source_url
    from mart.cooperation_membership where municipality_code is not null
    order by municipality_code, field, cooperation_name, valid_from_text
"""
_COMPANIES = """
    select owner.municipality_code, owner.company_name, owner.owner_share_pct, company.is_ict
    from mart.company_owner as owner
    inner join mart.intermunicipal_company as company using (company_number)
    where owner.municipality_code is not null
    order by owner.municipality_code, owner.company_name, owner.position
"""
# Those that are an indicator too stand among the figures.
_TRAITS = """
    select found.municipality_code, trait.title_nb, trait.title_en, found.value, found.valid_on,
        source.publisher, source.url
    from mart.municipality_trait as found
    inner join mart.trait as trait using (trait_id)
    inner join mart.source_table as source on source.table_id = found.table_id
    where found.value is not null and trait.indicator_id is null
    order by found.municipality_code, found.trait_id
"""
# The newest period of each indicator that is no projection, as in mart.case_candidate.
_FIGURES = """
    with newest as (
        select indicator_id, max(period) as period from mart.observation
        where value is not null and period_start <= (select max(as_of) from mart.reply)
        group by all
    )
    select observation.municipality_code, indicator_id, period, value, quality,
        rank() over (partition by indicator_id order by value desc nulls last) as rank,
        count(value) over (partition by indicator_id) as known,
        median(value) over (partition by indicator_id) as country,
        avg(value) over (partition by indicator_id) as country_mean,
        if(kostra_group is null, null,
            median(value) over (partition by indicator_id, kostra_group)) as peers,
        if(kostra_group is null, null,
            avg(value) over (partition by indicator_id, kostra_group)) as peers_mean
    from mart.observation as observation
    inner join newest using (indicator_id, period)
    inner join mart.municipality as municipality
        on municipality.municipality_code = observation.municipality_code
    inner join mart.indicator using (indicator_id)
    order by observation.municipality_code, indicator_id
"""
# What a county comes to as a whole: a sum, a ratio or a weighted mean, of those of today.
_COUNTIES = """
    select indicator_id, group_code, period, value from mart.aggregate(null, 'county', {year})
    where value is not null
"""
_YEAR = "select max(year(valid_on))::int as year from mart.municipality"

_PLAIN = ("reported", "recoded", "recomputed")  # a quality that needs no word beside the figure


class KeyFigure(NamedTuple):
    """A figure of a municipality beside those of its KOSTRA group and of all."""

    path: str
    title: str
    unit: str
    period: str
    value: str
    quality: str
    peers: str
    county: str
    country: str
    rank: str


def path_of(code: str) -> str:
    """The page of a municipality of today."""
    return f"municipalities/{code}"


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the pages in each language."""
    known = _Known(bundle, list(pages[0].themes()))
    for place in known.places:
        code = place["municipality_code"]
        line = known.municipalities.line(code)
        history = (
            known.municipalities.versions_of(line),
            known.municipalities.came_from(line),
            known.municipalities.went_into(line),
        )
        for each in pages:
            _write(each, place, history, known)


class _Known:
    """What is read once for all pages."""

    def __init__(self, bundle: Bundle, themes: list[str]) -> None:
        con = bundle.con
        self.order = themes
        self.municipalities = Municipalities.read(con)
        self.places = rows(con, _PLACES)
        self.names = {p["municipality_code"]: p["municipality_name"] for p in self.places}
        self.peers: dict[str, list[str]] = defaultdict(list)
        for place in self.places:
            self.peers[place["kostra_group"]].append(place["municipality_code"])
        self.networks = _by_code(rows(con, _NETWORKS))
        self.cooperations = _by_code(rows(con, _COOPERATIONS))
        self.companies = _by_code(rows(con, _COMPANIES))
        self.traits = _by_code(rows(con, _TRAITS))
        self.companies_known = bool(rows(con, "from mart.company_owner limit 1"))
        self.decided = _by_code(rows(con, "from mart.decided_change order by change_id"))
        self.figures = _by_code(rows(con, _FIGURES))
        [[year]] = [row.values() for row in rows(con, _YEAR)]
        self.counties = {
            (row["indicator_id"], row["group_code"], row["period"]): row["value"]
            for row in rows(con, _COUNTIES.format(year=year))
        }
        self.themes = {each.id: str(each.indicator["theme"]) for each in bundle.figures}


def _by_code(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    of_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        of_code[row["municipality_code"]].append(row)
    return of_code


def _write(
    pages: Pages,
    place: dict[str, Any],
    history: tuple[tuple[Version, ...], tuple[Change, ...], tuple[Change, ...]],
    known: _Known,
) -> None:
    code, words = place["municipality_code"], pages.words
    versions, came_from, went_into = history
    pages.write(
        "municipality.html", path_of(code), place["municipality_name"],
        words("site_municipality_about", name=place["municipality_name"], code=code,
              county=place["county_name"]),
        place=place, facts=_facts(pages, place), decided=list(_decided(pages, code, known)),
        themes=_key_figures(pages, code, known),
        networks=known.networks[code], cooperations=known.cooperations[code],
        companies=known.companies[code], companies_known=known.companies_known,
        peers=[(other, known.names[other]) for other in known.peers[place["kostra_group"]]
               if other != code and place["kostra_group"]],
        traits=known.traits[code],
        versions=[(v.code, v.name, v.county, *_days(pages, v)) for v in versions],
        changes=[(words("history_from"), list(_changes(pages, came_from, True))),
                 (words("history_into"), list(_changes(pages, went_into, False)))],
    )  # fmt: skip


def _facts(pages: Pages, place: dict[str, Any]) -> list[tuple[str, str]]:
    """Official name, number, county and classes; those that are not known are left out."""
    words = pages.words
    facts = {
        "site_official_name": place["official_name"],
        "code": place["municipality_code"],
        "county": place["county_name"],
        "site_economic_region": place["economic_region_name"],
        "site_centrality": place["centrality_class"],
        "kostra_group": _called(place["kostra_group"], place["kostra_group_name"]),
        "site_is_district": _yes(pages, place["is_district"]),
        "site_in_action_zone": _yes(pages, place["in_action_zone"]),
        "site_organisation_number": place["organisation_number"],
    }
    return [(words(key), str(value)) for key, value in facts.items() if value is not None]


def _called(code: str | None, name: str | None) -> str | None:
    return f"{code} {name}" if code and name and name != code else code


def _yes(pages: Pages, is_so: bool | None) -> str | None:
    return None if is_so is None else pages.words("yes" if is_so else "no")


def _decided(pages: Pages, code: str, known: _Known) -> Iterator[tuple[str, str]]:
    """What is decided for its future, in a sentence, with the pages that say so."""
    for change in known.decided[code]:
        partners = [known.names.get(other, other) for other in change["partners"]]
        sentence = pages.words(
            f"decided_{change['kind']}",
            name=known.names[code],
            partners=f" {pages.words('and')} ".join(partners),
            new_name=change["new_name"],
            day=pages.numbers.date(change["takes_effect_on"]),
            by=pages.words.of("decided_by", change["decided_by"]),
            decided_on=pages.numbers.date(change["decided_on"]),
        )
        yield sentence, str(change["source_url"])


def _key_figures(pages: Pages, code: str, known: _Known) -> dict[str, list[KeyFigure]]:
    """The newest figures, by theme and title."""
    of_theme: dict[str, list[KeyFigure]] = {theme: [] for theme in known.order}
    for row in known.figures[code]:
        of_theme[known.themes[row["indicator_id"]]].append(_key_figure(pages, row, known))
    return {
        pages.words.of("theme", theme): sorted(figures, key=lambda one: one.title)
        for theme, figures in of_theme.items()
        if figures
    }


def _key_figure(pages: Pages, row: dict[str, Any], known: _Known) -> KeyFigure:
    name, value = row["indicator_id"], row["value"]
    county = known.counties.get((name, row["municipality_code"][:2], row["period"]))
    is_ranked = value is not None and pages.units[name] != YES_OR_NO
    return KeyFigure(
        f"indicators/{name}", pages.titles[name], pages.unit(name),
        pages.numbers.period(row["period"]), pages.shown(name, value),
        "" if row["quality"] in _PLAIN else pages.words.of("quality", row["quality"]),
        pages.typical(name, row["peers"], row["peers_mean"]), pages.shown(name, county),
        pages.typical(name, row["country"], row["country_mean"]),
        pages.words("of", part=row["rank"], whole=row["known"]) if is_ranked else "",
    )  # fmt: skip


def _days(pages: Pages, version: Version) -> tuple[str, str]:
    """The first and the last day of a code with a name."""
    first, after = version.valid_from, version.valid_to
    return (
        pages.words("since_beginning") if first == NO_BEGINNING else pages.numbers.date(first),
        pages.numbers.date(after - timedelta(days=1)) if after else "",
    )


def _changes(
    pages: Pages, changes: tuple[Change, ...], came: bool
) -> Iterator[tuple[str, str, str]]:
    """The day of each change, the other municipality, and what happened."""
    for change in changes:
        other = (
            f"{change.old_code} {change.old_name}" if came
            else f"{change.new_code} {change.new_name}"
        )  # fmt: skip
        yield pages.numbers.date(change.changed_on), other, _kind(pages, change)


def _kind(pages: Pages, change: Change) -> str:
    kind = pages.words(change.kind)
    return pages.words("part_of_it", kind=kind) if change.share == "part" else kind
